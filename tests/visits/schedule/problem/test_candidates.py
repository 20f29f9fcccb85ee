from datetime import date, timedelta

import pytest

from outreach.enums import NeedState
from tests.factories.outreach import NeedFactory
from tests.factories.visits import OfficerFactory, ShiftFactory, TeamFactory, VisitFactory, at
from visits.enums import VisitState
from visits.models import CalendarDay
from visits.schedule.problem import candidates

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-30T12:00")]

TUESDAY, WEDNESDAY = date(2026, 12, 1), date(2026, 12, 2)
MONDAY_NOON = at(date(2026, 11, 30), 720)


def _days(now=MONDAY_NOON):
    return candidates.find_team_days(first=TUESDAY, last=WEDNESDAY, now=now)


def test_team_days_are_usable_void_or_begun() -> None:
    usable = ShiftFactory(date=TUESDAY)
    cancelled = ShiftFactory(date=TUESDAY, is_cancelled=True)
    resting = ShiftFactory(date=TUESDAY, team=TeamFactory(is_active=False))
    closed = ShiftFactory(date=WEDNESDAY)
    CalendarDay.objects.create(date=WEDNESDAY, is_open=False, reason="Rapat", set_by="user:1")
    on_the_road = VisitFactory(shift=ShiftFactory(date=TUESDAY), state=VisitState.TRAVELLING).shift

    found = _days()

    assert found.usable == [usable]
    assert found.void == [cancelled, resting, closed]
    assert found.begun == [on_the_road]


def test_a_shift_that_has_departed_is_left_alone() -> None:
    shift = ShiftFactory(date=TUESDAY)

    assert _days(now=at(TUESDAY, 449)).usable == [shift]
    assert _days(now=at(TUESDAY, 450)).begun == [shift]


def test_who_waits_and_whose_visit_may_move_are_candidates() -> None:
    shift, later = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY + timedelta(days=9))
    waiting = NeedFactory(waiting_since=at(TUESDAY, 0) - timedelta(days=3))
    movable = NeedFactory(state=NeedState.PLANNED)
    VisitFactory(need=movable, shift=shift)
    VisitFactory(need=NeedFactory(state=NeedState.PLANNED), shift=later)
    VisitFactory(need=NeedFactory(state=NeedState.PLANNED), shift=shift, state=VisitState.ARRIVED)
    NeedFactory(state=NeedState.REVIEW)
    NeedFactory(resident__away=True)

    found, published, away = candidates.list_competing_needs(scope=[shift])

    assert {need.pk for need in found} == {waiting.pk, movable.pk}
    assert published.keys() == {str(movable.pk)}
    assert away == 1
    assert candidates.count_waiting_needs() == 1


def test_the_queries_do_not_grow_with_the_needs(django_assert_num_queries) -> None:
    shift = ShiftFactory(date=TUESDAY)
    for count in (1, 3):
        for _ in range(count):
            VisitFactory(need=NeedFactory(state=NeedState.PLANNED), shift=shift)
        with django_assert_num_queries(3):
            found, published, _away = candidates.list_competing_needs(scope=[shift])
            assert all(need.resident.village_id and published[str(need.pk)] for need in found)


def test_dates_follow_deadline_first_day_and_weekdays() -> None:
    horizon = [TUESDAY + timedelta(days=offset) for offset in (0, 1, 2, 3)]
    need = NeedFactory.build(
        resident=None, deadline=horizon[2], not_before=horizon[1], weekdays=[TUESDAY.weekday(), 2, 3]
    )

    assert candidates.allowed_dates(need, horizon=horizon) == {horizon[1], horizon[2]}


def test_a_deadline_that_passed_no_longer_binds() -> None:
    need = NeedFactory.build(resident=None, deadline=TUESDAY - timedelta(days=1))

    assert candidates.allowed_dates(need, horizon=[TUESDAY]) == {TUESDAY}


def test_a_team_whose_officers_all_left_is_void() -> None:
    deserted, manned = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY)
    for shift in (deserted, manned):
        OfficerFactory(team=shift.team, is_active=False)
    OfficerFactory(team=manned.team)

    found = _days()

    assert (found.usable, found.void) == ([manned], [deserted])
