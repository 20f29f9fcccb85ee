"""Ruin: strings leave their routes, nothing else changes, and what stays keeps the rules."""

import numpy as np
import pytest

from tests.support.engine_state import list_faults, make_filled
from visits.planning.engine.data import LENGTH, VISIT, State, copy_state, empty_state
from visits.planning.engine.route import refresh_route
from visits.planning.engine.ruin import ruin
from visits.planning.engine.tuning import ANYWHERE, ROUTES, STRING
from visits.planning.engine.worker import Worker, routes_of


def ruin_once(worker: Worker, visit: int, stamp: int) -> tuple[int, list[int]]:
    """How many routes were touched, and the visits that were taken out."""
    routes, count = ruin(
        worker.model.data, worker.state, worker.saved, worker.scratch, visit, stamp, worker.tuning
    )
    assert count >= 0  # great circles are a metric: what is left of a feasible route is feasible
    return routes, worker.scratch.listed[:count].tolist()


@pytest.mark.parametrize("seed", range(40))
def test_removed_visits_are_unserved_and_the_rest_stays_feasible(seed):
    problem, worker = make_filled(seed)
    before, where = routes_of(worker.state), worker.state.where.copy()
    for stamp, visit in enumerate(worker.scratch.pool.tolist(), start=1):
        worker.take_state(worker.best)
        _, removed = ruin_once(worker, visit, stamp)
        assert len(removed) == len(set(removed))
        assert (where[removed] >= 0).all()
        assert (worker.state.where[removed] == -1).all()
        kept = np.setdiff1d(np.arange(len(where)), removed)
        assert (worker.state.where[kept] == where[kept]).all()
        assert routes_of(worker.state) == [[v for v in order if v not in removed] for order in before]
        assert list_faults(problem, worker.model, worker.state) == []


@pytest.mark.parametrize("seed", range(20))
def test_touched_routes_are_saved_as_they_were(seed):
    _, worker = make_filled(seed)
    for stamp, visit in enumerate(worker.scratch.pool.tolist(), start=1):
        worker.take_state(worker.best)
        before = routes_of(worker.state)
        routes, removed = ruin_once(worker, visit, stamp)
        touched = worker.scratch.touched[:routes].tolist()
        assert len(touched) == len(set(touched)) <= worker.tuning[ROUTES] + 1
        assert [routes_of(worker.saved)[t] for t in range(routes)] == [before[r] for r in touched]
        assert all(sum(v in before[r] for v in removed) <= worker.tuning[STRING] for r in touched)
        assert {r for r, order in enumerate(before) if set(order) & set(removed)} <= set(touched)


@pytest.mark.parametrize("seed", range(20))
def test_times_and_sums_after_it_are_those_of_the_route_recomputed(seed):
    _, worker = make_filled(seed)
    data = worker.model.data
    for stamp, visit in enumerate(worker.scratch.pool.tolist(), start=1):
        ruin_once(worker, visit, stamp)
        fresh: State = copy_state(worker.state)
        for r in range(len(data.shift)):
            assert refresh_route(data, fresh, r)
            length = fresh.facts[r, LENGTH]
            assert (fresh.facts[r] == worker.state.facts[r]).all()
            assert fresh.worth[r] == pytest.approx(worker.state.worth[r])
            assert (fresh.stops[r, :, 1 : length + 2] == worker.state.stops[r, :, 1 : length + 2])[1:].all()


def test_routes_of_another_worker_are_left_alone():
    _, worker = make_filled(3, visits=40, shifts=6)
    worker.scratch.owned[::2] = 0
    before = routes_of(worker.state)
    for stamp, visit in enumerate(worker.scratch.pool.tolist(), start=1):
        ruin_once(worker, visit, stamp)
        assert routes_of(worker.state)[::2] == before[::2]
    assert routes_of(worker.state)[1::2] != before[1::2]


def test_an_open_seed_touches_only_a_route_that_may_serve_it_first():
    _, worker = make_filled(8, visits=40)
    worker.tuning[ANYWHERE] = 0
    may = worker.model.data.may
    opened = [v for v in worker.scratch.pool.tolist() if worker.state.where[v] < 0]
    assert opened
    for stamp, visit in enumerate(opened, start=1):
        worker.take_state(worker.best)
        near = [worker.state.where[v] for v in worker.model.data.near[visit]]
        routes, _ = ruin_once(worker, visit, stamp)
        if any(r >= 0 and may[visit, r] for r in near):
            assert routes and may[visit, worker.scratch.touched[0]]


def test_without_stops_there_is_nothing_to_take_out():
    _, worker = make_filled(1)
    worker.take_state(empty_state(worker.model))
    _, removed = ruin_once(worker, int(worker.scratch.pool[0]), 1)
    assert removed == []
    assert not worker.state.facts[:, LENGTH].any()
    assert (worker.state.stops[:, VISIT, 0] == 0).all()
