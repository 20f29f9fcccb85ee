"""The parameters of ruin and recreate, by name; measured on planning cases of four sizes.

The idea: one float64 array is passed to the kernels, so a benchmark can change a parameter without compiling.
"""

from __future__ import annotations

import numpy as np

ROUTES, STRING, SPLIT, OFFERED, LOOK, ANYWHERE, BLINK, DETOUR = range(8)
BY_CHANCE, BY_PRIZE, BY_RATIO, BY_PRICE, BY_SERVICE = range(8, 13)
SETTLE, NOISE, FLOOR, TRUST = range(13, 17)

TUNING = np.zeros(17)
TUNING[ROUTES] = 3  # most routes that strings are taken from, at least 1
TUNING[STRING] = 8  # longest string
TUNING[SPLIT] = 0.5  # chance that a string leaves some stops in its middle
TUNING[OFFERED] = 12  # most open neighbours offered beside the removed
TUNING[LOOK] = 60  # neighbours of the seed looked at for that
TUNING[ANYWHERE] = 5  # per cent of iterations that touch one more route, from anywhere
TUNING[BLINK] = 50  # per mille of routes of which a visit overlooks the first gaps, or all
TUNING[DETOUR] = 5.0  # weight of a second of travel while searching; detours cost room, not only score
TUNING[BY_CHANCE] = 30  # per cent of iterations that order the listed at random,
TUNING[BY_PRIZE] = 50  # ... and by prize (these are running totals),
TUNING[BY_RATIO] = 70  # ... by prize per second of service,
TUNING[BY_PRICE] = 85  # ... by prize per second with the detour at this moment,
TUNING[BY_SERVICE] = 93  # ... by long service first; the rest by tight windows
TUNING[SETTLE] = 900  # seconds that every visit is taken to cost beside its service
TUNING[NOISE] = 0.2  # how far these keys are blurred
TUNING[FLOOR] = 0.15  # least chance that an open visit is offered
TUNING[TRUST] = 3.0  # how much its luck raises that chance
