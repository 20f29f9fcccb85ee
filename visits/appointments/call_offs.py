"""Published visits that the office cannot keep: called off with a reason, until they are planned again or the
change that stood in their way is taken back.

The visit keeps its place, so that it can be reinstated there. Its family reads that nobody comes, and until
when it hears of another day.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from outreach import office_calendar
from outreach.enums import Milestone
from outreach.services import log, progress
from visits.appointments import arrival_intervals
from visits.enums import CallOffReason, VisitState
from visits.models import Visit

_LIFTED: dict[str, Any] = {"called_off": "", "obstacles": {}, "hear_by": None, "called_off_told": False}


@transaction.atomic
def call_off_visit(
    *, visit: Visit, reason: CallOffReason, obstacles: Mapping[str, int], at: datetime, actor: str
) -> bool:
    """Call a published visit off. False if it has begun or was called off before.

    `obstacles`: what stands in its way, and how much of each did before; once no more of any does, it may be
    reinstated. Those of a visit that was called off before are added to what is known.
    """
    there = Visit.objects.select_for_update().get(pk=visit.pk)
    rows = Visit.objects.filter(pk=visit.pk, state=VisitState.PUBLISHED, called_off=there.called_off)
    if there.called_off:
        rows.update(obstacles={**obstacles, **there.obstacles})
        return False
    hear_by = office_calendar.add_working_days(timezone.localdate(at), settings.CALL_OFF_DAYS)
    if not rows.update(called_off=reason, hear_by=hear_by, obstacles=dict(obstacles)):
        return False
    row = log.write_log(
        actor=actor,
        action="visit_called_off",
        subject=visit,
        detail={"reason": str(reason), "obstacles": sorted(obstacles), "hear_by": hear_by.isoformat()},
    )
    progress.record_progress(
        need=visit.need,
        milestone=Milestone.CALLED_OFF,
        at=at,
        source=f"log:{row.pk}",
        latest=arrival_intervals.last_moment(hear_by),
    )
    return True


@transaction.atomic
def lift_call_off(*, visit: Visit, why: str, actor: str) -> int:
    """Take the mark from a visit that has been planned again (`why` "planned") or stands as before
    ("restored"). The number of its log row; 0 if it was not called off."""
    if not Visit.objects.filter(pk=visit.pk).exclude(called_off="").update(**_LIFTED):
        return 0
    row = log.write_log(actor=actor, action="visit_reinstated", subject=visit, detail={"why": why})
    return int(row.pk)


@transaction.atomic
def reinstate_visit(*, visit: Visit, at: datetime, actor: str) -> bool:
    """Let a visit that was called off stand as its family was told first, and tell the family so."""
    row = lift_call_off(visit=visit, why="restored", actor=actor)
    if not row:
        return False
    earliest, latest = arrival_intervals.interval_told(visit)
    progress.record_progress(
        need=visit.need,
        milestone=Milestone.PLANNED,
        at=at,
        source=f"log:{row}",
        earliest=earliest,
        latest=latest,
    )
    return True


@transaction.atomic
def note_told(*, visit: Visit, actor: str) -> bool:
    """Note that the family of a visit that was called off knows of it. False if that was known."""
    rows = Visit.objects.filter(pk=visit.pk, state=VisitState.PUBLISHED, called_off_told=False)
    if not rows.exclude(called_off="").update(called_off_told=True):
        return False
    log.write_log(actor=actor, action="call_off_told", subject=visit)
    return True
