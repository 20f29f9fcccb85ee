"""A source of travel times for tests: roads of a made-up country, or its refusal."""

import datetime as dt

import numpy as np

from visits.enums import RoadSource, RoadTrouble
from visits.planning import GreatCircle
from visits.planning.travel import Locations
from visits.roads.port import RoadsError, RoadTimes

AS_OF = dt.date(2026, 11, 3)


class MadeUp:
    """Drives every straight line at `speed_kmh`; `refuses` to at all, or is `broken`."""

    name = RoadSource.OSRM

    def __init__(
        self,
        *,
        speed_kmh: float = 60.0,
        refuses: RoadTrouble | None = None,
        broken: bool = False,
        far_m: float = 0.0,
        trouble: str = "",
    ) -> None:
        self.model = GreatCircle(1.0, speed_kmh)
        self.refuses, self.broken, self.far_m, self.trouble = refuses, broken, far_m, trouble
        self.asked = 0

    def find(self, locations: Locations, *, budget_s: float) -> RoadTimes:
        if self.broken:
            raise ZeroDivisionError
        if self.refuses:
            raise RoadsError(self.refuses)
        self.asked = len(locations)
        snap_m = np.full(len(locations), self.far_m)
        return RoadTimes(
            seconds=self.model.matrix(locations), snap_m=snap_m, as_of=AS_OF, trouble=self.trouble
        )
