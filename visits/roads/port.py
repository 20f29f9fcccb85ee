"""The port: places in, travel for the planner out, with a note of how it was made.

The idea: a source of road times (a server, a map) answers one question, `Source.find`, and may know only a part;
whoever plans sees one `Travel` and, beside it, which part was estimated and why.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

from visits import planning
from visits.enums import RoadSource, RoadTrouble
from visits.lib.plan_summary import RoadsNote
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
class Roads:
    """Travel times between the places asked about, and how they were made."""

    travel: planning.Travel
    note: RoadsNote
