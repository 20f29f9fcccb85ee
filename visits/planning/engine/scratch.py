"""A worker's scratch memory, and its random numbers.

The idea: all scratch is allocated once, outside the kernels, so that these allocate nothing. Random numbers
come from a xorshift generator (Marsaglia, Journal of Statistical Software 8(14), 2003, shifts 13, 7, 17)
written out here, so they are the same on every machine.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from visits.planning.engine.jit import kernel
from visits.planning.engine.shapes import Bytes, Floats, Ints, Longs, Words


class Scratch(NamedTuple):
    """Scratch of one worker."""

    random: Words  # uint64[1]
    listed: Ints  # int32[candidates]
    offered: Ints  # int32[candidates] the listed before they were sorted
    keys: Floats  # float64[candidates]
    touched: Ints  # int32[routes touched at once]
    mark: Longs  # int64[r] the iteration that touched the route last
    dirty: Bytes  # uint8[r] changed since the best was copied
    owned: Bytes  # uint8[r] routes this worker may change
    pool: Ints  # int32[m] visits this worker may seed from
    mine: Bytes  # uint8[n] visits this worker may move
    luck: Floats  # float64[n] how often the visit, offered while open, found a place (moving mean)
    totals: Floats  # float64[3] current score, best score, iterations


@kernel
def draw_below(w: Scratch, n: int) -> int:
    """A random integer in [0, n), n < 2**31 (xorshift64)."""
    x = w.random[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    w.random[0] = x
    return int(np.int64(x >> np.uint64(33)) * n) >> 31


@kernel
def draw_chance(w: Scratch) -> float:
    """A random float in (0, 1)."""
    return (draw_below(w, 1 << 30) + 0.5) / (1 << 30)
