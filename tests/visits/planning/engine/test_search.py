"""The run as a whole: what a budget is spent on, when rounds end, and that stopping is heard."""

import math

import pytest

from tests.support.planning_case import make_problem
from visits.planning import Progress
from visits.planning.engine.search import ROUNDS, SPRINT_ROUNDS, run_search
from visits.planning.start.locks import keep_locks


@pytest.mark.parametrize("iterations", [0, 1, 7, 250, 1001])
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_iterations_given_are_the_iterations_done(iterations, workers):
    problem = make_problem(2, visits=20, shifts=4)
    found = run_search(problem, iterations=iterations, workers=workers)
    assert found.iterations == iterations
    assert not found.stopped


def test_progress_only_rises_and_ends_with_the_budget():
    told: list[Progress] = []
    run_search(make_problem(5, visits=30, shifts=4), iterations=2000, workers=2, on_progress=told.append)
    shares = [progress.share for progress in told]
    assert shares[0] == 0 and math.isclose(shares[-1], 1)
    assert shares == sorted(shares)
    assert len(shares) == 1 + SPRINT_ROUNDS + ROUNDS
    assert [p.score for p in told] == sorted(p.score for p in told)


def test_a_stop_is_heard_between_two_looks():
    asked = []

    def should_stop() -> bool:
        asked.append(1)
        return len(asked) > 3

    found = run_search(make_problem(3, visits=30, shifts=4), iterations=10**7, should_stop=should_stop)
    assert found.stopped
    assert found.iterations < 10_000


@pytest.mark.parametrize("seed", range(8))
def test_kept_promises_are_on_their_shifts(seed):
    problem = make_problem(seed, visits=24, shifts=4, locked=8)
    kept = keep_locks(problem)
    found = run_search(problem, kept=kept, iterations=300, seed=seed)
    for shift, order in kept.orders.items():
        assert set(order) <= set(found.orders[shift])


def test_a_start_without_iterations_is_kept_and_filled():
    problem = make_problem(6, visits=24, shifts=4)
    first = run_search(problem, iterations=800, seed=1)
    again = run_search(problem, iterations=0, start=first.orders)
    for shift, order in first.orders.items():
        assert [visit for visit in again.orders[shift] if visit in order] == order
