"""Waiting times observed in this office, as ranges for people who wait."""

import statistics
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import timezone

from outreach.enums import Milestone
from outreach.models import Progress, VisitRequest

LOOK_BACK = timedelta(days=180)
ENOUGH = 20  # fewer cases say nothing
MOST = 4000
FRESH_S = 600


@dataclass(frozen=True, slots=True)
class DayRange:
    """Whole days from `low` to `high`, which contain 8 of 10 cases."""

    low: int
    high: int


def _central_range(waits: list[timedelta]) -> DayRange | None:
    if len(waits) < ENOUGH:
        return None
    tenths = statistics.quantiles([wait / timedelta(days=1) for wait in waits], n=10)
    return DayRange(low=max(0, int(tenths[0])), high=max(1, -int(-tenths[8] // 1)))


def _decision_waits(since: datetime) -> list[timedelta]:
    rows = VisitRequest.objects.filter(decided_at__gte=since).order_by("-decided_at")
    pairs = rows.values_list("received_at", "decided_at")[:MOST]
    return [decided - received for received, decided in pairs if decided]


def _milestone_waits(begin: Milestone, end: Milestone, since: datetime) -> list[timedelta]:
    rows = Progress.objects.filter(milestone__in=(begin, end), at__gte=since).order_by("-at")
    began: dict[object, datetime] = {}
    waits: list[timedelta] = []
    for need, milestone, at in reversed(rows.values_list("need", "milestone", "at")[:MOST]):
        if milestone == begin:
            began.setdefault(need, at)
        elif need in began:
            waits.append(at - began.pop(need))
    return waits


def typical_wait(begin: Milestone, end: Milestone) -> DayRange | None:
    """The range of days between two milestones in the last half year; None if there are too few cases.

    From RECEIVED it is the time to the coordinator's decision.
    """
    key = f"flow:{begin}:{end}"
    found: DayRange | str | None = cache.get(key, "unknown")
    if isinstance(found, str):
        since = timezone.now() - LOOK_BACK
        waits = _decision_waits(since) if begin == Milestone.RECEIVED else _milestone_waits(begin, end, since)
        found = _central_range(waits)
        cache.set(key, found, FRESH_S)
    return found
