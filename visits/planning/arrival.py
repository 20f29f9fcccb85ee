"""The interval that a family is told: from where the team hardly ever is earlier to where it mostly has come.

The idea: replayed days give the moments at which the team could be at a door. The interval begins at an
early quantile of them, and a team that is there before waits; it ends where, waiting counted, the stated
share of the days has come. Both lie on a grid that people can remember: the begin rounds outward, the end
to the side whose share is nearer to the wanted one. The first homes of a day are sure within the narrowest
interval that is told; the ones after them give that back by a few points, so that "8 of 10" stays true.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from visits.planning.types import DAY_S, Interval

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Promise:
    """How intervals are made. `early` is the share of days on which a team may have to wait for the begin;
    an interval told before stays while its share is at most `slack` below `coverage`; `give` is how far one
    home's share may be moved for those of its day before it."""

    coverage: float = 0.8
    early: float = 0.1
    narrowest_s: int = 1200
    step_s: int = 600
    slack: float = 0.15
    give: float = 0.08

    def __post_init__(self) -> None:
        if not (0 < self.coverage < 1 and 0 <= self.early < 1 and self.slack >= 0):
            raise ValueError("promise: coverage and early are shares between 0 and 1")
        if self.step_s <= 0 or self.narrowest_s < 0:
            raise ValueError("promise: the step must be above zero, the width zero or more")

    def begin(self, doors: Floats, *, earliest_s: int) -> int:
        """The step before the early quantile of `doors`, never before `earliest_s`."""
        first = -(-earliest_s // self.step_s) * self.step_s
        return max(int(np.quantile(doors, self.early) // self.step_s) * self.step_s, first)

    def end(self, doors: Floats, *, begin_s: int, surplus: float = 0.0) -> int:
        """Where `coverage` of `doors` (none before `begin_s`) have come, at least the narrowest width on.
        `surplus` is by how much the shares of the day's homes before were above it, summed."""
        wanted = self.coverage - min(max(surplus, -self.give), self.give)
        inward = int(np.quantile(doors, wanted) // self.step_s) * self.step_s
        outward = inward + self.step_s
        nearer = min(inward, outward, key=lambda end: abs(share(doors, (begin_s, end)) - wanted))
        narrowest = -(-(begin_s + self.narrowest_s) // self.step_s) * self.step_s
        return min(max(nearer, narrowest), DAY_S)

    def holds(self, told: Interval, doors: Floats) -> bool:
        """Whether an interval told before is still true enough to keep."""
        return share(doors, told) >= self.coverage - self.slack


def share(doors: Floats, told: Interval) -> float:
    """The share of days on which the team is at the door within the interval, its ends included."""
    return float(np.mean((doors >= told[0]) & (doors <= told[1])))
