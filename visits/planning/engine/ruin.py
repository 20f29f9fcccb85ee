"""Ruin: remove strings of neighbouring visits from a few routes around a seed visit.

The idea is SISR's (Christiaens and Vanden Berghe, Transportation Science 54(2), 2020; also that a string may
keep some stops in its middle, `skip`): visits that are close in the field and in a route are removed
together, so that the gap is large enough to be useful to others.
"""

from __future__ import annotations

from visits.planning.engine.data import LENGTH, VISIT, Data, State
from visits.planning.engine.jit import kernel
from visits.planning.engine.route import copy_route, remove_stops
from visits.planning.engine.scratch import Scratch, draw_below, draw_chance
from visits.planning.engine.shapes import Floats
from visits.planning.engine.tuning import ANYWHERE, ROUTES, SPLIT, STRING


@kernel
def remove_string(d: Data, s: State, w: Scratch, r: int, pos: int, size: int, skip: int, count: int) -> int:
    """Remove `size` stops around stop `pos` of route `r`, keeping `skip` in the middle; returns as
    `route.remove_stops`."""
    length = s.facts[r, LENGTH]
    span = min(length, size + skip)
    low = max(1, pos - span + 1)
    high = min(pos, length - span + 1)
    first = low + draw_below(w, high - low + 1)
    keep = first + 1 + draw_below(w, size) if skip > 0 else length + 2
    return remove_stops(d, s, r, first, span, keep, skip, w.listed, count)


@kernel
def ruin_route(
    d: Data,
    s: State,
    saved: State,
    w: Scratch,
    r: int,
    pos: int,
    routes: int,
    stamp: int,
    count: int,
    par: Floats,
) -> int:
    """Save route `r` as the `routes`-th touched one and remove a string around stop `pos`; returns as
    `remove_string`."""
    w.mark[r] = stamp
    copy_route(s, r, saved, routes)
    w.touched[routes] = r
    length = s.facts[r, LENGTH]
    if length > 0:
        size = 1 + draw_below(w, min(length, int(par[STRING])))
        skip = 0
        if 1 < size < length and draw_chance(w) < par[SPLIT]:
            skip = 1 + draw_below(w, length - size)
        count = remove_string(d, s, w, r, pos, size, skip, count)
    return count


@kernel
def ruin(d: Data, s: State, saved: State, w: Scratch, seed: int, stamp: int, par: Floats) -> tuple[int, int]:
    """(routes touched, visits removed): strings removed around `seed`, each route saved before.

    The count is negative if what is left of a route breaks a rule; the caller then restores the routes.
    `stamp` is unique to the iteration.
    """
    routes, count = 0, 0
    most = 1 + draw_below(w, int(par[ROUTES]))
    near = d.near.shape[1]
    seed_open = s.where[seed] < 0
    for i in range(-1, near):
        visit = seed if i < 0 else d.near[seed, i]
        r = s.where[visit]
        if r < 0 or w.mark[r] == stamp or w.owned[r] == 0:
            continue
        if seed_open and routes == 0 and d.may[seed, r] == 0:
            continue
        pos = 1
        while s.stops[r, VISIT, pos] != visit:
            pos += 1
        count = ruin_route(d, s, saved, w, r, pos, routes, stamp, count, par)
        routes += 1
        if routes == most or count < 0:
            break
    if count < 0:
        return routes, count
    if routes == 0 or draw_below(w, 100) < par[ANYWHERE]:  # any route, perhaps an empty one
        r = draw_below(w, d.shift.shape[0])
        if w.owned[r] and w.mark[r] != stamp:
            length = s.facts[r, LENGTH]
            pos = 1 + draw_below(w, length) if length > 0 else 0
            count = ruin_route(d, s, saved, w, r, pos, routes, stamp, count, par)
            routes += 1
    return routes, count
