"""The content of a new version of a team-day, and whether publishing a draft would change anything."""

from typing import Any

from visits.lib import strict_json
from visits.models import Shift, Visit
from visits.schedule.plans.plan_changes import PlanChanges, StopChange


def last_fixed_sequence(found: PlanChanges, shift_id: int) -> int:
    """The highest number of a visit of the team-day that stays as it is, 0 where there is none."""
    return max((visit.sequence for visit in found.frozen.get(shift_id, [])), default=0)


def build_content(found: PlanChanges, shift: Shift, rows: list[tuple[Visit, StopChange]]) -> dict[str, Any]:
    """The stops that are done or under way, as the live version has them, and these behind them, in order."""
    stops = [
        {
            "visit": str(visit.pk),
            "need": str(visit.need_id),
            "sequence": sequence,
            "travel_seconds": change.stop.travel_seconds,
            "arrive": change.stop.arrive,
            "start": change.stop.start,
            "leave": change.stop.leave,
        }
        for sequence, (visit, change) in enumerate(rows, start=last_fixed_sequence(found, shift.pk) + 1)
    ]
    return {"shift": shift.pk, "stops": [*_frozen_stops(found, shift), *stops]}


def _frozen_stops(found: PlanChanges, shift: Shift) -> list[dict[str, Any]]:
    live = found.live[shift.pk]
    known = {stop["visit"]: stop for stop in live.content["stops"]} if live else {}
    kept = [str(visit.pk) for visit in found.frozen.get(shift.pk, [])]
    return [known[visit] for visit in kept if visit in known]


def is_unchanged(found: PlanChanges, shift: Shift, rows: list[tuple[Visit, StopChange]]) -> bool:
    """Whether the team-day's live version holds just that; no version and no visit are the same."""
    live = found.live[shift.pk]
    if live is None:
        return not rows
    return live.content_sha256 == strict_json.content_sha256(build_content(found, shift, rows))


def has_no_news(found: PlanChanges) -> bool:
    """Whether every team-day and every family would be where they are."""
    if found.cancelled or not all(change.keeps_interval for change in found.stops):
        return False
    rows: dict[int, list[tuple[Visit, StopChange]]] = {}
    for change in found.stops:
        if change.visit is not None:
            rows.setdefault(change.stop.shift_id, []).append((change.visit, change))
    return all(is_unchanged(found, shift, rows.get(shift.pk, [])) for shift in found.shifts)
