"""Writes the re-optimised rest of a day as a draft: whole or not at all."""

from collections import Counter
from typing import Any

from django.db import transaction

from visits import planning
from visits.appointments import arrival_intervals
from visits.fieldwork import team_status
from visits.lib.plan_summary import BrokenPromise, DayUnderWay, PlanSummary, Replacement
from visits.models import Plan, PlanRun, PlanStop, PlanUnserved, TeamDay
from visits.planning.day.day_state import DROPPED, Replan, VisitChange
from visits.schedule.problem import published_week
from visits.schedule.problem.reoptimise import Day
from visits.schedule.runs import appointment_windows, draft_rows
from visits.schedule.runs.run_results import reason_as_json


class OutdatedError(Exception):
    """A team broke down, or goes on again, while the rest of the day was computed."""


@transaction.atomic
def write(*, run: PlanRun, token: str, day: Day, result: Replan) -> bool:
    """Write the draft in one transaction with the end of the run. False if the run is no longer held by this
    claim.

    Raises `OutdatedError`, and leaves the run at work, if other teams fail now than those it was computed
    for: who reported that was given this run (`plan_runs.start_run` waits for its row).
    """
    figures = result.plan.statistics
    if not draft_rows.end_run(run=run, token=token, figures=figures, trouble=bool(day.roads.trouble)):
        return False
    if team_status.failing(shifts=[team.shift for team in day.teams]) != day.facts.failed:
        raise OutdatedError
    row = Plan.objects.create(run=run, based_on=day.based_on)
    draft_rows.write_summary(plan=row, summary=_summary(day, result))
    stops = _assumed(row, day)
    before = Counter(stop.shift_id for stop in stops)
    for route in result.plan.routes:
        stops += _stops(row, day, result, route, after=before[int(route.shift)])
    PlanStop.objects.bulk_create(stops)
    PlanUnserved.objects.bulk_create([_unserved(row, day, left) for left in result.plan.unserved])
    _tell(row, day, result)
    draft_rows.note(plan=row, run=run, figures=figures)
    return True


def _tell(row: Plan, day: Day, result: Replan) -> None:
    """The intervals of the stops. A promise that is broken is not told again as it was."""
    anew = {change.visit for change in result.broken_promises}
    appointment_windows.tell(plan=row, leaves=list_departures(day), anew=anew)


def list_departures(day: Day) -> dict[int, int]:
    """By shift, when its team sets out for the first stop that is written for it (seconds of the day)."""
    return {team.shift.pk: _leaves(team, day.facts.now_s) for team in day.teams}


def _leaves(team: team_status.TeamNow, now_s: int) -> int:
    """When a team sets out for the first stop that is written for it. Who set out and has not said that it came to
    that home sets out so that it can be there by now at the soonest."""
    if not team.assumed:
        return arrival_intervals.seconds_of_day(team.free_at)
    if team.departed_at is None or team.there_at is None:
        return published_week.stop_of(team.assumed[0]).arrive_s
    missing_s = max(0, now_s - arrival_intervals.seconds_of_day(team.there_at)) if team.heading else 0
    return arrival_intervals.seconds_of_day(team.departed_at) + missing_s


def _assumed(row: Plan, day: Day) -> list[PlanStop]:
    """What a silent team has begun by the published times, or a team drives to, stays as it is published."""
    live = TeamDay.objects.filter(date=day.facts.date, team__in=[team.shift.team_id for team in day.teams])
    drives = {
        stop["visit"]: stop["travel_seconds"]
        for version in live.select_related("live")
        for stop in version.live.content["stops"]
    }
    found = []
    for team in day.teams:
        for sequence, visit in enumerate(team.assumed, start=1):
            stop = published_week.stop_of(visit)
            found.append(
                PlanStop(
                    plan=row,
                    shift=team.shift,
                    need=visit.need,
                    stop_leader_id=visit.stop_leader_id,
                    sequence=sequence,
                    travel_seconds=drives.get(str(visit.pk), 0),
                    arrive=stop.arrive_s,
                    start=stop.start_s,
                    leave=stop.leave_s,
                )
            )
    return found


def _stops(row: Plan, day: Day, result: Replan, route: planning.Route, *, after: int) -> list[PlanStop]:
    def more(need: str) -> dict[str, Any]:
        priority = result.problem.visit_by_id[need].priority
        return {"priority": priority, "parts": [part.as_json() for part in day.parts[need]]}

    first = day.visits.get(route.stops[0].visit)
    return draft_rows.stops(
        plan=row,
        shift=day.shifts[route.shift],
        problem=result.problem,
        route=route,
        needs=day.needs,
        follows=result.followers,
        after=after,
        begun=None if first is None else first.stop_key,
        more=more,
    )


def _unserved(row: Plan, day: Day, left: planning.Unserved) -> PlanUnserved:
    return PlanUnserved(
        plan=row,
        need=day.needs[left.visit],
        reasons=[reason_as_json(reason) for reason in left.reasons],
        priority=max(0.0, day.problem.visit_by_id[left.visit].priority),
        parts=[part.as_json() for part in day.parts[left.visit]],
    )


def _summary(day: Day, result: Replan) -> PlanSummary:
    return draft_rows.summarise(
        plan=result.plan,
        candidates=len(day.needs),
        roads=day.roads,
        broken=tuple(_broken(day, change) for change in result.broken_promises),
        today=DayUnderWay(
            now_s=day.facts.now_s,
            failed=tuple(sorted(int(shift) for shift in day.facts.failed)),
            urgent=tuple(day.facts.urgent),
            silent=tuple(team.shift.pk for team in day.teams if team.silent and not team.fails),
        ),
        instead={
            change.visit: place
            for change in result.select_changes(DROPPED)
            if (place := _instead(change)) is not None
        },
    )


def _broken(day: Day, change: VisitChange) -> BrokenPromise:
    assert change.cause is not None
    return BrokenPromise(
        need=change.visit,
        shift=day.visits[change.visit].shift_id,
        served_on=int(change.now.shift) if change.now else None,
        instead=_instead(change),
        reason=reason_as_json(change.cause),
    )


def _instead(change: VisitChange) -> Replacement | None:
    """Where the family is met: in the plan, or the best place that is left."""
    if change.now is not None:
        return Replacement(shift=int(change.now.shift), start=change.now.start_s)
    if change.offer is not None:
        return Replacement(shift=int(change.offer.shift), start=change.offer.start_s, offered=True)
    return None
