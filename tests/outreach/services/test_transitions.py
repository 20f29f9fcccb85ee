import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from outreach.enums import ClosedReason, NeedState
from outreach.models import LogEntry, Need
from outreach.services.transitions import transition, transition_all
from tests.factories.outreach import NeedFactory

pytestmark = pytest.mark.django_db


def test_a_move_writes_state_and_fields_and_one_log_row() -> None:
    need = NeedFactory(state=NeedState.PLANNED)
    reason = {"visit": "7"}

    moved = transition(
        row=need,
        to=NeedState.CLOSED,
        actor="user:1",
        reason=reason,
        closed_reason=ClosedReason.MOVED,
        attempts=F("attempts") + 1,
    )

    assert moved is True
    assert (need.state, need.closed_reason, need.attempts) == (NeedState.CLOSED, ClosedReason.MOVED, 1)
    need.refresh_from_db()
    assert (need.state, need.closed_reason, need.attempts) == (NeedState.CLOSED, ClosedReason.MOVED, 1)
    row = LogEntry.objects.get()
    assert (row.actor, row.action, row.subject_type, row.subject_id) == (
        "user:1",
        "need_moved",
        "outreach.need",
        str(need.pk),
    )
    assert (row.from_state, row.to_state, row.detail) == ("planned", "closed", reason)


def test_the_state_in_the_database_counts() -> None:
    stale = NeedFactory()
    Need.objects.update(state=NeedState.CAPTURED)

    assert transition(row=stale, to=NeedState.PLANNED, actor="system") is False

    assert (stale.state, Need.objects.get().state) == (NeedState.OPEN, NeedState.CAPTURED)
    assert not LogEntry.objects.exists()


def test_the_caller_may_allow_less_than_the_table() -> None:
    need = NeedFactory(state=NeedState.PLANNED)

    assert not transition(row=need, to=NeedState.OPEN, actor="system", sources=[NeedState.REVIEW])
    assert not transition(row=need, to=NeedState.OPEN, actor="system", among=Need.objects.filter(attempts=3))
    assert transition(
        row=need,
        to=NeedState.OPEN,
        actor="system",
        sources=[NeedState.PLANNED],
        among=Need.objects.filter(attempts=0),
    )

    assert LogEntry.objects.count() == 1


def test_the_caller_may_give_the_move_a_name() -> None:
    need = NeedFactory()

    transition(row=need, to=NeedState.PLANNED, actor="system", action="need_made")

    assert LogEntry.objects.get().action == "need_made"


def test_states_and_moves_that_the_table_does_not_know_are_errors() -> None:
    need = NeedFactory()

    with pytest.raises(ValueError, match="is not a state"):
        transition(row=need, to="lost", actor="system")
    with pytest.raises(ValueError, match="no move to planned from closed"):
        transition(row=need, to=NeedState.PLANNED, actor="system", sources=[NeedState.CLOSED])

    assert not LogEntry.objects.exists()


def test_an_allowed_move_changes_the_state_and_leaves_one_log_row() -> None:
    need = NeedFactory()

    assert transition(row=need, to=NeedState.PLANNED, actor="system") is True

    assert Need.objects.get().state == NeedState.PLANNED
    row = LogEntry.objects.get()
    assert (row.action, row.from_state, row.to_state) == ("need_moved", "open", "planned")


def test_a_move_that_the_table_does_not_allow_changes_nothing() -> None:
    need = NeedFactory(state=NeedState.CLOSED, closed_reason=ClosedReason.MOVED)

    assert transition(row=need, to=NeedState.PLANNED, actor="system") is False

    assert Need.objects.get().state == NeedState.CLOSED
    assert not LogEntry.objects.exists()


def test_a_visit_in_vain_is_counted() -> None:
    need = NeedFactory(state=NeedState.PLANNED)

    transition(row=need, to=NeedState.OPEN, actor="system", attempts=F("attempts") + 1)

    assert Need.objects.get().attempts == 1


def test_a_resident_has_one_open_need_of_a_kind() -> None:
    need = NeedFactory(state=NeedState.REVIEW)

    with pytest.raises(IntegrityError), transaction.atomic():
        NeedFactory(resident=need.resident)


def test_many_rows_move_as_one_does_each_with_its_log_row(django_assert_max_num_queries) -> None:
    needs = [NeedFactory() for _ in range(12)]
    gone = needs[5]
    Need.objects.filter(pk=gone.pk).update(state=NeedState.CAPTURED)
    reasons = {need.pk: {"visit": str(number)} for number, need in enumerate(needs)}

    with django_assert_max_num_queries(6):
        moved = transition_all(rows=needs, to=NeedState.PLANNED, actor="user:1", reasons=reasons)

    assert moved == {need.pk for need in needs if need != gone}
    states = dict(Need.objects.values_list("pk", "state"))
    assert {state for pk, state in states.items() if pk != gone.pk} == {NeedState.PLANNED}
    assert (states[gone.pk], gone.state) == (NeedState.CAPTURED, NeedState.OPEN)
    rows = LogEntry.objects.order_by("pk")
    assert [(row.subject_id, row.detail["visit"]) for row in rows] == [
        (str(need.pk), str(number)) for number, need in enumerate(needs) if need != gone
    ]
    assert {(row.action, row.actor, row.from_state, row.to_state) for row in rows} == {
        ("need_moved", "user:1", "open", "planned")
    }
