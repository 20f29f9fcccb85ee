"""The engine's arrays for a made-up problem, and what the referee says of them."""

from tests.support.planning_case import as_case, make_problem
from tests.support.referee import judge
from visits.planning import Problem, walk_route
from visits.planning.case import write_clock
from visits.planning.engine.data import Model, State, build_model
from visits.planning.engine.worker import Worker, routes_of


def make_worker(problem: Problem, seed: int = 0, *, orders: list[list[int]] | None = None) -> Worker:
    """A worker with its routes filled greedily after `orders` (engine numbering; none: all routes empty)."""
    worker = Worker(build_model(problem), seed, 0)
    worker.load_orders(orders or [[] for _ in problem.shifts])
    worker.fill_routes()
    return worker


def make_filled(seed: int, **options) -> tuple[Problem, Worker]:
    """A made-up problem without promises and a worker that serves what fits."""
    problem = make_problem(seed, **{"visits": 24, "shifts": 4, "last": seed % 3 == 0, **options})
    return problem, make_worker(problem, seed)


def order_ids(problem: Problem, model: Model, state: State) -> dict[str, list[str]]:
    """Shift id -> ids of the visits in their order."""
    return {
        shift.id: [problem.visits[model.visit_of[v]].id for v in order]
        for shift, order in zip(problem.shifts, routes_of(state), strict=True)
    }


def list_faults(problem: Problem, model: Model, state: State) -> list[str]:
    """What the referee finds wrong with the routes of a state; promises that are not served do not count."""
    orders = order_ids(problem, model, state)
    served = {visit for order in orders.values() for visit in order}
    routes = []
    for shift in problem.shifts:
        if orders[shift.id]:
            walked = walk_route(problem, shift, [problem.visit_by_id[i] for i in orders[shift.id]])
            stops = [
                {
                    "visit": stop.visit,
                    "arrive": write_clock(stop.arrive_s),
                    "start": write_clock(stop.start_s),
                    "leave": write_clock(stop.leave_s),
                }
                for stop in walked.stops
            ]
            routes.append({"shift": shift.id, "stops": stops})
    unscheduled = [{"visit": v.id} for v in problem.visits if v.id not in served]
    faults: list[str] = judge(
        as_case(problem),
        {"routes": routes, "unscheduled": unscheduled},
        last=frozenset(v.id for v in problem.visits if v.infectious_last),
        broken=frozenset(v.id for v in problem.visits if v.id not in served),
    )["faults"]
    return faults
