"""Compile once: run every kernel on a tiny problem, from the disk cache if there is one.

The idea: the first plan after an installation pays for compiling here and nowhere else, in a place that can
report it.
"""

from __future__ import annotations

import datetime as dt
import time

from visits.planning.types import Problem, Shift, Visit

_spent: list[float] = []


def build_tiny_problem() -> Problem:
    """Two shifts, four visits, one lock: enough to reach every kernel."""
    day = dt.date(2026, 11, 30)
    shifts = tuple(Shift(f"s{i}", f"T{i}", day, 27000, 55800, 0, 0, 3, ((43200, 46800),)) for i in range(2))
    visits = tuple(
        Visit(f"v{i}", i, 1200, 10 + i, ((27000, 55800),), locked="s1" if i == 3 else None) for i in range(4)
    )
    return Problem(tuple((-7.6 - i / 100, 111.5) for i in range(4)), shifts, visits)


def warm_once() -> float:
    """Seconds that loading or compiling took in this process; 0.0 if it was done before."""
    if _spent:
        return 0.0
    began = time.monotonic()
    from visits.planning.engine import explaining, search

    tiny = build_tiny_problem()
    found = search.run_search(tiny, iterations=4, workers=1)
    explaining.explain_orders(tiny, found.orders, found.model, 1, lambda: True)
    _spent.append(time.monotonic() - began)
    return _spent[0]
