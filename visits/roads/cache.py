"""Stored travel times of a road server: one file a server and profile, in a folder readable by our user
alone.

The idea: most homes and all bases of tomorrow's plan were in yesterday's. Times are stored between places
rounded to 1e-5 degrees (about a metre), each with the day it was asked for. Times that are too old are asked
for again, and used while the server does not answer. Places that no plan used for a while are deleted, so
that no home's coordinates stay for long. An unreadable file counts as empty.
"""

import datetime as dt
import fcntl
import logging
import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from visits.planning.travel import Locations
from visits.roads.port import UNKNOWN

logger = logging.getLogger(__name__)

GRID = 1e5  # a key is degrees times this, rounded
UNASKED = -2
FORMAT = 1
_FIRST_DAY = dt.date(2020, 1, 1)

Array = NDArray[Any]


def day_number(day: dt.date) -> int:
    """Days since 1 January 2020, as stored."""
    return (day - _FIRST_DAY).days


def day_from_number(number: int) -> dt.date:
    """The date of a day number."""
    return _FIRST_DAY + dt.timedelta(days=number)


def grid_keys(locations: Locations) -> Array:
    """int32[n, 2]: latitude and longitude in units of 1e-5 degrees."""
    return np.rint(np.asarray(locations, dtype=np.float64).reshape(-1, 2) * GRID).astype(np.int32)


@dataclass(kw_only=True, eq=False)
class TimeGrid:
    """Times between k places: `seconds[a, b]` (UNASKED, or UNKNOWN if there is no way), the `day` each was
    asked, the distance of each place from its road in metres (`snap_m`, -1 if not asked), the day each place
    was last `used`, and the `version` of the server's data."""

    keys: Array  # int32[k, 2]
    seconds: Array  # int32[k, k]
    day: Array  # uint16[k, k]
    snap_m: Array  # float32[k]
    used: Array  # uint16[k]
    version: str = ""

    @classmethod
    def empty(cls, keys: Array, *, version: str = "", used: int = 0) -> Self:
        """A grid of these places (int32[k, 2]) without times. `used` is a day number."""
        count = len(keys)
        grid = cls(
            keys=np.asarray(keys, dtype=np.int32).reshape(-1, 2),
            seconds=np.full((count, count), UNASKED, dtype=np.int32),
            day=np.zeros((count, count), dtype=np.uint16),
            snap_m=np.full(count, -1, dtype=np.float32),
            used=np.full(count, used, dtype=np.uint16),
            version=version,
        )
        np.fill_diagonal(grid.seconds, 0)
        return grid

    @property
    def is_sound(self) -> bool:
        """Whether shapes, types and values are valid; a file may contain anything."""
        count = len(self.keys)
        square, line = (count, count), (count,)
        return (
            (self.keys.shape, self.seconds.shape, self.day.shape) == ((count, 2), square, square)
            and (self.snap_m.shape, self.used.shape) == (line, line)
            and self.seconds.dtype == np.int32
            and self.day.dtype == np.uint16
            and bool((self.seconds >= UNASKED).all())
        )

    def forget(self) -> None:
        """Delete all times, keep the places."""
        fresh = TimeGrid.empty(self.keys)
        self.seconds, self.day, self.snap_m = fresh.seconds, fresh.day, fresh.snap_m

    def take_over(self, other: "TimeGrid") -> int:
        """Copy from the other grid what is missing or older here. Returns the least recent day of use there
        of these places, 0 if one is new."""
        here, there = _common_places(self.keys, other.keys)
        mine, yours = np.ix_(here, here), np.ix_(there, there)
        newer = (other.seconds[yours] != UNASKED) & (
            (self.seconds[mine] == UNASKED) | (other.day[yours] > self.day[mine])
        )
        self.seconds[mine] = np.where(newer, other.seconds[yours], self.seconds[mine])
        self.day[mine] = np.where(newer, other.day[yours], self.day[mine])
        asked = other.snap_m[there] >= 0
        self.snap_m[here] = np.where(asked, other.snap_m[there], self.snap_m[here])
        self.used[here] = np.maximum(self.used[here], other.used[there])
        np.fill_diagonal(self.seconds, 0)
        return int(other.used[there].min()) if len(here) == len(self.keys) > 0 else 0


def _common_places(ours: Array, theirs: Array) -> tuple[Array, Array]:
    """Places in both: their indices here and there."""
    place = {(int(a), int(b)): index for index, (a, b) in enumerate(theirs)}
    pairs = [
        (index, place[key]) for index, key in enumerate((int(a), int(b)) for a, b in ours) if key in place
    ]
    found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


class TimeCache:
    """The file of one server and profile."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> TimeGrid:
        """The stored grid; an empty one if there is none or it is not sound."""
        try:
            with np.load(self.path, allow_pickle=False) as file:
                if int(file["format"]) != FORMAT:
                    return TimeGrid.empty(np.zeros((0, 2)))
                names = ("keys", "seconds", "day", "snap_m", "used")
                grid = TimeGrid(**{name: file[name] for name in names}, version=str(file["version"]))
        except FileNotFoundError:
            return TimeGrid.empty(np.zeros((0, 2)))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            logger.warning("the stored road times cannot be read and are asked for again")
            return TimeGrid.empty(np.zeros((0, 2)))
        return grid if grid.is_sound else TimeGrid.empty(np.zeros((0, 2)))

    def keep(self, fresh: TimeGrid, *, most_places: int, unused_since: int) -> None:
        """Store a plan's times. Deletes places unused since `unused_since`, and the least recently used ones
        beyond `most_places`. A write error is logged: it costs the next plan time only."""
        try:
            self._keep(fresh, most_places=most_places, unused_since=unused_since)
        except OSError:
            logger.exception("road times could not be stored")

    def _keep(self, fresh: TimeGrid, *, most_places: int, unused_since: int) -> None:
        with self._alone():
            stored = self.read()
            if stored.version != fresh.version:
                stored = TimeGrid.empty(np.zeros((0, 2)))
            known = {(int(a), int(b)) for a, b in fresh.keys}
            others = [
                (int(stored.used[index]), index)
                for index, (a, b) in enumerate(stored.keys)
                if (int(a), int(b)) not in known and stored.used[index] >= unused_since
            ]
            others.sort(reverse=True)
            room = max(0, most_places - len(fresh.keys))
            kept = sorted(index for _used, index in others[:room])
            both = TimeGrid.empty(np.concatenate([fresh.keys, stored.keys[kept]]), version=fresh.version)
            both.take_over(stored)
            both.take_over(fresh)
            self._write(both)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _write(self, grid: TimeGrid) -> None:
        """Whole before it has its name."""
        with tempfile.NamedTemporaryFile(dir=self.path.parent, delete=False) as file:
            try:
                np.savez(file, format=np.int64(FORMAT), **vars(grid) | {"version": np.str_(grid.version)})
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(self.path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise


def known_seconds(grid: TimeGrid) -> Array:
    """int32[k, k] seconds; pairs that were not answered are UNKNOWN."""
    return np.maximum(grid.seconds, UNKNOWN)
