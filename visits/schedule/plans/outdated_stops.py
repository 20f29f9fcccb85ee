"""Stops of a draft that no longer suit their families: what these asked for changed after the planner read it.

A plan that tells a family hours which it has just asked not to have is not published; it is planned again, or the
stop leaves the draft. Who keeps the hours that the family knows already is told nothing new, and stands. Needs that
were closed, or whose resident is away, are left out of a plan by themselves (plan_changes.stale).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q
from django.db.models.functions import Coalesce

from outreach.models import LogEntry, Need, Resident
from visits.appointments import arrival_intervals
from visits.enums import PlanState, VisitState
from visits.models import Plan, PlanStop, Shift, Visit
from visits.schedule.problem import candidates, problem_builder

OF_WISHES = ("need_changed", "need_joined", "need_parted", "resident_completed", "completion_undone")
OF_HOME = ("resident_located", "location_fixed")

DATES, HOURS, SKILLS, HOME = "dates", "hours", "skills", "home"


@dataclass(frozen=True, kw_only=True)
class OutdatedStop:
    """A stop, and what of its family changed so that it no longer fits: its days, its hours, what it needs, or where
    the home is."""

    stop: PlanStop
    code: str


def list_outdated(plan: Plan, stops: Iterable[PlanStop]) -> list[OutdatedStop]:
    """Those of the stops that the draft would tell something new, in one query. Reads `stop.shift` and
    `stop.need.resident`."""
    rows = list(stops)
    if not rows:
        return []
    changed = _list_changes(rows, since=plan.run.started_at or plan.made_at)
    found = []
    for stop in rows:
        code = _find_fault(stop, changed) if str(stop.need_id) in changed else None
        if code is not None:
            found.append(OutdatedStop(stop=stop, code=code))
    return found


def find_visit_fault(visit: Visit) -> str | None:
    """What of its family a published visit that has not begun no longer suits; None where it does. Its home counts as
    moved where no plan with these hours has been made with the new place. Reads `visit.shift` and `visit.need.resident`."""
    if visit.state != VisitState.PUBLISHED:
        return None
    start_s = arrival_intervals.seconds_into_day(visit.shift.date, visit.planned_start)
    wished = _find_unsuited(visit.need, visit.shift, at_s=start_s)
    if wished is not None:
        return wished
    since_s, until_s = arrival_intervals.interval_in_seconds(arrival_intervals.interval_told(visit))
    plans = Plan.objects.filter(
        Q(stops__told_from=since_s, stops__told_until=until_s)
        | Q(stops__told_from=None, stops__start=start_s),
        stops__need=visit.need_id,
        stops__shift=visit.shift_id,
    )
    made = Max(Coalesce("run__started_at", "made_at"))
    known = plans.exclude(state=PlanState.DISCARDED).aggregate(last=made)["last"]
    moved = LogEntry.objects.filter(
        subject_type=Resident._meta.label_lower, subject_id=str(visit.need.resident_id), action__in=OF_HOME
    )
    return HOME if known is not None and moved.filter(at__gt=known).exists() else None


def _list_changes(stops: list[PlanStop], *, since: datetime) -> Mapping[str, set[str]]:
    """What was done since then to each need, or to its resident; by need."""
    of_resident = {str(stop.need.resident_id): str(stop.need_id) for stop in stops}
    needs = [str(stop.need_id) for stop in stops]
    rows = LogEntry.objects.filter(at__gt=since, action__in=(*OF_WISHES, *OF_HOME)).filter(
        Q(subject_type=Need._meta.label_lower, subject_id__in=needs)
        | Q(subject_type=Resident._meta.label_lower, subject_id__in=list(of_resident))
    )
    found: dict[str, set[str]] = {}
    for subject, action in rows.values_list("subject_id", "action"):
        found.setdefault(of_resident.get(subject, subject), set()).add(action)
    return found


def _find_fault(stop: PlanStop, changed: Mapping[str, set[str]]) -> str | None:
    """What of the family's wishes the stop does not keep; None where it keeps all that changed."""
    wished = _find_unsuited(stop.need, stop.shift, at_s=stop.start)
    return wished or (HOME if changed[str(stop.need_id)] & set(OF_HOME) else None)


def _find_unsuited(need: Need, shift: Shift, *, at_s: int) -> str | None:
    """Which of the family's wishes a visit with this team-day, begun at this second of the day, does not keep."""
    if shift.date not in candidates.allowed_dates(need, horizon=[shift.date]):
        return DATES
    if not any(opens <= at_s <= closes for opens, closes in problem_builder.suitable_hours(need)):
        return HOURS
    if not problem_builder.skills_needed(need) <= set(shift.skills):
        return SKILLS
    return None
