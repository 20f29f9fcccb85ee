"""Every table of states against every pair of states, on real rows; and two at the same moment."""

from collections.abc import Callable, Iterator
from copy import copy
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count, product
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import pytest

from outreach import vault
from outreach.lib.ids import uuid7
from outreach.models import LogEntry, Need, Stateful, Village, VisitRequest
from outreach.services.transitions import transition
from tests.factories.outreach import NeedFactory, VisitRequestFactory
from tests.factories.visits import PlanFactory, PlanRunFactory, ShiftFactory, TeamFactory, VisitFactory
from tests.support.races import line_up
from visits.enums import EventKind, EventState, KeyRole
from visits.models import (
    Capture,
    CaptureState,
    Device,
    Event,
    EventStatus,
    OutboxItem,
    Plan,
    PlanRun,
    PublicKey,
    TravelFit,
    Visit,
)

pytestmark = pytest.mark.clock("2026-12-01T10:00")
NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)  # what the rows were made at; nothing here compares it

if TYPE_CHECKING:
    from tests.support.stack import Stack

_days = count(1)


def _need() -> Need:
    need: Need = NeedFactory(resident__village=Village.objects.first() or VisitRequestFactory().village)
    return need


def _request() -> VisitRequest:
    need = _need()
    row: VisitRequest = VisitRequestFactory(
        reference=f"JB-{token_hex(5)}",
        form_token=token_hex(8),
        village=need.resident.village,
        resident=need.resident,
        need=need,
    )
    return row


def _run() -> PlanRun:
    row: PlanRun = PlanRunFactory(first_date=NOW.date() + timedelta(days=next(_days)))
    return row


def _plan() -> Plan:
    row: Plan = PlanFactory(run=_run())
    return row


def _fit() -> TravelFit:
    TravelFit.objects.all().delete()  # one of a state
    names = ("detour", "speed_kmh", "low_kmh", "high_kmh", "before_detour", "before_speed_kmh", "spread")
    figures = dict.fromkeys((*names, "trips", "used", "absurd", "far", "off_before", "off_after"), 1)
    return TravelFit.objects.create(made_at=NOW, applied_at=NOW, **figures)


def _visit() -> Visit:
    row: Visit = VisitFactory(need=_need(), shift=ShiftFactory(team=TeamFactory(code=token_hex(3))))
    return row


def _device() -> Device:
    return Device.objects.create(team=TeamFactory(code=token_hex(3)), jwk={}, thumbprint=token_hex(20))


def _key() -> PublicKey:
    PublicKey.objects.all().delete()  # one current one
    return PublicKey.objects.create(kid=token_hex(20), role=KeyRole.CAPTURE, jwk={})


def _event() -> EventStatus:
    event = Event.objects.create(
        pk=uuid7(),
        device=_device(),
        sequence=1,
        kind=EventKind.NOTE,
        key=vault.create_person_key(),
        sealed=b"",
        sha256="",
        received_at=NOW,
    )
    return EventStatus.objects.create(event=event, state=EventState.REVIEW)


def _capture() -> CaptureState:
    capture = Capture.objects.create(
        pk=uuid7(),
        device=_device(),
        visit_named=uuid7(),
        officer_named=1,
        day=NOW.date(),
        client=1,
        form_version=1,
        size=1,
        key=vault.create_person_key(),
        manifest_sealed=b"",
        received_at=NOW,
    )
    return CaptureState.objects.create(capture=capture, stored_at=NOW)


def _outbox() -> OutboxItem:
    capture = _capture().capture
    return OutboxItem.objects.create(capture=capture, reference=f"JB-{capture.pk.hex}", queued_at=NOW)


MAKERS: dict[type[Stateful], Callable[[], Stateful]] = {
    VisitRequest: _request,
    Need: _need,
    PlanRun: _run,
    Plan: _plan,
    TravelFit: _fit,
    Visit: _visit,
    Device: _device,
    PublicKey: _key,
    EventStatus: _event,
    CaptureState: _capture,
    OutboxItem: _outbox,
}
each_model = pytest.mark.parametrize("model", MAKERS, ids=lambda model: model.__name__)


def _row(model: type[Stateful], state: str) -> Any:
    row: Any = MAKERS[model]()
    model._default_manager.filter(pk=row.pk).update(**{model.state_table.field: state})
    return row


def _state(row: Stateful) -> str:
    found = type(row)._default_manager.values_list(row.state_table.field, flat=True).get(pk=row.pk)
    return str(found)


def _log(row: Stateful, before: int) -> list[tuple[str, str, str, str]]:
    entries = LogEntry.objects.filter(pk__gt=before)
    return list(entries.values_list("subject_id", "action", "from_state", "to_state"))


def _newest() -> int:
    return LogEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


@pytest.mark.django_db
@each_model
def test_a_move_is_allowed_where_the_table_has_it_and_leaves_one_log_row(model: type[Stateful]) -> None:
    table = model.state_table
    for before, to in product(table.moves, table.moves):
        row, newest = _row(model, before), _newest()

        moved = transition(row=row, to=to, actor="system")

        assert moved is (to in table.moves[before]), (before, to)
        assert _state(row) == (to if moved else before)
        assert _log(row, newest) == ([(str(row.pk), table.action, before, to)] if moved else [])


@pytest.fixture(scope="module")
def copied(make_stack: "Callable[[], Stack]") -> "Stack":
    return make_stack()


@pytest.fixture
def _database_of_its_own(copied: "Stack") -> Iterator[None]:
    with copied.orm():
        yield


@pytest.mark.usefixtures("_database_of_its_own")
@each_model
def test_of_two_who_make_a_move_at_the_same_moment_one_does(model: type[Stateful]) -> None:
    moves = model.state_table.moves
    for before, to in [(before, to) for before, targets in moves.items() for to in sorted(targets)]:
        row, newest = _row(model, before), _newest()
        other = max(moves[before])  # another move of the same row, or the same one
        rivals = [
            partial(transition, row=copy(row), to=target, actor="system", sources=(before,))
            for target in (to, other)
        ]

        moved = line_up(*rivals, behind=model._default_manager.filter(pk=row.pk))

        assert sorted(moved) == [False, True], (before, to, other)
        done = to if moved[0] else other
        assert _state(row) == done
        assert _log(row, newest) == [(str(row.pk), model.state_table.action, before, done)]
