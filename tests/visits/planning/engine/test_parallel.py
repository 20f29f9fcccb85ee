"""Cutting the map among workers: nothing is shared, nothing is lost, nothing gets worse."""

import numpy as np
import pytest

from tests.support.planning_case import make_problem
from visits.planning.engine import data
from visits.planning.engine.parallel import SPLIT_ROUTES, Team
from visits.planning.engine.worker import routes_of


def team_of(shifts, workers=2):
    model = data.build(make_problem(5, visits=shifts * 8, shifts=shifts))
    team = Team(model, 1, workers)
    team.begin([[] for _ in range(shifts)])
    return team


@pytest.mark.parametrize("workers", [2, 3])
def test_a_cut_gives_every_route_and_visit_to_exactly_one(workers):
    team = team_of(SPLIT_ROUTES * workers, workers)
    assert team.split
    for number in range(5):
        team.cut(number)
        owned = np.array([w.work.owned for w in team.workers])
        mine = np.array([w.work.mine for w in team.workers])
        assert (owned.sum(axis=0) == 1).all()
        assert (mine.sum(axis=0) == 1).all()
        assert (owned.sum(axis=1) >= 1).all()
        where = team.workers[0].state.where
        for visit in np.flatnonzero(where >= 0):
            assert (mine[:, visit] == owned[:, where[visit]]).all()


def test_halves_are_put_together_and_the_champion_only_rises():
    team = team_of(SPLIT_ROUTES * 2)
    seen = [team.score]
    for number in range(6):
        team.cut(number)
        for worker in team.workers:
            worker.run(3000, 3000, 300)
        team.meet(exchange=False)
        a, b = (routes_of(w.state) for w in team.workers)
        assert a == b
        served = [v for order in a for v in order]
        assert len(served) == len(set(served))
        seen.append(team.score)
        assert team.workers[0].score(team.champion) == team.score
    assert seen == sorted(seen)
    assert seen[-1] > seen[0]
    assert team.result().score(team.result().state) >= team.score


def test_few_routes_are_not_cut_and_stragglers_follow_the_leader():
    team = team_of(3)
    assert not team.split
    team.workers[0].run(9000, 100, 2000)
    team.cut(0)
    team.meet(exchange=True)
    assert routes_of(team.workers[0].best) == routes_of(team.workers[1].best) == routes_of(team.champion)
