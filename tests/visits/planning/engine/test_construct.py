"""The greedy first plan: the best ratio first, until nobody fits who is worth the way."""

import numpy as np
import pytest

from tests.support.engine_state import list_faults, make_filled
from tests.support.planning_case import make_problem
from visits.planning import points_on, walk_route
from visits.planning.engine import construct
from visits.planning.engine.data import LENGTH, VISIT, build_model, empty_state
from visits.planning.engine.worker import Worker, routes_of
from visits.planning.rules import find_ban
from visits.planning.types import POINT_S


def ratio_by_trying(problem, shift, stops, visit):
    """The best score per second of putting the visit into the route, 0 where it does not fit or pay."""
    if find_ban(visit, shift):
        return 0.0
    before = walk_route(problem, shift, stops).travel_s
    walks = (walk_route(problem, shift, [*stops[:gap], visit, *stops[gap:]]) for gap in range(len(stops) + 1))
    added = [walked.travel_s - before for walked in walks if not walked.faults]
    if not added:
        return 0.0
    gain = POINT_S * points_on(problem, visit, shift.date) - min(added)
    return gain / (visit.service_s + min(added) + construct.SETTLE_S)


@pytest.mark.parametrize("seed", range(40))
def test_it_is_feasible_and_nobody_is_left_who_pays(seed):
    problem, worker = make_filled(seed)
    assert list_faults(problem, worker.model, worker.state) == []
    orders = routes_of(worker.state)
    visits = [problem.visits[i] for i in worker.model.visit_of]
    for v in np.flatnonzero(worker.state.where < 0).tolist():
        for r, shift in enumerate(problem.shifts):
            assert ratio_by_trying(problem, shift, [visits[i] for i in orders[r]], visits[v]) <= 0


@pytest.mark.parametrize("seed", range(40))
def test_the_ratio_is_that_of_the_best_gap_by_the_rules(seed):
    problem, worker = make_filled(seed, visits=18)
    d, orders = worker.model.data, routes_of(worker.state)
    visits = [problem.visits[i] for i in worker.model.visit_of]
    for v in np.flatnonzero(worker.state.where < 0).tolist():
        for r, shift in enumerate(problem.shifts):
            tried = ratio_by_trying(problem, shift, [visits[i] for i in orders[r]], visits[v])
            ratio, gap = construct.price_route(d, worker.state, v, r)
            assert ratio == pytest.approx(tried)
            assert (gap >= 0) or ratio == 0


@pytest.mark.parametrize("seed", range(20))
def test_who_leads_goes_in_first(seed):
    problem = make_problem(seed, visits=12, shifts=1)
    worker = Worker(build_model(problem), 0, 0)
    worker.load_orders([[]])
    (shift,) = problem.shifts
    ratios = [ratio_by_trying(problem, shift, [], problem.visits[i]) for i in worker.model.visit_of]
    worker.fill_routes()
    served = routes_of(worker.state)[0]
    assert (int(np.argmax(ratios)) in served) == (max(ratios) > 0)


def test_routes_of_another_worker_stay_empty():
    problem = make_problem(7, visits=24, shifts=4)
    worker = Worker(build_model(problem), 0, 0)
    worker.load_orders([[] for _ in problem.shifts])
    worker.scratch.owned[1:] = 0
    worker.fill_routes()
    assert [bool(order) for order in routes_of(worker.state)] == [True, False, False, False]


def test_refreshing_all_counts_the_routes_that_break_a_rule():
    problem = make_problem(3, visits=16, shifts=2)
    model = build_model(problem)
    state = empty_state(model)
    visits = [problem.visits[i] for i in model.visit_of]
    for r, order in enumerate(([0, 1, 2], [3, 4])):
        state.facts[r, LENGTH] = len(order)
        state.stops[r, VISIT, 1 : len(order) + 1] = order
    walks = [
        walk_route(problem, shift, [visits[v] for v in order])
        for shift, order in zip(problem.shifts, ([0, 1, 2], [3, 4]), strict=True)
    ]
    broken = [{fault.code for fault in walked.faults} - {"date", "skill"} for walked in walks]
    assert construct.refresh_all(model.data, state) == sum(map(bool, broken))
    assert state.where[:5].tolist() == [0, 0, 0, 1, 1]
