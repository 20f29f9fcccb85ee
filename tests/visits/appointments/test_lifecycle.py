from datetime import timedelta

import pytest

from outreach.enums import ClosedReason, Milestone, NeedState
from outreach.models import LogEntry, Need, Progress
from tests.factories.outreach import NeedFactory
from tests.factories.visits import VisitFactory
from visits.appointments import lifecycle
from visits.enums import CLOSING, TRY_AGAIN, Outcome, VisitState
from visits.models import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit() -> Visit:
    return VisitFactory(need=NeedFactory(state=NeedState.PLANNED))


def _milestones(need: Need) -> list[str]:
    return list(need.progress.values_list("milestone", flat=True))


def test_recorded_makes_the_need_wait_for_its_capture(visit: Visit, clock) -> None:
    at = clock.now()

    assert lifecycle.apply_outcome(visit=visit, outcome=Outcome.RECORDED, at=at, actor="device:1") is True

    row = Visit.objects.select_related("need").get()
    assert (row.state, row.outcome, row.outcome_at) == (VisitState.FINISHED, Outcome.RECORDED, at)
    assert (row.need.state, row.need.attempts) == (NeedState.CAPTURED, 0)
    assert _milestones(row.need) == [Milestone.CAPTURED]
    assert sorted(LogEntry.objects.values_list("action", flat=True)) == ["need_moved", "visit_moved"]


@pytest.mark.parametrize("outcome", sorted(TRY_AGAIN))
def test_a_visit_in_vain_opens_the_need_again(visit: Visit, outcome: Outcome, clock) -> None:
    assert lifecycle.apply_outcome(visit=visit, outcome=outcome, at=clock.now(), actor="device:1")

    need = Need.objects.get()
    assert (need.state, need.attempts) == (NeedState.OPEN, 1)
    assert _milestones(need) == [Milestone.NOT_MET]


@pytest.mark.parametrize("outcome", sorted(TRY_AGAIN))
def test_the_third_visit_in_vain_asks_for_a_decision(outcome: Outcome, clock) -> None:
    visit = VisitFactory(need=NeedFactory(state=NeedState.PLANNED, attempts=2))

    assert lifecycle.apply_outcome(visit=visit, outcome=outcome, at=clock.now(), actor="device:1")

    need = Need.objects.get()
    assert (need.state, need.attempts) == (NeedState.REVIEW, 3)
    assert _milestones(need) == [Milestone.REVIEW]


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (Outcome.DECEASED, ClosedReason.DECEASED),
        (Outcome.MOVED, ClosedReason.MOVED),
        (Outcome.RECORDED_ELSEWHERE, ClosedReason.RECORDED_ELSEWHERE),
    ],
)
def test_a_closing_outcome_closes_the_need_with_its_reason(
    visit: Visit, outcome: Outcome, reason: ClosedReason, clock
) -> None:
    assert lifecycle.apply_outcome(visit=visit, outcome=outcome, at=clock.now(), actor="device:1")

    need = Need.objects.get()
    assert (need.state, need.closed_reason) == (NeedState.CLOSED, reason)
    assert _milestones(need) == [Milestone.CLOSED]


def test_every_outcome_has_its_rule() -> None:
    assert {Outcome.RECORDED} | TRY_AGAIN | CLOSING == set(Outcome)


def test_the_same_outcome_twice_counts_once(visit: Visit, clock) -> None:
    first = lifecycle.apply_outcome(visit=visit, outcome=Outcome.NOT_HOME, at=clock.now(), actor="device:1")
    second = lifecycle.apply_outcome(visit=visit, outcome=Outcome.NOT_HOME, at=clock.now(), actor="device:1")

    assert (first, second) == (True, False)
    assert Need.objects.get().attempts == 1
    assert Progress.objects.count() == 1


def test_a_cancelled_visit_takes_no_outcome(clock) -> None:
    visit = VisitFactory(state=VisitState.CANCELLED)

    assert not lifecycle.apply_outcome(
        visit=visit, outcome=Outcome.RECORDED, at=clock.now(), actor="device:1"
    )

    assert Need.objects.get().state == NeedState.OPEN
    assert not LogEntry.objects.exists()


def test_the_way_and_the_arrival_are_told_once(visit: Visit, clock) -> None:
    at = clock.now()

    assert lifecycle.set_visit_state(visit=visit, to=VisitState.TRAVELLING, at=at, actor="device:1")
    assert lifecycle.set_visit_state(
        visit=visit, to=VisitState.ARRIVED, at=at + timedelta(minutes=9), actor="device:1"
    )
    assert not lifecycle.set_visit_state(
        visit=visit, to=VisitState.ARRIVED, at=at + timedelta(minutes=10), actor="device:1"
    )

    row = Visit.objects.get()
    assert (row.state, row.arrived_at) == (VisitState.ARRIVED, at + timedelta(minutes=9))
    assert _milestones(row.need) == [Milestone.ON_THE_WAY, Milestone.ARRIVED]


def test_the_first_arrival_stays_when_the_team_comes_back(visit: Visit, clock) -> None:
    at = clock.now()
    for minutes, to in ((0, VisitState.ARRIVED), (5, VisitState.TRAVELLING), (9, VisitState.ARRIVED)):
        moment = at + timedelta(minutes=minutes)
        assert lifecycle.set_visit_state(visit=visit, to=to, at=moment, actor="device:1")

    assert Visit.objects.get().arrived_at == at


@pytest.mark.parametrize("state", VisitState)
def test_an_arrival_told_late_changes_the_moment_alone_and_is_logged_once(
    visit: Visit, state: VisitState, clock
) -> None:
    Visit.objects.update(state=state)
    visit.refresh_from_db()
    before, at = Visit.objects.values().get(), clock.now()

    done = [lifecycle.note_arrival(visit=visit, at=at, actor="device:1") for _ in range(2)]

    assert done == [True, False]
    assert Visit.objects.values().get() == {**before, "arrived_at": at}
    assert visit.arrived_at == at
    row = LogEntry.objects.get()
    assert (row.actor, row.action, row.subject_id) == ("device:1", "visit_arrival_noted", str(visit.pk))
    assert (row.from_state, row.to_state) == (state, state)
    assert row.detail == {"at": at.isoformat(), "before": None}


@pytest.mark.parametrize("to", [VisitState.FINISHED, VisitState.CANCELLED])
def test_ends_are_not_set_by_hand(visit: Visit, to: VisitState, clock) -> None:
    with pytest.raises(ValueError, match="function of its own"):
        lifecycle.set_visit_state(visit=visit, to=to, at=clock.now(), actor="device:1")


def test_a_cancelled_visit_leaves_its_need_waiting(visit: Visit, clock) -> None:
    assert lifecycle.cancel_visit(visit=visit, at=clock.now(), actor="user:1", source="day:1")
    assert not lifecycle.cancel_visit(visit=visit, at=clock.now(), actor="user:1", source="day:1")

    row = Visit.objects.select_related("need").get()
    assert (row.state, row.need.state, row.need.attempts) == (VisitState.CANCELLED, NeedState.OPEN, 0)
    assert _milestones(row.need) == [Milestone.UNPLANNED]


def test_a_visit_that_has_begun_is_not_cancelled(clock) -> None:
    visit = VisitFactory(state=VisitState.TRAVELLING)

    assert not lifecycle.cancel_visit(visit=visit, at=clock.now(), actor="user:1", source="day:1")

    assert Visit.objects.get().state == VisitState.TRAVELLING
