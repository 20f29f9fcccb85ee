"""Explain all unserved visits at once: which stops would each of them eject?

The idea: small sets of stops are removed from their routes, the set worth least first; the route is
recomputed and its gaps are offered to every visit that has no answer yet. Sets of no stop, then one, two, up
to five (the ejections of Nagata and Bräysy, Operations Research Letters 37(5), 2009, tried for all visits in
one sweep; theirs are enumerated for one visit at a time); O(1) insertion checks make this a fraction of a
second for a thousand homes. A visit excluded by skills or dates is offered the shifts that lack least. Visits
without an answer are explained one by one (why/explain.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from math import comb

import numpy as np

from visits.planning.engine.data import LENGTH, TRAVEL, VISIT, Data, Model, State, list_good_starts
from visits.planning.engine.jit import kernel
from visits.planning.engine.route import best_place, copy_route, refresh_route
from visits.planning.engine.shapes import Array, Bytes2, Floats, Ints, Ints2
from visits.planning.types import DAY_S, Problem, Reason, Visit
from visits.planning.why.ejections import EjectionSet, is_protected, points_lost
from visits.planning.why.explain import build_reason
from visits.planning.why.hard_constraints import ANY_HOUR, HardConstraints, find_hard_constraints, relax_offer

MAX_ADDED_S = 1 << 20
MAX_EJECTIONS = 5
MAX_SETS = 100_000  # of one size; visits left beyond it are explained one by one
UNCONSTRAINED = HardConstraints((), ())  # no rule is relaxed: Data.may says which shifts are asked
RELAXED_AT_ONCE = {"skill", "no_shift", *ANY_HOUR}  # constraints that can be relaxed for all visits at once


@kernel
def eject_set(d: Data, s: State, saved: State, r: int, out: Ints) -> bool:
    """Make route `r` the saved one without the stops `out` (-1: none); False if that breaks a rule."""
    at = 1
    for k in range(1, saved.facts[0, LENGTH] + 1):
        visit, stays = saved.stops[0, VISIT, k], True
        for j in range(out.shape[0]):
            stays = stays and out[j] != visit
        if stays:
            s.stops[r, VISIT, at] = visit
            at += 1
    s.facts[r, LENGTH] = at - 1
    return refresh_route(d, s, r)


@kernel
def offer_sets(
    d: Data,
    s: State,
    saved: State,
    sets: Ints2,
    routes: Ints,
    prices: Floats,
    pool: Ints,
    may: Bytes2,
    paid: Floats,
    found: Ints2,
) -> None:
    """Offer the gaps that every set leaves, cheapest set first, to the visits in `pool`.

    `found[i]` becomes (set, gap, added seconds), `paid[i]` the price of the set; both stay unchanged for a
    visit that no set makes room for.
    """
    open_ = pool.shape[0]
    for m in range(sets.shape[0]):
        if open_ == 0:
            return
        r = routes[m]
        copy_route(s, r, saved, 0)
        if eject_set(d, s, saved, r, sets[m]):
            i = 0
            while i < open_:
                visit = pool[i]
                if paid[visit] < prices[m]:  # the following sets are not cheaper: the answer is final
                    open_ -= 1
                    pool[i] = pool[open_]
                    pool[open_] = visit
                    continue
                i += 1
                if may[visit, r] == 0:
                    continue
                added, gap = best_place(d, s, visit, r, MAX_ADDED_S, 0)
                if gap < 0:
                    continue
                added += s.facts[r, TRAVEL] - saved.facts[0, TRAVEL]
                if found[visit, 0] < 0 or added < found[visit, 2]:
                    paid[visit] = prices[m]
                    found[visit, 0], found[visit, 1], found[visit, 2] = m, gap, added
        copy_route(saved, 0, s, r)


def explain_open_visits(problem: Problem, model: Model, state: State, saved: State) -> dict[str, Reason]:
    """Visit id -> reason, for all unserved visits that sets of a few stops explain; the state is left as it
    was."""
    search = _EjectionSearch(problem, model, state, saved)
    pool = np.flatnonzero(state.where < 0).tolist()
    out, left = search.explain_by_sets(dict.fromkeys(pool, UNCONSTRAINED), 0, 3)
    # Visits without an answer are excluded by hard constraints, or need more room than three stops leave.
    found = {visit: find_hard_constraints(problem, search.visit_at(visit)) for visit in left}
    hard = {visit: why for visit, why in found.items() if why.codes and RELAXED_AT_ONCE.issuperset(why.codes)}
    more, _ = search.explain_by_sets(hard, 0, 3)
    wide, _ = search.explain_by_sets(
        {visit: why for visit, why in found.items() if not why.codes}, 4, MAX_EJECTIONS
    )
    return out | more | wide


class _EjectionSearch:
    """One solution in arrays, and the questions asked of it."""

    def __init__(self, problem: Problem, model: Model, state: State, saved: State) -> None:
        self.problem, self.model, self.state, self.saved = problem, model, state, saved
        self.routes = [
            state.stops[r, VISIT, 1 : state.facts[r, LENGTH] + 1].tolist() for r in range(len(problem.shifts))
        ]
        self.orders = {
            shift.id: [self.visit_at(v).id for v in self.routes[r]] for r, shift in enumerate(problem.shifts)
        }

    def visit_at(self, index: int) -> Visit:
        """The visit with this engine number."""
        return self.problem.visits[self.model.visit_of[index]]

    def explain_by_sets(
        self, asked: Mapping[int, HardConstraints], least: int, most: int
    ) -> tuple[dict[str, Reason], list[int]]:
        """Reasons by visit id that ejecting `least` to `most` stops gives, and the engine visits that are
        left."""
        d, may = self._open_hours(asked), self._list_allowed_shifts(asked)
        pool, out = np.array(sorted(asked), dtype=np.int64), {}
        for size in range(least, most + 1):
            made = self._list_ejection_sets(size) if len(pool) else None
            if made is None:
                break
            sets, routes, prices = made
            n = len(self.model.visit_of)
            paid, found = np.full(n, np.inf), np.full((n, 3), -1, dtype=np.int32)
            order = pool.astype(np.int32)
            offer_sets(d, self.state, self.saved, sets, routes, prices, order, may, paid, found)
            for index in pool[found[pool, 0] >= 0].tolist():
                m, gap, _ = found[index].tolist()
                who = tuple(self.visit_at(v).id for v in sets[m] if v >= 0)
                room = EjectionSet(self.problem.shifts[routes[m]].id, who, gap, 0, float(prices[m]))
                out[self.visit_at(index).id] = self._build_reason(index, asked[index], room)
            pool = pool[found[pool, 0] < 0]
        return out, pool.tolist()

    def _list_allowed_shifts(self, asked: Mapping[int, HardConstraints]) -> Array:
        """Data.may with the shifts where the fewest rules are relaxed allowed for the visits asked."""
        shift_index = {shift.id: r for r, shift in enumerate(self.problem.shifts)}
        may = self.model.data.may.copy()
        for index, why in asked.items():
            if why.codes:
                may[index] = 0  # elsewhere other rules are in the way
            for offer in why.offers:
                may[index, shift_index[offer.shift.id]] = 1
        return may

    def _open_hours(self, asked: Mapping[int, HardConstraints]) -> Data:
        """The data with the windows removed of visits whose hours exclude them."""
        opened = {i for i, why in asked.items() if not ANY_HOUR.isdisjoint(why.codes)}
        if not opened:
            return self.model.data
        visits = [
            replace(self.visit_at(i), windows=((0, DAY_S),)) if i in opened else self.visit_at(i)
            for i in range(len(self.model.visit_of))
        ]
        slot_at, rows, _ = list_good_starts(
            visits, list(dict.fromkeys(s.breaks for s in self.problem.shifts))
        )
        return self.model.data._replace(slot_at=slot_at, slots=rows)

    def _build_reason(self, index: int, why: HardConstraints, room: EjectionSet) -> Reason:
        """The reason for an ejection set, relaxed as `why` says."""
        plain = relax_offer(self.problem.shift_by_id[room.shift], self.visit_at(index), why.codes)
        return build_reason(self.problem, self.orders, self.visit_at(index), why.codes, plain, room)

    def _list_ejection_sets(self, size: int) -> tuple[Array, Array, Array] | None:
        """(sets int32[m, size], routes int32[m], prices float64[m]): all sets of `size` unprotected stops of
        one route, the set worth least first. None if there are more than MAX_SETS."""
        sets: list[tuple[int, ...]] = []
        routes: list[int] = []
        worths: list[float] = []
        for r, shift in enumerate(self.problem.shifts):
            price = {v: points_lost(self.problem, self.visit_at(v), shift) for v in self.routes[r]}
            loose = [v for v in self.routes[r] if not is_protected(self.visit_at(v), shift)]
            if len(sets) + comb(len(loose), size) > MAX_SETS:
                return None
            rows = list(combinations(loose, size))
            sets.extend(rows)
            routes.extend([r] * len(rows))
            worths.extend(sum(price[v] for v in row) for row in rows)
        order = np.argsort(np.array(worths), kind="stable")
        width = max(1, size)
        table = np.array(sets if size else [(-1,)] * len(sets), dtype=np.int32).reshape(-1, width)
        return (
            np.ascontiguousarray(table[order]),
            np.array(routes, dtype=np.int32)[order],
            np.array(worths, dtype=np.float64)[order],
        )
