"""The priority of a need as a sum of parts that can be explained: 62 = 25 sick + 20 waiting + 17 ...

The weights are the setting PLAN_POINTS. Points for waiting grow without a limit. Past the longest allowed
wait (LONGEST_WAIT_DAYS), or with a deadline within the plan, a need is guaranteed: served before any sum of
points, so that nobody waits for ever behind more urgent newcomers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from outreach.enums import NeedKind
from outreach.models import Need
from visits.schedule.problem import village_coverage

RECALLED_S = 60


@dataclass(frozen=True, slots=True)
class PriorityPart:
    """One reason for priority: what for (`code`), how many points, and the number it came of (days,
    attempts)."""

    code: str
    points: float
    count: int | None = None

    def as_json(self) -> dict[str, Any]:
        row: dict[str, Any] = {"code": self.code, "points": self.points}
        return row if self.count is None else {**row, "count": self.count}


def waiting_days(need: Need, *, on: date) -> int:
    since = need.waiting_since.astimezone(timezone.get_default_timezone()).date()
    return max(0, (on - since).days)


def priority_parts(need: Need, *, on: date, behind: Mapping[str, float]) -> list[PriorityPart]:
    """Why the need should be served, as seen on a date; `need.resident` is read. `behind` is how much of its
    share a village did not get (`villages_behind`)."""
    weights = settings.PLAN_POINTS
    waiting = waiting_days(need, on=on)
    found = [
        PriorityPart("delivery", weights["delivery"])
        if need.kind == NeedKind.DELIVERY
        else PriorityPart(need.resident.kind, weights["kind"].get(need.resident.kind, 0)),
        PriorityPart(need.urgency, weights["urgency"].get(need.urgency, 0)),
        PriorityPart("waiting", weights["waiting_day"] * waiting, waiting),
        PriorityPart("attempt", weights["attempt"] * need.attempts, need.attempts),
    ]
    if need.deadline is not None:
        left = (need.deadline - on).days
        span = weights["deadline_days"]
        found.append(
            PriorityPart("deadline", round(weights["deadline"] * min(1, max(0, span - left) / span)), left)
        )
    short = behind.get(need.resident.village_id, 0.0)
    found.append(PriorityPart("village", round(weights["village"] * short), weights["village_weeks"]))
    return [part for part in found if part.points]


def villages_behind(*, on: date) -> dict[str, float]:
    """Villages that had less than their share of visits in the weeks before."""
    return village_coverage.find_coverage_gaps(on=on, weeks=settings.PLAN_POINTS["village_weeks"])


def recall_villages_behind(*, on: date) -> dict[str, float]:
    """The same, at most `RECALLED_S` seconds old: for pages, and for offers and bookings of
    single visits, which need not count all who wait each time."""
    found = cache.get_or_set(f"villages_behind:{on}", lambda: villages_behind(on=on), RECALLED_S)
    return found or {}


def find_guarantee(need: Need, *, on: date, last: date) -> PriorityPart | None:
    """Why a plan from `on` to `last` must serve the need or name it as broken; None where it need not."""
    waiting = waiting_days(need, on=on)
    if waiting > settings.LONGEST_WAIT_DAYS:
        return PriorityPart("longest_wait", 0, waiting)
    if need.deadline is not None and need.deadline <= last:
        return PriorityPart("due", 0, (need.deadline - on).days)
    return None


def sum_points(found: list[PriorityPart]) -> float:
    return float(sum(part.points for part in found))


def points_per_day(need: Need) -> float:
    """Points lost for every day of the plan that is let pass."""
    return float(settings.PLAN_POINTS["decay"].get(need.urgency, 0))
