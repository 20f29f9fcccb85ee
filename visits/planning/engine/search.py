"""The run as a whole: start, rounds of annealing on every thread, exchange, stop.

The idea: workers anneal independently in rounds and meet only between rounds, at fixed iteration counts if
the budget is iterations, so a seed and a number of iterations always give the same plan. With a budget of
seconds the temperature follows the clock and rounds end by it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from visits.planning.engine.cooling import Cooling
from visits.planning.engine.data import Model, State, build_model, follow_shifts
from visits.planning.engine.parallel import WorkerPool
from visits.planning.engine.shapes import Array
from visits.planning.engine.worker import Worker
from visits.planning.start.locks import KeptLocks, keep_locks
from visits.planning.start.warm_start import build_warm_start
from visits.planning.types import Problem, Progress

CHUNK = 500  # iterations between two checks of the clock and of should_stop
ROUNDS, SPRINT_ROUNDS = 64, 8
FINISH_SHARE = 0.1  # most share of the seconds that is kept to fill the best plan
FIRST_GRACE_S, LAST_GRACE_S = (
    10.0,
    1.0,
)  # least seconds to fill a plan with: without a first one there is none
EXCHANGE = (32, 48, 60)  # rounds after which workers on the whole map continue from the leader


@dataclass(slots=True)
class Budget:
    """Seconds or iterations, and whether the caller wants the run to stop."""

    seconds: float | None
    iterations: int | None
    began: float
    should_stop: Callable[[], bool] | None = None
    stopped: bool = False
    fill_s: float = 0.0  # when the first plan was there
    finish_s: float = 0.0  # of the seconds, what is kept to fill the best plan

    def elapsed_s(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self.began

    def used_share(self, done: int) -> float:
        """The used share of the budget, 0..1 and beyond."""
        if self.iterations is not None:
            return done / self.iterations if self.iterations else 1.0
        assert self.seconds is not None
        for_search = self.seconds - self.finish_s
        return self.elapsed_s() / for_search if for_search > 0 else 1.0

    def note_filled(self) -> None:
        """The first plan is there: keep time to fill the best one, which takes about as long."""
        self.fill_s = self.elapsed_s()
        self.finish_s = min(self.fill_s, FINISH_SHARE * (self.seconds or 0.0))

    def limit_filling(self, grace_s: float) -> Callable[[], bool]:
        """Whether filling a plan takes too long: the seconds are used up, and a grace from now on."""
        until_s = max(self.seconds or 0.0, self.elapsed_s() + grace_s)
        return lambda: self.seconds is not None and self.elapsed_s() >= until_s

    def poll_stop(self) -> bool:
        """Ask the caller whether to stop; once it says so, this stays True."""
        if not self.stopped and self.should_stop is not None and self.should_stop():
            self.stopped = True
        return self.stopped


class Found(NamedTuple):
    """What the engine proposes: visit ids by shift in order; and its arrays, for a further search or to explain."""

    orders: dict[str, list[str]]
    iterations: int
    stopped: bool
    filled: bool  # whether the first plan was finished in time
    annealed_s: float
    model: Model
    state: State


def run_search(
    problem: Problem,
    *,
    kept: KeptLocks | None = None,
    start: Mapping[str, Sequence[str]] | None = None,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    workers: int = 1,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    model: Model | None = None,
    fill: Collection[str] | None = None,
) -> Found:
    """Search from the kept locks and the orders of `start` (visit ids by shift), for `seconds` or
    `iterations`. `model` are the arrays of a problem that differs by the hours and most visits of its shifts alone.
    The first plan is filled on the shifts `fill` alone, None: on all."""
    budget = Budget(seconds, iterations, time.monotonic(), should_stop)
    kept = kept or keep_locks(problem, start)
    model = build_model(problem, kept.broken) if model is None else follow_shifts(model, problem, kept.broken)
    engine_of = {problem.visits[v].id: i for i, v in enumerate(model.visit_of)}
    begin = [[engine_of[v] for v in order] for order in build_warm_start(problem, kept, start)]
    open_ = None if fill is None else np.array([shift.id in fill for shift in problem.shifts], dtype=bool)
    pool = anneal_rounds(model, begin, budget, seed, workers, on_progress, warm=bool(start), fill=open_)
    searched_s = budget.elapsed_s()
    leader = pool.finish_champion(budget.limit_filling(LAST_GRACE_S))
    orders = {
        shift.id: [problem.visits[model.visit_of[v]].id for v in order]
        for shift, order in zip(problem.shifts, leader.list_orders(), strict=True)
    }
    annealed_s = searched_s - budget.fill_s
    return Found(orders, pool.iterations, budget.stopped, pool.filled, annealed_s, model, leader.state)


def anneal_rounds(
    model: Model,
    begin: Sequence[Sequence[int]],
    budget: Budget,
    seed: int,
    workers: int,
    on_progress: Callable[[Progress], None] | None,
    *,
    warm: bool,
    fill: Array | None = None,
) -> WorkerPool:
    """Anneal from `begin` (engine numbering, feasible; filled on the routes of the mask `fill` alone, None: on all) until
    the budget is used."""
    pool = WorkerPool(model, seed, workers)
    pool.load_start(begin, is_over=budget.limit_filling(FIRST_GRACE_S), fill=fill)
    budget.note_filled()
    _report_progress(pool, budget, 0.0, on_progress)
    shares = _split_iterations(budget.iterations, workers)
    cooling = Cooling(model.data, warm=warm, seconds=budget.seconds)
    with ThreadPoolExecutor(max_workers=workers) as threads:
        for number, until in enumerate(_list_round_ends(cooling.sprint) if pool.able.any() else ()):
            pool.assign_parts(number)
            jobs = [
                threads.submit(_run_round, w, budget, cooling, shares[i], until)
                for i, w in enumerate(pool.workers)
            ]
            for job in jobs:
                job.result()
            pool.exchange_plans(exchange=cooling.cycles == 1 and number + 1 - SPRINT_ROUNDS in EXCHANGE)
            if number + 1 == SPRINT_ROUNDS and cooling.sprint:
                cooling.set_cycles(pool.workers[0].iterations / cooling.sprint)
            _report_progress(pool, budget, until, on_progress)
            if budget.stopped:
                break
    return pool


def _list_round_ends(sprint: float) -> list[float]:
    """The shares of the run at which rounds end; the sprint has rounds of its own."""
    first = [sprint * (i + 1) / SPRINT_ROUNDS for i in range(SPRINT_ROUNDS)]
    return first + [sprint + (1 - sprint) * (i + 1) / ROUNDS for i in range(ROUNDS)]


def _report_progress(
    pool: WorkerPool, budget: Budget, share: float, on_progress: Callable[[Progress], None] | None
) -> None:
    """Tell `on_progress` the champion's score and the share of the run that is done."""
    if on_progress is not None:
        score, served = pool.workers[0].true_score(pool.champion)
        on_progress(Progress(score, served, budget.elapsed_s(), pool.iterations, share))


def _split_iterations(iterations: int | None, workers: int) -> list[int | None]:
    """The iterations of each worker; None for each if the budget is time."""
    if iterations is None:
        return [None] * workers
    return [iterations // workers + (i < iterations % workers) for i in range(workers)]


def _run_round(worker: Worker, budget: Budget, cooling: Cooling, mine: int | None, until: float) -> None:
    """Anneal one worker to `until` (0..1 of its budget), checking budget and stop every CHUNK iterations."""
    while not budget.poll_stop():
        if mine is None:
            share = budget.used_share(0)
            if share >= until:
                return
            heat = cooling.temperature(share)
            worker.run_steps(heat, heat, CHUNK, cooling.detour_weight(share))
        else:
            left = round(mine * until) - worker.iterations
            if left <= 0:
                return
            steps = min(CHUNK, left)
            share, then = worker.iterations / mine, (worker.iterations + steps) / mine
            heat, cooler = cooling.temperature(share), cooling.temperature(then)
            worker.run_steps(heat, cooler, steps, cooling.detour_weight(share))
