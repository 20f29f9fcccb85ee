"""Promises: appointments that a family confirmed, which hold until a coordinator releases them with a reason.

A promised visit keeps its team, day and interval in every later plan while its team-day works.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from outreach.services import log
from visits.enums import ReleaseReason, VisitState
from visits.models import Visit


@transaction.atomic
def make_promises(*, visits: Iterable[UUID], actor: str) -> int:
    """Mark these published visits as promised, but none that was called off. Returns how many were not promised before. Safe to repeat."""
    made = 0
    open_rows = Visit.objects.filter(state=VisitState.PUBLISHED, promised=False, called_off="")
    for visit in open_rows.filter(pk__in=list(visits)):
        rows = open_rows.filter(pk=visit.pk)
        if rows.filter(planned_start=visit.planned_start, shift=visit.shift_id).update(promised=True):
            log.write_log(
                actor=actor, action="visit_promised", subject=visit, detail={"shift": visit.shift_id}
            )
            made += 1
    return made


@transaction.atomic
def release_promise(*, visit: UUID, reason: ReleaseReason, actor: str) -> bool:
    """Release a promise, so that plans may move the visit. False if it was not promised or has begun."""
    rows = Visit.objects.filter(pk=visit, state=VisitState.PUBLISHED, promised=True)
    if not rows.update(promised=False):
        return False
    row = Visit.objects.get(pk=visit)
    log.write_log(
        actor=actor,
        action="promise_released",
        subject=row,
        detail={"reason": str(reason), "shift": row.shift_id},
    )
    return True
