"""What the coordinator does with a request: accept, refuse, merge. Each is safe to press twice.

Two coordinators may press at the same moment. Rows are locked in one order: requests, the resident, the need;
what decides is read after its row is locked.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from outreach.enums import (
    UNFINISHED_NEEDS,
    ClosedReason,
    Milestone,
    NeedKind,
    NeedState,
    NikException,
    RequestState,
    Urgency,
)
from outreach.lib.ids import uuid7
from outreach.models import Need, Resident, VisitRequest
from outreach.selectors.page_marks import PageSeen
from outreach.services import log, progress, residents
from outreach.services.transitions import transition

JOINED = ("urgency", "skills", "deadline", "not_before", "waiting_since")
URGENCIES = [Urgency.NORMAL, Urgency.HIGH, Urgency.HOSPITAL]


class TriageError(ValueError):
    """The decision is not possible; `code` says why: decided, same_nik, nothing_to_merge, also, reason,
    dates."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Decision:
    """How to accept a request. `resident`: whom it is about, None for a new person; `point`: (latitude,
    longitude) of the home.

    `also`: other waiting requests for the same person, merged with this one. `nik_exception`: why this is
    another person than the resident with the same NIK.
    """

    kind: str
    urgency: Urgency = Urgency.NORMAL
    skills: list[str] = field(default_factory=list)
    not_before: date | None = None
    deadline: date | None = None
    resident: Resident | None = None
    point: tuple[float, float] | None = None
    also: list[VisitRequest] = field(default_factory=list)
    nik_exception: NikException | None = None


def _lock_request(request: VisitRequest, *others: VisitRequest, seen: PageSeen | None = None) -> VisitRequest:
    """The request as the database has it. It and `others` are locked, in the order of their ids: presses that
    name one another's requests wait for one another. Raises `StalePageError` where the page that was `seen`
    is not what the database has."""
    rows = VisitRequest.objects.select_for_update(of=("self",)).select_related("village", "key")
    ids = [request.pk, *(other.pk for other in others)]
    # without `need`: PostgreSQL shows a row that changed during the wait joined with what it named before
    locked = {row.pk: row for row in rows.filter(pk__in=ids).order_by("pk")}
    if seen:
        seen.require_fresh()
    return locked[request.pk]


def _lock_need(need: Need, seen: PageSeen | None) -> Need:
    """The need as the database has it, locked. Raises `StalePageError` as `_lock_request` does."""
    row = Need.objects.select_for_update().get(pk=need.pk)
    if seen:
        seen.require_fresh()
    return row


def _decide(row: VisitRequest, to: RequestState, *, actor: str, **fields: Any) -> None:
    """Raises `TriageError` "decided" where the request may not go there any more."""
    if not transition(row=row, to=to, actor=actor, **fields):
        raise TriageError("decided")


def _lock_unfinished_need(resident: Resident) -> Need | None:
    """The errand of recording that is under way, of a resident who is locked."""
    rows = resident.needs.select_for_update().filter(kind=NeedKind.RECORDING, state__in=UNFINISHED_NEEDS)
    return rows.first()


