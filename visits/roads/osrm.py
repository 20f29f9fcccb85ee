"""Travel times of an OSRM server (project-osrm.org, HTTP API v1, service `table`) that the office runs
itself.

The idea: the table is asked for in square blocks below the server's max-table-size, only for pairs that are
not stored or too old. If the server answers "too big", the blocks get smaller. After the first block that
fails the others are not asked; what came is stored, so that the next plan goes on from there. Codes of
answers are those of OSRM's documentation (docs/http.md of Project-OSRM/osrm-backend).
"""

import datetime as dt
import math
import re
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from django.utils import timezone

from visits.enums import RoadSource, RoadTrouble, Vehicle
from visits.planning.travel import Locations
from visits.roads.cache import (
    GRID,
    UNASKED,
    Array,
    TimeCache,
    TimeGrid,
    day_from_number,
    day_number,
    grid_keys,
    known_seconds,
)
from visits.roads.http import TOO_LONG, RoadClient
from visits.roads.port import UNKNOWN, RoadsError, RoadTimes

MOST_BYTES = 8 * 1024 * 1024
ROUNDS = 12
LONGEST_S = 10_000_000  # a duration above is no duration
UNREACHABLE_M = 1e9  # how far a place without any road lies from one
PATIENT_S = 10.0  # who brings so much time asks a server in trouble again
REST_S = 60.0
NO_SEGMENT = re.compile(r"coordinate (\d+)\s*$")


class _Again(Exception):  # noqa: N818
    """What is missing must be computed again: the server takes only smaller blocks, or has new map data."""


_in_trouble: dict[str, tuple[float, str]] = {}  # of this process: by server, when and why


