"""How hot the annealing is at which share of the run.

The idea: temperatures in proportion to what a visit of this problem is worth on average, so that cases
with large and small priorities behave alike. Measured on planning cases: it pays to start hot enough to
trade whole visits (HOT of a mean prize), to stop cooling while two near-equal visits are still
exchanged (COLD), and to quench in the last part, which polishes travel. A hot
start pays even at 200 iterations for every stop.
"""

from __future__ import annotations

import numpy as np

from visits.planning.engine.data import Data
from visits.planning.engine.tuning import DETOUR, TUNING

HOT, COLD, FINAL = 0.4, 0.025, 0.002  # shares of the mean prize
WARM = 0.6  # an earlier plan is not melted down: start this far into the cooling
QUENCH = 0.93  # share of the run when the quench begins


class Schedule:
    def __init__(self, d: Data, *, warm: bool = False) -> None:
        """`warm` starts from an earlier plan."""
        self.from_share = WARM if warm else 0.0
        prizes = (d.prize[:, 0] - d.tier)[d.locked < 0]
        prizes = prizes[prizes > 0]
        self.unit = float(np.mean(prizes)) if len(prizes) else 1.0

    def temperature(self, share: float) -> float:
        """Score units at `share` (0..1) of the run."""
        share = self.from_share + share * (1 - self.from_share)
        if share < QUENCH:
            return float(self.unit * HOT * (COLD / HOT) ** (share / QUENCH))
        late = min(1.0, (share - QUENCH) / (1 - QUENCH))
        return float(self.unit * COLD * (FINAL / COLD) ** late)

    def detour(self, share: float) -> float:
        """What a second of travel weighs in the search; its true weight in the quench.

        Else detours are charged for the room they take, which alone would leave out visits worth little.
        """
        share = self.from_share + share * (1 - self.from_share)
        return float(TUNING[DETOUR]) if share < QUENCH else 1.0
