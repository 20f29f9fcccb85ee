"""The interval that a family is told: from an early quantile of the simulated arrivals to the stated
coverage.

The idea: replays of a day give the moments at which the team could be at a door. The interval begins at an
early quantile of them (a team that is there earlier waits) and ends where, with waiting counted, the stated
share of the replays has arrived. Intervals told in the past correct it (`calibrate_stretch`, after conformal
prediction). Both ends lie on a grid that people can remember: the begin is rounded down, so that no team is
early by rounding alone, the end to the side whose share is nearer to the wanted one. The first homes of a day
are certain within the narrowest interval; the homes after them give that surplus back by a few points, so
that "8 of 10" stays true on average.
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

BELIEF_VISITS = 250  # reports that weigh as much as the assumption that the replays are right
STRETCH_MIN, STRETCH_MAX = -0.5, 1.5  # beyond these bounds something else is wrong


@dataclass(frozen=True, slots=True)
class Promise:
    """How intervals are made. Shares are 0..1, widths and steps in seconds.

    - `coverage`: the share of days on which the team comes within the interval.
    - `early`: the share of days on which a team may have to wait for the begin. Measured on three full weeks of the
      demo's settings (14 visits a team-day): 0.15 instead of 0.1 tells intervals that are 3 to 4 minutes shorter, for
      half a minute more of waiting and 0.04 minutes more of overtime a team-day.
    - `slack`: a told interval is kept while its share is at most this much below `coverage`.
    - `wait_s`: how long a team may have to wait, on half of the days, for an interval told before.
    - `news_s`: a told interval whose ends would move by no more is kept while it holds the expected arrival.
    - `give`: how far one home's share may be moved to make up for those before it on the day.
    - `stretch`: by how much arrivals spread more (below zero: less) after the begin than the replays say; see
      `calibrate_stretch`.

    Raises PlanningError for shares, steps or a stretch out of range.
    """

    coverage: float = 0.8
    early: float = 0.15
    narrowest_s: int = 1200
    step_s: int = 600
    slack: float = 0.15
    wait_s: int = 900
    news_s: int = 0
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
        """The begin of an interval (seconds since midnight) for arrivals `doors`, shape (runs,): the early
        quantile, rounded down.

        It is not a whole step before `earliest_s`, when the team can first be there, nor before `opens_s`,
        when the visit suits the family, and leaves room for the narrowest interval before midnight.
        """
        first = max(earliest_s // self.step_s, -(-opens_s // self.step_s)) * self.step_s
        last = (DAY_S - self.narrowest_s) // self.step_s * self.step_s
        return min(max(int(find_quantile(doors, self.early) // self.step_s) * self.step_s, first), last)

    def stretch_arrivals(self, doors: Floats, *, begin_s: int) -> Floats:
        """`doors`, shape (runs,), none before `begin_s`, their spread after it corrected by `stretch`."""
        return begin_s + (doors - begin_s) * (1 + self.stretch)

    def choose_end(self, doors: Floats, *, begin_s: int, surplus: float = 0.0) -> int:
        """The end of an interval from `begin_s` on: where `coverage` of `doors` (none before `begin_s`) has
        arrived.

        `surplus` is by how much the shares of the earlier homes of the day exceeded the coverage, summed.
        """
        wanted = self.coverage - min(max(surplus, -self.give), self.give)
        doors = self.stretch_arrivals(doors, begin_s=begin_s)
        inward = int(find_quantile(doors, wanted) // self.step_s) * self.step_s
        outward = inward + self.step_s
        nearer = min(inward, outward, key=lambda end: abs(share_within(doors, (begin_s, end)) - wanted))
        narrowest = -(-(begin_s + self.narrowest_s) // self.step_s) * self.step_s
        return min(max(nearer, narrowest), DAY_S)

    def believed_share(self, told: Interval, doors: Floats) -> float:
        """The share of days on which the team will be within the interval, `stretch` included."""
        return share_within(self.stretch_arrivals(np.maximum(doors, told[0]), begin_s=told[0]), told)

    def still_holds(self, told: Interval, doors: Floats) -> bool:
        """Whether an interval told before is still true enough to keep."""
        return self.believed_share(told, doors) >= self.coverage - self.slack


def calibrate_stretch(places: Sequence[float], coverage: float) -> float:
    """The stretch with which the stated share of past intervals would have held.

    `places` say where in its interval each team came: 0 at the begin (or before it), 1 at the end, 1.5 half
    an interval late; intervals that were stretched are counted as if they had not been. This is the quantile
    of a scaled score, as in split conformal prediction (Angelopoulos and Bates, A Gentle Introduction to
    Conformal Prediction, arXiv 2107.07511, 2021, section 2.3), so it needs no assumption about what the
    replays get wrong. Its guarantee is for exchangeable places; those of one day are correlated, and few
    reports are shrunk towards no stretch (BELIEF_VISITS), so the share holds approximately, and is audited.
    """
    if not len(places):
        return 0.0
    found = float(np.quantile(np.maximum(places, 0.0), coverage)) - 1
    return min(max(found * len(places) / (len(places) + BELIEF_VISITS), STRETCH_MIN), STRETCH_MAX)


def find_quantile(values: Floats, share: float) -> float:
    """`np.quantile` of values of shape (n,), linear between two of them, without its many checks: it is asked three times
    for every home of a plan."""
    at = share * (len(values) - 1)
    low = int(at)
    high = min(low + 1, len(values) - 1)
    rows = np.partition(values, (low, high))
    below, above, part = float(rows[low]), float(rows[high]), at - low
    return below + (above - below) * part if part < 0.5 else above - (above - below) * (1 - part)


def share_within(doors: Floats, told: Interval) -> float:
    """The share of `doors` within the interval, its ends included."""
    return float(np.mean((doors >= told[0]) & (doors <= told[1])))
