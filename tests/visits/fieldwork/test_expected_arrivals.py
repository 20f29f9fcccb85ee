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
        planned_leave=begins + timedelta(minutes=40),
        **{"planned_arrive": begins, **told, **more},
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
    for number, minutes in ((2, NINE + 45), (3, 10 * 60 + 30)):
        _home(shift, number, minutes)
    _home(shift, 4, 13 * 60, planned_arrive=at(TUESDAY, 11 * 60 + 15))  # waits there for the end of the break

    found = _course(10 * 60 + 30)

    assert found.under_way is not None
    assert found.under_way.ends == at(TUESDAY, 10 * 60 + 35)  # it takes longer than planned
    second, third, fourth = found.left
    assert second.begins == at(TUESDAY, 10 * 60 + 35)
    assert second.late == timedelta(minutes=30)
    # half of such visits take less than the 40 minutes that the plan sets aside; 5 minutes of driving remain
    usual = second.ends - second.begins
    assert timedelta(minutes=30) < usual < timedelta(minutes=35)
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
