"""Visits that can be told no true hours leave the plan before it becomes a draft.

Where the replays of a day find no interval for a home that keeps the rules (visits/planning/told_rules.py), its
family waits, with that reason, instead of being told hours at which nobody comes. A promised one stays in a plan
ahead, and leaves the rest of a day under way as a broken promise: neither is published until the coordinator has
spoken with the family.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from visits import planning
from visits.planning.day.day_state import DROPPED, Replan, VisitChange
from visits.planning.result import leave_out
from visits.planning.types import Reason
from visits.schedule.problem import simulation
from visits.schedule.problem.problem_builder import PlanningProblem
from visits.schedule.problem.simulation import SimulatedPlan

HOURS = "hours"  # no interval that is told would be true


def simulate_true_plan(*, built: PlanningProblem, plan: planning.Plan) -> tuple[planning.Plan, SimulatedPlan]:
    """The plan without those whom no true hours can be told, and its simulation."""
    while True:
        simulated = simulation.simulate_plan(built=built, plan=plan)
        out = _choose_leaving(plan, simulated.untrue, kept=_list_promised(built))
        if not out:
            return plan, simulated
        plan = leave_out(built.problem, plan, out, follows=built.follows, code=HOURS)


def _list_promised(built: PlanningProblem) -> set[str]:
    return {need for need, visit in built.published.items() if visit.is_firm}


def leave_untrue_out(result: Replan, untrue: Mapping[str, str], *, kept: Collection[str]) -> Replan:
    """The re-plan of a day without those whom no true hours can be told; the same where there are none. Those
    `kept` leave last, as promises that are broken: the coordinator is asked for each before it is published."""
    out = _choose_leaving(result.plan, untrue, kept=kept) or _choose_leaving(result.plan, untrue, kept=())
    if not out:
        return result
    plan = leave_out(result.problem, result.plan, out, follows=result.followers, code=HOURS)
    served = {stop.visit for route in plan.routes for stop in route.stops}
    changes = (
        row if row.now is None or row.visit in served else _drop(row, promised=row.visit in kept)
        for row in result.changes
    )
    return replace(result, plan=plan, changes=tuple(changes))


def _drop(row: VisitChange, *, promised: bool) -> VisitChange:
    assert row.now is not None
    cause = row.cause or (Reason(HOURS, row.now.shift) if promised else None)
    return replace(row, what=DROPPED, now=None, cause=cause)


def _choose_leaving(plan: planning.Plan, untrue: Iterable[str], *, kept: Collection[str]) -> set[str]:
    """The last of each team-day that may leave; then those before it may have true hours."""
    asked = set(untrue) - set(kept)
    last = (
        next((stop.visit for stop in reversed(route.stops) if stop.visit in asked), None)
        for route in plan.routes
    )
    return {visit for visit in last if visit is not None}
