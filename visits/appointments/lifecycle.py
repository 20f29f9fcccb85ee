"""State changes of a published visit (travelling, arrived, finished, cancelled) and what they do to its need.

The visit moves, then its need, always in this order (publishing does the same), with the resident's progress
row in the same transaction.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from outreach.enums import ClosedReason, Milestone, NeedState
from outreach.models import Need
from outreach.services import log, progress
from outreach.services.transitions import transition
from visits.appointments import arrival_intervals
from visits.enums import CLOSING, MAX_ATTEMPTS, OPEN_VISITS, Outcome, VisitState
from visits.models import Team, Visit

_MILESTONES = {VisitState.TRAVELLING: Milestone.ON_THE_WAY, VisitState.ARRIVED: Milestone.ARRIVED}
_CLOSED_REASONS = {
    Outcome.DECEASED: ClosedReason.DECEASED,
    Outcome.MOVED: ClosedReason.MOVED,
    Outcome.RECORDED_ELSEWHERE: ClosedReason.RECORDED_ELSEWHERE,
}


@transaction.atomic
def set_visit_state(*, visit: Visit, to: VisitState, at: datetime, actor: str) -> bool:
    """Set a visit to TRAVELLING or ARRIVED. False if nothing changed (already so, finished or cancelled).

    The first arrival stays the visit's `arrived_at`. FINISHED comes by `apply_outcome` alone, CANCELLED by
    `cancel_visit`.
    """
    if to in (VisitState.FINISHED, VisitState.CANCELLED):
        raise ValueError(f"{to} has a function of its own")
    first = to == VisitState.ARRIVED and visit.arrived_at is None
    fields: dict[str, Any] = {"arrived_at": at} if first else {}
    if not transition(row=visit, to=to, actor=actor, **fields):
        return False
    if to in _MILESTONES:
        progress.record_progress(
            need=visit.need, milestone=_MILESTONES[to], at=at, source=f"visit:{visit.pk}"
        )
    return True


@transaction.atomic
def note_arrival(*, visit: Visit, at: datetime, actor: str) -> bool:
    """When the team was at the door, told late or anew: its state does not change. False where that was
    known."""
    before = Visit.objects.select_for_update().values_list("arrived_at", flat=True).get(pk=visit.pk)
    if not Visit.objects.filter(pk=visit.pk).exclude(arrived_at=at).update(arrived_at=at):
        return False
    visit.arrived_at = at
    log.write_log(
        actor=actor,
        action="visit_arrival_noted",
        subject=visit,
        from_state=visit.state,
        to_state=visit.state,
        detail={"at": at.isoformat(), "before": before.isoformat() if before else None},
    )
    return True


@transaction.atomic
def cancel_visit(
    *, visit: Visit, at: datetime, actor: str, source: str, tell: bool = True, begun: bool = False
) -> bool:
    """Cancel a visit and reopen its need. False if the visit has begun, unless `begun` is set.

    `source` identifies the cause (a day version, a shift), so that the family reads of each cancellation
    once. With `tell` False no progress row is written: for a need that is given up itself. What the family of a
    visit that was called off was promised stays: until when it hears of another day.
    """
    sources = OPEN_VISITS if begun else (VisitState.PUBLISHED,)
    if not transition(row=visit, to=VisitState.CANCELLED, actor=actor, sources=sources):
        return False
    if transition(row=visit.need, to=NeedState.OPEN, actor=actor) and tell:
        hear_by = Visit.objects.values_list("hear_by", flat=True).get(pk=visit.pk)
        progress.record_progress(
            need=visit.need,
            milestone=Milestone.UNPLANNED,
            at=at,
            source=source,
            latest=arrival_intervals.last_moment(hear_by) if hear_by else None,
        )
    return True


@transaction.atomic
def give_back_visits(*, team: Team, on: date, now: datetime, actor: str) -> int:
    """Cancel the visits of a past day that no tablet reported on, so that their needs are planned again.
    Later reports of them go to review. Returns how many; 0 if the day is not over."""
    if on >= timezone.localdate(now):
        return 0
    rows = Visit.objects.filter(shift__team=team, shift__date=on, state__in=OPEN_VISITS).select_related(
        "need"
    )
    return sum(
        cancel_visit(visit=visit, at=now, actor=actor, source=f"visit:{visit.pk}", begun=True)
        for visit in rows.order_by("pk")
    )


@transaction.atomic
def apply_outcome(*, visit: Visit, outcome: Outcome, at: datetime, actor: str) -> bool:
    """Finish a visit with its outcome and move its need accordingly.

    False if the visit was finished or cancelled before; then nothing changes, and the caller puts a capture
    of it under review. Safe to repeat.
    """
    if not transition(
        row=visit,
        to=VisitState.FINISHED,
        actor=actor,
        reason={"outcome": str(outcome)},
        outcome=outcome,
        outcome_at=at,
    ):
        return False
    need = Need.objects.select_for_update().get(pk=visit.need_id)
    source = f"visit:{visit.pk}"
    why = {"visit": str(visit.pk), "outcome": str(outcome)}
    if outcome == Outcome.RECORDED:
        if transition(row=need, to=NeedState.CAPTURED, actor=actor, reason=why):
            progress.record_progress(need=need, milestone=Milestone.CAPTURED, at=at, source=source)
    elif outcome in CLOSING:
        closed = _CLOSED_REASONS[outcome]
        if transition(row=need, to=NeedState.CLOSED, actor=actor, reason=why, closed_reason=closed):
            progress.record_progress(need=need, milestone=Milestone.CLOSED, at=at, source=source)
    else:
        _follow_visit_in_vain(need=need, at=at, actor=actor, source=source, why=why)
    return True


def _follow_visit_in_vain(*, need: Need, at: datetime, actor: str, source: str, why: dict[str, str]) -> None:
    """The next attempt, or after the last one a person's decision."""
    spent = need.attempts + 1 >= MAX_ATTEMPTS
    to = NeedState.REVIEW if spent else NeedState.OPEN
    if transition(row=need, to=to, actor=actor, reason=why, attempts=F("attempts") + 1):
        milestone = Milestone.REVIEW if spent else Milestone.NOT_MET
        progress.record_progress(need=need, milestone=milestone, at=at, source=source)


@transaction.atomic
def correct_outcome(*, visit: Visit, outcome: Outcome, at: datetime, actor: str) -> bool:
    """Replace the outcome of a finished visit by a later report, and put its need under review.

    False if the visit is not finished or has this outcome already. What the first outcome did to the need
    stays until the coordinator decides.
    """
    row = Visit.objects.select_for_update().filter(pk=visit.pk, state=VisitState.FINISHED).first()
    if row is None or (row.outcome, row.outcome_at) == (outcome, at):
        return False
    Visit.objects.filter(pk=row.pk, state=VisitState.FINISHED, outcome=row.outcome).update(
        outcome=outcome, outcome_at=at
    )
    if row.outcome == outcome:
        return True
    log.write_log(
        actor=actor,
        action="visit_corrected",
        subject=visit,
        from_state=row.state,
        to_state=row.state,
        detail={"outcome": str(outcome), "before": row.outcome},
    )
    need = Need.objects.get(pk=row.need_id)
    sources, why = (NeedState.OPEN, NeedState.CAPTURED), {"visit": str(visit.pk)}
    if transition(row=need, to=NeedState.REVIEW, actor=actor, sources=sources, reason=why):
        progress.record_progress(need=need, milestone=Milestone.REVIEW, at=at, source=f"visit:{visit.pk}")
    return True
