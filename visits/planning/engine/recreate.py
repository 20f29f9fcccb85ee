"""Recreate: offer the removed visits, and open neighbours of the seed, their cheapest feasible positions.

The idea is SISR's greedy insertion with blinks (Christiaens and Vanden Berghe, 2020: now and then positions
are overlooked), for visits that are optional: whoever is asked first decides who is served. So the order is
drawn anew each time, by one of several keys. Open visits that never find a position are offered less and less
often (`luck`), which keeps the work on those near the margin.
"""

from __future__ import annotations

import math

from visits.planning.engine.data import LENGTH, Data, State
from visits.planning.engine.jit import kernel
from visits.planning.engine.route import best_place, insert_visit, visit_prize
from visits.planning.engine.scratch import Scratch, draw_below, draw_chance
from visits.planning.engine.shapes import Floats
from visits.planning.engine.tuning import (
    BLINK,
    BY_CHANCE,
    BY_PRICE,
    BY_PRIZE,
    BY_RATIO,
    BY_SERVICE,
    DETOUR,
    FLOOR,
    LOOK,
    NOISE,
    OFFERED,
    SETTLE,
    TRUST,
)


@kernel
def is_worth_trying(w: Scratch, visit: int, par: Floats) -> bool:
    """Whether an open visit is offered now: often if it found positions lately, else now and then."""
    return bool(draw_chance(w) < max(par[FLOOR], par[TRUST] * w.luck[visit]))


@kernel
def list_offers(d: Data, s: State, w: Scratch, seed: int, count: int, par: Floats) -> int:
    """Append unserved neighbours of the seed to the removed visits in `listed`; returns the new count."""
    removed = count
    most = count + int(par[OFFERED])
    for i in range(-1, min(d.near.shape[1], int(par[LOOK]))):
        visit = seed if i < 0 else d.near[seed, i]
        if s.where[visit] >= 0 or w.mine[visit] == 0 or (i >= 0 and not is_worth_trying(w, visit, par)):
            continue
        known = False
        for j in range(removed):
            known = known or w.listed[j] == visit
        if known:
            continue
        w.listed[count] = visit
        count += 1
        if count >= most:
            break
    return count


@kernel
def update_luck(d: Data, s: State, w: Scratch, removed: int, count: int) -> None:
    """Update `luck` of the visits that were offered (in `offered` from `removed` on) by whether they are
    served now."""
    for i in range(removed, count):
        visit = w.offered[i]
        placed = 1.0 if s.where[visit] >= 0 else 0.0
        w.luck[visit] += 0.05 * (placed - w.luck[visit])


@kernel
def promises_kept(d: Data, s: State, w: Scratch, removed: int) -> bool:
    """Whether every locked visit that was removed is served again."""
    missing = 0
    for i in range(removed):
        missing += d.locked[w.offered[i]] >= 0 and s.where[w.offered[i]] < 0
    return missing == 0


@kernel
def lowest_price(d: Data, s: State, w: Scratch, visit: int, routes: int) -> int:
    """Seconds of travel that the visit adds at its best position in the touched routes, at most 3600."""
    least = 3600
    for t in range(routes):
        if d.may[visit, w.touched[t]]:
            least, _ = best_place(d, s, visit, w.touched[t], least, 0)
    return least


@kernel
def sort_listed(d: Data, s: State, w: Scratch, routes: int, count: int, par: Floats) -> None:
    """Sort the listed visits by a key that is drawn at random, locked visits first, and copy them to
    `offered` before.

    Prizes are those of the first day, an approximation where visits decay.
    """
    kind = draw_below(w, 100)
    for i in range(count):
        visit = w.listed[i]
        w.offered[i] = visit
        worth, service = d.prize[visit, 0], d.service[visit]
        if kind < par[BY_CHANCE]:
            key = draw_chance(w)
        elif kind < par[BY_PRIZE]:
            key = -worth * (1.0 + par[NOISE] * draw_chance(w))
        elif kind < par[BY_RATIO]:
            key = -worth / (service + par[SETTLE]) * (1.0 + par[NOISE] * draw_chance(w))
        elif kind < par[BY_PRICE]:
            key = (
                -worth
                / (service + 60 + lowest_price(d, s, w, visit, routes))
                * (1.0 + par[NOISE] * draw_chance(w))
            )
        elif kind < par[BY_SERVICE]:
            key = -float(service)
        else:
            key = float(d.width[visit])
        if d.locked[visit] >= 0:
            key -= 1e12
        w.keys[i] = key
    for i in range(1, count):
        key, visit = w.keys[i], w.listed[i]
        j = i - 1
        while j >= 0 and w.keys[j] > key:
            w.keys[j + 1] = w.keys[j]
            w.listed[j + 1] = w.listed[j]
            j -= 1
        w.keys[j + 1] = key
        w.listed[j + 1] = visit


@kernel
def recreate(d: Data, s: State, w: Scratch, routes: int, count: int, par: Floats) -> None:
    """Insert every listed visit at its best position in the touched routes, if it pays there."""
    for i in range(count):
        visit = w.listed[i]
        best, at, gap = 0.0, -1, -1
        for t in range(routes):
            r = w.touched[t]
            if d.may[visit, r] == 0:
                continue
            # A blink overlooks the first gaps of the route, at times all of them.
            blind = draw_below(w, 2 + s.facts[r, LENGTH]) if draw_below(w, 1000) < par[BLINK] else 0
            worth = visit_prize(d, visit, r)
            most = 1 << 20
            room = (worth - best) / par[DETOUR]  # only a detour shorter than this is better
            if room < most:
                most = math.ceil(room)
            added, k = best_place(d, s, visit, r, most, blind)
            if k >= 0 and worth - par[DETOUR] * added > best:
                best, at, gap = worth - par[DETOUR] * added, r, k
        if at >= 0:
            insert_visit(d, s, visit, at, gap)
