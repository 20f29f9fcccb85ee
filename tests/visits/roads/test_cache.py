"""The file of road times: what several processes put in is all there, and blocks cover what is missing."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from visits.roads.cache import UNASKED, TimeCache, TimeGrid, grid_keys
from visits.roads.osrm import OsrmSource


def _grid(first: int, count: int, *, day: int = 10) -> TimeGrid:
    """`count` places from number `first` on; from a to b it takes 100 a + b seconds."""
    numbers = np.arange(first, first + count)
    grid = TimeGrid.empty(grid_keys([(number / 1000, 111.5) for number in numbers]), version="peta", used=day)
    grid.seconds[:] = 100 * numbers[:, None] + numbers[None, :]
    grid.day[:] = day
    grid.snap_m[:] = numbers
    np.fill_diagonal(grid.seconds, 0)
    return grid


def test_what_two_plans_put_in_is_all_there(tmp_path: Path) -> None:
    cache = TimeCache(tmp_path / "times.npz")
    cache.keep(_grid(1, 3), most_places=100, unused_since=0)
    cache.keep(_grid(3, 3), most_places=100, unused_since=0)

    found = TimeGrid.empty(_grid(1, 5).keys)
    found.take_over(cache.read())

    assert found.seconds[0, 1] == 102
    assert found.seconds[4, 2] == 503
    assert found.seconds[0, 4] == UNASKED, "nobody asked for that pair"
    assert found.snap_m.tolist() == [1, 2, 3, 4, 5]


def test_processes_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    def put(number: int) -> None:
        TimeCache(tmp_path / "times.npz").keep(_grid(10 * number, 4), most_places=1000, unused_since=0)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(put, range(1, 17)))

    assert len(TimeCache(tmp_path / "times.npz").read().keys) == 64
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".lock", ".npz"]


def test_the_newer_time_counts(tmp_path: Path) -> None:
    old, new = _grid(1, 3, day=10), _grid(1, 3, day=20)
    new.seconds[0, 1] = 7
    for grid in (old, new):
        other = _grid(1, 3, day=15)
        other.take_over(grid)
        assert other.seconds[0, 1] == (7 if grid is new else 102)


def test_how_lately_places_were_used_is_told() -> None:
    assert TimeGrid.empty(_grid(1, 3).keys).take_over(_grid(1, 5, day=12)) == 12
    assert TimeGrid.empty(_grid(1, 6).keys).take_over(_grid(1, 5, day=12)) == 0, "one is new"


@given(count=st.integers(1, 14), half=st.integers(1, 8), share=st.floats(0, 1), seed=st.integers(0, 10_000))
def test_blocks_cover_what_is_missing_and_stay_small(count: int, half: int, share: float, seed: int) -> None:
    missing = np.random.default_rng(seed).random((count, count)) < share
    np.fill_diagonal(missing, False)
    osrm = OsrmSource(base="http://127.0.0.1:1", profile="driving", folder=Path(), table_size=2 * half)

    left = missing.copy()
    for rows, columns in osrm._blocks(missing):
        assert 1 <= len(rows) <= half
        assert 1 <= len(columns) <= half
        assert missing[np.ix_(rows, columns)].any(), "no block is asked for in vain"
        left[np.ix_(rows, columns)] = False

    assert not left.any()
