"""What the coordinator does with a request: accept, refuse, merge. Each is safe to press twice.

Two coordinators may press at the same moment. Rows are locked in one order: requests, the resident, the need;
what decides is read after its row is locked.
"""

import json
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
    RequestState,
    Urgency,
)
from outreach.lib.ids import uuid7
from outreach.models import Need, Resident, VisitRequest
from outreach.services import log, progress, residents
from outreach.services.transitions import transition

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

    `also`: other waiting requests for the same person, merged with this one.
    """

    kind: str
    urgency: Urgency = Urgency.NORMAL
    skills: list[str] = field(default_factory=list)
    not_before: date | None = None
    deadline: date | None = None
    resident: Resident | None = None
    point: tuple[float, float] | None = None
    also: list[VisitRequest] = field(default_factory=list)


def _lock_request(request: VisitRequest, *others: VisitRequest) -> VisitRequest:
    """The request as the database has it. It and `others` are locked, in the order of their ids: presses that
    name one another's requests wait for one another."""
    rows = VisitRequest.objects.select_for_update(of=("self",)).select_related("village", "key")
    ids = [request.pk, *(other.pk for other in others)]
    # without `need`: PostgreSQL shows a row that changed during the wait joined with what it named before
    return {row.pk: row for row in rows.filter(pk__in=ids).order_by("pk")}[request.pk]


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
    need.urgency = max(need.urgency, decision.urgency, key=lambda value: URGENCIES.index(Urgency(value)))
    need.skills = sorted({*need.skills, *decision.skills})
    need.deadline = min(filter(None, (need.deadline, decision.deadline)), default=None)
    if need.deadline and need.not_before and need.not_before > need.deadline:
        need.not_before = None
    need.waiting_since = min(need.waiting_since, row.received_at)
    need.save(update_fields=["urgency", "skills", "deadline", "not_before", "waiting_since"])
    log.write_log(actor=actor, action="need_joined", subject=need, detail={"request": str(row.pk)})
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
            request=row, kind=decision.kind, point=decision.point, actor=actor
        )
    resident = residents.complete_resident(resident=decision.resident, request=row, actor=actor)
    if decision.point:
        latitude, longitude = decision.point
        residents.locate_resident(resident=resident, latitude=latitude, longitude=longitude, actor=actor)
    return resident


@transaction.atomic
def accept_request(*, request: VisitRequest, decision: Decision, actor: str) -> Need:
    """Accept a request: create or complete the resident, create or join the need. Accepted before, it returns
    that need.

    Raises `TriageError` and `residents.LocationError`; then nothing has changed.
    """
    row = _lock_request(request, *decision.also)
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
    _decide(row, RequestState.ACCEPTED, actor=actor, resident=resident, need=need, decided_at=now)
    for other in decision.also:
        try:
            merge_request(request=other, resident=resident, actor=actor)
        except TriageError as error:
            raise TriageError("also") from error
    return need


@transaction.atomic
def refuse_request(*, request: VisitRequest, reason: str, actor: str) -> None:
    """Refuse a request with a reason that the resident reads. Raises `TriageError`."""
    if not reason.strip():
        raise TriageError("reason")
    row = _lock_request(request)
    if row.state == RequestState.REFUSED and row.refusal_reason == reason.strip():
        return
    fields = {"refusal_reason": reason.strip(), "decided_at": timezone.now()}
    _decide(row, RequestState.REFUSED, actor=actor, **fields)


@transaction.atomic
def reconsider_request(*, request: VisitRequest, actor: str) -> None:
    """Put a refused request back into the queue. Raises `TriageError`."""
    row = _lock_request(request)
    if row.state == RequestState.RECEIVED:
        return
    _decide(row, RequestState.RECEIVED, actor=actor, refusal_reason="", decided_at=None)


@transaction.atomic
def merge_request(*, request: VisitRequest, resident: Resident, actor: str) -> Need:
    """Merge a request into the resident's unfinished need; its status page then follows that need.

    Raises `TriageError`: nothing_to_merge where the resident has no such errand, decided, same_nik.
    """
    row = _lock_request(request)
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
    _decide(row, RequestState.MERGED, actor=actor, resident=resident, need=need, decided_at=now)
    return need


@transaction.atomic
def reopen_need(*, need: Need, actor: str) -> bool:
    """From REVIEW back to the plan: another attempt. False where it is not in review."""
    if not transition(row=need, to=NeedState.OPEN, actor=actor, sources=(NeedState.REVIEW,)):
        return False
    source = f"reopened:{uuid7()}"
    progress.record_progress(need=need, milestone=Milestone.UNPLANNED, at=timezone.now(), source=source)
    return True


@transaction.atomic
def close_need(*, need: Need, reason: ClosedReason, actor: str) -> bool:
    """Close an errand that no visit is published for. False where one is, or where it is closed."""
    waiting = (NeedState.OPEN, NeedState.REVIEW)
    if not transition(row=need, to=NeedState.CLOSED, actor=actor, sources=waiting, closed_reason=reason):
        return False
    progress.record_progress(need=need, milestone=Milestone.CLOSED, at=timezone.now(), source="coordinator")
    return True


CONDITIONS = ("urgency", "skills", "not_before", "deadline")


def conditions_text(need: Need) -> str:
    """A need's conditions as one text, by which a page tells which ones it showed."""
    return json.dumps([getattr(need, name) for name in CONDITIONS], default=str)


@transaction.atomic
def change_conditions(
    *,
    need: Need,
    urgency: Urgency,
    skills: list[str],
    not_before: date | None,
    deadline: date | None,
    actor: str,
    seen: str = "",
) -> bool:
    """New conditions for an errand that waits for a plan or a decision; False where it no longer does, or
    where its conditions are no longer those that the person saw (`seen`: their `conditions_text`)."""
    now = {
        "urgency": urgency,
        "skills": sorted(set(skills)),
        "not_before": not_before,
        "deadline": deadline,
    }
    row = Need.objects.select_for_update().get(pk=need.pk)
    if row.state not in (NeedState.OPEN, NeedState.REVIEW):
        return False
    changed = sorted(name for name, value in now.items() if getattr(row, name) != value)
    if not changed:
        return True
    if seen not in ("", conditions_text(row)):
        return False
    Need.objects.filter(pk=row.pk).update(**now)
    log.write_log(actor=actor, action="need_changed", subject=row, detail={"changed": changed})
    return True
