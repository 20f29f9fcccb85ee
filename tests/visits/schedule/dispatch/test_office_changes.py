"""Changes of the office as services make them; every door is walked in tests/visits/admin/test_office_change_pages.py."""

from datetime import timedelta

import pytest

from outreach.enums import Milestone, NeedState
from outreach.models import LogEntry, Progress
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory, VisitFactory, at
from tests.visits.planned import NOW, TUESDAY
from visits.enums import CallOffReason
from visits.models import CalendarDay, Shift, Team, Visit
from visits.schedule.dispatch import office_changes, touched_visits
from visits.schedule.dispatch.office_changes import Consent, ConsentNeededError
from visits.workforce import calendar_exceptions

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-30T12:00")]


@pytest.fixture
def visit() -> Visit:
    return VisitFactory(shift=ShiftFactory(date=TUESDAY), need=NeedFactory(state=NeedState.PLANNED))


def _close() -> CalendarDay:
    return calendar_exceptions.set_day(date=TUESDAY, is_open=False, reason="Rapat", actor="user:1")


def _carry_out(consent: Consent | CallOffReason | None) -> office_changes.Carried[CalendarDay]:
    return office_changes.carry_out(_close, consent=consent, actor="user:1", now=NOW)


def test_without_consent_nothing_is_changed_and_the_effects_are_said(visit: Visit) -> None:
    with pytest.raises(ConsentNeededError) as asked:
        _carry_out(None)

    assert [row.visit for row in asked.value.effects.touched] == [visit]
    assert not CalendarDay.objects.exists()
    assert not LogEntry.objects.exists()

    consent = Consent(reason=CallOffReason.CLOSED, mark=asked.value.effects.mark)
    assert _carry_out(consent).result.date == TUESDAY
    visit.refresh_from_db()
    assert visit.called_off == "closed"


def test_the_same_change_again_touches_nobody(visit: Visit) -> None:
    _carry_out(CallOffReason.CLOSED)

    assert _carry_out(None).effects.touched == []


def test_of_two_obstacles_both_must_go_before_a_visit_stands_again(visit: Visit) -> None:
    def carry(rows, **fields) -> int:
        done = office_changes.carry_out(
            lambda: rows.update(**fields), consent=CallOffReason.OTHER, actor="user:1", now=NOW
        )
        return len(done.effects.restored)

    carry(Shift.objects, is_cancelled=True)
    carry(Team.objects, is_active=False)

    assert carry(Shift.objects, is_cancelled=False) == 0
    assert carry(Team.objects, is_active=True) == 1


def test_what_stood_in_the_way_before_does_not_keep_a_visit_from_standing_again(visit: Visit) -> None:
    Visit.objects.update(told_from=visit.planned_start, told_until=visit.planned_start + timedelta(hours=9))
    _carry_out(CallOffReason.CLOSED)

    day = CalendarDay.objects.get()
    done = office_changes.carry_out(
        lambda: calendar_exceptions.clear_day(day=day, actor="user:1"),
        consent=None,
        actor="user:1",
        now=NOW,
    )

    assert done.effects.restored == [visit]


def test_a_visit_whose_hours_are_over_does_not_stand_again(visit: Visit) -> None:
    """The team that could not go on works again in the afternoon: a visit of the morning is to be planned again."""
    Visit.objects.update(told_from=at(TUESDAY, 540), told_until=at(TUESDAY, 600))

    def cancel(cancelled: bool, minutes: int) -> list[Visit]:
        return office_changes.carry_out(
            lambda: Shift.objects.update(is_cancelled=cancelled),
            consent=CallOffReason.STAFF,
            actor="user:1",
            now=at(TUESDAY, minutes),
        ).effects.restored

    cancel(True, 530)
    assert cancel(False, 610) == []

    visit.refresh_from_db()
    assert visit.is_called_off
    assert Progress.objects.get().milestone == Milestone.CALLED_OFF

    cancel(True, 530)
    assert cancel(False, 590) == [visit]


def test_looking_ahead_takes_as_many_queries_for_1_as_for_3(visit: Visit, django_assert_num_queries) -> None:
    with django_assert_num_queries(4) as first:
        touched_visits.look_ahead(now=NOW)
    for _ in range(2):
        VisitFactory(shift=visit.shift, need=NeedFactory(state=NeedState.PLANNED))
    with django_assert_num_queries(4) as then:
        touched_visits.look_ahead(now=NOW)
    assert len(first) == len(then)


def test_days_that_turned_out_to_be_closed_are_found(visit: Visit) -> None:
    assert office_changes.call_off_voided(now=NOW) == 0
    _close()  # past the doors: a holiday of a new version of the library

    assert (office_changes.call_off_voided(now=NOW), office_changes.call_off_voided(now=NOW)) == (1, 0)

    visit.refresh_from_db()
    assert (visit.called_off, visit.obstacles) == ("closed", {"closed": 0})
    assert LogEntry.objects.get(action="visit_called_off").actor == "system"


def test_today_is_left_to_whoever_looks_at_the_day_under_way(visit: Visit) -> None:
    _close()

    assert office_changes.call_off_voided(now=NOW + timedelta(days=1)) == 0


@pytest.mark.parametrize("degrees", [1.5, 5, 9])
def test_whom_a_team_reaches_from_a_far_base_only_after_its_hours_is_delayed_on_that_day_or_the_next(
    visit: Visit, degrees: float
) -> None:
    done = office_changes.carry_out(
        lambda: Team.objects.update(latitude=visit.need.resident.latitude + degrees),
        consent=CallOffReason.OTHER,
        actor="user:1",
        now=NOW,
    )

    assert [row.visit for row in done.effects.touched] == [visit]
    assert "delayed" in done.effects.touched[0].obstacles
