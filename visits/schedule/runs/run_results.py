"""Writes the engine's result as a draft: whole or not at all."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from visits import planning
from visits.lib.plan_summary import BrokenPromise, PlanSummary
from visits.models import Plan, PlanRun, PlanStop, PlanUnserved
from visits.planning.fair.loads import Balance
from visits.schedule.problem.problem_builder import PlanningProblem
from visits.schedule.problem.simulation import SimulatedPlan
from visits.schedule.runs import broken_promises, draft_rows
from visits.schedule.runs.run_time import list_cuts
from visits.schedule.runs.unserved_reasons import full_reason, reason_as_json


@transaction.atomic
def write_draft(
    *,
    run: PlanRun,
    token: str,
    built: PlanningProblem,
    plan: planning.Plan,
    simulated: SimulatedPlan | None = None,
    balance: Balance | None = None,
    has_time: Callable[[], bool] = lambda: True,
) -> bool:
    """The draft, its stops and who is left, in one transaction with the end of the run. False, and nothing is
    written, where the run is no longer held by this claim. What stands in the way on every team-day is looked up while
    it `has_time`."""
    figures = plan.statistics
    if not draft_rows.end_run(run=run, token=token, figures=figures, trouble=bool(built.roads.trouble)):
        return False
    row = Plan.objects.create(run=run, based_on=built.based_on)
    draft_rows.write_summary(plan=row, summary=_build_summary(built, plan, simulated, balance))
    rows = [stop for route in plan.routes for stop in _build_stops(row, built, route, simulated)]
    PlanStop.objects.bulk_create(rows, batch_size=500)
    PlanUnserved.objects.bulk_create(
        [_build_unserved(row, built, left, has_time) for left in plan.unserved], batch_size=500
    )
    draft_rows.log_plan_made(plan=row, run=run, figures=figures)
    return True


def _build_stops(
    row: Plan, built: PlanningProblem, route: planning.Route, simulated: SimulatedPlan | None
) -> list[PlanStop]:
    """A route's stops with what families are told and what their priority is made of."""

    def more(need: str) -> dict[str, Any]:
        told = {} if simulated is None else simulated.stops[need].as_fields()
        return {
            **told,
            "priority": built.problem.visit_by_id[need].priority,
            "parts": _priority_parts(built, need),
        }

    shift = built.shifts[route.shift]
    return draft_rows.build_stops(
        plan=row,
        shift=shift,
        problem=built.problem,
        route=route,
        needs=built.needs,
        follows=built.follows,
        more=more,
    )


def _build_unserved(
    row: Plan, built: PlanningProblem, left: planning.Unserved, has_time: Callable[[], bool]
) -> PlanUnserved:
    return PlanUnserved(
        plan=row,
        need=built.needs[left.visit],
        reasons=[
            full_reason(built.problem, left.visit, reason) if has_time() else reason_as_json(reason)
            for reason in left.reasons
        ],
        guaranteed=bool(built.problem.visit_by_id[left.visit].tier),
        priority=built.problem.visit_by_id[left.visit].priority,
        parts=_priority_parts(built, left.visit),
    )


def _priority_parts(built: PlanningProblem, need: str) -> list[dict[str, Any]]:
    """What the priority is made of, and that it goes first whatever its points, where it does."""
    first = built.guarantees.get(need)
    return [part.as_json() for part in ([first] if first else []) + built.parts[need]]


def _build_summary(
    built: PlanningProblem, plan: planning.Plan, simulated: SimulatedPlan | None, balance: Balance | None
) -> PlanSummary:
    broken = broken_promises.find_broken_locks(built, plan)
    instead = broken_promises.find_replacements(built, plan, broken)
    return draft_rows.summarise(
        plan=plan,
        candidates=len(built.needs),
        cut=list_cuts(plan.statistics),
        unexplained=sum(not left.reasons for left in plan.unserved),
        away=built.away,
        begun=built.begun,
        replays=simulated and simulated.replays,
        roads=built.roads,
        balance=balance,
        broken=tuple(
            BrokenPromise(
                need=row.visit,
                shift=int(row.shift),
                served_on=int(row.served_on) if row.served_on else None,
                instead=instead.get(row.visit),
                reason=reason_as_json(row.reason),
            )
            for row in broken
        ),
    )
