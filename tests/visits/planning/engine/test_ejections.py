"""Reasons for all unserved visits at once: proved, and as cheap as those asked one by one."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.engine_state import make_worker, order_ids
from tests.support.planning_case import make_problem
from visits.planning import Problem, Unserved
from visits.planning.engine.data import LENGTH, VISIT
from visits.planning.engine.ejections import MAX_EJECTIONS, eject_set, explain_open_visits
from visits.planning.engine.route import copy_route
from visits.planning.engine.worker import Worker, routes_of
from visits.planning.result import walk_orders
from visits.planning.why.ejections import is_protected
from visits.planning.why.explain import explain_visit, verify_reasons


def searched(seed: int, **options) -> tuple[Problem, Worker]:
    problem = make_problem(seed, **{"visits": 24, "shifts": 3, **options})
    worker = make_worker(problem, seed)
    worker.run_steps(9000, 90, 400)
    return problem, worker


@pytest.mark.parametrize("seed", range(30))
def test_every_reason_is_proved_by_doing_it(seed):
    problem, worker = searched(seed, replan=seed % 2 == 0)
    routes = walk_orders(problem, order_ids(problem, worker.model, worker.state))
    before = routes_of(worker.state)
    found = explain_open_visits(problem, worker.model, worker.state)
    assert routes_of(worker.state) == before  # the routes are put back
    for visit, reason in found.items():
        assert verify_reasons(problem, routes, Unserved(visit, (reason,))) == []
        assert len(reason.visits) <= MAX_EJECTIONS
        shift = problem.shift_by_id[reason.shift or ""]
        assert reason.promised == sum(is_protected(problem.visit_by_id[one], shift) for one in reason.visits)


@pytest.mark.parametrize("seed", range(30))
def test_the_set_is_worth_as_little_as_the_one_found_one_by_one(seed):
    problem, worker = searched(seed, replan=seed % 2 == 0)
    orders = order_ids(problem, worker.model, worker.state)
    found = explain_open_visits(problem, worker.model, worker.state)
    assert found or not (worker.state.where < 0).any()
    for visit, reason in found.items():
        alone = explain_visit(problem, orders, problem.visit_by_id[visit])
        assert (reason.code, reason.promised, len(reason.visits)) == (
            alone.code,
            alone.promised,
            len(alone.visits),
        )
        assert not reason.visits or reason.points == pytest.approx(alone.points)


@pytest.mark.parametrize("seed", range(10))
def test_a_plan_of_longest_waits_alone_names_the_fewest_of_them(seed):
    made = make_problem(seed, visits=24, shifts=3)
    problem = replace(made, visits=tuple(replace(visit, tier=1) for visit in made.visits))
    worker = make_worker(problem, seed)
    orders = order_ids(problem, worker.model, worker.state)
    found = explain_open_visits(problem, worker.model, worker.state, threads=2)
    assert any(reason.promised for reason in found.values()) or not (worker.state.where < 0).any()
    for visit, reason in found.items():
        alone = explain_visit(problem, orders, problem.visit_by_id[visit])
        assert (reason.promised, len(reason.visits)) == (alone.promised, len(alone.visits))


def test_nothing_is_explained_once_it_is_over():
    problem, worker = searched(2)
    assert (worker.state.where < 0).any()
    assert explain_open_visits(problem, worker.model, worker.state, is_over=lambda: True) == {}


def test_a_route_without_a_set_keeps_the_others_in_order():
    _, worker = searched(4)
    d, s = worker.model.data, worker.state
    route = int(np.argmax(s.facts[:, LENGTH]))
    copy_route(s, route, worker.saved, 0)
    order = routes_of(s)[route]
    assert len(order) > 2
    assert eject_set(d, s, worker.saved, route, np.array(order[1:2], dtype=np.int32))
    assert routes_of(s)[route] == [order[0], *order[2:]]
    assert eject_set(d, s, worker.saved, route, np.array([-1], dtype=np.int32))
    assert s.stops[route, VISIT, 1 : len(order) + 1].tolist() == order
