"""Ruin and recreate with simulated annealing, the loop where the time goes.

The idea is SISR (Christiaens and Vanden Berghe, Transportation Science 54(2), 2020) for optional
visits: take strings of neighbouring visits out of a few routes round a seed, then offer the removed
and the unserved neighbours, in one of several orders, the cheapest feasible place in those routes.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from visits.planning.engine.data import DAY, LENGTH, TRAVEL, VISIT, Data, State
from visits.planning.engine.jit import Array, kernel
from visits.planning.engine.route import best_place, copy_route, insert, remove


class Work(NamedTuple):
    """Scratch of one worker."""

    random: Array  # uint64[1]
    listed: Array  # int32[candidates]
    keys: Array  # float64[candidates]
    touched: Array  # int32[routes touched at once]
    mark: Array  # int64[r] the iteration that touched the route last
    dirty: Array  # uint8[r] changed since the best was copied
    owned: Array  # uint8[r] routes this worker may change
    pool: Array  # int32[m] visits this worker may seed from
    mine: Array  # uint8[n] visits this worker may move
    totals: Array  # float64[3] current score, best score, iterations


@kernel
def below(w: Work, n: int) -> int:
    """Random integer in [0, n), n < 2**31 (xorshift64)."""
    x = w.random[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    w.random[0] = x
    return int(np.int64(x >> np.uint64(33)) * n) >> 31


@kernel
def chance(w: Work) -> float:
    """Random float in (0, 1)."""
    return (below(w, 1 << 30) + 0.5) / (1 << 30)


@kernel
def remove_string(d: Data, s: State, w: Work, r: int, pos: int, size: int, skip: int, count: int) -> int:
    """Take `size` stops out of route `r` round stop `pos`, leaving `skip` in the middle; list them."""
    length = s.facts[r, LENGTH]
    span = min(length, size + skip)
    low = max(1, pos - span + 1)
    high = min(pos, length - span + 1)
    first = low + below(w, high - low + 1)
    keep = first + 1 + below(w, size) if skip > 0 else length + 2
    return remove(d, s, r, first, span, keep, skip, w.listed, count)


@kernel
def touch(
    d: Data,
    s: State,
    saved: State,
    w: Work,
    r: int,
    pos: int,
    routes: int,
    stamp: int,
    count: int,
    par: Array,
) -> int:
    """Save route `r` as the `routes`-th touched one and take a string round stop `pos` out of it."""
    w.mark[r] = stamp
    copy_route(s, r, saved, routes)
    w.touched[routes] = r
    length = s.facts[r, LENGTH]
    if length > 0:
        size = 1 + below(w, min(length, int(par[1])))
        skip = 0
        if 1 < size < length and chance(w) < par[2]:
            skip = 1 + below(w, length - size)
        count = remove_string(d, s, w, r, pos, size, skip, count)
    return count


@kernel
def ruin(d: Data, s: State, saved: State, w: Work, seed: int, stamp: int, par: Array) -> tuple[int, int]:
    """(routes touched, visits listed): strings removed round `seed`, the routes saved first."""
    routes, count = 0, 0
    most = 1 + below(w, int(par[0]))
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
        count = touch(d, s, saved, w, r, pos, routes, stamp, count, par)
        routes += 1
        if routes == most or count < 0:
            break
    if count < 0:
        return routes, count
    if routes == 0 or below(w, 100) < par[13]:  # a route from anywhere, perhaps an empty one
        r = below(w, d.shift.shape[0])
        if w.owned[r] and w.mark[r] != stamp:
            length = s.facts[r, LENGTH]
            pos = 1 + below(w, length) if length > 0 else 0
            count = touch(d, s, saved, w, r, pos, routes, stamp, count, par)
            routes += 1
    return routes, count


@kernel
def offer(d: Data, s: State, w: Work, seed: int, count: int, par: Array) -> int:
    """List unserved neighbours of the seed beside the removed."""
    if s.where[seed] < 0 and w.mine[seed]:
        found = False
        for i in range(count):
            if w.listed[i] == seed:
                found = True
        if not found:
            w.listed[count] = seed
            count += 1
    removed = count
    most = count + int(par[3])
    for i in range(min(d.near.shape[1], int(par[4]))):
        visit = d.near[seed, i]
        if s.where[visit] >= 0 or w.mine[visit] == 0 or below(w, 100) < par[5]:
            continue
        found = False
        for j in range(removed):
            if w.listed[j] == visit:
                found = True
                break
        if found:
            continue
        w.listed[count] = visit
        count += 1
        if count >= most:
            break
    return count


@kernel
def sort_listed(d: Data, w: Work, seed: int, count: int, par: Array) -> None:
    """Order the listed by one of several keys; locked visits first."""
    kind = below(w, 100)
    for i in range(count):
        visit = w.listed[i]
        worth, service = d.prize[visit, 0], d.service[visit]
        if kind < par[6]:
            key = chance(w)
        elif kind < par[7]:
            key = -worth * (1.0 + 0.2 * chance(w))
        elif kind < par[8]:
            key = -worth / (service + par[9]) * (1.0 + 0.2 * chance(w))
        elif kind < par[10]:
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
def recreate(d: Data, s: State, w: Work, routes: int, count: int, par: Array) -> None:
    """Offer every listed visit its best place in the touched routes."""
    for i in range(count):
        visit = w.listed[i]
        best, at, gap = 0.0, -1, -1
        for t in range(routes):
            r = w.touched[t]
            if d.may[visit, r] == 0 or (routes > 1 and below(w, 1000) < par[11]):
                continue
            prize = d.prize[visit, d.shift[r, DAY]]
            most = 1 << 20
            room = (prize - best) / par[12]
            if room < most:
                most = math.ceil(room)
            added, k = best_place(d, s, visit, r, most)
            if k >= 0 and prize - par[12] * added > best:
                best, at, gap = prize - par[12] * added, r, k
        if at >= 0:
            insert(d, s, visit, at, gap)


@kernel
def restore(d: Data, s: State, saved: State, w: Work, routes: int) -> None:
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
    d: Data, s: State, best: State, saved: State, w: Work, par: Array, hot: float, cold: float, steps: int
) -> int:
    """Run `steps` iterations, cooling from `hot` to `cold`; True when the best got better."""
    found = 0
    if w.pool.shape[0] == 0:
        return 0
    cool = (cold / hot) ** (1.0 / steps)
    heat = hot
    for _ in range(steps):
        heat *= cool
        w.totals[2] += 1
        stamp = int(w.totals[2])
        seed = w.pool[below(w, w.pool.shape[0])]
        routes, count = ruin(d, s, saved, w, seed, stamp, par)
        if routes == 0:
            continue
        if count < 0:
            restore(d, s, saved, w, routes)
            continue
        count = offer(d, s, w, seed, count, par)
        sort_listed(d, w, seed, count, par)
        recreate(d, s, w, routes, count, par)
        gain, real = 0.0, 0.0
        for t in range(routes):
            r = w.touched[t]
            worth = s.worth[r] - saved.worth[t]
            travel = s.facts[r, TRAVEL] - saved.facts[t, TRAVEL]
            gain += worth - par[12] * travel
            real += worth - travel
        if gain < heat * math.log(chance(w)):
            restore(d, s, saved, w, routes)
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
