"""The temperature of the annealing at every share of the run.

The idea: temperatures are proportional to what a visit of this problem is worth on average, so that cases
with large and small priorities behave alike. Measured on planning cases: it pays to start hot enough to trade
whole visits (HOT of a mean prize), to stop cooling while two visits of nearly equal worth are still exchanged
(COLD), and to quench in the last part, which improves travel. A hot start pays even at 200 iterations per
stop. A short sprint precedes: the whole curve in a small part of the run, so that a long run has a good plan
within seconds at almost no cost. If there is time for several coolings, reheat: several cycles find what one
would miss, basins of nearly the same worth. Cooling by a constant factor is Kirkpatrick, Gelatt and Vecchi's
(1983); the shares are our own measurements.
"""

from __future__ import annotations

import numpy as np

from visits.planning.engine.data import Data
from visits.planning.engine.tuning import DETOUR, TUNING

HOT, COLD, FINAL = 0.4, 0.025, 0.002  # shares of the mean prize
WARM = 0.6  # a warm start begins this far down the curve, so as not to destroy the earlier plan
QUENCH = 0.93  # share of the run when the quench begins
# Least iterations of a cycle, these times the square of the number of visits more, and the most cycles.
CYCLE, CYCLE_BY_SQUARE, MAX_CYCLES = 8000, 4, 8
SPRINT, SPRINT_S = 0.04, 2.0  # share of the run for the sprint, and its longest time


class Cooling:
    """Temperature and weight of travel at every share of one run."""

    def __init__(self, d: Data, *, warm: bool = False, seconds: float | None = None) -> None:
        """`warm` starts from an earlier plan; `seconds` is the budget where it is one of time."""
        self.from_share = WARM if warm else 0.0
        self.sprint = 0.0 if warm else SPRINT if not seconds else min(SPRINT, SPRINT_S / seconds)
        self.cycles, self.visits = 1, len(d.place)
        prizes = (d.prize[:, 0] - d.tier)[d.locked < 0]
        prizes = prizes[prizes > 0]
        self.unit = float(np.mean(prizes)) if len(prizes) else 1.0

    def set_cycles(self, iterations: float) -> None:
        """Set how often the run reheats, from the `iterations` that one worker will do in the whole run;
        small problems cool several times."""
        if self.sprint:
            least = CYCLE + CYCLE_BY_SQUARE * self.visits**2
            self.cycles = max(1, min(MAX_CYCLES, int(iterations // least)))

    def _curve_position(self, share: float) -> float:
        """How far down the curve (0..1) the run is at `share` (0..1) of it."""
        if share < self.sprint:
            return share / self.sprint
        share = min(1.0, (share - self.sprint) / (1 - self.sprint)) * self.cycles
        share = share % 1.0 if share < self.cycles else 1.0
        return self.from_share + share * (1 - self.from_share)

    def temperature(self, share: float) -> float:
        """The temperature, in units of the score, at `share` (0..1) of the run."""
        share = self._curve_position(share)
        if share < QUENCH:
            return float(self.unit * HOT * (COLD / HOT) ** (share / QUENCH))
        late = min(1.0, (share - QUENCH) / (1 - QUENCH))
        return float(self.unit * COLD * (FINAL / COLD) ** late)

    def detour_weight(self, share: float) -> float:
        """How many units of score a second of travel weighs in the search; in the quench its true weight, 1.

        Before, detours are charged for the time they take from the day as well, which by itself would leave
        out visits worth little.
        """
        share = self._curve_position(share)
        return float(TUNING[DETOUR]) if share < QUENCH else 1.0
