from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from outreach.enums import Milestone, NeedState
from outreach.models import LogEntry, Progress
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory, VisitFactory
from tests.visits.planned import NOW, TUESDAY
from visits.appointments import call_offs, promises
from visits.enums import CallOffReason, VisitState
from visits.models import CalendarDay, Visit

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-30T12:00")]


@pytest.fixture
def visit() -> Visit:
    return VisitFactory(
        shift=ShiftFactory(date=TUESDAY), need=NeedFactory(state=NeedState.PLANNED), promised=True
    )


def _call_off(visit: Visit, **obstacles: int) -> bool:
    return call_offs.call_off_visit(
        visit=visit, reason=CallOffReason.CLOSED, obstacles=obstacles or {"closed": 0}, at=NOW, actor="user:1"
    )


def test_a_visit_is_called_off_once_and_its_family_reads_until_when_it_hears(visit: Visit) -> None:
    CalendarDay.objects.create(date=date(2026, 12, 2), is_open=False, reason="Pilkades", set_by="user:1")

    assert (_call_off(visit), _call_off(visit)) == (True, False)

    visit.refresh_from_db()
    assert (visit.called_off, visit.hear_by, visit.is_called_off) == ("closed", date(2026, 12, 3), True)
    assert (visit.promised, visit.is_firm) == (True, False)
    told = Progress.objects.get(milestone=Milestone.CALLED_OFF)
    assert timezone.localdate(told.latest) == date(2026, 12, 3), "two working days, over the closed one"
    row = LogEntry.objects.get()
    assert (row.actor, row.action, row.detail["reason"]) == ("user:1", "visit_called_off", "closed")


def test_one_that_is_reinstated_stands_as_its_family_was_told_first(visit: Visit) -> None:
    _call_off(visit)

    assert call_offs.reinstate_visit(visit=visit, at=NOW + timedelta(hours=1), actor="user:2") is True
    assert call_offs.reinstate_visit(visit=visit, at=NOW, actor="user:2") is False

    visit.refresh_from_db()
    assert (visit.called_off, visit.hear_by, visit.obstacles, visit.is_firm) == ("", None, {}, True)
    last = Progress.objects.order_by("at").last()
    assert last is not None
    assert (last.milestone, timezone.localtime(last.earliest).date()) == (Milestone.PLANNED, TUESDAY)
    assert [row.action for row in LogEntry.objects.order_by("pk")] == ["visit_called_off", "visit_reinstated"]


def test_called_off_twice_each_time_is_told(visit: Visit) -> None:
    _call_off(visit)
    call_offs.reinstate_visit(visit=visit, at=NOW, actor="user:1")
    visit.refresh_from_db()

    assert _call_off(visit) is True
    assert Progress.objects.filter(milestone=Milestone.CALLED_OFF).count() == 2


def test_another_obstacle_is_added_to_those_known(visit: Visit) -> None:
    _call_off(visit, late=600)

    assert _call_off(visit, late=9000, inactive=0) is False

    visit.refresh_from_db()
    assert visit.obstacles == {"late": 600, "inactive": 0}


@pytest.mark.parametrize("state", [VisitState.TRAVELLING, VisitState.FINISHED, VisitState.CANCELLED])
def test_one_that_has_begun_or_ended_is_not_called_off(visit: Visit, state: VisitState) -> None:
    Visit.objects.update(state=state)

    assert _call_off(visit) is False


def test_a_called_off_visit_is_not_promised(visit: Visit) -> None:
    Visit.objects.update(promised=False)
    _call_off(visit)

    assert promises.make_promises(visits=[visit.pk], actor="user:1") == 0


def test_the_family_is_told_once(visit: Visit) -> None:
    assert call_offs.note_told(visit=visit, actor="user:1") is False
    _call_off(visit)

    assert call_offs.note_told(visit=visit, actor="user:1") is True
    assert call_offs.note_told(visit=visit, actor="user:1") is False


def test_the_database_holds_that_a_called_off_visit_says_until_when(visit: Visit) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.update(called_off="closed")
