"""One searcher: its own arrays and random stream, and the score that a plan will state."""

import numpy as np
import pytest

from tests.support.engine_state import list_faults, make_filled, make_worker, order_ids
from tests.support.planning_case import make_problem
from visits.planning import points_on, score_plan, walk_route
from visits.planning.engine.worker import routes_of


def score_of(problem, worker):
    """The score of the worker's routes as the rules walk them."""
    orders = order_ids(problem, worker.model, worker.state)
    points, travel_s = 0.0, 0
    for shift in problem.shifts:
        visits = [problem.visit_by_id[i] for i in orders[shift.id]]
        travel_s += walk_route(problem, shift, visits).travel_s
        points += sum(points_on(problem, visit, shift.date) for visit in visits)
    return score_plan(points, travel_s)


@pytest.mark.parametrize("seed", range(12))
def test_the_true_score_leaves_out_what_tiers_and_published_places_weigh(seed):
    problem = make_problem(seed, visits=24, shifts=4)
    worker = make_worker(problem)
    worker.run_steps(9000, 90, 400)
    score, served = worker.true_score(worker.state)
    assert score == pytest.approx(score_of(problem, worker))
    assert served == sum(map(len, worker.list_orders()))


@pytest.mark.parametrize("seed", range(8))
def test_a_seed_gives_one_search_and_another_seed_another(seed):
    problem = make_problem(seed, visits=30, shifts=4)
    runs = []
    for stream in (seed, seed, seed + 1):
        worker = make_worker(problem, stream)
        worker.run_steps(9000, 90, 400)
        runs.append((worker.list_orders(), worker.scratch.random.tolist()))
    assert runs[0] == runs[1]
    assert runs[0][1] != runs[2][1]


def test_what_was_taken_from_another_is_a_copy():
    problem, first = make_filled(2)
    second = make_worker(problem, 9)
    second.run_steps(9000, 90, 300)
    first.take_state(second.best)
    taken = first.list_orders()
    assert taken == routes_of(second.best)
    assert first.best_score == pytest.approx(second.best_score)
    second.run_steps(9000, 90, 300)
    assert first.list_orders() == taken


def test_a_worker_changes_only_what_it_owns():
    problem, worker = make_filled(11, visits=48, shifts=6)
    before = worker.list_orders()
    routes = np.arange(6) < 3
    visits = np.isin(worker.state.where, (0, 1, 2)) | (worker.state.where < 0)
    worker.own_parts(routes, visits, np.ones(48, bool))
    worker.run_steps(20_000, 200, 500)
    assert worker.list_orders()[3:] == before[3:]
    assert worker.list_orders()[:3] != before[:3]
    assert list_faults(problem, worker.model, worker.state) == []


def test_loading_orders_gives_their_routes():
    problem, worker = make_filled(4)
    orders = worker.list_orders()
    again = make_worker(problem, orders=orders)
    assert again.list_orders() == orders  # nobody else fits: they were filled before
    assert (again.state.where == worker.state.where).all()
