import numpy as np
import pytest

from visits.planning import GreatCircle
from visits.roads import tables
from visits.roads.port import UNKNOWN, RoadTimes
from visits.roads.tables import FillSettings

STRAIGHT = GreatCircle(1.35, 30.0)
PLACES = [(-7.62, 111.52), (-7.60, 111.55), (-7.65, 111.50)]


def _found(rows: list[list[int]], snap: list[float] | None = None) -> RoadTimes:
    seconds = np.array(rows, dtype=np.int32)
    return RoadTimes(seconds=seconds, snap_m=np.array(snap or [0.0] * len(rows)))


def test_known_times_are_taken_as_they_are() -> None:
    filled = tables.fill_table(
        _found([[0, 100, 200], [110, 0, 300], [210, 310, 0]]), PLACES, STRAIGHT, FillSettings()
    )

    assert filled.table.values.tolist() == [[0, 100, 200], [110, 0, 300], [210, 310, 0]]
    assert filled.table.values.dtype == np.int32
    assert (filled.estimated, filled.far) == (0.0, 0)


def test_a_pair_without_a_way_is_filled_by_the_straight_line() -> None:
    filled = tables.fill_table(
        _found([[0, UNKNOWN, 200], [110, 0, 300], [210, 310, 0]]), PLACES, STRAIGHT, FillSettings()
    )

    assert filled.table.values[0, 1] == STRAIGHT.seconds(PLACES, 0, 1)
    assert filled.table.values[1, 0] == 110
    assert filled.estimated == pytest.approx(1 / 6)


def test_the_way_from_the_road_to_a_home_is_added_at_both_ends() -> None:
    how = FillSettings(snap_speed_kmh=3.6)
    filled = tables.fill_table(
        _found([[0, 100, 100], [100, 0, 100], [100, 100, 0]], [0, 20, 5]), PLACES, STRAIGHT, how
    )

    assert filled.table.values.tolist() == [[0, 120, 105], [120, 0, 125], [105, 125, 0]]


def test_a_home_too_far_from_any_road_goes_by_the_straight_line() -> None:
    how = FillSettings(snap_limit_m=500)
    filled = tables.fill_table(
        _found([[0, 100, 100], [100, 0, 100], [100, 100, 0]], [0, 501, 500]), PLACES, STRAIGHT, how
    )

    assert filled.far == 1
    assert filled.estimated == pytest.approx(4 / 6)
    assert filled.table.values[0, 1] == STRAIGHT.seconds(PLACES, 0, 1)
    assert filled.table.values[2, 1] == STRAIGHT.seconds(PLACES, 2, 1)


def test_faster_teams_take_less_time_rounded_up() -> None:
    filled = tables.fill_table(
        _found([[0, 100, 7], [100, 0, 7], [7, 7, 0]]), PLACES, STRAIGHT, FillSettings(speed_scale=2.0)
    )

    assert filled.table.values.tolist() == [[0, 50, 4], [50, 0, 4], [4, 4, 0]]


def test_an_absurd_time_stays_within_a_day() -> None:
    filled = tables.fill_table(
        _found([[0, 2**31 - 1, 1], [1, 0, 1], [1, 1, 0]]), PLACES, STRAIGHT, FillSettings(speed_scale=0.01)
    )

    assert filled.table.values[0, 1] == 24 * 3600


def test_blocks_of_rows_make_the_same_table(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(3)
    places = [(float(lat), float(lon)) for lat, lon in random.uniform((-8, 111), (-7, 112), (9, 2))]
    seconds = random.integers(UNKNOWN, 500, (9, 9)).astype(np.int32)
    seconds[seconds < 50] = UNKNOWN
    np.fill_diagonal(seconds, 0)
    found = RoadTimes(seconds=seconds, snap_m=random.uniform(0, 2000, 9))
    whole = tables.fill_table(found, places, STRAIGHT, FillSettings())
    monkeypatch.setattr(tables, "BLOCK", 4)

    parts = tables.fill_table(found, places, STRAIGHT, FillSettings())

    assert parts.table.values.tolist() == whole.table.values.tolist()
    assert (parts.estimated, parts.far) == (whole.estimated, whole.far)
    assert 0 < whole.estimated < 1


def test_a_sample_is_spread_over_all_places() -> None:
    places = [(float(index), 100.0) for index in range(100)]

    assert tables.sample_places(places, 4) == [12, 37, 62, 87]
    assert tables.sample_places(places[:3], 10) == [0, 1, 2]


def test_the_straight_line_is_set_by_a_table() -> None:
    random = np.random.default_rng(1)
    places = [(float(lat), float(lon)) for lat, lon in random.uniform((-7.7, 111.4), (-7.5, 111.6), (40, 2))]
    truth = GreatCircle(1.35, 44.0)
    table = tables.fill_table(
        RoadTimes(seconds=truth.matrix(places), snap_m=np.zeros(40)), places, STRAIGHT, FillSettings()
    ).table

    found = tables.fit_line(places, table, STRAIGHT)
    assert found.detour == 1.35
    assert found.speed_kmh == pytest.approx(44.0, abs=0.1)


def test_places_at_one_spot_leave_the_straight_line_alone() -> None:
    places = [(-7.6, 111.5)] * 3
    table = tables.fill_table(_found([[0] * 3] * 3), places, STRAIGHT, FillSettings()).table

    assert tables.fit_line(places, table, STRAIGHT) == STRAIGHT
