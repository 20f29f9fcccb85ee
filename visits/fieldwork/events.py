"""Receipt of events from tablets: each stored once as it came, then applied. A bad event does not block the
others."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from outreach.models import Resident
from outreach.services import log
from outreach.services.row_inserts import insert_rows
from outreach.services.transitions import transition
from visits.enums import EventKind, EventState
from visits.fieldwork import event_content, event_effects
from visits.fieldwork.event_batches import EventBatch
from visits.keys import sealing
from visits.lib import moments, strict_json
from visits.lib.problems import ProblemError
from visits.lib.shapes import list_errors
from visits.models import Device, Event, EventStatus, Visit
from visits.sync import shapes
from visits.sync.limits import EVENT_BYTES


@dataclass(frozen=True)
class EventResult:
    """The answer to one event."""

    index: int
    id: str | None
    result: str
    problem: ProblemError | None = None

    def document(self) -> dict[str, Any]:
        problem = self.problem.document() if self.problem else None
        return {"index": self.index, "id": self.id, "result": self.result, "problem": problem}


def receive_events(*, device: Device, items: list[Any]) -> list[EventResult]:
    """Store and apply events in the order sent, each on its own. Returns the results in the same order."""
    try:
        return _receive_all(device, items, each_alone=False)
    except IntegrityError:  # another tablet sent one of these ids at the same moment
        return _receive_all(device, items, each_alone=True)


def _receive_all(device: Device, items: list[Any], *, each_alone: bool) -> list[EventResult]:
    """`each_alone`: with a savepoint an event, so that one that collides is undone by itself."""
    with transaction.atomic():
        # one call of a tablet at a time, so that a repeat sent in parallel finds the first one's rows
        Device.objects.select_for_update().values_list("pk").get(pk=device.pk)
        _lock_residents(items)
        batch = EventBatch(device, items)
        return [_receive_one(batch, index, item, each_alone) for index, item in enumerate(items)]


def _lock_residents(items: list[Any]) -> None:
    """Residents whose place is told, before any visit or need: triage locks a resident before the need, too."""
    kind = EventKind.LOCATION_FIXED
    told = [item for item in items if isinstance(item, dict) and item.get("kind") == kind]
    told = [item for item in told if not list_errors(shapes.EVENT_OF[kind], item)]
    if told:
        visits = Visit.objects.filter(pk__in=[UUID(item["visit"]) for item in told])
        rows = Resident.objects.select_for_update(no_key=True).filter(pk__in=visits.values("need__resident"))
        list(rows.order_by("pk").values_list("pk"))


def _receive_one(batch: EventBatch, index: int, item: Any, each_alone: bool) -> EventResult:
    device = batch.device
    wrong = list_errors(shapes.EVENT_NUMBER, item)
    if wrong or len(strict_json.canonical_json(item)) > EVENT_BYTES:
        problem = ProblemError("invalid", errors=wrong) if wrong else ProblemError("too-large")
        log.write_log(actor=f"device:{device.pk}", action="event_unreadable", subject=device)
        return EventResult(index, None, "rejected", problem)
    identifier, fingerprint = item["id"], strict_json.content_sha256(item)
    known = _find_known(batch, item=item, fingerprint=fingerprint)
    if known is None and not each_alone:
        return _keep_event(batch, index=index, item=item, fingerprint=fingerprint)
    if known is None:
        try:
            with transaction.atomic():
                return _keep_event(batch, index=index, item=item, fingerprint=fingerprint)
        except IntegrityError:
            batch.drop_event(UUID(identifier), int(item["sequence"]))
            batch.look_again([item])
            known = _find_known(batch, item=item, fingerprint=fingerprint)
            if known is None:
                raise
    if known == "duplicate":
        return EventResult(index, identifier, "duplicate")
    return EventResult(index, identifier, "rejected", ProblemError(known))


def _find_known(batch: EventBatch, *, item: dict[str, Any], fingerprint: str) -> str | None:
    """None for a new event, "duplicate" for a repeat, else the problem code of the collision, which is
    logged."""
    device, row = batch.device, batch.find_event(UUID(item["id"]), int(item["sequence"]))
    if row is None:
        return None
    if row.pk == UUID(item["id"]) and row.device_id == device.pk and row.sha256 == fingerprint:
        return "duplicate"
    code = "content-differs" if row.device_id == device.pk else "not-mine"
    log.write_log(
        actor=f"device:{device.pk}",
        action="event_collides",
        subject=row,
        detail={"problem": code, "sha256": fingerprint, "kept_sha256": row.sha256, "id": item["id"]},
    )
    return code


def _keep_event(batch: EventBatch, *, index: int, item: dict[str, Any], fingerprint: str) -> EventResult:
    kind = EventKind(item["kind"]) if item.get("kind") in EventKind.values else None
    wrong = (
        list_errors(shapes.EVENT_OF[kind], item)
        if kind
        else [{"field": "kind", "message": _("Pilihan tidak dikenal.")}]
    )
    at = None if wrong else moments.parse_moment(item["at"])
    if not wrong and at is None:
        wrong = [{"field": "at", "message": _("Jam tablet tidak terbaca.")}]
    event = Event(
        pk=UUID(item["id"]),
        device=batch.device,
        sequence=int(item["sequence"]),
        kind=kind or "",
        at=at,
        sha256=fingerprint,
        received_at=timezone.now(),
    )
    batch.add_event(event)
    if wrong:
        _seal_event(event, item, visit=None)
        return _reject_event(event=event, index=index, problem=ProblemError("invalid", errors=wrong))
    assert kind is not None
    visit = batch.find_visit(UUID(item["visit"])) if item.get("visit") else None
    officer = batch.find_officer(item["officer"])
    event.since_ms, event.officer = int(item["since_ms"]), officer
    event.visit, event.visit_named = visit, UUID(item["visit"]) if item.get("visit") else None
    event.outcome = item["data"]["outcome"] if kind == EventKind.OUTCOME else ""
    _seal_event(event, item, visit=visit)
    reason = event_effects.reason_for_review(device=batch.device, event=event, officer=officer)
    if reason or kind == EventKind.NOTE:
        return _settle_event(event=event, index=index, reason=reason, rows=[event])
    event.save(force_insert=True)
    reason = event_effects.apply_event(event=event, data=item["data"])
    batch.forget_visits_like(visit)
    return _settle_event(event=event, index=index, reason=reason, rows=[])


def _seal_event(event: Event, item: dict[str, Any], *, visit: Visit | None) -> None:
    # of another person than the visited one: a key of its own
    event.key = sealing.choose_person_key(None if event.kind == EventKind.WALK_IN else visit)
    event.sealed = sealing.seal_reported(event, "sealed", strict_json.canonical_json(item), key=event.key)


def _settle_event(*, event: Event, index: int, reason: str, rows: list[Model]) -> EventResult:
    """Insert `rows`, what became of the event, and a log row where it waits for a person."""
    state = EventState.REVIEW if reason else EventState.APPLIED
    rows = [*rows, EventStatus(event=event, state=state, reason=reason)]
    if not reason:
        insert_rows(rows)
        return EventResult(index, str(event.pk), "applied")
    entry = log.build_entry(
        actor=f"device:{event.device_id}",
        action="event_in_review",
        subject=event,
        to_state=state,
        detail={"reason": reason, "visit": str(event.visit_named or "")},
    )
    insert_rows([*rows, entry])
    problem = ProblemError("not-found") if reason == event_content.NO_VISIT else None
    return EventResult(index, str(event.pk), "review", problem)


def _reject_event(*, event: Event, index: int, problem: ProblemError) -> EventResult:
    entry = log.build_entry(
        actor=f"device:{event.device_id}",
        action="event_rejected",
        subject=event,
        to_state=EventState.REJECTED,
        detail={"fields": [error["field"] for error in problem.errors]},
    )
    status = EventStatus(event=event, state=EventState.REJECTED, problem=problem.code)
    insert_rows([event, status, entry])
    return EventResult(index, str(event.pk), "rejected", problem)


def mark_looked_at(*, event: Event, user: Any, actor: str, note: str) -> bool:
    """A person has looked at an event in review or a rejected one. False where somebody did before."""
    return transition(
        row=event.status,
        to=EventState.REVIEWED,
        actor=actor,
        reviewed_by=user,
        reviewed_at=timezone.now(),
        note=note,
    )
