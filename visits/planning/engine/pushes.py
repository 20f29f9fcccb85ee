"""The price of an unserved visit: whom would it push out?

The idea: take each served visit out of its route in turn, refresh the route once, and offer the gap
to every open visit; O(1) insertion checks make this a fraction of a second for a thousand homes.
"""

from __future__ import annotations

import numpy as np

from visits.planning.engine.data import LENGTH, VISIT, Data, Model, State
from visits.planning.engine.jit import Array, kernel
from visits.planning.engine.route import best_place, copy_route, prize, remove
from visits.planning.explain import Push
from visits.planning.types import Problem

FAR = 1 << 20


@kernel
def offer_gap(d: Data, s: State, r: int, out: int, pool: Array, lost: Array, found: Array) -> None:
    """Let every open visit try route `r` as it stands; keep the cheapest (score lost, route, out, added)."""
    worth = prize(d, out, r) if out >= 0 else 0.0
    for i in range(pool.shape[0]):
        visit = pool[i]
        if d.may[visit, r] == 0:
            continue
        gain = prize(d, visit, r)
        if worth - gain >= lost[i]:
            continue
        added, gap = best_place(d, s, visit, r, FAR, 0)
        if gap >= 0:
            lost[i] = worth - gain
            found[i, 0] = r
            found[i, 1] = out
            found[i, 2] = added


@kernel
def price_pool(d: Data, s: State, saved: State, pool: Array, lost: Array, found: Array, taken: Array) -> None:
    """Try every route whole, then with each of its unlocked visits taken out."""
    for r in range(d.shift.shape[0]):
        offer_gap(d, s, r, -1, pool, lost, found)
        length = s.facts[r, LENGTH]
        copy_route(s, r, saved, 0)
        for k in range(1, length + 1):
            out = saved.stops[0, VISIT, k]
            if d.locked[out] == r:
                continue
            if remove(d, s, r, k, 1, length + 2, 0, taken, 0) > 0:
                offer_gap(d, s, r, out, pool, lost, found)
            copy_route(saved, 0, s, r)
            s.where[out] = r


def pushes(problem: Problem, model: Model, state: State, saved: State) -> dict[str, Push]:
    """Visit id -> the cheapest push, for the open visits that have one. `state` is left as it was."""
    d = model.data
    pool = np.flatnonzero(state.where < 0).astype(np.int32)
    lost = np.full(len(pool), np.inf)
    found = np.full((len(pool), 3), -1, dtype=np.int32)
    price_pool(d, state, saved, pool, lost, found, np.zeros(1, dtype=np.int32))

    def name(visit: int) -> str:
        return problem.visits[model.visit_of[visit]].id

    return {
        name(pool[i]): Push(problem.shifts[r].id, name(out) if out >= 0 else None, int(added))
        for i, (r, out, added) in enumerate(found.tolist())
        if r >= 0
    }
