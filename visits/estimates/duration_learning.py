"""Learning of visit durations: once a day each kind's row is computed again from the reports of the last
year.

A visit lasts from the tap "Tiba" to the outcome, without the team's minutes for its kit. Late or batched taps
give impossible durations; these are counted and left out (visits/planning/uncertainty/durations.py).
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

import numpy as np
from django.db import transaction
from django.utils import timezone

from outreach.enums import NeedKind
from outreach.services import log
from visits.enums import CLOSING, TRY_AGAIN, VisitKind, VisitState
from visits.estimates import visit_durations
from visits.models import Visit, VisitTime
from visits.planning.uncertainty.durations import Learned, learn_duration

LOOK_BACK = timedelta(days=365)
QUANTILES = (0.1, 0.5, 0.8, 0.95)


@dataclass
class ReportedVisits:
    """The reports of one kind of visit: minutes of each, how many visits, how many without a result."""

    minutes: list[float] = field(default_factory=list)
    visits: int = 0
    in_vain: int = 0


@transaction.atomic
def update_learned_durations(*, now: datetime | None = None) -> int:
    """Compute and store the row of every kind. Returns how many changed. Safe to repeat."""
    now = now or timezone.now()
    reports = _collect_reports(since=now - LOOK_BACK)
    return sum(_write_visit_time(kind, reports[kind], now) for kind in VisitKind)


def _collect_reports(*, since: datetime) -> dict[str, ReportedVisits]:
    found = {str(kind): ReportedVisits() for kind in VisitKind}
    rows = (
        Visit.objects.filter(state=VisitState.FINISHED, arrived_at__isnull=False, outcome_at__gte=since)
        .select_related("need__resident", "shift__team")
        .order_by("shift", "arrived_at", "pk")
    )
    for _shift, visits in groupby(rows.iterator(), key=lambda visit: visit.shift_id):
        before: Visit | None = None
        for visit in visits:
            _count_visit(found, visit, before)
            before = visit
    return found


def _count_visit(found: dict[str, ReportedVisits], visit: Visit, before: Visit | None) -> None:
    """Add a visit to the reports. `before` is the team's previous visit: at a shared stop the kit is set up
    once."""
    assert visit.arrived_at is not None
    assert visit.outcome_at is not None
    delivery = visit.need.kind == NeedKind.DELIVERY
    kind = (
        VisitKind.DELIVERY if delivery else VisitKind.AGAIN if visit.attempt > 1 else visit.need.resident.kind
    )
    minutes = (visit.outcome_at - visit.arrived_at).total_seconds() / 60
    in_vain = visit.outcome in TRY_AGAIN or visit.outcome in CLOSING
    follows = before is not None and before.stop_key == visit.stop_key
    found[kind].visits += 1
    found[kind].in_vain += in_vain
    if in_vain:
        found[VisitKind.IN_VAIN].minutes.append(minutes)
    else:
        kit = 0 if delivery or follows else visit.shift.team.setup_minutes
        found[kind].minutes.append(minutes - kit)


def _write_visit_time(kind: VisitKind, reports: ReportedVisits, now: datetime) -> bool:
    """The kind's row; a log row only where it says something else than before."""
    found = learn_duration(visit_durations.prior_belief(kind), reports.minutes)
    fields = _learned_fields(found, reports)
    before = VisitTime.objects.filter(kind=kind).first()
    row, _made = VisitTime.objects.update_or_create(kind=kind, defaults={**fields, "learned_at": now})
    if before is not None and all(getattr(before, name) == value for name, value in fields.items()):
        return False
    log.write_log(
        actor="system",
        action="durations_learned",
        subject=row,
        detail={name: fields[name] for name in ("used", "left_out", "visits", "in_vain", "quantiles")},
    )
    return True


def _learned_fields(found: Learned, reports: ReportedVisits) -> dict[str, object]:
    says = found.belief.predict_next()
    return {
        "used": found.used_count,
        "left_out": found.absurd + found.far,
        "visits": reports.visits,
        "in_vain": reports.in_vain,
        "mean": says.mean,
        "spread": says.spread,
        "freedom": says.freedom,
        "quantiles": {f"{share:g}": round(says.quantile_min(share), 1) for share in QUANTILES},
        "counts": _count_by_bar(found.kept),
    }


def _count_by_bar(minutes: np.typing.NDArray[np.float64]) -> list[int]:
    """How many of the used reports fall into each bar of the histogram."""
    bars = np.minimum((minutes // VisitTime.BIN_MINUTES).astype(int), VisitTime.BINS - 1)
    return [int(count) for count in np.bincount(bars, minlength=VisitTime.BINS)]
