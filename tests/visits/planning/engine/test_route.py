"""The engine's O(1) insertion checks against walking every order with the rules."""

import random

import pytest

from tests.support.planning_case import make_problem
from visits.planning import walk_route
from visits.planning.engine import data, route
from visits.planning.engine.data import LATEST, LEAVE, LENGTH, TRAVEL, VISIT
from visits.planning.rules import count_reserve_s, find_ban, find_service_start, finish_drive


def loaded(seed):
    """A made-up problem, its arrays, and one random order (good or bad) on its first shift."""
    problem = make_problem(
        seed, visits=14, shifts=2, locked=seed % 4, last=seed % 3 == 0, spread_km=5, reserve=seed % 2 == 0
    )
    model = data.build_model(problem)
    state = data.empty_state(model)
    order = random.Random(seed).sample(range(14), min(problem.shifts[0].max_visits, seed % 5))
    state.facts[0, LENGTH] = len(order)
    state.stops[0, VISIT, 1 : len(order) + 1] = order
    return problem, model, state, order


def clock_faults(walked):
    """Faults that the engine's route knows; dates and skills are decided before (Data.may)."""
    return [fault for fault in walked.faults if fault.code not in ("date", "skill")]


def visits_of(problem, model, order):
    return [problem.visits[model.visit_of[v]] for v in order]


@pytest.mark.parametrize("seed", range(120))
def test_refresh_finds_the_times_and_faults_of_the_rules(seed):
    problem, model, state, order = loaded(seed)
    shift = problem.shifts[0]
    good = route.refresh_route(model.data, state, 0)
    walked = walk_route(problem, shift, visits_of(problem, model, order))
    assert good == (not clock_faults(walked))
    if good:
        assert state.stops[0, LEAVE, 1 : len(order) + 1].tolist() == [s.leave_s for s in walked.stops]
        assert state.facts[0, TRAVEL] == walked.travel_s


@pytest.mark.parametrize("seed", range(120))
def test_the_best_place_is_the_cheapest_that_the_rules_allow(seed):
    problem, model, state, order = loaded(seed)
    shift = problem.shifts[0]
    if not route.refresh_route(model.data, state, 0):
        state.facts[0, LENGTH] = 0
        order = []
        route.refresh_route(model.data, state, 0)
    before = walk_route(problem, shift, visits_of(problem, model, order)).travel_s
    for visit in set(range(14)) - set(order):
        (mine,) = visits_of(problem, model, [visit])
        if find_ban(mine, shift):
            continue
        added, gap = route.best_place(model.data, state, visit, 0, 1 << 20, 0)
        options = {}
        for k in range(len(order) + 1):
            walked = walk_route(problem, shift, visits_of(problem, model, [*order[:k], visit, *order[k:]]))
            if not clock_faults(walked):
                options[k] = walked.travel_s - before
        if options:
            assert added == options[gap] == min(options.values())
        else:
            assert gap == -1


@pytest.mark.parametrize("seed", range(40))
def test_the_latest_arrival_is_the_last_that_works(seed):
    problem, model, state, order = loaded(seed)
    if not route.refresh_route(model.data, state, 0) or not order:
        return
    shift, visits = problem.shifts[0], visits_of(problem, model, order)

    def works(arrive_s, k):
        """Whether the rest of the route is kept when stop `k` is reached at `arrive_s`."""
        now_s = arrive_s
        for i in range(k, len(visits)):
            start_s = find_service_start(now_s, visits[i].service_s, visits[i].windows, shift.breaks)
            if start_s is None:
                return False
            there = visits[i + 1].location if i + 1 < len(visits) else shift.end_location
            leg_s = problem.seconds(shift.vehicle, visits[i].location, there)
            now_s = finish_drive(start_s + visits[i].service_s, leg_s, shift.breaks)
        return now_s + count_reserve_s(shift, visits) <= shift.end_s

    for k in range(len(visits)):
        latest = int(state.stops[0, LATEST, k + 1])
        assert works(latest, k)
        assert not works(latest + 1, k)
