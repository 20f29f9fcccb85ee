"""Ways of an OSM file that a vehicle may drive, as flat arrays. The only module that imports osmium, when called.

The idea: one pass over the file collects, for each way that the vehicle may drive, its nodes with coordinates, all
ways concatenated, each cut where a node is missing or outside the box, or where something on a node (a bollard, a
gate, a ford) stops it. Ferries that take it are roads, driven in their time.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visits.planning.travel import EARTH_M, unit_vectors
from visits.roads.extract import rules
from visits.roads.extract.vehicles import CAR, Profile

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
        self.closed: set[int] = set()
        self._loose = 0

    def add(self, way: Any, use: rules.RoadUse) -> None:
        """A way in pieces: without nodes that the file does not have, or that lie outside the box, and parted at
        nodes that stop the vehicle."""
        start = self.at[-1]
        for node in way.nodes:
            if not (node.location.valid() and self.inside(node.location.lat, node.location.lon)):
                start = self.end(start, use)
            elif node.ref in self.closed:
                self.put(node, self.next_loose())  # one drives up to it from either side
                start = self.end(start, use)
                self.put(node, self.next_loose())
            else:
                self.put(node, node.ref)
        self.end(start, use)

    def put(self, node: Any, ref: int) -> None:
        self.nodes.append(ref)
        self.degrees.append((node.location.lat, node.location.lon))

    def next_loose(self) -> int:
        """An id that no other node has: what ends there is joined to nothing."""
        self._loose -= 1
        return self._loose

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
    by: Profile = CAR,
    box: Box | None = None,
    on_ways: Callable[[int], None] | None = None,
) -> Ways:
    """All ways that the vehicle may drive, inside the box. `on_ways` is called now and then with the number of ways
    read. Raises `ExtractError`."""
    try:
        import osmium
    except ImportError:
        raise ExtractError("packages") from None
    if not path.is_file():
        raise ExtractError("missing")
    found = _Collector(box)
    try:
        objects = (
            osmium.FileProcessor(str(path))
            .with_locations()
            .with_filter(osmium.filter.EntityFilter(osmium.osm.NODE | osmium.osm.WAY))
            .with_filter(osmium.filter.KeyFilter("highway", "barrier", "ford", "route"))
        )
        for number, one in enumerate(objects):
            _collect(found, one, speeds, by)
            if on_ways and number % TELL_EVERY == 0:
                on_ways(number)
        as_of = _map_date(objects.header)
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


def _collect(found: _Collector, one: Any, speeds: Mapping[str, float], by: Profile) -> None:
    """A node that stops the vehicle, or a way that it may drive; in a file nodes stand before ways."""
    tags = dict(one.tags)
    if one.is_node():
        if ("barrier" in tags or "ford" in tags) and rules.closes_road(tags, by):
            found.closed.add(one.id)
        return
    use = rules.road_use(tags, speeds, by) or rules.ferry_use(tags, metres=_way_metres(one), by=by)
    if use is not None:
        found.add(one, use)


def _way_metres(way: Any) -> float:
    """The way's length over the nodes that the file has; 0 for what is no ferry."""
    if way.tags.get("route") != "ferry":
        return 0.0
    spots = [(node.location.lat, node.location.lon) for node in way.nodes if node.location.valid()]
    arms = np.diff(unit_vectors(spots), axis=0) if len(spots) > 1 else np.zeros((0, 3))
    return float(2 * EARTH_M * np.arcsin(np.minimum(1.0, np.linalg.norm(arms, axis=1) / 2)).sum())


def _map_date(header: Any) -> dt.date | None:
    """The date of the map data; None if the file does not state it."""
    for key in ("osmosis_replication_timestamp", "timestamp"):
        try:
            return dt.date.fromisoformat(header.get(key)[:10])
        except (TypeError, ValueError):
            continue
    return None
