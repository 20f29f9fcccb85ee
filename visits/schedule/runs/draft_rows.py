"""What every draft consists of, whoever computed it: its stops, its team-days, the end of its run."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone

from outreach.models import Need
from outreach.services import log
from outreach.services.transitions import transition
from visits import planning
from visits.enums import RunState
from visits.lib.plan_summary import PlanSummary, TeamDayFigures
from visits.models import Plan, PlanRun, PlanStop, Shift
from visits.ops import job_kinds
from visits.ops.job_kinds import PLAN_RUN

More = Callable[[str], dict[str, Any]]


def end_run(*, run: PlanRun, token: str, figures: planning.Statistics, trouble: bool) -> bool:
    """The run is done, or stopped with what it had; False where it is no longer held by this claim."""
    state = RunState.STOPPED if figures.stopped else RunState.DONE
    return transition(
        row=run,
        to=state,
        actor="system",
        among=job_kinds.find_held(PLAN_RUN, pk=run.pk, token=token),
        lease_until=None,
        finished_at=timezone.now(),
        progress=100,
        served=figures.served,
        score=int(figures.score),
        message="roads" if trouble else "",
    )


def log_plan_made(*, plan: Plan, run: PlanRun, figures: planning.Statistics) -> None:
    """The log row of a draft that a run made."""
    detail = {"run": str(run.pk), "served": figures.served, "left": figures.unserved}
    log.write_log(actor="system", action="plan_made", subject=plan, to_state=plan.state, detail=detail)


def build_stops(
    *,
    plan: Plan,
    shift: Shift,
    problem: planning.Problem,
    route: planning.Route,
    needs: Mapping[str, Need],
    follows: Collection[str],
    after: int = 0,
    begun: UUID | None = None,
    more: More = lambda need: {},
) -> list[PlanStop]:
    """A route's stops with the drive to each, in order, numbered from `after` on; `more` gives further
    fields.

    The needs `follows` are served right after the one before at the same stop; `begun` is the key of the stop
    where the team is, which the first of them may go on with.
    """
    team, found = problem.shift_by_id[route.shift], []
    here = team.start_location
    leader = begun
    for sequence, stop in enumerate(route.stops, start=after + 1):
        need = needs[stop.visit]
        if leader is None or stop.visit not in follows:
            leader = need.pk
        location = problem.visit_by_id[stop.visit].location
        found.append(
            PlanStop(
                plan=plan,
                shift=shift,
                need=need,
                stop_leader_id=None if leader == need.pk else leader,
                sequence=sequence,
                travel_seconds=problem.seconds(team.vehicle, here, location),
                arrive=stop.arrive_s,
                start=stop.start_s,
                leave=stop.leave_s,
                **more(stop.visit),
            )
        )
        here = location
    return found


def summarise_routes(routes: Iterable[planning.Route]) -> tuple[TeamDayFigures, ...]:
    """The figures of each route."""
    return tuple(
        TeamDayFigures(
            shift=int(route.shift), visits=len(route.stops), travel_s=route.travel_s, end_s=route.end_s
        )
        for route in routes
    )


def summarise(*, plan: planning.Plan, **more: Any) -> PlanSummary:
    """The planner's figures of a plan, with further fields."""
    figures = plan.statistics
    return PlanSummary(
        served=figures.served,
        unserved=figures.unserved,
        travel_s=figures.travel_s,
        points=round(figures.points, 1),
        score=round(figures.score),
        seed=figures.seed,
        iterations=figures.iterations,
        changes=figures.changes,
        elapsed_s=figures.elapsed_s,
        compile_s=figures.compile_s,
        stopped=figures.stopped,
        team_days=summarise_routes(plan.routes),
        **more,
    )


def write_summary(*, plan: Plan, summary: PlanSummary) -> None:
    """The plan's figures from now on. Nothing else writes them; `Plan.figures` reads them."""
    plan.summary = summary.as_json()
    Plan.objects.filter(pk=plan.pk).update(summary=plan.summary)
