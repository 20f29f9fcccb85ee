"""The map in use: built from an extract into a folder, found there by every process that plans."""

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

from visits.enums import RoadSource, RoadTrouble
from visits.planning.travel import Locations
from visits.roads.extract import graph, read
from visits.roads.extract.ways import Roads
from visits.roads.port import Found, RoadsError

logger = logging.getLogger(__name__)

POINTER = "extract.json"


@dataclass(frozen=True, kw_only=True)
class Built:
    """What `extract.json` says of the map in use. `digest` is of the extract's bytes, the speeds and the box."""

    graph: str
    digest: str
    file: str
    as_of: str
    crossings: int
    kept_km: float
    all_km: float


def current(folder: Path) -> Built | None:
    """The map in use; None where none was built, or it is not sound."""
    try:
        return Built(**json.loads((folder / POINTER).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def build(
    path: Path,
    *,
    folder: Path,
    speeds: Mapping[str, float],
    box: read.Box | None,
    today: dt.date,
    say: Callable[[str, int], None],
) -> tuple[Built, bool]:
    """Make the extract the map in use; False with it where it was that already. `say` hears "hash", "ways" (with a
    count), "graph" and "save". Raises `ExtractError`."""
    if not path.is_file():
        raise read.ExtractError("missing")
    say("hash", 0)
    digest = _digest(path, speeds, box)
    known = current(folder)
    if known is not None and known.digest == digest and (folder / known.graph).is_file():
        return known, False
    ways = read.read(path, speeds=speeds, box=box, on_ways=lambda count: say("ways", count))
    say("graph", len(ways.speed_kmh))
    made = graph.build(ways, today=today)
    say("save", len(made.point))
    built = Built(
        graph=f"extract-{digest[:16]}.npz",
        digest=digest,
        file=path.name,
        as_of=made.as_of.isoformat(),
        crossings=made.crossings,
        kept_km=round(made.metres[0] / 1000, 1),
        all_km=round(made.metres[1] / 1000, 1),
    )
    graph.save(made, folder / built.graph)
    draft = folder / f"{POINTER}.{os.getpid()}"
    draft.write_text(json.dumps(asdict(built), indent=1))
    draft.replace(folder / POINTER)
    for old in folder.glob("extract-*.npz"):
        if old.name != built.graph:
            old.unlink(missing_ok=True)
    return built, True


def _digest(path: Path, speeds: Mapping[str, float], box: read.Box | None) -> str:
    told = json.dumps([graph.FORMAT, graph.SPACING_M, sorted(speeds.items()), box])
    digest = sha256(told.encode())
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _loaded(path: Path, _changed_ns: int) -> Roads:
    return Roads(graph.load(path))


class Extract:
    """The map in `folder`."""

    name = RoadSource.EXTRACT

    def __init__(self, *, folder: Path) -> None:
        self.folder = folder

    def find(self, locations: Locations, *, budget_s: float) -> Found:
        roads = self._roads()
        points, snap_m = roads.snap(locations)
        seconds = roads.seconds(points, budget_s=budget_s)
        late = len(seconds) > 1 and bool((seconds[-1, :-1] < 0).all())
        return Found(
            seconds=seconds,
            snap_m=snap_m,
            as_of=roads.graph.as_of,
            trouble=RoadTrouble.SLOW.value if late else "",
        )

    def _roads(self) -> Roads:
        built = current(self.folder)
        if built is None:
            raise RoadsError(RoadTrouble.NOT_BUILT)
        path = self.folder / built.graph
        try:
            return _loaded(path, path.stat().st_mtime_ns)
        except ImportError:
            raise RoadsError(RoadTrouble.PACKAGES) from None
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            logger.warning("the map of roads cannot be read; run build_roads again")
            raise RoadsError(RoadTrouble.NOT_BUILT) from None