@contextmanager
def _nobody_else_has(nik_index: str) -> Iterator[None]:
    """Raises `TriageError` "same_nik" where what is done within would give a second resident this NIK."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if not nik_index or not Resident.objects.filter(nik_index=nik_index).exists():
            raise
        raise TriageError("same_nik") from error


def _join_need(need: Need, row: VisitRequest, decision: Decision, *, actor: str) -> Need:
    """Another request for the same errand, which is locked: the more pressing word counts, the longer wait is
    kept."""
    before = {name: log.as_json(getattr(need, name)) for name in JOINED}
    need.urgency = max(need.urgency, decision.urgency, key=lambda value: URGENCIES.index(Urgency(value)))
    need.skills = sorted({*need.skills, *decision.skills})
    need.deadline = min(filter(None, (need.deadline, decision.deadline)), default=None)
    if need.deadline and need.not_before and need.not_before > need.deadline:
        need.not_before = None
    need.waiting_since = min(need.waiting_since, row.received_at)
    need.save(update_fields=JOINED)
    now = {name: log.as_json(getattr(need, name)) for name in JOINED}
    changes = {name: [was, now[name]] for name, was in before.items() if was != now[name]}
    detail = {"request": str(row.pk), "conditions": changes}
    log.write_log(actor=actor, action="need_joined", subject=need, detail=detail)
    return need


def _new_need(resident: Resident, row: VisitRequest, decision: Decision, *, actor: str) -> Need:
    need = Need.objects.create(
        resident=resident,
        urgency=decision.urgency,
        skills=sorted(set(decision.skills)),
        windows=row.windows,
        weekdays=row.weekdays,
        not_before=decision.not_before,
        deadline=decision.deadline,
        waiting_since=row.received_at,
    )
    detail = {"request": str(row.pk)}
    log.write_log(actor=actor, action="need_made", subject=need, to_state=NeedState.OPEN, detail=detail)
    return need


def _resident(row: VisitRequest, decision: Decision, *, actor: str) -> Resident:
    """Whom the accepted request is about: a new resident, or the known one, locked and completed."""
    if decision.resident is None:
        return residents.create_from_request(
            request=row,
            kind=decision.kind,
            point=decision.point,
            actor=actor,
            nik_exception=decision.nik_exception,
        )
    resident = residents.complete_resident(
        resident=decision.resident, request=row, actor=actor, nik_exception=decision.nik_exception
    )
    if decision.point:
        latitude, longitude = decision.point
        residents.locate_resident(resident=resident, latitude=latitude, longitude=longitude, actor=actor)
    return resident


@transaction.atomic
def accept_request(
    *, request: VisitRequest, decision: Decision, actor: str, seen: PageSeen | None = None
) -> Need:
    """Accept a request: create or complete the resident, create or join the need. Accepted before, it returns
    that need.

    Raises `TriageError`, `StalePageError` and `residents.LocationError`; then nothing has changed.
    """
    row = _lock_request(request, *decision.also, seen=seen)
    if row.state == RequestState.ACCEPTED and row.need:
        return row.need
    if row.state != RequestState.RECEIVED:
        raise TriageError("decided")
    if decision.not_before and decision.deadline and decision.deadline < decision.not_before:
        raise TriageError("dates")
    with _nobody_else_has(row.nik_index):
        resident = _resident(row, decision, actor=actor)
    known = _lock_unfinished_need(resident)
    now = timezone.now()
    if known:
        need = _join_need(known, row, decision, actor=actor)
    else:
        need = _new_need(resident, row, decision, actor=actor)
        progress.record_progress(need=need, milestone=Milestone.ACCEPTED, at=now, source=f"request:{row.pk}")
    fields = {"resident": resident, "need": need, "decided_at": now}
    _decide(
        row,
        RequestState.ACCEPTED,
        actor=actor,
        **fields,
        family_confirmed_at=None if decision.resident else now,  # who made a person known is the family
    )
    for other in decision.also:
        try:
            merge_request(request=other, resident=resident, actor=actor)
        except TriageError as error:
            raise TriageError("also") from error
    return need


@transaction.atomic
def refuse_request(*, request: VisitRequest, reason: str, actor: str, seen: PageSeen | None = None) -> None:
    """Refuse a request with a reason that the resident reads. Raises `TriageError` and `StalePageError`."""
    if not reason.strip():
        raise TriageError("reason")
    row = _lock_request(request, seen=seen)
    if row.state == RequestState.REFUSED and row.refusal_reason == reason.strip():
        return
    fields = {"refusal_reason": reason.strip(), "decided_at": timezone.now()}
    _decide(row, RequestState.REFUSED, actor=actor, **fields)


@transaction.atomic
def reconsider_request(*, request: VisitRequest, actor: str, seen: PageSeen | None = None) -> None:
    """Put a refused request back into the queue. Raises `TriageError` and `StalePageError`."""
    row = _lock_request(request, seen=seen)
    if row.state == RequestState.RECEIVED:
        return
    _decide(row, RequestState.RECEIVED, actor=actor, refusal_reason="", decided_at=None)


@transaction.atomic
def merge_request(
    *, request: VisitRequest, resident: Resident, actor: str, seen: PageSeen | None = None
) -> Need:
    """Merge a request into the resident's unfinished need; its status page then follows that need.

    Raises `StalePageError`, and `TriageError`: nothing_to_merge where the resident has no such errand,
    decided, same_nik.
    """
    row = _lock_request(request, seen=seen)
    if row.state == RequestState.MERGED and row.need and row.resident_id == resident.pk:
        return row.need
    with _nobody_else_has(row.nik_index):
        resident = residents.complete_resident(resident=resident, request=row, actor=actor)
    need = _lock_unfinished_need(resident)
    if need is None:
        raise TriageError("nothing_to_merge")
    urgency = Urgency(need.urgency)
    same = Decision(kind=row.kind, urgency=urgency, skills=row.skills, deadline=row.deadline)
    _join_need(need, row, same, actor=actor)
    now = timezone.now()
    fields = {"resident": resident, "need": need, "decided_at": now}
    _decide(row, RequestState.MERGED, actor=actor, **fields, family_confirmed_at=None)
    return need


@transaction.atomic
def reopen_need(*, need: Need, actor: str, seen: PageSeen | None = None) -> bool:
    """From REVIEW back to the plan, another attempt; or from CLOSED, where that was a mistake. False where it
    is neither, the card was delivered, or the resident has another errand of its kind by now. Raises
    `StalePageError`."""
    residents.lock_resident(need.resident)
    row = _lock_need(need, seen)
    closed = row.state == NeedState.CLOSED
    others = Need.objects.filter(resident=row.resident_id, kind=row.kind, state__in=UNFINISHED_NEEDS)
    if closed and (row.closed_reason == ClosedReason.DELIVERED or others.exists()):
        return False
    sources = (NeedState.REVIEW, NeedState.CLOSED)
    fields: dict[str, Any] = {"action": "need_reopened", "closed_reason": ""} if closed else {}
    if not transition(row=need, to=NeedState.OPEN, actor=actor, sources=sources, **fields):
        return False
    source = f"reopened:{uuid7()}"
    progress.record_progress(need=need, milestone=Milestone.UNPLANNED, at=timezone.now(), source=source)
    return True


@transaction.atomic
def close_need(
    *, need: Need, reason: ClosedReason, actor: str, note: str = "", seen: PageSeen | None = None
) -> bool:
    """Close an errand that no visit is published for. False where one is, or where it is closed. `note`: the
    reason in words, sealed. Raises `StalePageError`, and `TriageError` "note" where OTHER has none."""
    if reason == ClosedReason.OTHER and not note.strip():
        raise TriageError("note")
    _lock_need(need, seen)
    waiting = (NeedState.OPEN, NeedState.REVIEW, NeedState.CAPTURED, NeedState.RECORDED)
    why = {"reason": str(reason)}
    if not transition(
        row=need, to=NeedState.CLOSED, actor=actor, sources=waiting, reason=why, closed_reason=reason
    ):
        return False
    if note.strip():
        log.write_log(
            actor=actor,
            action="close_explained",
            subject=need,
            secret={"note": note.strip()},
            key=need.resident.key,
        )
    source = f"closed:{uuid7()}"
    progress.record_progress(need=need, milestone=Milestone.CLOSED, at=timezone.now(), source=source)
    return True


CONDITIONS = ("urgency", "skills", "not_before", "deadline", "weekdays", "windows")
MAY_WISH = (NeedState.OPEN, NeedState.PLANNED, NeedState.REVIEW)  # a visit is still to come, or may be


@transaction.atomic
def change_conditions(
    *,
    need: Need,
    urgency: Urgency,
    skills: list[str],
    not_before: date | None,
    deadline: date | None,
    weekdays: list[int],
    windows: list[list[str]],
    actor: str,
    seen: PageSeen | None = None,
) -> bool:
    """New conditions and wishes for an errand whose visit is still to come, published or not; False where it
    is not. What is published stays. Raises `StalePageError`."""
    now = {
        "urgency": urgency,
        "skills": sorted(set(skills)),
        "not_before": not_before,
        "deadline": deadline,
        "weekdays": sorted(set(weekdays)),
        "windows": windows,
    }
    row = _lock_need(need, seen)
    if row.state not in MAY_WISH:
        return False
    changed = sorted(name for name, value in now.items() if getattr(row, name) != value)
    if not changed:
        return True
    Need.objects.filter(pk=row.pk).update(**now)
    log.write_log(actor=actor, action="need_changed", subject=row, detail={"changed": changed})
    return True
