"""What the coordinator does with a request: accept, refuse, merge. Each is safe to press twice."""

from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
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
from outreach.services import log, needs, progress, residents

URGENCIES = [Urgency.NORMAL, Urgency.HIGH, Urgency.HOSPITAL]


class TriageError(ValueError):
    """The request cannot be treated so; `code` says why: decided, same_nik, nothing_to_merge, also, reason, dates."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Decision:
    """How a request is accepted. `resident`: whom it is about, None for somebody new; `point` as in `residents`.

    `also`: other waiting requests for the same person, which are merged with this one.
    """

    kind: str
    urgency: Urgency = Urgency.NORMAL
    skills: list[str] = field(default_factory=list)
    not_before: date | None = None
    deadline: date | None = None
    resident: Resident | None = None
    point: tuple[float, float] | None = None
    also: list[VisitRequest] = field(default_factory=list)


def _locked(request: VisitRequest) -> VisitRequest:
    rows = VisitRequest.objects.select_for_update(of=("self",)).select_related("village", "key", "need")
    return rows.get(pk=request.pk)


def _move(row: VisitRequest, to: RequestState, *, actor: str, **changes: object) -> None:
    """Change the state by one conditional UPDATE, with its log row. Raises `TriageError` "decided"."""
    before = RequestState.REFUSED if to == RequestState.RECEIVED else RequestState.RECEIVED
    if not VisitRequest.objects.filter(pk=row.pk, state=before).update(state=to, **changes):
        raise TriageError("decided")
    log.write(actor=actor, action="request_moved", subject=row, from_state=before, to_state=to)


def unfinished_need(resident: Resident) -> Need | None:
    """The resident's errand of recording that is under way."""
    return resident.needs.filter(kind=NeedKind.RECORDING, state__in=UNFINISHED_NEEDS).first()


def _join(need: Need, row: VisitRequest, decision: Decision, *, actor: str) -> Need:
    """Another request for the same errand: the more pressing word counts, the longer wait is kept."""
    need.urgency = max(need.urgency, decision.urgency, key=lambda value: URGENCIES.index(Urgency(value)))
    need.skills = sorted({*need.skills, *decision.skills})
    need.deadline = min(filter(None, (need.deadline, decision.deadline)), default=None)
    if need.deadline and need.not_before and need.not_before > need.deadline:
        need.not_before = None
    need.waiting_since = min(need.waiting_since, row.received_at)
    need.save(update_fields=["urgency", "skills", "deadline", "not_before", "waiting_since"])
    log.write(actor=actor, action="need_joined", subject=need, detail={"request": str(row.pk)})
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
    log.write(actor=actor, action="need_made", subject=need, to_state=NeedState.OPEN, detail=detail)
    return need


@transaction.atomic
def accept(*, request: VisitRequest, decision: Decision, actor: str) -> Need:
    """Accept: a resident with an open need, made or found again. Accepted before, it is that need again.

    Raises `TriageError` and `residents.LocationError`; then nothing has changed.
    """
    row = _locked(request)
    if row.state == RequestState.ACCEPTED and row.need:
        return row.need
    if row.state != RequestState.RECEIVED:
        raise TriageError("decided")
    if decision.not_before and decision.deadline and decision.deadline < decision.not_before:
        raise TriageError("dates")
    if decision.resident is None:
        if row.nik_index and Resident.objects.filter(nik_index=row.nik_index).exists():
            raise TriageError("same_nik")
        resident = residents.from_request(request=row, kind=decision.kind, point=decision.point, actor=actor)
    else:
        resident = Resident.objects.select_for_update().get(pk=decision.resident.pk)
        residents.complete(resident=resident, request=row, actor=actor)
        if decision.point:
            latitude, longitude = decision.point
            residents.locate(resident=resident, latitude=latitude, longitude=longitude, actor=actor)
    known = unfinished_need(resident)
    now = timezone.now()
    if known:
        need = _join(known, row, decision, actor=actor)
    else:
        need = _new_need(resident, row, decision, actor=actor)
        progress.record(need=need, milestone=Milestone.ACCEPTED, at=now, source=f"request:{row.pk}")
    _move(row, RequestState.ACCEPTED, actor=actor, resident=resident, need=need, decided_at=now)
    for other in decision.also:
        try:
            merge(request=other, resident=resident, actor=actor)
        except TriageError as error:
            raise TriageError("also") from error
    return need


@transaction.atomic
def refuse(*, request: VisitRequest, reason: str, actor: str) -> None:
    """Refuse, with the reason that the resident will read. Raises `TriageError`."""
    if not reason.strip():
        raise TriageError("reason")
    row = _locked(request)
    if row.state == RequestState.REFUSED and row.refusal_reason == reason.strip():
        return
    changes = {"refusal_reason": reason.strip(), "decided_at": timezone.now()}
    _move(row, RequestState.REFUSED, actor=actor, **changes)


@transaction.atomic
def reconsider(*, request: VisitRequest, actor: str) -> None:
    """Put a refused request back into the queue. Raises `TriageError`."""
    row = _locked(request)
    if row.state == RequestState.RECEIVED:
        return
    _move(row, RequestState.RECEIVED, actor=actor, refusal_reason="", decided_at=None)


@transaction.atomic
def merge(*, request: VisitRequest, resident: Resident, actor: str) -> Need:
    """Say that a request asks for an errand that is under way already: its status then follows that errand.

    Raises `TriageError`: nothing_to_merge where the resident has no such errand, decided.
    """
    row = _locked(request)
    if row.state == RequestState.MERGED and row.need and row.resident_id == resident.pk:
        return row.need
    need = unfinished_need(resident)
    if need is None:
        raise TriageError("nothing_to_merge")
    urgency = Urgency(need.urgency)
    same = Decision(kind=row.kind, urgency=urgency, skills=row.skills, deadline=row.deadline)
    residents.complete(resident=resident, request=row, actor=actor)
    _join(need, row, same, actor=actor)
    now = timezone.now()
    _move(row, RequestState.MERGED, actor=actor, resident=resident, need=need, decided_at=now)
    return need


@transaction.atomic
def reopen_need(*, need: Need, actor: str) -> bool:
    """From REVIEW back to the plan: another attempt. False where it is not in review."""
    if not (need.state == NeedState.REVIEW and needs.move(need=need, to=NeedState.OPEN, actor=actor)):
        return False
    source = f"reopened:{uuid7()}"
    progress.record(need=need, milestone=Milestone.UNPLANNED, at=timezone.now(), source=source)
    return True


@transaction.atomic
def close_need(*, need: Need, reason: ClosedReason, actor: str) -> bool:
    """Close an errand that no visit is published for. False where one is, or where it is closed."""
    if need.state not in (NeedState.OPEN, NeedState.REVIEW):
        return False
    if not needs.move(need=need, to=NeedState.CLOSED, actor=actor, reason=reason):
        return False
    progress.record(need=need, milestone=Milestone.CLOSED, at=timezone.now(), source="coordinator")
    return True


@transaction.atomic
def change_conditions(
    *,
    need: Need,
    urgency: Urgency,
    skills: list[str],
    not_before: date | None,
    deadline: date | None,
    actor: str,
) -> bool:
    """New conditions for an errand that waits for a plan or a decision; False where it no longer does."""
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
    if changed and Need.objects.filter(pk=row.pk, state=row.state).update(**now):
        log.write(actor=actor, action="need_changed", subject=row, detail={"changed": changed})
    return True
