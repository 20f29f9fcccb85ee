"""The interval that a family is told: from where the team hardly ever is earlier to where it mostly has come.

The idea: replayed days give the moments at which the team could be at a door. The interval begins at an
early quantile of them, and a team that is there before waits; it ends where, waiting counted, the stated
share of the days has come; what came of intervals told before corrects it (`calibrate`, after conformal
prediction). Both lie on a grid that people can remember: the begin rounds outward, so that no
team is early by rounding alone, the end to the side whose share is nearer to the wanted one. The first homes of a
day are sure within the narrowest interval that is told; the ones after them give that back by a few points, so
that "8 of 10" stays true.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from visits.planning.errors import PlanningError
from visits.planning.types import DAY_S, Interval

Floats = NDArray[np.float64]

BELIEF_VISITS = (
    250  # visits that weigh as much as the belief that the replays are right; those of a day hang together
)
STRETCH_MIN, STRETCH_MAX = -0.5, 1.5  # bounds of the stretch; beyond them something else is wrong


@dataclass(frozen=True, slots=True)
class Promise:
    """How intervals are made. `early` is the share of days on which a team may have to wait for the begin;
    an interval told before stays while its share is at most `slack` below `coverage`; `give` is how far one
    home's share may be moved for those of its day before it. `stretch` makes up for what the replays do not
    know: arrivals are taken to spread so much more (or less, below zero) after the begin; see `calibrate`."""

    coverage: float = 0.8
    early: float = 0.1
    narrowest_s: int = 1200
    step_s: int = 600
    slack: float = 0.15
    give: float = 0.08
    stretch: float = 0.0

    def __post_init__(self) -> None:
        if not (0 < self.coverage < 1 and 0 <= self.early < 1 and self.slack >= 0):
            raise PlanningError("promise_shares", "promise: coverage and early are shares between 0 and 1")
        if self.step_s <= 0 or self.narrowest_s < 0:
            raise PlanningError(
                "promise_steps", "promise: the step must be above zero, the width zero or more"
            )
        if not -1 < self.stretch < math.inf:
            raise PlanningError("promise_stretch", "promise: the stretch must be above -1")

    def choose_begin(self, doors: Floats, *, earliest_s: int, opens_s: int = 0) -> int:
        """The step before the early quantile of `doors`, never a whole step before `earliest_s` (when the team can
        be there) nor at all before `opens_s` (when it suits), and so that the narrowest interval fits into the day."""
        first = max(earliest_s // self.step_s, -(-opens_s // self.step_s)) * self.step_s
        last = (DAY_S - self.narrowest_s) // self.step_s * self.step_s
        return min(max(int(np.quantile(doors, self.early) // self.step_s) * self.step_s, first), last)

    def stretch_arrivals(self, doors: Floats, *, begin_s: int) -> Floats:
        """The moments at the door (none before `begin_s`) as experience says that they spread: shape (runs,)."""
        return begin_s + (doors - begin_s) * (1 + self.stretch)

    def choose_end(self, doors: Floats, *, begin_s: int, surplus: float = 0.0) -> int:
        """Where `coverage` of `doors` (none before `begin_s`) have come, at least the narrowest width on.
        `surplus` is by how much the shares of the day's homes before were above it, summed."""
        wanted = self.coverage - min(max(surplus, -self.give), self.give)
        doors = self.stretch_arrivals(doors, begin_s=begin_s)
        inward = int(np.quantile(doors, wanted) // self.step_s) * self.step_s
        outward = inward + self.step_s
        nearer = min(inward, outward, key=lambda end: abs(share_within(doors, (begin_s, end)) - wanted))
        narrowest = -(-(begin_s + self.narrowest_s) // self.step_s) * self.step_s
        return min(max(nearer, narrowest), DAY_S)

    def believed_share(self, told: Interval, doors: Floats) -> float:
        """The share of days on which the team will be within the interval, as far as we know."""
        return share_within(self.stretch_arrivals(np.maximum(doors, told[0]), begin_s=told[0]), told)

    def still_holds(self, told: Interval, doors: Floats) -> bool:
        """Whether an interval told before is still true enough to keep."""
        return self.believed_share(told, doors) >= self.coverage - self.slack


def calibrate_stretch(places: Sequence[float], coverage: float) -> float:
    """The stretch with which the stated share of the intervals told would have held.

    `places` say where in its interval each team came: 0 at the begin (or before it), 1 at the end, 1.5 half an
    interval late; intervals that were stretched are counted as if they had not been. This is the quantile of a
    scaled score, as in split conformal prediction (Angelopoulos and Bates, A Gentle Introduction to Conformal
    Prediction, arXiv 2107.07511, 2021, section 2.3), so it needs no belief about what the replays get wrong. Their
    guarantee is for places that could as well have come in another order; those of one day hang together, and few
    reports are drawn towards no stretch (`FEW`), so the share holds about, and is audited.
    """
    if not len(places):
        return 0.0
    found = float(np.quantile(np.maximum(places, 0.0), coverage)) - 1
    return min(max(found * len(places) / (len(places) + BELIEF_VISITS), STRETCH_MIN), STRETCH_MAX)


def share_within(doors: Floats, told: Interval) -> float:
    """The share of days on which the team is at the door within the interval, its ends included."""
    return float(np.mean((doors >= told[0]) & (doors <= told[1])))
