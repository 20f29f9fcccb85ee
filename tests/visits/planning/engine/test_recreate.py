"""Recreate: the cheapest feasible place that the rules know, the promised first, and nothing infeasible."""

import math
import random

import numpy as np
import pytest

from tests.support.engine_state import list_faults, make_filled, make_worker, order_ids
from tests.support.planning_case import make_problem
from visits.planning import points_on, walk_route
from visits.planning.engine import recreate
from visits.planning.engine.ruin import ruin
from visits.planning.engine.tuning import BLINK, DETOUR, LOOK, OFFERED
from visits.planning.engine.worker import Worker, routes_of
from visits.planning.rules import find_ban
from visits.planning.types import POINT_S


def ruin_and_list(worker: Worker, seed: int, stamp: int = 1) -> tuple[int, int, int]:
    """Routes touched, visits removed, visits listed, after a ruin round the seed."""
    d, s, w = worker.model.data, worker.state, worker.scratch
    routes, removed = ruin(d, s, worker.saved, w, seed, stamp, worker.tuning)
    return routes, removed, recreate.list_offers(d, s, w, seed, removed, worker.tuning)


def recreate_by_trying(problem, worker: Worker, listed: list[int], touched: list[int]) -> list[list[int]]:
    """The orders after every listed visit took the place that gains most of all that the rules allow."""
    orders = routes_of(worker.state)
    visits = [problem.visits[i] for i in worker.model.visit_of]
    for v in listed:
        best, chosen = 0.0, None
        for r in touched:
            shift = problem.shifts[r]
            if find_ban(visits[v], shift) or visits[v].locked not in (None, shift.id):
                continue
            before = walk_route(problem, shift, [visits[i] for i in orders[r]]).travel_s
            for gap in range(len(orders[r]) + 1):
                order = [*orders[r][:gap], v, *orders[r][gap:]]
                walked = walk_route(problem, shift, [visits[i] for i in order])
                gain = POINT_S * points_on(problem, visits[v], shift.date)
                gain -= worker.tuning[DETOUR] * (walked.travel_s - before)
                if not walked.faults and gain > best:
                    best, chosen = gain, (r, order)
        if chosen is not None:
            orders[chosen[0]] = chosen[1]
    return orders


@pytest.mark.parametrize("seed", range(40))
def test_every_visit_gets_the_cheapest_place_that_the_rules_allow(seed):
    problem, worker = make_filled(seed, visits=18, shifts=3)
    worker.tuning[BLINK] = 0  # no gap is overlooked
    rng = random.Random(seed)
    for stamp in range(1, 5):
        visit = rng.choice(worker.scratch.pool.tolist())
        routes, _, count = ruin_and_list(worker, visit, stamp)
        recreate.sort_listed(worker.model.data, worker.state, worker.scratch, routes, count, worker.tuning)
        listed = worker.scratch.listed[:count].tolist()
        expected = recreate_by_trying(problem, worker, listed, worker.scratch.touched[:routes].tolist())
        recreate.recreate(worker.model.data, worker.state, worker.scratch, routes, count, worker.tuning)
        assert routes_of(worker.state) == expected
        assert list_faults(problem, worker.model, worker.state) == []


@pytest.mark.parametrize("seed", range(20))
def test_blinks_keep_the_rules_too(seed):
    problem, worker = make_filled(seed)
    worker.tuning[BLINK] = 700
    for stamp, visit in enumerate(worker.scratch.pool.tolist(), start=1):
        routes, _, count = ruin_and_list(worker, visit, stamp)
        recreate.recreate(worker.model.data, worker.state, worker.scratch, routes, count, worker.tuning)
        assert list_faults(problem, worker.model, worker.state) == []
        served = [v for order in routes_of(worker.state) for v in order]
        assert sorted(served) == np.flatnonzero(worker.state.where >= 0).tolist()


