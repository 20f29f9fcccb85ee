"""Writes the re-optimised rest of a day as a draft: whole or not at all."""

from collections import Counter
from typing import Any

from django.db import transaction

from visits import planning
from visits.appointments import arrival_intervals
from visits.fieldwork import team_status
from visits.lib.plan_summary import BrokenPromise, DayUnderWay, PlanSummary, Replacement
from visits.models import Plan, PlanRun, PlanStop, PlanUnserved, TeamDay, Visit
from visits.planning.day.day_state import DROPPED, Replan, VisitChange
from visits.schedule.problem import published_week
from visits.schedule.problem.reoptimise import DayProblem, list_departures
from visits.schedule.runs import appointment_windows, draft_rows, true_hours
from visits.schedule.runs.unserved_reasons import reason_as_json


class OutdatedError(Exception):
    """A team broke down, closed its day, or goes on again, while the rest of the day was computed."""


@transaction.atomic
def write_reoptimised_draft(*, run: PlanRun, token: str, day: DayProblem, result: Replan) -> bool:
    """Write the draft in one transaction with the end of the run. False if the run is no longer held by this
    claim.

    Raises `OutdatedError`, and leaves the run at work, if other teams take no more now than when it
    was computed: who reported that was given this run (`plan_runs.start_run` waits for its row).
    """
    figures = result.plan.statistics
    if not draft_rows.end_run(run=run, token=token, figures=figures, trouble=bool(day.roads.trouble)):
        return False
    then = arrival_intervals.moment_of_day(day.facts.date, day.facts.now_s)
    if team_status.find_ended_shifts([team.shift for team in day.teams], now=then) != day.facts.failed:
        raise OutdatedError
    row = Plan.objects.create(run=run, based_on=day.based_on)
    result = _write_stops(row, day, result)
    PlanUnserved.objects.bulk_create([_build_unserved(row, day, left) for left in result.plan.unserved])
    draft_rows.log_plan_made(plan=row, run=run, figures=result.plan.statistics)
    return True


def _write_stops(row: Plan, day: DayProblem, result: Replan) -> Replan:
    """The stops with their intervals, and the plan's figures; a promise that is broken is not told again as it was.
    Gives the re-plan without those whom no true hours can be told."""
    promised = {need for need, visit in day.visits.items() if visit.promised}
    while True:
        draft_rows.write_summary(plan=row, summary=_build_summary(day, result))
        stops = _assumed_stops(row, day)
        begun, before = {str(stop.need_id) for stop in stops}, Counter(stop.shift_id for stop in stops)
        for route in result.plan.routes:
            stops += _planned_stops(row, day, result, route, after=before[int(route.shift)])
        PlanStop.objects.bulk_create(stops)
        untrue = appointment_windows.assign_windows(
            plan=row,
            leaves=list_departures(day),
            anew={change.visit for change in result.broken_promises},
            begun=begun,
            now_s=day.facts.now_s,
        )
        rest = true_hours.leave_untrue_out(result, untrue, kept=promised)
        if rest is result:
            return result
        PlanStop.objects.filter(plan=row).delete()
        result = rest


def _assumed_stops(row: Plan, day: DayProblem) -> list[PlanStop]:
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
            stop = published_week.published_stop(visit)
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
                    expected=stop.start_s,
                    **_keep_told(visit),
                )
            )
    return found


def _keep_told(visit: Visit) -> dict[str, int]:
    since_s, until_s = arrival_intervals.interval_in_seconds(arrival_intervals.interval_told(visit))
    return {"told_from": since_s, "told_until": until_s}


def _planned_stops(
    row: Plan, day: DayProblem, result: Replan, route: planning.Route, *, after: int
) -> list[PlanStop]:
    def more(need: str) -> dict[str, Any]:
        priority = result.problem.visit_by_id[need].priority
        return {"priority": priority, "parts": [part.as_json() for part in day.parts[need]]}

    first = day.visits.get(route.stops[0].visit)
    return draft_rows.build_stops(
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


def _build_unserved(row: Plan, day: DayProblem, left: planning.Unserved) -> PlanUnserved:
    return PlanUnserved(
        plan=row,
        need=day.needs[left.visit],
        reasons=[reason_as_json(reason) for reason in left.reasons],
        priority=max(0.0, day.problem.visit_by_id[left.visit].priority),
        parts=[part.as_json() for part in day.parts[left.visit]],
    )


def _build_summary(day: DayProblem, result: Replan) -> PlanSummary:
    return draft_rows.summarise(
        plan=result.plan,
        candidates=len(day.needs),
        roads=day.roads,
        broken=tuple(_describe_broken(day, change) for change in result.broken_promises),
        today=DayUnderWay(
            now_s=day.facts.now_s,
            failed=tuple(sorted(team.shift.pk for team in day.teams if team.fails)),
            closed=tuple(
                sorted(team.shift.pk for team in day.teams if team.takes_no_more and not team.fails)
            ),
            urgent=tuple(day.facts.urgent),
            silent=tuple(team.shift.pk for team in day.teams if team.silent and not team.fails),
        ),
        instead={
            change.visit: place
            for change in result.select_changes(DROPPED)
            if (place := _describe_replacement(change)) is not None
        },
    )


def _describe_broken(day: DayProblem, change: VisitChange) -> BrokenPromise:
    assert change.cause is not None
    return BrokenPromise(
        need=change.visit,
        shift=day.visits[change.visit].shift_id,
        served_on=int(change.now.shift) if change.now else None,
        instead=_describe_replacement(change),
        reason=reason_as_json(change.cause),
    )


def _describe_replacement(change: VisitChange) -> Replacement | None:
    """Where the family is met: in the plan, or the best place that is left."""
    if change.now is not None:
        return Replacement(shift=int(change.now.shift), start=change.now.start_s)
    if change.offer is not None:
        return Replacement(shift=int(change.offer.shift), start=change.offer.start_s, offered=True)
    return None
