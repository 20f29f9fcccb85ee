from datetime import date

import pytest

from outreach.enums import NeedState
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory, VisitFactory, at
from visits.appointments import call_offs
from visits.enums import CallOffReason
from visits.fieldwork import expected_arrivals, team_status
from visits.models import Shift, Visit

TUESDAY = date(2026, 12, 1)
TEN = at(TUESDAY, 10 * 60)
pytestmark = [pytest.mark.django_db, pytest.mark.clock(TEN)]


@pytest.fixture
def homes() -> list[Visit]:
    """Four homes of a team that nobody has heard of: at 09.00, 09.40, 10.20 and 11.00."""
    shift: Shift = ShiftFactory(date=TUESDAY)
    return [
        VisitFactory(
            shift=shift,
            need=NeedFactory(state=NeedState.PLANNED),
            sequence=number + 1,
            planned_arrive=at(TUESDAY, 540 + 40 * number),
        )
        for number in range(4)
    ]


def test_a_silent_team_is_believed_at_no_home_that_was_called_off(homes: list[Visit]) -> None:
    """Nobody goes there: a plan of the rest of the day would else keep it, and tell the family its old hours."""
    for visit in homes[1:3]:
        call_offs.call_off_visit(
            visit=visit, reason=CallOffReason.KIT, obstacles={"skill": 0}, at=TEN, actor="user:1"
        )

    (team,) = team_status.list_team_statuses(now=TEN)
    held = team_status.hold_next_home(team)

    assert (team.assumed, team.following) == (homes[:1], homes[3])
    assert (held.assumed, held.left) == ([homes[0], homes[3]], homes[1:3])
    course = expected_arrivals.forecast_day(team, now=TEN)
    assert [one.visit for one in course.left] == homes[3:]
