"""Drivable ways of an OSM file as flat arrays. The only module that imports osmium, and only when called.

The idea: one pass over the file collects, for each way that a car may drive, its nodes with coordinates, all
ways concatenated, each cut where a node is missing or outside the box.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visits.roads.extract import rules

Array = NDArray[Any]
Box = tuple[float, float, float, float]  # south, west, north, east in degrees
TELL_EVERY = 20_000  # ways


class ExtractError(Exception):
    """The file is not usable. Codes: missing, unreadable, empty, packages."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Ways:
    """Concatenated pieces of ways: piece p has the nodes `at[p]:at[p + 1]`, with ids and degrees."""

    at: Array  # int64[p + 1]
    node: Array  # int64[n]
    degrees: Array  # float64[n, 2] latitude, longitude
    speed_kmh: Array  # float64[p]
    forward: Array  # bool[p]
    backward: Array  # bool[p]
    as_of: dt.date | None


class _Collector:
    def __init__(self, box: Box | None) -> None:
        self.box = box
        self.at, self.nodes, self.degrees = [0], [], []  # type: ignore[var-annotated]
        self.uses: list[rules.RoadUse] = []

    def add(self, way: Any, use: rules.RoadUse) -> None:
        """A way in pieces: without nodes that the file does not have, or that lie outside the box."""
        start = self.at[-1]
        for node in way.nodes:
            place = node.location
            if place.valid() and self.inside(place.lat, place.lon):
                self.nodes.append(node.ref)
                self.degrees.append((place.lat, place.lon))
            else:
                start = self.end(start, use)
        self.end(start, use)

    def inside(self, lat: float, lon: float) -> bool:
        if self.box is None:
            return True
        south, west, north, east = self.box
        return south <= lat <= north and west <= lon <= east

    def end(self, start: int, use: rules.RoadUse) -> int:
        """Close a piece; one of less than two nodes is none."""
        if len(self.nodes) - start < 2:
            del self.nodes[start:], self.degrees[start:]
        else:
            self.at.append(len(self.nodes))
            self.uses.append(use)
        return len(self.nodes)


def read_ways(
    path: Path,
    *,
    speeds: Mapping[str, float],
    box: Box | None = None,
    on_ways: Callable[[int], None] | None = None,
) -> Ways:
    """All ways that a car may drive, inside the box. `on_ways` is called now and then with the number of ways
    read. Raises `ExtractError`."""
    try:
        import osmium
    except ImportError:
        raise ExtractError("packages") from None
    if not path.is_file():
        raise ExtractError("missing")
    found = _Collector(box)
    try:
        ways = (
            osmium.FileProcessor(str(path))
            .with_locations()
            .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
            .with_filter(osmium.filter.KeyFilter("highway"))
        )
        for number, way in enumerate(ways):
            use = rules.road_use(dict(way.tags), speeds)
            if use is not None:
                found.add(way, use)
            if on_ways and number % TELL_EVERY == 0:
                on_ways(number)
        as_of = _map_date(ways.header)
    except (RuntimeError, ValueError, OSError):  # what osmium raises on bad files
        raise ExtractError("unreadable") from None
    if not found.uses:
        raise ExtractError("empty")
    return Ways(
        at=np.array(found.at, dtype=np.int64),
        node=np.array(found.nodes, dtype=np.int64),
        degrees=np.array(found.degrees, dtype=np.float64),
        speed_kmh=np.array([use.speed_kmh for use in found.uses]),
        forward=np.array([use.forward for use in found.uses]),
        backward=np.array([use.backward for use in found.uses]),
        as_of=as_of,
    )


def _map_date(header: Any) -> dt.date | None:
    """The date of the map data; None if the file does not state it."""
    for key in ("osmosis_replication_timestamp", "timestamp"):
        try:
            return dt.date.fromisoformat(header.get(key)[:10])
        except (TypeError, ValueError):
            continue
    return None
