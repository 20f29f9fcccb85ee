"""The problem as arrays: good starts, neighbours, tiers, and who may serve whom."""

import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.engine_state import make_filled
from tests.support.planning_case import make_problem
from visits.planning import points_on
from visits.planning.engine.data import (
    build_model,
    curve_order,
    empty_state,
    intersect_good_starts,
)
from visits.planning.engine.nearest import find_nearest
from visits.planning.rules import find_ban, find_service_start
from visits.planning.travel import unit_vectors
from visits.planning.types import POINT_S

edges = st.lists(st.integers(0, 60), max_size=6).map(sorted)
spans = edges.map(lambda rows: tuple(zip(rows[::2], rows[1::2], strict=False)))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(spans, spans, st.integers(0, 20))
def test_a_good_start_is_one_at_which_the_rules_would_begin(windows, breaks, service_s):
    found = intersect_good_starts(windows, breaks, service_s)
    good = {start for a, b in found for start in range(a, b + 1)}
    expected = {t for t in range(62) if find_service_start(t, service_s, windows, breaks) == t}
    assert good == expected
    assert all(b < a for (_, b), (a, _) in pairwise(found))


@pytest.mark.parametrize(("places", "count"), [(1, 5), (2, 5), (30, 4), (30, 100), (700, 10)])
def test_the_nearest_are_those_by_distance(places, count):
    points = np.random.default_rng(places).normal(size=(places, 3))
    near = find_nearest(points, count)
    assert near.shape == (places, min(count, places - 1))
    for i in range(0, places, 7):
        gaps = np.linalg.norm(points - points[i], axis=1)
        gaps[i] = np.inf
        assert near[i].tolist() == np.argsort(gaps, kind="stable")[: near.shape[1]].tolist()


def test_a_curve_visits_every_place_once_and_keeps_neighbours_together():
    degrees = np.random.default_rng(1).uniform((-8, 111), (-7, 112), size=(400, 2))
    order = curve_order(degrees)
    assert sorted(order) == list(range(400))
    steps = np.linalg.norm(np.diff(degrees[order], axis=0), axis=1).mean()
    assert steps < np.linalg.norm(np.diff(degrees, axis=0), axis=1).mean() / 4
    assert curve_order(np.zeros((0, 2))).tolist() == []


@pytest.mark.parametrize("seed", range(12))
def test_arrays_say_what_the_problem_says(seed):
    problem = make_problem(seed, visits=20, shifts=4, locked=4)
    model = build_model(problem)
    d, visits = model.data, [problem.visits[i] for i in model.visit_of]
    assert sorted(model.visit_of) == list(range(20))
    for i, visit in enumerate(visits):
        for r, shift in enumerate(problem.shifts):
            able = find_ban(visit, shift) is None and visit.locked in (None, shift.id)
            assert bool(d.may[i, r]) == (able and shift.max_visits > 0)
            day = problem.day_index[shift.date]
            assert d.prize[i, day] == POINT_S * points_on(problem, visit, shift.date)
        assert d.service[i] == visit.service_s
    places = unit_vectors([problem.locations[v.location] for v in visits])
    assert np.allclose(d.vectors[d.place], places)


@pytest.mark.parametrize("seed", range(12))
def test_one_visit_of_tier_1_outweighs_all_else_together(seed):
    problem = make_problem(seed, visits=20, shifts=4, replan=True)
    d = build_model(problem).data
    late = d.tier > 0
    assert set(d.tier[late]) <= {d.tier.max()}
    assert (np.log2(d.tier[late]) % 1 == 0).all()
    rest = (
        np.abs(d.prize[~late]).max(axis=1).sum()
        + d.stay.sum()
        + sum(s.end_s - s.start_s for s in problem.shifts)
    )
    assert not late.any() or d.tier.max() > rest


def test_a_released_promise_is_free_of_its_shift():
    problem = make_problem(3, visits=16, shifts=3, locked=5)
    promised = [v.id for v in problem.visits if v.locked]
    free = build_model(problem, promised).data
    assert (free.locked == -1).all()
    assert (free.may >= build_model(problem).data.may).all()


def test_an_empty_state_serves_nobody():
    model = build_model(make_problem(1, visits=8, shifts=2))
    state = empty_state(model)
    assert (state.where == -1).all()
    assert not state.facts.any() and not state.worth.any()
    nobody = build_model(dataclasses.replace(make_problem(1, visits=8, shifts=2), visits=()))
    assert empty_state(nobody).where.shape == (0,)


@pytest.mark.parametrize("reserve", [True, False])
def test_reserves_are_counted_only_where_a_shift_has_one(reserve):
    _problem, worker = make_filled(1, reserve=reserve)
    assert worker.model.data.reserve.shape == (4 if reserve else 0,)
    assert bool(worker.state.variance.any()) == reserve
