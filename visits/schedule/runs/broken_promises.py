"""Promises that a plan does not keep: why, and where the family is served instead, or the best slot left."""

from collections.abc import Iterator
from dataclasses import replace

from visits import planning
from visits.lib.plan_summary import Replacement
from visits.planning.types import BrokenLock, Reason, orders_of_plan
from visits.planning.week import slots
from visits.schedule.problem.problem_builder import PlanningProblem, suitable_hours


def find_broken_locks(built: PlanningProblem, plan: planning.Plan) -> list[BrokenLock]:
    """Locks that clash, and promises of team-days that do not work."""
    return [*plan.broken_locks, *_find_failed(built, plan)]


def _find_failed(built: PlanningProblem, plan: planning.Plan) -> Iterator[BrokenLock]:
    for need_id, visit in built.published.items():
        shift = str(visit.shift_id)
        if visit.promised and shift not in built.shifts:
            yield BrokenLock(need_id, shift, plan.shift_of.get(need_id), Reason("failed", shift))


def find_replacements(
    built: PlanningProblem, plan: planning.Plan, rows: list[BrokenLock]
) -> dict[str, Replacement]:
    """By need: the team-day and the moment of the day at which the family is met instead. Who is not in the
    plan gets the best place that is left in it, none offered twice; `offered` says that it is one."""
    starts = {stop.visit: stop.start_s for route in plan.routes for stop in route.stops}
    places = {
        row.visit: Replacement(shift=int(row.served_on), start=starts[row.visit])
        for row in rows
        if row.served_on
    }
    left = [row for row in rows if not row.served_on]
    if not left:
        return places
    ready = slots.prepare_lines(built.problem, orders_of_plan(plan))
    for row in left:
        visit = release_lock(built, row.visit)
        offers = slots.find_slots(ready, visit, limit=1)
        if offers:
            ready = slots.take_slot(ready, visit, offers[0])
            places[row.visit] = Replacement(shift=int(offers[0].shift), start=offers[0].start_s, offered=True)
    return places


def release_lock(built: PlanningProblem, need: str) -> planning.Visit:
    """The visit without its promise: at any of the hours that suit."""
    return replace(built.problem.visit_by_id[need], locked=None, windows=suitable_hours(built.needs[need]))