@pytest.mark.parametrize("seed", range(20))
def test_offers_are_unserved_neighbours_beside_the_removed(seed):
    _, worker = make_filled(seed, visits=40)
    for stamp, visit in enumerate(worker.scratch.pool.tolist(), start=1):
        worker.take_state(worker.best)
        _, removed, count = ruin_and_list(worker, visit, stamp)
        listed = worker.scratch.listed[:count].tolist()
        near = {visit, *worker.model.data.near[visit, : int(worker.tuning[LOOK])].tolist()}
        assert count - removed <= worker.tuning[OFFERED]
        assert len(set(listed)) == count
        assert all(worker.state.where[v] < 0 for v in listed)
        assert set(listed[removed:]) <= near
        assert worker.state.where[visit] >= 0 or visit in listed  # the seed itself is always offered


def test_visits_of_another_worker_are_not_offered():
    _, worker = make_filled(2, visits=40)
    worker.scratch.mine[:] = 0
    for stamp, visit in enumerate(worker.scratch.pool.tolist(), start=1):
        worker.take_state(worker.best)
        _, removed, count = ruin_and_list(worker, visit, stamp)
        assert count == removed


@pytest.mark.parametrize("seed", range(20))
def test_promised_visits_are_asked_first_and_nobody_is_lost_by_sorting(seed):
    problem = make_problem(seed, visits=24, shifts=4, locked=8)
    worker = make_worker(problem, seed)
    for stamp, visit in enumerate(worker.scratch.pool.tolist(), start=1):
        worker.take_state(worker.best)
        routes, _, count = ruin_and_list(worker, visit, stamp)
        before = worker.scratch.listed[:count].tolist()
        recreate.sort_listed(worker.model.data, worker.state, worker.scratch, routes, count, worker.tuning)
        after = worker.scratch.listed[:count].tolist()
        promised = [worker.model.data.locked[v] >= 0 for v in after]
        assert sorted(after) == sorted(before)
        assert promised == sorted(promised, reverse=True)
        assert worker.scratch.offered[:count].tolist() == before  # as they were listed, for update_luck


def test_luck_moves_towards_what_came_of_the_offer():
    _, worker = make_filled(4)
    w = worker.scratch
    served, opened = (
        int(np.flatnonzero(mask)[0]) for mask in (worker.state.where >= 0, worker.state.where < 0)
    )
    w.offered[:3] = (served, served, opened)
    recreate.update_luck(worker.model.data, worker.state, w, 1, 3)  # the first was removed, not offered
    assert w.luck[served] == pytest.approx(0.5 + 0.05 * 0.5)
    assert w.luck[opened] == pytest.approx(0.5 - 0.05 * 0.5)


def test_a_promise_that_is_not_back_is_seen():
    problem = make_problem(6, visits=20, shifts=3, locked=6)
    worker = make_worker(problem, 1)
    d, w = worker.model.data, worker.scratch
    promised = int(np.flatnonzero((d.locked >= 0) & (worker.state.where >= 0))[0])
    free = int(np.flatnonzero(d.locked < 0)[0])
    w.offered[:2] = (promised, free)
    assert recreate.promises_kept(d, worker.state, w, 2)
    worker.state.where[free] = -1
    assert recreate.promises_kept(d, worker.state, w, 2)
    worker.state.where[promised] = -1
    assert not recreate.promises_kept(d, worker.state, w, 2)


def test_the_lowest_price_is_the_least_added_travel():
    problem, worker = make_filled(5, visits=18, shifts=3)
    d, s, w = worker.model.data, worker.state, worker.scratch
    visits = [problem.visits[i] for i in worker.model.visit_of]
    w.touched[:3] = (0, 1, 2)
    orders = order_ids(problem, worker.model, s)
    for v in np.flatnonzero(s.where < 0).tolist():
        least = math.inf
        for shift in problem.shifts:
            stops = [problem.visit_by_id[i] for i in orders[shift.id]]
            before = walk_route(problem, shift, stops).travel_s
            for gap in range(len(stops) + 1):
                walked = walk_route(problem, shift, [*stops[:gap], visits[v], *stops[gap:]])
                least = min(least, walked.travel_s - before if not walked.faults else math.inf)
        assert recreate.lowest_price(d, s, w, v, 3) == min(least, 3600)
