"""The port: places in, travel for the planner out, with a note of how it was made.

The idea: a source of road times (a server, a map) answers one question, `Source.find`, and may know only a part;
whoever plans sees one `Travel` and, beside it, which part was estimated and why.
"""

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any, Protocol

from numpy.typing import NDArray

from visits import planning
from visits.enums import RoadSource, RoadTrouble
from visits.planning.travel import Locations

UNKNOWN = -1  # seconds between places that the source cannot connect


class RoadsError(Exception):
    """A source has no times to give; `trouble` says why."""

    def __init__(self, trouble: RoadTrouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """What a source knows: `seconds[a, b]` (int32, UNKNOWN where it does not), and how far each place lies from
    the road (metres). `as_of` is the day of the oldest part; `trouble` says why some is missing or old."""

    seconds: NDArray[Any]
    snap_m: NDArray[Any]
    as_of: dt.date | None = None
    trouble: str = ""


class Source(Protocol):
    """Knows roads. `find` takes at most about `budget_s` seconds and raises `RoadsError` where it has nothing."""

    name: RoadSource

    def find(self, locations: Locations, *, budget_s: float) -> Found:
        """Times between all places, UNKNOWN where it does not know."""


@dataclass(frozen=True, kw_only=True)
class Note:
    """How travel times were made. `detour` and `speed_kmh` are those of the straight line, used for all pairs or
    for the share `estimated`; `fitted` is the day they were calibrated; `sampled` the places of the sample that
    set them where there were too many for a table; `far` the places that lie too far from any road."""

    source: str
    wanted: str
    places: int
    detour: float
    speed_kmh: float
    trouble: str = ""
    fitted: str = ""
    as_of: str = ""
    estimated: float = 0.0
    far: int = 0
    sampled: int = 0

    def as_json(self) -> dict[str, Any]:
        """Only what is there."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value not in ("", 0)}


@dataclass(frozen=True, kw_only=True)
class Roads:
    """Travel times between the places asked about, and how they were made."""

    travel: planning.Travel
    note: Note
