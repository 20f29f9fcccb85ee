"""The first plan: greedy insertion by score per added second.

The idea is a lazy greedy (Minoux, Accelerated greedy algorithms, 1978): every open visit remembers the best
ratio it had; the best remembered one is priced again and inserted if it still leads. That is exact where
gains only fall; here a new stop can also make one rise, so after an insertion its neighbours, and nobody
else, are priced on the changed route. This costs a fraction of trying every visit everywhere. A visit remembers its
LISTED best routes and is priced on all routes only where these no longer lead what it left out, and routes that
nobody joined since are not priced again.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from visits.planning.engine.data import DAY, LENGTH, Data, State
from visits.planning.engine.jit import kernel
from visits.planning.engine.route import best_place, insert_visit, refresh_route, visit_prize
from visits.planning.engine.shapes import Bytes, Floats, Floats2, Ints, Ints2

SETTLE_S = 300.0  # seconds added to the cost of every visit, so that tiny detours do not decide alone
LISTED = 32  # routes that a visit remembers
BLOCK = 128  # visits whose best ratio is kept together


class Offers(NamedTuple):
    """What the open visits remember. n visits, r routes, k routes remembered."""

    ratio: Floats  # float64[n] the best of its ratios, 0 where it has no place
    ratios: Floats2  # float64[n, k] 0 where there is none
    routes: Ints2  # int32[n, k]
    seen: Ints2  # int32[n, k] how often the route had been joined when it was priced
    missed: Floats  # float64[n] what a route that is not remembered may offer
    joined: Ints  # int32[r] how often it was joined
    kind: Ints  # int32[r] alike for shifts that differ by their date alone: empty, they offer the same
    order: Ints  # int32[r] the routes, those of a kind together
    tops: Ints  # int32[blocks] the visit of the best ratio


def empty_offers(d: Data) -> Offers:
    """Offers of all visits before they are priced."""
    visits, routes = len(d.place), len(d.shift)
    width = max(1, min(LISTED, routes))
    alike = np.delete(d.shift, DAY, axis=1)
    if len(d.reserve):
        alike = np.column_stack([alike, d.reserve])
    kind = np.unique(alike, axis=0, return_inverse=True)[1].reshape(-1) if routes else np.zeros(0)
    return Offers(
        ratio=np.zeros(visits),
        ratios=np.zeros((visits, width)),
        routes=np.zeros((visits, width), dtype=np.int32),
        seen=np.zeros((visits, width), dtype=np.int32),
        missed=np.zeros(visits),
        joined=np.zeros(routes, dtype=np.int32),
        kind=kind.astype(np.int32),
        order=np.argsort(kind, kind="stable").astype(np.int32),
        tops=np.zeros(-(-visits // BLOCK), dtype=np.int32),
    )


@kernel
def rate_insertion(d: Data, visit: int, r: int, added: int) -> float:
    """Score per second of a visit that adds so many seconds of travel to route `r`."""
    return float((visit_prize(d, visit, r) - added) / (d.service[visit] + added + SETTLE_S))


@kernel
def price_route(d: Data, s: State, visit: int, r: int) -> tuple[float, int]:
    """(score per second, gap) of inserting `visit` into route `r`; (0, -1) if it does not fit."""
    if d.may[visit, r] == 0:
        return 0.0, -1
    added, gap = best_place(d, s, visit, r, 1 << 20, 0)
    if gap < 0:
        return 0.0, -1
    return rate_insertion(d, visit, r, added), gap


@kernel
def find_least(o: Offers, visit: int) -> int:
    """Where the least remembered offer stands."""
    least = 0
    for k in range(1, o.ratios.shape[1]):
        if o.ratios[visit, k] < o.ratios[visit, least]:
            least = k
    return least


@kernel
def find_best(o: Offers, visit: int) -> int:
    """Where the best remembered offer stands; the lowest route of equal ones."""
    best = 0
    for k in range(1, o.ratios.shape[1]):
        more = o.ratios[visit, k] - o.ratios[visit, best]
        if more > 0.0 or (more == 0.0 and o.routes[visit, k] < o.routes[visit, best]):
            best = k
    o.ratio[visit] = max(0.0, o.ratios[visit, best])
    return best


@kernel
def note_offer(o: Offers, visit: int, r: int, ratio: float) -> None:
    """Remember what route `r` offers now, where it is remembered or better than the least of the remembered."""
    at = find_least(o, visit)
    for k in range(o.ratios.shape[1]):
        if o.ratios[visit, k] > 0.0 and o.routes[visit, k] == r:
            at = k
    if o.ratios[visit, at] > 0.0 and o.routes[visit, at] != r:
        o.missed[visit] = max(o.missed[visit], min(ratio, o.ratios[visit, at]))
        if ratio <= o.ratios[visit, at]:
            return
    o.ratios[visit, at] = ratio
    o.routes[visit, at] = r
    o.seen[visit, at] = o.joined[r]
    o.ratio[visit] = max(o.ratio[visit], ratio)


@kernel
def price_all_routes(d: Data, s: State, o: Offers, visit: int, owned: Bytes) -> None:
    """Price the visit on all owned routes and remember the best."""
    count, width, at = 0, o.ratios.shape[1], 0
    for k in range(width):
        o.ratios[visit, k] = 0.0
    o.missed[visit] = 0.0
    kind, added, gap = -1, 0, -1
    for i in range(o.order.shape[0]):
        r = o.order[i]
        if owned[r] == 0 or d.may[visit, r] == 0:
            continue
        if s.facts[r, LENGTH] > 0:
            ratio, _ = price_route(d, s, visit, r)
        else:
            if o.kind[r] != kind:
                kind = o.kind[r]
                added, gap = best_place(d, s, visit, r, 1 << 20, 0)
            ratio = rate_insertion(d, visit, r, added) if gap >= 0 else 0.0
        if ratio <= 0.0:
            continue
        if count < width:
            at = count
            count += 1
        elif ratio > o.ratios[visit, at]:
            o.missed[visit] = max(o.missed[visit], o.ratios[visit, at])
        else:
            o.missed[visit] = max(o.missed[visit], ratio)
            continue
        o.ratios[visit, at] = ratio
        o.routes[visit, at] = r
        o.seen[visit, at] = o.joined[r]
        if count == width:
            at = find_least(o, visit)
    find_best(o, visit)


@kernel
def price_visits(d: Data, s: State, o: Offers, owned: Bytes, first: int, last: int) -> None:
    """Price the open visits of `first`..`last - 1`."""
    for visit in range(first, last):
        if s.where[visit] < 0:
            price_all_routes(d, s, o, visit, owned)


@kernel
def price_again(d: Data, s: State, o: Offers, visit: int, owned: Bytes) -> None:
    """Price the remembered routes that were joined since; all routes where others may offer more."""
    for k in range(o.ratios.shape[1]):
        r = o.routes[visit, k]
        if o.ratios[visit, k] > 0.0 and o.seen[visit, k] != o.joined[r]:
            ratio, _ = price_route(d, s, visit, r)
            o.ratios[visit, k] = max(0.0, ratio)
            o.seen[visit, k] = o.joined[r]
    find_best(o, visit)
    if o.ratio[visit] < o.missed[visit]:
        price_all_routes(d, s, o, visit, owned)


@kernel
def find_top(o: Offers, block: int) -> None:
    """The visit of a block with the best ratio, the first of equal ones."""
    first = block * BLOCK
    top = first
    for visit in range(first + 1, min(first + BLOCK, o.ratio.shape[0])):
        if o.ratio[visit] > o.ratio[top]:
            top = visit
    o.tops[block] = top


@kernel
def find_tops(o: Offers) -> None:
    """The best of every block."""
    for block in range(o.tops.shape[0]):
        find_top(o, block)


@kernel
def lead_of(o: Offers) -> tuple[int, float]:
    """(visit, ratio of the next best): the visit with the best ratio, -1 if there is none."""
    lead, second = -1, 0.0
    for block in range(o.tops.shape[0]):
        visit = o.tops[block]
        if lead < 0 or o.ratio[visit] > o.ratio[lead]:
            second = o.ratio[lead] if lead >= 0 else 0.0
            lead = visit
        elif o.ratio[visit] > second:
            second = o.ratio[visit]
    if lead >= 0:
        first = lead // BLOCK * BLOCK
        for visit in range(first, min(first + BLOCK, o.ratio.shape[0])):
            if visit != lead and o.ratio[visit] > second:
                second = o.ratio[visit]
    return lead, second


@kernel
def fill_greedily(d: Data, s: State, o: Offers, owned: Bytes, steps: int) -> int:
    """Insert priced visits until none fits that pays, or for so many steps; returns the steps left, 0 if it goes on."""
    while steps > 0:
        lead, second = lead_of(o)
        if lead < 0 or o.ratio[lead] <= 0.0:
            return steps
        steps -= 1
        price_again(d, s, o, lead, owned)
        find_top(o, lead // BLOCK)
        if o.ratio[lead] < second or o.ratio[lead] <= 0.0:
            continue
        at = o.routes[lead, find_best(o, lead)]
        _, gap = price_route(d, s, lead, at)
        insert_visit(d, s, lead, at, gap)
        o.joined[at] += 1
        o.ratio[lead] = 0.0
        find_top(o, lead // BLOCK)
        for i in range(d.near.shape[1]):
            visit = d.near[lead, i]
            if s.where[visit] < 0:
                found, _ = price_route(d, s, visit, at)
                if found > 0.0:
                    note_offer(o, visit, at, found)
                    top = visit // BLOCK
                    if found > o.ratio[o.tops[top]] or (
                        found == o.ratio[o.tops[top]] and visit < o.tops[top]
                    ):
                        o.tops[top] = visit
    return 0


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