class OsrmSource:
    """A road source on an OSRM server. `base` is its address, with a path prefix if it has one, and `vehicle` what
    its profile was made for: a server answers for one, whatever profile the address names."""

    name = RoadSource.OSRM

    def __init__(
        self,
        *,
        base: str,
        profile: str,
        folder: Path,
        table_size: int = 100,
        timeout_s: float = 10.0,
        cache_days: int = 30,
        most_places: int = 3000,
        today: dt.date | None = None,
        vehicle: Vehicle = Vehicle.CAR,
    ) -> None:
        self.vehicle = vehicle
        self.base, self.profile, self.timeout_s = base.rstrip("/"), profile, timeout_s
        self.half = max(1, table_size // 2)  # sources and destinations together stay within the size
        self.cache_days, self.most_places = cache_days, most_places
        self.today = day_number(today or timezone.localdate())
        server = sha256(f"{self.base} {profile}".encode()).hexdigest()[:16]
        self.cache = TimeCache(folder / f"osrm-{server}.npz")

    def find(self, locations: Locations, *, budget_s: float) -> RoadTimes:
        """Times that are stored or answered within the budget. Trouble with the server is returned, never
        raised."""
        keys, where = np.unique(grid_keys(locations), axis=0, return_inverse=True)
        grid = TimeGrid.empty(keys, used=self.today)
        stored = self.cache.read()
        last_use, grid.version = grid.take_over(stored), stored.version
        trouble = self._known_trouble(budget_s)
        with RoadClient(
            timeout_s=self.timeout_s, deadline=time.monotonic() + budget_s, most_bytes=MOST_BYTES
        ) as client:
            try:
                if not (trouble and self._missing(grid).any()):
                    trouble = ""
                    self._complete(client, grid)
            except RoadsError as error:
                trouble = error.trouble.value
                _in_trouble[self.base] = (time.monotonic(), trouble)
        if client.asked or last_use < self.today:
            self.cache.keep(grid, most_places=self.most_places, unused_since=self.today - self.cache_days)
        where = where.reshape(-1)
        return RoadTimes(
            seconds=known_seconds(grid)[np.ix_(where, where)],
            snap_m=np.where(grid.snap_m < 0, UNREACHABLE_M, grid.snap_m)[where],
            as_of=_oldest_day(grid),
            trouble=trouble,
            vehicle=self.vehicle,
        )

    def _known_trouble(self, budget_s: float) -> str:
        """The recent trouble of the server, so that the next page does not wait for it again; empty if there
        was none."""
        since, trouble = _in_trouble.get(self.base, (0.0, ""))
        return trouble if budget_s < PATIENT_S and time.monotonic() - since < REST_S else ""

    # --- asking

    def _complete(self, client: RoadClient, grid: TimeGrid) -> None:
        """Ask for all times that are missing or too old."""
        for _ in range(ROUNDS):
            try:
                for rows, columns in self._blocks(self._missing(grid)):
                    self._block(client, grid, rows, columns)
                return
            except _Again:
                continue
        raise RoadsError(RoadTrouble.ANSWER)

    def _missing(self, grid: TimeGrid) -> Array:
        old = grid.day.astype(np.int32) < self.today - self.cache_days
        missing: Array = (grid.seconds == UNASKED) | old
        np.fill_diagonal(missing, False)
        return missing

    def _blocks(self, missing: Array) -> Iterator[tuple[Array, Array]]:
        """Pairs of index lists that cover the missing pairs. Places with most missing come first, so that a
        few new homes among many known ones need few blocks."""
        order = np.argsort(-(missing.sum(axis=0) + missing.sum(axis=1)), kind="stable")
        for at in range(0, len(order), self.half):
            for to in range(0, len(order), self.half):
                rows, columns = order[at : at + self.half], order[to : to + self.half]
                block = missing[np.ix_(rows, columns)]
                if block.any():
                    yield rows[block.any(axis=1)], columns[block.any(axis=0)]

    def _block(self, client: RoadClient, grid: TimeGrid, rows: Array, columns: Array) -> None:
        """One request; split if the server finds it too big or knows no road near a place."""
        places = list(dict.fromkeys([*rows.tolist(), *columns.tolist()]))
        number = {place: index for index, place in enumerate(places)}
        points = ";".join(
            f"{grid.keys[place, 1] / GRID:.5f},{grid.keys[place, 0] / GRID:.5f}" for place in places
        )
        status, answer = client.get(
            f"{self.base}/table/v1/{self.profile}/{points}",
            {
                "sources": ";".join(str(number[place]) for place in rows.tolist()),
                "destinations": ";".join(str(number[place]) for place in columns.tolist()),
                "generate_hints": "false",
            },
        )
        code = answer.get("code")
        if code == "NoSegment" and (index := _unsnapped_place(answer, len(places))) is not None:
            self._off_the_map(grid, places[index])
            left = [group[group != places[index]] for group in (rows, columns)]
            if all(map(len, left)):
                self._block(client, grid, *left)
        elif code == "TooBig" or status == TOO_LONG:
            if self.half == 1:
                raise RoadsError(RoadTrouble.ANSWER)
            self.half //= 2
            raise _Again
        elif code == "Ok" and status == 200:
            self._enter(grid, rows, columns, answer)
        else:
            raise RoadsError(RoadTrouble.ANSWER)

    def _off_the_map(self, grid: TimeGrid, place: int) -> None:
        for line in ((place, slice(None)), (slice(None), place)):
            grid.seconds[line], grid.day[line] = UNKNOWN, self.today
        grid.seconds[place, place], grid.snap_m[place] = 0, UNREACHABLE_M

    def _enter(self, grid: TimeGrid, rows: Array, columns: Array, answer: dict[str, Any]) -> None:
        version = str(answer.get("data_version", ""))[:60]
        if version != grid.version:
            known, grid.version = bool((grid.day > 0).any()), version
            if known:
                grid.forget()
                raise _Again
        cells = np.ix_(rows, columns)
        seconds = _parse_durations(answer.get("durations"), (len(rows), len(columns)))
        grid.seconds[cells], grid.day[cells] = seconds, self.today
        np.fill_diagonal(grid.seconds, 0)
        for name, places in (("sources", rows), ("destinations", columns)):
            grid.snap_m[places] = _parse_distances(answer.get(name), len(places))


def _oldest_day(grid: TimeGrid) -> dt.date | None:
    asked = (grid.seconds != UNASKED) & (grid.day > 0)
    return day_from_number(int(grid.day[asked].min())) if asked.any() else None


def _unsnapped_place(answer: dict[str, Any], count: int) -> int | None:
    """The place near which the server knows no road, if its message names one."""
    found = NO_SEGMENT.search(str(answer.get("message", ""))[:200])
    index = int(found[1]) if found else count
    return index if index < count else None


def _parse_number(value: object, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise RoadsError(RoadTrouble.ANSWER)
    return float(value)


def _parse_rows(value: object, count: int) -> list[Any]:
    if not isinstance(value, list) or len(value) != count:
        raise RoadsError(RoadTrouble.ANSWER)
    return value


def _parse_durations(value: object, shape: tuple[int, int]) -> Array:
    """int[n, m] whole seconds, rounded up; null becomes UNKNOWN."""
    table = [_parse_rows(row, shape[1]) for row in _parse_rows(value, shape[0])]
    seconds = [
        [UNKNOWN if cell is None else math.ceil(_parse_number(cell, LONGEST_S)) for cell in row]
        for row in table
    ]
    return np.array(seconds, dtype=np.int32).reshape(shape)


def _parse_distances(value: object, count: int) -> Array:
    """float32[n] metres from each place to its road; 0 if the server does not state them."""
    if value is None:
        return np.zeros(count, dtype=np.float32)
    points = _parse_rows(value, count)
    metres = [
        _parse_number(point.get("distance", 0), UNREACHABLE_M)
        if isinstance(point, dict)
        else _parse_number(None, 0)
        for point in points
    ]
    return np.array(metres, dtype=np.float32)
