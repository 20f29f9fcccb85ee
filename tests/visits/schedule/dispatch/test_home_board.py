from datetime import date, timedelta

import pytest

from outreach.enums import NeedState
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory, VisitFactory, at
from visits.enums import Outcome, VisitState
from visits.schedule.dispatch import home_board

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-12-01T10:00")]

TUESDAY = date(2026, 12, 1)


def test_coming_days_count_teams_and_visits() -> None:
    shift = ShiftFactory(date=TUESDAY)
    ShiftFactory(date=TUESDAY, is_cancelled=True)
    VisitFactory(shift=shift)
    VisitFactory(shift=shift, state=VisitState.CANCELLED)

    monday, tuesday = home_board.list_coming_days(2, today=TUESDAY - timedelta(days=1))

    assert (monday.teams, monday.visits) == (0, 0)
    assert (tuesday.teams, tuesday.visits, tuesday.day.date) == (1, 1, TUESDAY)


def test_the_numbers_of_today() -> None:
    NeedFactory(waiting_since=at(TUESDAY - timedelta(days=12), 600))
    NeedFactory(resident__away=True, waiting_since=at(TUESDAY - timedelta(days=90), 600))
    NeedFactory(state=NeedState.REVIEW)
    shift = ShiftFactory(date=TUESDAY)
    VisitFactory(shift=shift, need__state=NeedState.PLANNED)
    VisitFactory(
        shift=shift, need__state=NeedState.CAPTURED, state=VisitState.FINISHED, outcome=Outcome.RECORDED
    )

    today = home_board.count_work(now=TUESDAY)

    assert (today.waiting, today.oldest_days, today.review, today.planned) == (1, 12, 1, 1)
    assert (today.stops, today.finished) == (2, 1)
