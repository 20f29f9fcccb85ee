import pytest
from django.db import IntegrityError, transaction

from outreach.enums import ClosedReason, NeedState
from outreach.models import LogEntry, Need
from outreach.services import needs
from tests.factories.outreach import NeedFactory

pytestmark = pytest.mark.django_db


def test_an_allowed_move_changes_the_state_and_leaves_one_log_row() -> None:
    need = NeedFactory()

    assert needs.move(need=need, to=NeedState.PLANNED, actor="system") is True

    assert Need.objects.get().state == NeedState.PLANNED
    row = LogEntry.objects.get()
    assert (row.action, row.from_state, row.to_state) == ("need_moved", "open", "planned")


def test_a_move_that_the_table_does_not_allow_changes_nothing() -> None:
    need = NeedFactory(state=NeedState.CLOSED, closed_reason=ClosedReason.MOVED)

    assert needs.move(need=need, to=NeedState.OPEN, actor="system") is False

    assert Need.objects.get().state == NeedState.CLOSED
    assert not LogEntry.objects.exists()


def test_a_visit_in_vain_is_counted() -> None:
    need = NeedFactory(state=NeedState.PLANNED)

    needs.move(need=need, to=NeedState.OPEN, actor="system", attempted=True)

    assert Need.objects.get().attempts == 1


def test_a_resident_has_one_open_need_of_a_kind() -> None:
    need = NeedFactory(state=NeedState.REVIEW)

    with pytest.raises(IntegrityError), transaction.atomic():
        NeedFactory(resident=need.resident)
