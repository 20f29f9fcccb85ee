"""The engine's clock against the rules: driving, its inverse, good starts, chords."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.planning_case import make_problem
from visits.planning import GreatCircle, rules
from visits.planning.engine import clock
from visits.planning.engine.data import build_model, intersect_good_starts

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
def test_travel_by_chord_is_travel_by_matrix_for_each_vehicle(seed, monkeypatch):
    made = make_problem(seed, visits=60, spread_km=40)
    problem = dataclasses.replace(made, more_travel=(GreatCircle(1.2, 33.0),))
    data = build_model(problem).data
    monkeypatch.setattr("visits.planning.engine.data.DENSE_PLACES", 10)
    chords = build_model(problem).data
    assert (data.matrix.shape[0], chords.matrix.shape) == (2, (1, 1, 1))
    for vehicle in range(2):
        for a in range(0, len(data.vectors), 7):
            for b in range(len(data.vectors)):
                seconds = clock.travel_seconds(data, vehicle, a, b)
                assert clock.travel_seconds(chords, vehicle, a, b) == seconds
    assert clock.travel_seconds(data, 0, 0, 1) != clock.travel_seconds(data, 1, 0, 1)
