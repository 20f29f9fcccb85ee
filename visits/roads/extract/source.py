"""The map in use: built from an extract into a folder, where every planning process finds it.

The idea: a small pointer file names the graph in use and is replaced atomically, so a planner sees the old
map or the new one. A map is named after its inputs; building again from the same inputs does nothing.
"""

import datetime as dt
import json
import logging
import os
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import numpy as np
from django.utils import timezone

from visits.enums import RoadSource, RoadTrouble, Vehicle
from visits.planning.travel import Locations
from visits.roads.cache import GRID, UNASKED, Array, TimeCache, TimeGrid, day_number, grid_keys, known_seconds
from visits.roads.extract import graph, read, rules
from visits.roads.extract.vehicles import CAR, MOTORCYCLE, Profile
from visits.roads.extract.ways import RoadNetwork
from visits.roads.port import RoadsError, RoadTimes

logger = logging.getLogger(__name__)

POINTER = "extract.json"
KEPT_DAYS = 30  # homes that no plan used for so long are dropped


@dataclass(frozen=True, kw_only=True)
class BuiltExtract:
    """The content of `extract.json` for the map in use. `digest` is over the extract's bytes, the speeds and
    the box. `graph` is the file of cars, `motorcycle_graph` that of motorcycles (none in maps built by older code);
    figures are those of cars."""

    graph: str
    digest: str
    file: str
    as_of: str
    crossings: int
    kept_km: float
    all_km: float
    motorcycle_graph: str = ""


def current_extract(folder: Path) -> BuiltExtract | None:
    """The map in use; None if none was built or the file is not sound."""
    try:
        return BuiltExtract(**json.loads((folder / POINTER).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def build_extract(
    path: Path,
    *,
    folder: Path,
    speeds: Mapping[Vehicle, Mapping[str, float]],
    box: read.Box | None,
    today: dt.date,
    say: Callable[[str, int], None],
) -> tuple[BuiltExtract, bool]:
    """Make the extract the map in use. Returns False with it if it was already. `say` is called with "hash",
    "ways" (with a count), "graph" and "save". Raises `ExtractError`."""
    if not path.is_file():
        raise read.ExtractError("missing")
    say("hash", 0)
    digest = _extract_digest(path, speeds, box)
    known = current_extract(folder)
    if known is not None and known.digest == digest and (folder / known.graph).is_file():
        return known, False
    made, narrow = (
        _build_graph(path, by=by, speeds=speeds[by.vehicle], box=box, today=today, say=say)
        for by in (CAR, MOTORCYCLE)
    )
    say("save", len(made.point))
    built = BuiltExtract(
        graph=f"extract-{digest[:16]}.npz",
        digest=digest,
        file=path.name,
        as_of=made.as_of.isoformat(),
        crossings=made.crossings,
        kept_km=round(made.metres[0] / 1000, 1),
        all_km=round(made.metres[1] / 1000, 1),
        motorcycle_graph=f"extract-{digest[:16]}-motorcycle.npz",
    )
    graph.save_graph(made, folder / built.graph)
    graph.save_graph(narrow, folder / built.motorcycle_graph)
    draft = folder / f"{POINTER}.{os.getpid()}"
    draft.write_text(json.dumps(asdict(built), indent=1))
    draft.replace(folder / POINTER)
    for old in folder.glob("extract-*.npz"):
        if old.name not in (built.graph, built.motorcycle_graph):
            old.unlink(missing_ok=True)
    return built, True


def _build_graph(
    path: Path,
    *,
    by: Profile,
    speeds: Mapping[str, float],
    box: read.Box | None,
    today: dt.date,
    say: Callable[[str, int], None],
) -> graph.RoadGraph:
    """The roads of one vehicle, in one pass over the file."""
    ways = read.read_ways(path, speeds=speeds, by=by, box=box, on_ways=lambda count: say("ways", count))
    say("graph", len(ways.speed_kmh))
    return graph.build_graph(ways, today=today)


def _extract_digest(path: Path, speeds: Mapping[Vehicle, Mapping[str, float]], box: read.Box | None) -> str:
    rows = [[vehicle, sorted(of.items())] for vehicle, of in sorted(speeds.items())]
    told = json.dumps([graph.FORMAT, rules.EDITION, graph.SPACING_M, rows, box])
    digest = sha256(told.encode())
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


@lru_cache(maxsize=2)  # one a vehicle
def _load_network(path: Path, _changed_ns: int) -> RoadNetwork:
    return RoadNetwork(graph.load_graph(path))


class ExtractSource:
    """A road source on the map in `folder`, of one vehicle: of cars where the map was built before it knew motorcycles.
    Times between places of earlier plans are kept."""

    name = RoadSource.EXTRACT

    def __init__(
        self,
        *,
        folder: Path,
        most_places: int = 3000,
        today: dt.date | None = None,
        vehicle: Vehicle = Vehicle.CAR,
    ) -> None:
        self.folder, self.most_places = folder, most_places
        self.today = day_number(today or timezone.localdate())
        built = current_extract(folder)
        narrow = vehicle == Vehicle.MOTORCYCLE and built is not None and built.motorcycle_graph
        self.vehicle = Vehicle.MOTORCYCLE if narrow else Vehicle.CAR
        self.cache = TimeCache(folder / ("times-motorcycle.npz" if narrow else "times.npz"))

    def find(self, locations: Locations, *, budget_s: float) -> RoadTimes:
        """Times found within the budget. Raises `RoadsError` if no map was built or scipy is missing."""
        built = current_extract(self.folder)
        if built is None:
            raise RoadsError(RoadTrouble.NOT_BUILT)
        roads = self._roads(built)
        keys, where = np.unique(grid_keys(locations), axis=0, return_inverse=True)
        grid = TimeGrid.empty(keys, version=built.digest, used=self.today)
        stored = self.cache.read()
        last_use = grid.take_over(stored) if stored.version == built.digest else 0
        points, snap_m = roads.snap([(lat / GRID, lon / GRID) for lat, lon in keys.tolist()])
        new = _covering_places(grid.seconds == UNASKED)
        whole = not new or roads.complete(grid.seconds, points, new, budget_s=budget_s)
        np.fill_diagonal(grid.seconds, 0)
        grid.day[grid.seconds != UNASKED] = self.today
        if new or last_use < self.today:
            self.cache.keep(grid, most_places=self.most_places, unused_since=self.today - KEPT_DAYS)
        where = where.reshape(-1)
        return RoadTimes(
            seconds=known_seconds(grid)[np.ix_(where, where)],
            snap_m=snap_m[where],
            as_of=roads.graph.as_of,
            trouble="" if whole else RoadTrouble.SLOW.value,
            vehicle=self.vehicle,
        )

    def _roads(self, built: BuiltExtract) -> RoadNetwork:
        name = built.graph if self.vehicle == Vehicle.CAR else built.motorcycle_graph
        path = self.folder / name
        try:
            return _load_network(path, path.stat().st_mtime_ns)
        except ImportError:
            raise RoadsError(RoadTrouble.PACKAGES) from None
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            logger.warning("the map of roads cannot be read; run build_roads again")
            raise RoadsError(RoadTrouble.NOT_BUILT) from None


def _covering_places(missing: Array) -> list[int]:
    """A small set of places whose rows and columns cover all missing pairs: first those with no time at all,
    then any."""
    unknown = missing.sum(axis=1) >= len(missing) - 1
    left = missing & ~unknown[:, None] & ~unknown[None, :]
    return np.flatnonzero((unknown & missing.any(axis=1)) | left.any(axis=1)).tolist()
