"""Travel seconds: geopy's great circle, rounded as the referee rounds, the same pair by pair and in bulk."""

import math
import random

import numpy as np
import pytest
from geopy.distance import great_circle

from visits.planning import GreatCircle, Table
from visits.planning.travel import EARTH_M, unit_vectors

rng = random.Random(7)
PLACES = [(-7.63 + rng.gauss(0, 0.1), 111.5 + rng.gauss(0, 0.1)) for _ in range(60)]


def test_seconds_are_geopys_great_circle_times_detour():
    model = GreatCircle(detour=1.35, speed_kmh=30)
    for a in range(20):
        for b in range(20, 40):
            metres = great_circle(PLACES[a], PLACES[b]).meters
            assert model.seconds(PLACES, a, b) == math.ceil(metres * 1.35 / (30 / 3.6) - 1e-6)


def test_the_matrix_is_the_pairs():
    model = GreatCircle()
    matrix = model.matrix(PLACES)
    assert matrix.dtype == np.int32
    for a in range(60):
        for b in range(60):
            assert matrix[a, b] == (model.seconds(PLACES, a, b) if a != b else 0)


def test_two_places_at_one_point_are_no_drive_apart():
    places = [PLACES[0], PLACES[0]]
    assert GreatCircle().seconds(places, 0, 1) == 0
    assert GreatCircle().matrix(places).tolist() == [[0, 0], [0, 0]]


def test_a_chord_gives_the_great_circle():
    vectors = unit_vectors(PLACES)
    for a, b in [(0, 1), (5, 17), (30, 59)]:
        chord = math.dist(vectors[a], vectors[b])
        metres = 2 * EARTH_M * math.asin(chord / 2)
        assert metres == pytest.approx(great_circle(PLACES[a], PLACES[b]).meters, abs=1e-5)


def test_a_table_answers_as_given():
    table = Table(np.array([[9, 1], [2, 9]]))
    assert (table.seconds(PLACES, 0, 1), table.seconds(PLACES, 1, 0)) == (1, 2)
    assert table.matrix(PLACES[:2]).tolist() == [[0, 1], [2, 0]]
    with pytest.raises(ValueError, match="as large as"):
        table.matrix(PLACES)


@pytest.mark.parametrize("values", [np.zeros((2, 3), int), np.array([[0, -1], [0, 0]]), np.zeros((2, 2))])
def test_a_wrong_table_is_refused(values):
    with pytest.raises(ValueError, match="table"):
        Table(values)


@pytest.mark.parametrize("wrong", [{"speed_kmh": 0}, {"speed_kmh": math.nan}, {"detour": -1}])
def test_a_wrong_speed_or_detour_is_refused(wrong):
    with pytest.raises(ValueError, match=r"travel\."):
        GreatCircle(**wrong)
