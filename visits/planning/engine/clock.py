"""Time arithmetic of the engine: travel, driving around breaks forward and backward, good starts.

The idea: with breaks folded into `Data.slots`, earliest and latest starts are look-ups; driving backward is
the inverse of driving forward, so one number per stop (the latest arrival that keeps the rest feasible)
decides an insertion in O(1). All times are seconds since midnight; `c` is the class of breaks of a shift.
"""

from __future__ import annotations

import math

from visits.planning.engine.data import Data
from visits.planning.engine.jit import kernel
from visits.planning.engine.shapes import Ints3


@kernel
def travel_seconds(d: Data, v: int, a: int, b: int) -> int:
    """Seconds from place `a` to place `b` (engine numbering) with vehicle `v`."""
    if a == b:
        return 0
    if d.matrix.shape[1] > 1:
        return int(d.matrix[v, a, b])
    x = d.vectors[a, 0] - d.vectors[b, 0]
    y = d.vectors[a, 1] - d.vectors[b, 1]
    z = d.vectors[a, 2] - d.vectors[b, 2]
    h = 0.25 * (x * x + y * y + z * z)
    half: float = math.sqrt(h)
    if h < 0.0004:  # up to 250 km the series is exact to a nanometre
        half *= 1.0 + h * (1 / 6 + h * (3 / 40 + h * (15 / 336 + h * (105 / 3456 + h * (945 / 42240)))))
    else:
        half = math.asin(min(1.0, half))
    seconds: float = half * d.scale[v]
    return math.ceil(seconds - 1e-6)


@kernel
def drive_forward(breaks: Ints3, c: int, now: int, seconds: int) -> int:
    """The clock after driving `seconds` from `now`; the car stands during breaks."""
    for i in range(breaks.shape[1]):
        opens = breaks[c, i, 0]
        if now + seconds <= opens:
            break
        closes = breaks[c, i, 1]
        if now >= closes:
            continue
        if now < opens:
            seconds -= opens - now
        now = closes
    return now + seconds


@kernel
def drive_back(breaks: Ints3, c: int, then: int, seconds: int) -> int:
    """The latest clock from which driving `seconds` arrives by `then`."""
    for i in range(breaks.shape[1] - 1, -1, -1):
        opens = breaks[c, i, 0]
        if then <= opens:
            continue
        closes = breaks[c, i, 1]
        if then - seconds >= closes:
            break
        if then > closes:
            seconds -= then - closes
        then = opens
    return then - seconds


@kernel
def first_start(d: Data, c: int, visit: int, now: int) -> int:
    """Earliest good start at or after `now`, or -1."""
    for i in range(d.slot_at[c, visit], d.slot_at[c, visit + 1]):
        if d.slots[i, 1] >= now:
            return max(now, int(d.slots[i, 0]))
    return -1


@kernel
def last_start(d: Data, c: int, visit: int, then: int) -> int:
    """Latest good start at or before `then`, or -1."""
    for i in range(d.slot_at[c, visit + 1] - 1, d.slot_at[c, visit] - 1, -1):
        if d.slots[i, 0] <= then:
            return min(then, int(d.slots[i, 1]))
    return -1
