"""The run as a whole: start, rounds of annealing on every thread, exchange, stop.

The idea: workers anneal independently in rounds and meet only between rounds, at fixed iteration counts if
the budget is iterations, so a seed and a number of iterations always give the same plan. With a budget of
seconds the temperature follows the clock and rounds end by it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

from visits.planning.engine.cooling import Cooling
from visits.planning.engine.data import Model, build_model
from visits.planning.engine.ejections import explain_open_visits
from visits.planning.engine.parallel import WorkerPool
from visits.planning.engine.worker import Worker
from visits.planning.start.locks import KeptLocks, keep_locks
from visits.planning.start.warm_start import build_warm_start
from visits.planning.types import Problem, Progress, Reason

CHUNK = 500  # iterations between two checks of the clock and of should_stop
ROUNDS, SPRINT_ROUNDS = 64, 8
EXCHANGE = (32, 48, 60)  # rounds after which workers on the whole map continue from the leader


@dataclass(slots=True)
class Budget:
    """Seconds or iterations, and whether the caller wants the run to stop."""

    seconds: float | None
    iterations: int | None
    began: float
    should_stop: Callable[[], bool] | None = None
    stopped: bool = False

    def elapsed_s(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self.began

    def used_share(self, done: int) -> float:
        """The used share of the budget, 0..1 and beyond."""
        if self.iterations is not None:
            return done / self.iterations if self.iterations else 1.0
        assert self.seconds is not None
        return self.elapsed_s() / self.seconds if self.seconds > 0 else 1.0

    def poll_stop(self) -> bool:
        """Ask the caller whether to stop; once it says so, this stays True."""
        if not self.stopped and self.should_stop is not None and self.should_stop():
            self.stopped = True
        return self.stopped


class Found(NamedTuple):
    """What the engine proposes: visit ids by shift in order, and the reasons it found for unserved visits."""

    orders: dict[str, list[str]]
    iterations: int
    stopped: bool
    reasons: dict[str, Reason]  # by visit id, as far as explain_open_visits found them


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
) -> Found:
    """Search from the kept locks and the orders of `start` (visit ids by shift), for `seconds` or
    `iterations`."""
    budget = Budget(seconds, iterations, time.monotonic(), should_stop)
    kept = kept or keep_locks(problem, start)
    model = build_model(problem, kept.broken)
    engine_of = {problem.visits[v].id: i for i, v in enumerate(model.visit_of)}
    begin = [[engine_of[v] for v in order] for order in build_warm_start(problem, kept, start)]
    pool = anneal_rounds(model, begin, budget, seed, workers, on_progress, warm=bool(start))
    leader = pool.finish_champion()
    orders = {
        shift.id: [problem.visits[model.visit_of[v]].id for v in order]
        for shift, order in zip(problem.shifts, leader.list_orders(), strict=True)
    }
    why = explain_open_visits(problem, model, leader.state, leader.saved)
    return Found(orders, pool.iterations, budget.stopped, why)


def anneal_rounds(
    model: Model,
    begin: Sequence[Sequence[int]],
    budget: Budget,
    seed: int,
    workers: int,
    on_progress: Callable[[Progress], None] | None,
    *,
    warm: bool,
) -> WorkerPool:
    """Anneal from `begin` (engine numbering, feasible) until the budget is used."""
    pool = WorkerPool(model, seed, workers)
    pool.load_start(begin)
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
