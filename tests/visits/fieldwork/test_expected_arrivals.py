import dataclasses
from datetime import timedelta

import pytest

from tests.factories.visits import ShiftFactory, VisitFactory, at
from tests.visits.planned import TUESDAY
from visits.enums import Outcome, VisitState
from visits.fieldwork import expected_arrivals, team_status
from visits.fieldwork.expected_arrivals import DayForecast
from visits.models import Device, Shift, Visit
from visits.schedule.dispatch import day_page

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-12-01T12:00")]
NINE = 9 * 60


def _home(shift: Shift, number: int, minutes: int, **more: object) -> Visit:
    """A home at the team's base, planned for 40 minutes from that minute, told half an hour around it."""
    begins = at(TUESDAY, minutes)
    told = {"told_from": begins - timedelta(minutes=10), "told_until": begins + timedelta(minutes=20)}
    home: Visit = VisitFactory(
        shift=shift,
        sequence=number,
        need__resident__latitude=shift.start_latitude,
        need__resident__longitude=shift.start_longitude,
        planned_start=begins,
        **{"planned_arrive": begins, "planned_leave": begins + timedelta(minutes=40), **told, **more},
    )
    return home


def _speaks(shift: Shift, minutes: int) -> None:
    Device.objects.create(
        team=shift.team, name="Tablet", jwk={}, thumbprint="made-up", last_seen_at=at(TUESDAY, minutes)
    )


def _course(minutes: int) -> DayForecast:
    now = at(TUESDAY, minutes)
    (team,) = team_status.list_team_statuses(now=now)
    return expected_arrivals.forecast_day(team, now=now)


def test_a_delay_is_passed_on_until_the_break_takes_it() -> None:
    shift = ShiftFactory(date=TUESDAY)
    _speaks(shift, 10 * 60 + 25)
    _home(shift, 1, NINE, state=VisitState.ARRIVED, arrived_at=at(TUESDAY, NINE))
    _home(shift, 2, NINE + 45)
    _home(shift, 3, 10 * 60 + 30, planned_leave=at(TUESDAY, 10 * 60 + 55))
    _home(shift, 4, 13 * 60, planned_arrive=at(TUESDAY, 11 * 60))  # waits there for the end of the break

    found = _course(10 * 60 + 30)

    assert found.under_way is not None
    assert found.under_way.ends == at(TUESDAY, 10 * 60 + 35)  # it takes longer than planned
    second, third, fourth = found.left
    assert second.begins == at(TUESDAY, 10 * 60 + 35)
    assert second.late == timedelta(minutes=30)
    assert second.ends == second.begins + timedelta(minutes=40)  # as planned; 5 minutes of driving remain
    assert third.begins == second.ends + timedelta(minutes=5)
    assert third.late == third.begins - at(TUESDAY, 10 * 60 + 50)
    assert fourth.begins == at(TUESDAY, 13 * 60)
    assert not fourth.late


def test_a_team_that_is_silent_is_not_called_late() -> None:
    shift = ShiftFactory(date=TUESDAY)
    for number, minutes in ((1, NINE), (2, NINE + 45), (3, 10 * 60 + 30)):
        _home(shift, number, minutes)

    found = _course(NINE + 50)

    assert [one.visit.sequence for one in found.assumed] == [1, 2]
    assert [one.late for one in found.left] == [timedelta()]


def test_a_team_does_not_come_before_it_said_nor_into_its_break() -> None:
    shift = ShiftFactory(date=TUESDAY)
    _speaks(shift, 8 * 60)
    _home(shift, 1, 10 * 60)
    _home(shift, 2, 11 * 60 + 45)

    first, second = _course(8 * 60).left

    assert first.begins == at(TUESDAY, 10 * 60 - 10)
    assert second.begins == at(TUESDAY, 13 * 60)


@pytest.mark.parametrize(("grace", "begins"), [(10, 11 * 60 + 30), (9, 13 * 60)])
def test_a_visit_that_runs_a_little_into_the_break_is_expected_before_it(grace, begins, settings) -> None:
    settings.BREAK_GRACE_MINUTES = grace
    shift = ShiftFactory(date=TUESDAY)
    _speaks(shift, 8 * 60)
    _home(shift, 1, 11 * 60 + 40)  # told from 11.30, forty minutes
    _home(shift, 2, 13 * 60, planned_arrive=at(TUESDAY, 12 * 60 + 20))

    first, second = _course(8 * 60).left

    assert first.begins == at(TUESDAY, begins)
    assert first.ends == at(TUESDAY, begins + 40)
    free = begins + 40 + (60 if grace == 10 else 0)  # the whole break comes after the visit
    assert second.begins == at(TUESDAY, free)


