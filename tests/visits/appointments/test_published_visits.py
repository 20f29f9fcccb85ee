from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from outreach.enums import NeedState
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory, VisitFactory
from visits.appointments.published_visits import departure_time, list_published_visits
from visits.enums import VisitState
from visits.models import Shift

pytestmark = pytest.mark.clock("2026-11-30T12:00")
MONDAY, TUESDAY, WEDNESDAY = date(2026, 12, 7), date(2026, 12, 8), date(2026, 12, 9)


@pytest.mark.django_db
def test_visits_come_by_date_and_place_without_cancelled_ones() -> None:
    later, first, outside = (ShiftFactory(date=day) for day in (TUESDAY, MONDAY, WEDNESDAY))

    def visit(shift: Shift, sequence: int, state: str = VisitState.PUBLISHED) -> object:
        return VisitFactory(
            shift=shift, sequence=sequence, state=state, need=NeedFactory(state=NeedState.PLANNED)
        ).pk

    third, second, one = visit(later, 1), visit(first, 2), visit(first, 1)
    visit(first, 3, VisitState.CANCELLED)
    visit(outside, 1)

    found = list_published_visits(first=MONDAY, last=TUESDAY)

    assert [row.pk for row in found] == [one, second, third]


def test_a_team_sets_out_when_its_shift_starts_at_the_office() -> None:
    shift = Shift(date=MONDAY, starts=time(7, 30))

    assert departure_time(shift) == datetime(2026, 12, 7, 7, 30, tzinfo=ZoneInfo("Asia/Jakarta"))
