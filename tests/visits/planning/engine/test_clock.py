"""The engine's clock against the rules: driving, its inverse, good starts, chords."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.planning_case import make_problem
from visits.planning import GreatCircle, rules
from visits.planning.engine import clock
from visits.planning.engine.data import build_model, intersect_good_starts
from visits.planning.travel import EARTH_M

times = st.integers(0, 200)
spans = st.lists(st.tuples(times, st.integers(0, 40)), max_size=3).map(
    lambda rows: [(a, a + b) for a, b in rows]
)


@st.composite
def breaks(draw):
    edges = sorted(draw(st.lists(times, min_size=0, max_size=6)))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


def as_array(rows):
    out = np.full((1, 4, 2), 2**30, dtype=np.int32)
    for i, row in enumerate(rows):
        out[0, i] = row
    return out


@settings(max_examples=150, deadline=None, derandomize=True)
@given(breaks(), times, st.integers(0, 60))
def test_driving_and_its_inverse_agree_with_the_rules(rows, then, seconds):
    table = as_array(rows)
    assert clock.drive_forward(table, 0, then, seconds) == rules.finish_drive(then, seconds, rows)
    latest = clock.drive_back(table, 0, then, seconds)
    assert rules.finish_drive(latest, seconds, rows) <= then
    assert rules.finish_drive(latest + 1, seconds, rows) > then


@settings(max_examples=150, deadline=None, derandomize=True)
@given(breaks(), spans, st.integers(0, 30))
def test_good_starts_are_the_rules_starts(rows, windows, service):
    good = intersect_good_starts(windows, rows, service)
    assert good == sorted(good)
    for now in range(0, 245, 3):
        expected = rules.find_service_start(now, service, windows, rows)
        first = next((max(now, a) for a, b in good if b >= now), None)
        assert first == expected


@pytest.mark.parametrize("seed", range(3))
def test_travel_by_chord_is_travel_by_matrix(seed):
    data = build_model(make_problem(seed, visits=60, spread_km=40)).data
    problem = make_problem(seed, visits=60, spread_km=40)
    assert isinstance(problem.travel, GreatCircle)
    chords = data._replace(
        matrix=np.zeros((1, 1), np.int32), scale=np.array([2 * EARTH_M * problem.travel.seconds_per_m])
    )
    for a in range(0, len(data.vectors), 7):
        for b in range(len(data.vectors)):
            assert clock.travel_seconds(chords, a, b) == clock.travel_seconds(data, a, b)
