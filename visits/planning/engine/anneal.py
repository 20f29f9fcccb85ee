"""Ruin and recreate under simulated annealing: the loop that takes the time of a run.

The idea: after each ruin and recreate only the touched routes are compared with their saved copies. The
change is kept if it is better, or else by chance, the likelier the hotter it is (Kirkpatrick, Gelatt and
Vecchi, Science 220, 1983). While searching, travel weighs more than in the score (DETOUR); the best solution
is kept by the true score.
"""

from __future__ import annotations

import math

from visits.planning.engine.data import LENGTH, TRAVEL, VISIT, Data, State
from visits.planning.engine.jit import kernel
from visits.planning.engine.recreate import (
    is_worth_trying,
    list_offers,
    promises_kept,
    recreate,
    sort_listed,
    update_luck,
)
from visits.planning.engine.route import copy_route
from visits.planning.engine.ruin import ruin
from visits.planning.engine.scratch import Scratch, draw_below, draw_chance
from visits.planning.engine.shapes import Floats
from visits.planning.engine.tuning import DETOUR


@kernel
def restore_routes(d: Data, s: State, saved: State, w: Scratch, routes: int) -> None:
    """Undo an iteration: the touched routes as they were saved."""
    for t in range(routes):
        r = w.touched[t]
        for k in range(1, s.facts[r, LENGTH] + 1):
            s.where[s.stops[r, VISIT, k]] = -1
    for t in range(routes):
        r = w.touched[t]
        copy_route(saved, t, s, r)
        for k in range(1, s.facts[r, LENGTH] + 1):
            s.where[s.stops[r, VISIT, k]] = r


@kernel
def anneal(
    d: Data, s: State, best: State, saved: State, w: Scratch, par: Floats, hot: float, cold: float, steps: int
) -> int:
    """Run `steps` iterations, cooling geometrically from `hot` to `cold`; returns how often the best solution
    improved."""
    found = 0
    if w.pool.shape[0] == 0:
        return 0
    cool = (cold / hot) ** (1.0 / steps)
    heat = hot
    for _ in range(steps):
        heat *= cool
        w.totals[2] += 1
        stamp = int(w.totals[2])
        seed = w.pool[draw_below(w, w.pool.shape[0])]
        if s.where[seed] < 0 and not is_worth_trying(w, seed, par):
            seed = w.pool[draw_below(w, w.pool.shape[0])]
        routes, count = ruin(d, s, saved, w, seed, stamp, par)
        if routes == 0:
            continue
        if count < 0:
            restore_routes(d, s, saved, w, routes)
            continue
        removed = count
        count = list_offers(d, s, w, seed, count, par)
        sort_listed(d, s, w, routes, count, par)
        recreate(d, s, w, routes, count, par)
        update_luck(d, s, w, removed, count)
        gain, real = 0.0, 0.0
        for t in range(routes):
            r = w.touched[t]
            worth = s.worth[r] - saved.worth[t]
            travel = s.facts[r, TRAVEL] - saved.facts[t, TRAVEL]
            gain += worth - par[DETOUR] * travel
            real += worth - travel
        # Metropolis: the logarithm is negative, so a gain passes and a loss does by chance.
        if gain < heat * math.log(draw_chance(w)) or not promises_kept(d, s, w, removed):
            restore_routes(d, s, saved, w, routes)
            continue
        w.totals[0] += real
        for t in range(routes):
            w.dirty[w.touched[t]] = 1
        if w.totals[0] > w.totals[1]:
            w.totals[1] = w.totals[0]
            found += 1
            for r in range(w.dirty.shape[0]):
                if w.dirty[r]:
                    w.dirty[r] = 0
                    copy_route(s, r, best, r)
    return found