@pytest.mark.parametrize(("arrived", "on"), [(11 * 60 + 40, 13 * 60 + 20), (13 * 60, 13 * 60 + 40)])
def test_a_break_that_a_visit_under_way_runs_into_is_taken_after_it(arrived: int, on: int) -> None:
    shift = ShiftFactory(date=TUESDAY)
    _speaks(shift, arrived + 5)
    _home(shift, 1, arrived, state=VisitState.ARRIVED, arrived_at=at(TUESDAY, arrived))
    _home(shift, 2, 13 * 60)

    found = _course(arrived + 10)

    assert found.under_way is not None
    assert found.under_way.ends == at(TUESDAY, arrived + 40)
    assert found.left[0].begins == at(TUESDAY, on)


@pytest.mark.parametrize(("set_out", "begins"), [(11 * 60 + 25, 11 * 60 + 25), (11 * 60 + 45, 13 * 60)])
def test_a_team_on_its_way_takes_its_break_before_a_visit_that_does_not_fit(
    set_out: int, begins: int
) -> None:
    shift = ShiftFactory(date=TUESDAY)
    _speaks(shift, set_out + 1)
    visit = _home(shift, 1, 11 * 60, state=VisitState.TRAVELLING)
    (team,) = team_status.list_team_statuses(now=at(TUESDAY, set_out + 1))

    team = dataclasses.replace(team, set_out_at=at(TUESDAY, set_out))

    assert expected_arrivals.expect_under_way(team, visit) == at(TUESDAY, begins)


def test_a_team_that_cannot_go_on_meets_nobody() -> None:
    shift = ShiftFactory(date=TUESDAY, is_cancelled=True)
    _home(shift, 1, 10 * 60)

    assert _course(NINE).left == []


def test_the_picture_has_a_mark_for_every_visit_and_its_state() -> None:
    one, two = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY, is_cancelled=True)
    _speaks(one, NINE + 50)
    finished = {"state": VisitState.FINISHED, "arrived_at": at(TUESDAY, 8 * 60)}
    _home(one, 1, 8 * 60, **finished, outcome=Outcome.RECORDED, outcome_at=at(TUESDAY, 8 * 60 + 30))
    _home(one, 2, 8 * 60, **finished, outcome=Outcome.NOT_HOME, outcome_at=at(TUESDAY, 8 * 60 + 1))
    _home(one, 3, NINE, state=VisitState.ARRIVED, arrived_at=at(TUESDAY, NINE))
    _home(one, 4, NINE + 15)
    _home(one, 5, 14 * 60, planned_arrive=at(TUESDAY, 10 * 60))
    _home(two, 1, 14 * 60)
    now = at(TUESDAY, NINE + 55)
    lanes = day_page.list_team_rows(now=now)

    drawn = day_page.draw_timeline(lanes, now=now)

    assert drawn is not None
    assert [[mark.state for mark in lane.marks] for lane in drawn.lanes] == [
        ["done", "vain", "now", "late", "left"],
        ["lost"],
    ]
    assert [home.visit.sequence for home in day_page.list_late_homes(lanes)] == [4]
    for lane in drawn.lanes:
        for box in [*(mark.bar for mark in lane.marks), *(mark.told for mark in lane.marks), *lane.breaks]:
            assert drawn.left <= box.x and box.x + box.width <= drawn.width
            assert lane.y <= box.y and box.y + box.height <= drawn.base
    bars = [mark.bar for mark in drawn.lanes[0].marks]
    assert bars[0].x < bars[2].x < drawn.now_x < bars[3].x < bars[4].x
    assert day_page.draw_timeline([], now=now) is None


def test_nobody_is_late_by_assumption_alone_but_by_what_was_reported() -> None:
    shift = ShiftFactory(date=TUESDAY)
    for number, minutes in ((1, NINE), (2, NINE + 10), (3, NINE + 20)):
        _home(shift, number, minutes)
    believed = _course(NINE + 15)
    assert [one.visit.sequence for one in believed.left] == [3]
    assert believed.left[0].begins > believed.left[0].told[1]  # two visits of forty minutes within twenty
    assert not believed.left[0].late

    Visit.objects.filter(sequence=1).update(state=VisitState.ARRIVED, arrived_at=at(TUESDAY, NINE))
    _speaks(shift, NINE + 14)
    reported = _course(NINE + 15)
    assert [bool(one.late) for one in reported.left] == [True, True]
