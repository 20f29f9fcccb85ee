"""The annealing loop: its sums are true, its best only rises, promises stay, and a refused change leaves no trace."""

from itertools import pairwise

import numpy as np
import pytest

from tests.support.engine_state import list_faults, make_filled
from tests.support.planning_case import make_problem
from visits.planning.engine.anneal import anneal, restore_routes
from visits.planning.engine.data import LENGTH, TRAVEL, State, build_model, copy_state
from visits.planning.engine.ruin import ruin
from visits.planning.engine.tuning import DETOUR
from visits.planning.engine.worker import Worker, routes_of
from visits.planning.start.locks import keep_locks


def run(worker: Worker, hot: float, cold: float, steps: int) -> int:
    return anneal(
        worker.model.data,
        worker.state,
        worker.best,
        worker.saved,
        worker.scratch,
        worker.tuning,
        hot,
        cold,
        steps,
    )


def same(a: State, b: State) -> bool:
    """Whether two solutions have the same routes, times and sums (what lies behind a route's end does not count)."""
    if routes_of(a) != routes_of(b) or not (a.facts == b.facts).all() or not np.allclose(a.worth, b.worth):
        return False
    lengths = a.facts[:, LENGTH]
    return all((a.stops[r, :, : n + 2] == b.stops[r, :, : n + 2])[1:].all() for r, n in enumerate(lengths))


@pytest.mark.parametrize("seed", range(20))
def test_running_sums_equal_the_routes_and_the_best_only_rises(seed):
    problem, worker = make_filled(seed, replan=seed % 2 == 0)
    seen = [worker.best_score]
    for _ in range(6):
        run(worker, 20_000, 200, 150)
        assert worker.scratch.totals[0] == pytest.approx(worker.state_score(worker.state))
        assert worker.scratch.totals[1] == pytest.approx(worker.state_score(worker.best))
        assert list_faults(problem, worker.model, worker.state) == []
        assert list_faults(problem, worker.model, worker.best) == []
        seen.append(worker.best_score)
    assert seen == sorted(seen)
    assert worker.iterations == 900


@pytest.mark.parametrize("seed", range(15))
def test_promises_that_hold_at_the_start_hold_at_the_end(seed):
    problem = make_problem(seed, visits=24, shifts=4, locked=8)
    model = build_model(problem)
    number = {problem.visits[v].id: i for i, v in enumerate(model.visit_of)}
    kept = keep_locks(problem).orders
    worker = Worker(model, seed, 0)
    worker.load_orders([[number[i] for i in kept.get(shift.id, ())] for shift in problem.shifts])
    worker.fill_routes()
    locked = np.flatnonzero(model.data.locked >= 0)
    for _ in range(4):
        run(worker, 50_000, 5_000, 200)
        assert (worker.state.where[locked] == model.data.locked[locked]).all()


@pytest.mark.parametrize("seed", range(20))
def test_restoring_undoes_a_ruin(seed):
    _, worker = make_filled(seed)
    for stamp, visit in enumerate(worker.scratch.pool.tolist(), start=1):
        before = copy_state(worker.state)
        routes, _ = ruin(
            worker.model.data, worker.state, worker.saved, worker.scratch, visit, stamp, worker.tuning
        )
        restore_routes(worker.model.data, worker.state, worker.saved, worker.scratch, routes)
        assert same(worker.state, before)
        assert (worker.state.where == before.where).all()


def test_nearly_cold_it_takes_nothing_that_is_worse():
    _, worker = make_filled(9, visits=40)

    def weigh() -> float:
        travel = worker.state.facts[:, TRAVEL].sum()
        return float(worker.state.worth.sum() - worker.tuning[DETOUR] * travel)

    weighed = [weigh()]
    for _ in range(10):
        run(worker, 1e-9, 1e-9, 50)
        weighed.append(weigh())
    assert all(b >= a - 1e-6 for a, b in pairwise(weighed))


def test_with_no_visit_to_seed_from_nothing_happens():
    _, worker = make_filled(1)
    worker.own_parts(np.ones(4, bool), np.zeros(24, bool), np.ones(24, bool))
    before = copy_state(worker.state)
    assert run(worker, 1000, 10, 100) == 0
    assert same(worker.state, before)
    assert worker.iterations == 0
