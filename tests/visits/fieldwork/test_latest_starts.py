"""Until when a visit may begin so that the rest of its team's day holds."""

from datetime import time, timedelta

import pytest

from outreach.enums import NeedState
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory, VisitFactory, at
from tests.visits.planned import TUESDAY
from visits.fieldwork.latest_starts import list_latest_starts
from visits.models import Shift, Visit

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-30T12:00")]


@pytest.fixture
def shift() -> Shift:
    return ShiftFactory(date=TUESDAY)


def _visit(shift: Shift, number: int, start: int, told: tuple[int, int]) -> Visit:
    """At the team's base, ten minutes' drive behind the one before; half an hour long."""
    need = NeedFactory(
        state=NeedState.PLANNED,
        resident__latitude=shift.end_latitude,
        resident__longitude=shift.end_longitude,
    )
    moments = [at(TUESDAY, start), at(TUESDAY, start + 30)]
    return VisitFactory(
        shift=shift,
        sequence=number,
        need=need,
        planned_arrive=moments[0],
        planned_leave=moments[1],
        told_from=at(TUESDAY, told[0]),
        told_until=at(TUESDAY, told[1]),
    )


def _minutes(shift: Shift, visits: list[Visit]) -> list[int | None]:
    found = list_latest_starts(shift, visits)
    midnight = at(TUESDAY, 0)
    return [(found[v.pk] - midnight) // timedelta(minutes=1) if v.pk in found else None for v in visits]


def test_the_next_family_is_met_within_its_hours(shift: Shift) -> None:
    first, second = _visit(shift, 1, 480, (470, 540)), _visit(shift, 2, 520, (510, 550))

    assert _minutes(shift, [first, second]) == [510, 550], "30 minutes and a drive of 10 before 09.10"


def test_it_is_never_behind_the_hours_of_its_own_family(shift: Shift) -> None:
    assert _minutes(shift, [_visit(shift, 1, 480, (470, 500))]) == [500]


def test_the_team_is_back_by_the_end_of_its_shift(shift: Shift) -> None:
    assert _minutes(shift, [_visit(shift, 1, 880, (870, 930))]) == [900], "half an hour before 15.30"


def test_the_break_stays_free(shift: Shift) -> None:
    first, second = _visit(shift, 1, 690, (650, 710)), _visit(shift, 2, 790, (780, 800))

    assert _minutes(shift, [first, second]) == [700, 800], "it may run ten minutes into the break"


def test_a_day_that_cannot_hold_any_more_has_none(shift: Shift) -> None:
    first, second = _visit(shift, 1, 480, (540, 570)), _visit(shift, 2, 520, (500, 550))
    Shift.objects.update(ends=time(15, 30))

    assert _minutes(shift, [first, second]) == [None, 550]
