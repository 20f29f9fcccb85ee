from datetime import timedelta

import pytest

from outreach.enums import NeedState
from outreach.models import LogEntry
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory
from tests.visits.planned import NOW, TUESDAY, draft
from visits.appointments import promises
from visits.enums import ReleaseReason, VisitState
from visits.models import Shift, Visit
from visits.schedule.plans.publishing import PublishRefusedError, publish_plan

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-30T12:00")]


@pytest.fixture
def shift() -> Shift:
    shift = ShiftFactory(date=TUESDAY)
    publish_plan(plan=draft({shift: [NeedFactory(), NeedFactory()]}), user=None, now=NOW)
    return shift


@pytest.fixture
def visit(shift: Shift) -> Visit:
    visit = Visit.objects.get(sequence=1)
    promises.make_promises(visits=[visit.pk], actor="user:1")
    visit.refresh_from_db()
    return visit


def _again(visit: Visit) -> Visit:
    visit.refresh_from_db()
    return visit


def test_a_family_that_was_told_has_a_promise_once(shift: Shift) -> None:
    ids = list(Visit.objects.values_list("pk", flat=True))

    assert promises.make_promises(visits=ids, actor="user:1") == 2
    assert promises.make_promises(visits=ids, actor="user:1") == 0

    assert set(Visit.objects.values_list("promised", flat=True)) == {True}
    assert LogEntry.objects.filter(action="visit_promised").count() == 2


def test_a_promise_is_taken_back_with_its_reason(visit: Visit) -> None:
    assert visit.promised
    assert promises.release_promise(visit=visit.pk, reason=ReleaseReason.FAMILY, actor="user:1")
    assert not promises.release_promise(visit=visit.pk, reason=ReleaseReason.FAMILY, actor="user:1")

    assert not _again(visit).promised
    row = LogEntry.objects.get(action="promise_released")
    assert row.detail == {"reason": "family", "shift": visit.shift_id}


@pytest.mark.parametrize("state", [VisitState.TRAVELLING, VisitState.ARRIVED])
def test_who_is_under_way_is_not_released(visit: Visit, state: VisitState) -> None:
    Visit.objects.update(state=state)
    assert not promises.release_promise(visit=visit.pk, reason=ReleaseReason.TEAM, actor="user:1")
    assert promises.make_promises(visits=[visit.pk], actor="user:1") == 0


def _elsewhere(visit: Visit) -> tuple[Shift, Shift]:
    return visit.shift, ShiftFactory(date=TUESDAY + timedelta(days=1))


@pytest.mark.parametrize("what", ["moved", "shifted", "dropped"])
def test_no_promise_of_a_working_team_is_broken_unless_released(visit: Visit, what: str) -> None:
    old, new = _elsewhere(visit)
    other = Visit.objects.get(sequence=2).need
    routes = {
        "moved": {old: [other], new: [visit.need]},
        "shifted": {old: [other, visit.need]},
        "dropped": {old: [other], new: []},
    }[what]
    plan = draft(routes, first=TUESDAY, last=new.date)

    with pytest.raises(PublishRefusedError) as refused:
        publish_plan(plan=plan, user=None, now=NOW)
    assert (refused.value.refusals, refused.value.unreleased) == ([], [visit])
    assert _again(visit).shift == old

    promises.release_promise(visit=visit.pk, reason=ReleaseReason.TEAM, actor="user:1")
    plan.refresh_from_db()
    done = publish_plan(plan=plan, user=None, now=NOW)
    both_shift = 2
    assert (done.moved, done.shifted, done.cancelled) == {
        "moved": (1, 1, 0),
        "shifted": (0, both_shift, 0),
        "dropped": (0, 1, 1),
    }[what]


def test_a_promise_of_a_team_that_fails_moves_and_is_a_promise_no_more(visit: Visit) -> None:
    old, new = _elsewhere(visit)
    Shift.objects.filter(pk=old.pk).update(is_cancelled=True)
    other = Visit.objects.get(sequence=2).need

    publish_plan(plan=draft({new: [visit.need, other]}, first=TUESDAY, last=new.date), user=None, now=NOW)

    assert (_again(visit).shift, visit.promised) == (new, False)


def test_a_promise_that_is_kept_stays_one(visit: Visit) -> None:
    other, third = Visit.objects.get(sequence=2).need, NeedFactory(state=NeedState.OPEN)

    publish_plan(plan=draft({visit.shift: [visit.need, third, other]}), user=None, now=NOW)

    assert _again(visit).promised
