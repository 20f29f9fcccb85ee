"""Cutting the map among workers: nothing is shared, nothing is lost, nothing gets worse."""

import numpy as np
import pytest

from tests.support.planning_case import make_problem
from visits.planning.engine import data
from visits.planning.engine.parallel import SPLIT_ROUTES, WorkerPool
from visits.planning.engine.worker import routes_of


def pool_of(shifts, workers=2):
    model = data.build_model(make_problem(5, visits=shifts * 8, shifts=shifts))
    pool = WorkerPool(model, 1, workers)
    pool.load_start([[] for _ in range(shifts)])
    return pool


@pytest.mark.parametrize("workers", [2, 3])
def test_a_cut_gives_every_route_and_visit_to_exactly_one(workers):
    pool = pool_of(SPLIT_ROUTES * workers, workers)
    assert pool.split
    for number in range(5):
        pool.assign_parts(number)
        owned = np.array([w.scratch.owned for w in pool.workers])
        mine = np.array([w.scratch.mine for w in pool.workers])
        assert (owned.sum(axis=0) == 1).all()
        assert (mine.sum(axis=0) == 1).all()
        assert (owned.sum(axis=1) >= 1).all()
        where = pool.workers[0].state.where
        for visit in np.flatnonzero(where >= 0):
            assert (mine[:, visit] == owned[:, where[visit]]).all()


def test_halves_are_put_together_and_the_champion_only_rises():
    pool = pool_of(SPLIT_ROUTES * 2)
    seen = [pool.score]
    for number in range(6):
        pool.assign_parts(number)
        for worker in pool.workers:
            worker.run_steps(3000, 3000, 300)
        pool.exchange_plans(exchange=False)
        a, b = (routes_of(w.state) for w in pool.workers)
        assert a == b
        served = [v for order in a for v in order]
        assert len(served) == len(set(served))
        seen.append(pool.score)
        assert pool.workers[0].state_score(pool.champion) == pool.score
    assert seen == sorted(seen)
    assert seen[-1] > seen[0]
    assert pool.finish_champion().state_score(pool.finish_champion().state) >= pool.score


def test_few_routes_are_not_cut_and_stragglers_follow_the_leader():
    pool = pool_of(3)
    assert not pool.split
    pool.workers[0].run_steps(9000, 100, 2000)
    pool.assign_parts(0)
    pool.exchange_plans(exchange=True)
    assert routes_of(pool.workers[0].best) == routes_of(pool.workers[1].best) == routes_of(pool.champion)
