"""`plan`: problem in, plan out.

The idea: four steps. Decide which promises can be kept together (start/locks.py), let the engine search from
there (engine/search.py), walk what it proposes by the rules (result.py), and explain why the other visits are
not served (why/explain.py). The engine only proposes orders of visits; nothing leaves here that the rules did
not walk.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from visits.planning import result
from visits.planning.errors import PlanningError
from visits.planning.start import locks
from visits.planning.types import Plan, Problem, Progress, Statistics, Unserved, orders_of_plan
from visits.planning.why import explain

WORKERS = 2
EXPLAIN_LEAST_S = 2.0  # so long an ordinary plan is explained although its time is up


def warm() -> float:
    """Load or compile the engine; returns the seconds it took (0 if it is loaded already). Imports numba."""
    from visits.planning.engine.warm import warm_once

    return warm_once()


@dataclass(slots=True)
class Session:
    """The arrays of a problem, for several runs on it that differ by the hours and most visits of shifts alone; the
    shifts that a run fills before it searches (None: all); and the time until which the last one may be explained, by
    the monotonic clock (None: as long as it takes)."""

    model: Any = None
    fill: Collection[str] | None = None
    overhead_s: float = 0.0  # of the last run, what was not its search
    unfinished: bool = False  # time was up before a first plan was finished
    explain_until: float | None = None

    def may_explain(self) -> bool:
        """Whether there is time left to explain."""
        return self.explain_until is None or time.monotonic() < self.explain_until


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
    session: Session | None = None,
) -> Plan:
    """The best plan found in `seconds` of wall time or in `iterations`, exactly one of them given.

    Compiling, once an installation, is not counted. The same seed, iterations and workers give the same plan.
    `start` is a plan of an earlier run to continue from. `should_stop` is called several times a second; once
    it returns True, the best plan so far is returned. `on_progress` is called from this thread. Within a `session`
    nobody is explained: `explain_plan` does that for the last plan.

    Raises PlanningError for an impossible budget or number of workers.
    """
    _check_budget(seconds, iterations, workers)
    compile_s = warm()
    began = time.monotonic()
    from visits.planning.engine import search  # not at the top: it imports numba

    previous = orders_of_plan(start) if start else {}
    kept = locks.keep_locks(problem, previous)
    found = search.run_search(
        problem,
        kept=kept,
        start=previous,
        seconds=None if seconds is None else _search_seconds(problem, seconds, began, session),
        iterations=iterations,
        seed=seed,
        workers=workers,
        on_progress=on_progress,
        should_stop=should_stop,
        model=None if session is None else session.model,
        fill=None if session is None else session.fill,
    )
    made = _walk_plan(problem, kept, found.orders)
    if session is None:
        made = explain_plan(problem, made, Session(found.model, unfinished=not found.filled), workers=workers)
    else:
        session.model = session.model or found.model
        session.overhead_s = time.monotonic() - began - found.annealed_s
        session.unfinished = session.unfinished or not found.filled
    statistics = replace(
        made.statistics,
        seed=seed,
        workers=workers,
        iterations=found.iterations,
        elapsed_s=round(time.monotonic() - began, 3),
        compile_s=round(compile_s, 3),
        stopped=found.stopped,
        unfinished=not found.filled,
    )
    return replace(made, statistics=statistics)


def _walk_plan(problem: Problem, kept: locks.KeptLocks, orders: Mapping[str, Sequence[str]]) -> Plan:
    """The plan with these orders (visit ids by shift) as the rules walk them, nobody explained."""
    routes = result.walk_orders(problem, orders)
    served_on = {stop.visit: route.shift for route in routes for stop in route.stops}
    unserved = tuple(Unserved(visit.id) for visit in problem.visits if visit.id not in served_on)
    return Plan(
        routes=routes,
        unserved=unserved,
        broken_locks=locks.list_broken_locks(problem, kept, served_on),
        broken_guarantees=tuple(row for row in unserved if problem.visit_by_id[row.visit].tier),
        statistics=Statistics(**result.compute_figures(problem, routes)),
    )


def _check_budget(seconds: float | None, iterations: int | None, workers: int) -> None:
    """Raise PlanningError for an impossible budget or number of workers."""
    if (seconds is None) == (iterations is None):
        raise PlanningError("budget_choice", "give seconds or iterations, and only one of them")
    if not (seconds or 0) >= 0 or (iterations or 0) < 0 or workers < 1:  # NaN is not >= 0 either
        raise PlanningError("budget_range", "seconds and iterations are zero or more, workers one or more")


def explain_plan(problem: Problem, made: Plan, session: Session, *, workers: int = WORKERS) -> Plan:
    """The plan with a reason for each of the unserved, the most pressing first, as far as there is time."""
    from visits.planning.engine import explaining

    if session.explain_until is not None:
        session.explain_until = max(session.explain_until, time.monotonic() + EXPLAIN_LEAST_S)
    if session.unfinished:  # they may well fit: nothing true can be said of them
        return made
    known = explaining.explain_orders(
        problem, orders_of_plan(made), session.model, workers, session.may_explain
    )
    unserved = explain.explain_unserved(problem, made.routes, known, session.may_explain)
    return replace(
        made,
        unserved=unserved,
        broken_guarantees=tuple(row for row in unserved if problem.visit_by_id[row.visit].tier),
    )


def _search_seconds(problem: Problem, seconds: float, began: float, session: Session | None) -> float:
    """Seconds left for the search of a budget that started at `began`, less those to walk and explain the
    result."""
    reserve = 0.03 + len(problem.visits) * (1.2e-4 if session is None else 1e-5)
    return max(0.0, seconds - reserve - time.monotonic() + began)
