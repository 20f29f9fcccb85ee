"""What one searcher scribbles on, and its random numbers.

The idea: all scratch is allocated once, outside the kernels, so that they allocate nothing; random
numbers are a xorshift of our own (Marsaglia, 2003), the same on every machine.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from visits.planning.engine.jit import Array, kernel


class Work(NamedTuple):
    """Scratch of one worker."""

    random: Array  # uint64[1]
    listed: Array  # int32[candidates]
    offered: Array  # int32[candidates] the listed before they were sorted
    keys: Array  # float64[candidates]
    touched: Array  # int32[routes touched at once]
    mark: Array  # int64[r] the iteration that touched the route last
    dirty: Array  # uint8[r] changed since the best was copied
    owned: Array  # uint8[r] routes this worker may change
    pool: Array  # int32[m] visits this worker may seed from
    mine: Array  # uint8[n] visits this worker may move
    luck: Array  # float64[n] how often the visit, offered while open, found a place (moving mean)
    totals: Array  # float64[3] current score, best score, iterations


@kernel
def below(w: Work, n: int) -> int:
    """Random integer in [0, n), n < 2**31 (xorshift64)."""
    x = w.random[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    w.random[0] = x
    return int(np.int64(x >> np.uint64(33)) * n) >> 31


@kernel
def chance(w: Work) -> float:
    """Random float in (0, 1)."""
    return (below(w, 1 << 30) + 0.5) / (1 << 30)
