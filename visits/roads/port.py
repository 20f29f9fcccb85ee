"""The port: locations in, travel times for the planner out, with a note of how they were made.

The idea: a road source (a server, a map) answers one question, `Source.find`, and may know only a part; the
planner sees one `Travel` and, beside it, which part was estimated and why.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

from visits import planning
from visits.enums import RoadSource, RoadTrouble, Vehicle
from visits.lib.plan_summary import RoadsNote
from visits.planning.travel import Locations

UNKNOWN = -1  # seconds between places that the source cannot connect


class RoadsError(Exception):
    """A source has no times; `trouble` says why."""

    def __init__(self, trouble: RoadTrouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


@dataclass(frozen=True, kw_only=True, eq=False)
class RoadTimes:
    """Times of a source: `seconds[a, b]` (int32, UNKNOWN where it has none) and the distance of each place
    from the road in metres. `as_of` is the day of the oldest part; `trouble` says why some are missing or
    old. `vehicle` is whose times they are: a source may know cars alone."""

    seconds: NDArray[Any]
    snap_m: NDArray[Any]
    as_of: dt.date | None = None
    trouble: str = ""
    vehicle: Vehicle = Vehicle.CAR


class Source(Protocol):
    """A source of road times. `find` takes about `budget_s` seconds at most, and raises `RoadsError` if it
    has no times."""

    name: RoadSource

    def find(self, locations: Locations, *, budget_s: float) -> RoadTimes:
        """Times between all places, UNKNOWN where there is none."""


@dataclass(frozen=True, kw_only=True)
class Roads:
    """Travel times between the places asked for, and how they were made; `more_travel` for the vehicles of
    `choose.VEHICLES` after the first, as far as they were asked for."""

    travel: planning.Travel
    note: RoadsNote
    more_travel: tuple[planning.Travel, ...] = ()
