"""Taking back that a request was accepted or merged, as long as nothing came of it that cannot be taken back.

What the decision did is read from the log: the conditions that it changed, what it added to a known resident.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from outreach.enums import ClosedReason, Milestone, NeedState, RequestState
from outreach.lib.ids import uuid7
from outreach.models import LogEntry, Need, VisitRequest
from outreach.selectors.page_marks import PageSeen
from outreach.services import log, progress, residents
from outreach.services.transitions import transition
from outreach.services.triage import TriageError

UNDONE = (RequestState.ACCEPTED, RequestState.MERGED)


@transaction.atomic
def undo_decision(*, request: VisitRequest, actor: str, seen: PageSeen | None = None) -> bool:
    """Put an accepted or merged request back into the queue; False where it is there.

    A need that nobody else asked for is closed; one that others asked for stays, without what this request
    added. A resident stays on record and is offered again. Raises `StalePageError`, and `TriageError`:
    planned (its visit is published), begun (a team was there), decided.
    """
    rows = VisitRequest.objects.select_for_update(of=("self",)).select_related("key", "resident")
    row = rows.get(pk=request.pk)
    if seen:
        seen.require_fresh()
    if row.state == RequestState.RECEIVED:
        return False
    if row.state not in UNDONE or row.resident is None or row.need_id is None:
        raise TriageError("decided")
    residents.take_back_completion(resident=row.resident, request=row, actor=actor)
    need = Need.objects.select_for_update().get(pk=row.need_id)
    if need.requests.exclude(pk=row.pk).exists():
        _take_back_join(need, row, actor=actor)
    else:
        _close_need(need, actor=actor)
    fields = {"resident": None, "need": None, "decided_at": None, "family_confirmed_at": None}
    if not transition(
        row=row, to=RequestState.RECEIVED, actor=actor, action="decision_undone", sources=UNDONE, **fields
    ):
        raise RuntimeError(f"request {row.pk} changed under its lock")
    return True


def _close_need(need: Need, *, actor: str) -> None:
    """End an errand that nobody asks for any more. Raises `TriageError`."""
    if need.state == NeedState.CLOSED:
        return
    if need.state == NeedState.PLANNED:
        raise TriageError("planned")
    if need.state != NeedState.OPEN or need.attempts:
        raise TriageError("begun")
    why = {"reason": str(ClosedReason.UNDONE)}
    transition(row=need, to=NeedState.CLOSED, actor=actor, reason=why, closed_reason=ClosedReason.UNDONE)
    source = f"undone:{uuid7()}"  # it may be opened again, and undone again
    progress.record_progress(need=need, milestone=Milestone.CLOSED, at=timezone.now(), source=source)


def _take_back_join(need: Need, row: VisitRequest, *, actor: str) -> None:
    """Give the need the conditions back that joining this request changed, where nobody changed them since."""
    entries = LogEntry.objects.filter(
        action="need_joined", subject_id=str(need.pk), detail__request=str(row.pk)
    )
    joined = entries.order_by("-id").first()
    changes = joined.detail.get("conditions", {}) if joined else {}
    changed = []
    for name, (was, now) in changes.items():
        if log.as_json(getattr(need, name)) == now:
            setattr(need, name, _from_json(name, was))
            changed.append(name)
    if need.deadline and need.not_before and need.not_before > need.deadline:
        need.not_before = None
    if changed:
        need.save(update_fields=[*changed, "not_before"])
    log.write_log(
        actor=actor,
        action="need_parted",
        subject=need,
        detail={"request": str(row.pk), "changed": sorted(changed)},
    )


def _from_json(name: str, value: object) -> object:
    if isinstance(value, str) and name in ("deadline", "not_before"):
        return parse_date(value)
    if isinstance(value, str) and name == "waiting_since":
        return parse_datetime(value)
    return value
