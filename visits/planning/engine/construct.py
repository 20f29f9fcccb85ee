"""The first plan: greedy insertion by score per added second.

The idea is a lazy greedy (Minoux, Accelerated greedy algorithms, 1978): every open visit remembers the best
ratio it had; the best remembered one is priced again and inserted if it still leads. That is exact where
gains only fall; here a new stop can also make one rise, so after an insertion its neighbours, and nobody
else, are priced on the changed route. This costs a fraction of trying every visit everywhere.
"""

from __future__ import annotations

from visits.planning.engine.data import LENGTH, Data, State
from visits.planning.engine.jit import kernel
from visits.planning.engine.route import best_place, insert_visit, refresh_route, visit_prize
from visits.planning.engine.shapes import Bytes, Floats

SETTLE_S = 300.0  # seconds added to the cost of every visit, so that tiny detours do not decide alone


@kernel
def price_route(d: Data, s: State, visit: int, r: int) -> tuple[float, int]:
    """(score per second, gap) of inserting `visit` into route `r`; (0, -1) if it does not fit."""
    if d.may[visit, r] == 0:
        return 0.0, -1
    added, gap = best_place(d, s, visit, r, 1 << 20, 0)
    if gap < 0:
        return 0.0, -1
    return (visit_prize(d, visit, r) - added) / (d.service[visit] + added + SETTLE_S), gap


@kernel
def price_all_routes(d: Data, s: State, visit: int, owned: Bytes) -> tuple[float, int, int]:
    """(best ratio, route, gap) over all owned routes; (0, -1, -1) if no insertion pays."""
    ratio, at, gap = 0.0, -1, -1
    for r in range(d.shift.shape[0]):
        if owned[r] == 0:
            continue
        found, k = price_route(d, s, visit, r)
        if found > ratio:
            ratio, at, gap = found, r, k
    return ratio, at, gap


@kernel
def fill_greedily(d: Data, s: State, owned: Bytes, ratios: Floats) -> int:
    """Insert open visits until none fits that pays; `ratios` is scratch, float64[n]. Returns how many were
    inserted."""
    count, n = 0, d.place.shape[0]
    for visit in range(n):
        ratios[visit] = 0.0
        if s.where[visit] < 0:
            ratios[visit], _, _ = price_all_routes(d, s, visit, owned)
    while True:
        lead, second = -1, 0.0
        for visit in range(n):
            if lead < 0 or ratios[visit] > ratios[lead]:
                second = ratios[lead] if lead >= 0 else 0.0
                lead = visit
            elif ratios[visit] > second:
                second = ratios[visit]
        if lead < 0 or ratios[lead] <= 0.0:
            return count
        ratio, at, gap = price_all_routes(d, s, lead, owned)
        if ratio < second or at < 0:
            ratios[lead] = ratio
            continue
        insert_visit(d, s, lead, at, gap)
        ratios[lead] = 0.0
        count += 1
        for i in range(d.near.shape[1]):
            visit = d.near[lead, i]
            if s.where[visit] < 0:
                found, _ = price_route(d, s, visit, at)
                ratios[visit] = max(ratios[visit], found)


@kernel
def refresh_all(d: Data, s: State) -> int:
    """Recompute every route and `where`; returns how many routes are infeasible."""
    wrong = 0
    for r in range(d.shift.shape[0]):
        for k in range(1, s.facts[r, LENGTH] + 1):
            s.where[s.stops[r, 0, k]] = r
        if not refresh_route(d, s, r):
            wrong += 1
    return wrong
