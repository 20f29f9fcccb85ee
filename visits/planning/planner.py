"""`plan`: problem in, plan out.

The idea: four steps. Decide which promises can be kept together (start/locks.py), let the engine search from
there (engine/search.py), walk what it proposes by the rules (result.py), and explain why the other visits are
not served (why/explain.py). The engine only proposes orders of visits; nothing leaves here that the rules did
not walk.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from visits.planning import result
from visits.planning.errors import PlanningError
from visits.planning.start import locks
from visits.planning.types import Plan, Problem, Progress, Statistics, orders_of_plan, orders_of_routes
from visits.planning.why import explain

WORKERS = 2


def warm() -> float:
    """Load or compile the engine; returns the seconds it took (0 if it is loaded already). Imports numba."""
    from visits.planning.engine.warm import warm_once

    return warm_once()


def plan(
    problem: Problem,
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    start: Plan | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    workers: int = WORKERS,
) -> Plan:
    """The best plan found in `seconds` of wall time or in `iterations`, exactly one of them given.

    Compiling, once an installation, is not counted. The same seed, iterations and workers give the same plan.
    `start` is a plan of an earlier run to continue from. `should_stop` is called several times a second; once
    it returns True, the best plan so far is returned. `on_progress` is called from this thread.

    Raises PlanningError for an impossible budget or number of workers.
    """
    if (seconds is None) == (iterations is None):
        raise PlanningError("budget_choice", "give seconds or iterations, and only one of them")
    if not (seconds or 0) >= 0 or (iterations or 0) < 0 or workers < 1:  # NaN is not >= 0 either
        raise PlanningError("budget_range", "seconds and iterations are zero or more, workers one or more")
    compile_s = warm()
    began = time.monotonic()
    from visits.planning.engine import search  # not at the top: it imports numba

    previous = orders_of_plan(start) if start else {}
    kept = locks.keep_locks(problem, previous)
    found = search.run_search(
        problem,
        kept=kept,
        start=previous,
        seconds=None if seconds is None else _search_seconds(problem, seconds, began),
        iterations=iterations,
        seed=seed,
        workers=workers,
        on_progress=on_progress,
        should_stop=should_stop,
    )
    routes = result.walk_orders(problem, found.orders)
    proposed = {shift: tuple(order) for shift, order in found.orders.items() if order}
    as_found = orders_of_routes(routes) == proposed
    unserved = explain.explain_unserved(problem, routes, found.reasons if as_found else {})
    served_on = {stop.visit: route.shift for route in routes for stop in route.stops}
    return Plan(
        routes=routes,
        unserved=unserved,
        broken_locks=locks.list_broken_locks(problem, kept, served_on),
        broken_guarantees=tuple(row for row in unserved if problem.visit_by_id[row.visit].tier),
        statistics=Statistics(
            **result.compute_figures(problem, routes),
            seed=seed,
            workers=workers,
            iterations=found.iterations,
            elapsed_s=round(time.monotonic() - began, 3),
            compile_s=round(compile_s, 3),
            stopped=found.stopped,
        ),
    )


def _search_seconds(problem: Problem, seconds: float, began: float) -> float:
    """Seconds left for the search of a budget that started at `began`, less those to walk and explain the
    result."""
    reserve = 0.03 + len(problem.visits) * 1.2e-4
    return max(0.0, seconds - reserve - time.monotonic() + began)
