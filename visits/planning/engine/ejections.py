"""Explain all unserved visits at once: which stops would each of them eject?

The idea: small sets of stops are removed from their routes, the set worth least first; the route is
recomputed and its gaps are offered to every visit that has no answer yet. Sets of no stop, then one, two, up
to five (the ejections of Nagata and Bräysy, Operations Research Letters 37(5), 2009, tried for all visits in
one sweep; theirs are enumerated for one visit at a time); O(1) insertion checks make this a fraction of a
second for a thousand homes. Sets with a protected stop (a promise, a longest wait) are tried only for visits that no
set without one can help. A visit excluded by skills or dates is offered the shifts that lack least. Visits
without an answer are explained one by one (why/explain.py).

Visits are asked in parts, the most pressing first, so that a run without time left has explained these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from itertools import combinations
from math import comb

import numpy as np

from visits.planning.engine.data import (
    LEAVE,
    LENGTH,
    TRAVEL,
    VISIT,
    Data,
    Model,
    State,
    allocate_state,
    copy_state,
    list_good_starts,
)
from visits.planning.engine.jit import kernel
from visits.planning.engine.route import best_place, copy_route, insert_visit, refresh_route
from visits.planning.engine.shapes import Array, Bytes2, Floats, Ints, Ints2
from visits.planning.types import DAY_S, Problem, Reason, Visit
from visits.planning.why.ejections import is_protected, points_lost
from visits.planning.why.hard_constraints import ANY_HOUR, HardConstraints, find_hard_constraints

MAX_ADDED_S = 1 << 20
MAX_EJECTIONS = 5
MAX_PROTECTED = 3
MAX_SETS = 100_000  # of one size; visits left beyond it are explained one by one
PART, OFFERED = 1024, 4096  # visits asked at once, and sets offered between two looks at the clock
UNCONSTRAINED = HardConstraints((), ())  # no rule is relaxed: Data.may says which shifts are asked
RELAXED_AT_ONCE = {"skill", "no_shift", *ANY_HOUR}  # constraints that can be relaxed for all visits at once

Sets = tuple[
    Array, Array, Array
]  # int32[m, size] stops (-1: none), int32[m] routes, float64[m] prices in order


class _OverError(Exception):
    """The time to explain is over."""


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
    first: int,
    last: int,
    pool: Ints,
    open_: int,
    may: Bytes2,
    paid: Floats,
    found: Ints2,
) -> int:
    """Offer the gaps that each of the sets `first`..`last - 1` leaves, cheapest set first, to the `open_` first visits
    in `pool`; returns how many are open still.

    `found[i]` becomes (set, gap, added seconds), `paid[i]` the price of the set; both stay unchanged for a
    visit that no set makes room for.
    """
    for m in range(first, last):
        if open_ == 0:
            break
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
    return open_


@kernel
def time_offers(
    d: Data, s: State, saved: State, sets: Ints2, routes: Ints, pool: Ints, found: Ints2, times: Ints2
) -> None:
    """`times[i]` becomes (start, longest delay of another stop) of each visit in `pool` as it was found a place."""
    for i in range(pool.shape[0]):
        visit = pool[i]
        m, gap = found[visit, 0], found[visit, 1]
        if m < 0:
            continue
        r = routes[m]
        copy_route(s, r, saved, 0)
        eject_set(d, s, saved, r, sets[m])
        insert_visit(d, s, visit, r, gap)
        times[visit, 0] = s.stops[r, LEAVE, gap + 1] - d.service[visit]
        later, k = 0, 1
        for at in range(1, s.facts[r, LENGTH] + 1):
            if at == gap + 1:
                continue
            while saved.stops[0, VISIT, k] != s.stops[r, VISIT, at]:
                k += 1
            later = max(later, int(s.stops[r, LEAVE, at] - saved.stops[0, LEAVE, k]))
        times[visit, 1] = later
        s.where[visit] = -1
        copy_route(saved, 0, s, r)


def explain_open_visits(
    problem: Problem,
    model: Model,
    state: State,
    *,
    threads: int = 1,
    is_over: Callable[[], bool] = lambda: False,
) -> dict[str, Reason]:
    """Visit id -> reason, for all unserved visits that sets of a few stops explain, as far as it is not over."""
    search = _EjectionSearch(problem, model, state, is_over)
    pressing = np.lexsort((-model.data.prize[:, 0], -model.data.tier))
    pool = [visit for visit in pressing.tolist() if state.where[visit] < 0]
    with ThreadPoolExecutor(max_workers=threads) as workers:
        parts = workers.map(search.explain_part, (pool[at : at + PART] for at in range(0, len(pool), PART)))
        return {visit: reason for part in parts for visit, reason in part.items()}


class _EjectionSearch:
    """One solution in arrays, and the questions asked of it."""

    def __init__(self, problem: Problem, model: Model, state: State, is_over: Callable[[], bool]) -> None:
        self.problem, self.model, self.state, self.is_over = problem, model, state, is_over
        routes = [
            state.stops[r, VISIT, 1 : state.facts[r, LENGTH] + 1].tolist() for r in range(len(problem.shifts))
        ]
        self.loose, self.protected = [], []
        self.price: list[dict[int, float]] = []
        for shift, route in zip(problem.shifts, routes, strict=True):
            kept = {v for v in route if is_protected(self.visit_at(v), shift)}
            self.protected.append([v for v in route if v in kept])
            self.loose.append([v for v in route if v not in kept])
            self.price.append({v: points_lost(problem, self.visit_at(v), shift) for v in route})
        self.any_protected = any(self.protected)
        self.list_sets = cache(self._list_ejection_sets)
        self.list_bare_routes = cache(self._list_bare_routes)

    def visit_at(self, index: int) -> Visit:
        """The visit with this engine number."""
        return self.problem.visits[self.model.visit_of[index]]

    def explain_part(self, part: Sequence[int]) -> dict[str, Reason]:
        """Reasons by visit id, for these unserved visits (engine numbering)."""
        out: dict[str, Reason] = {}
        try:
            asked = _Question(self, dict.fromkeys(part, UNCONSTRAINED))
            out |= asked.ask(0, range(4))
            if not asked.left:
                return out
            asked.ask_bare_routes(
                None
            )  # visits without room in any empty route are excluded by hard constraints
            able = asked.found_room()
            left = [visit for visit in asked.left if visit not in able]
            if able:
                out |= self._explain_full(able)
            found: dict[int, HardConstraints] = {}
            for visit in left:
                self.look_at_clock()
                found[visit] = find_hard_constraints(self.problem, self.visit_at(visit))
            hard = {
                visit: why
                for visit, why in found.items()
                if why.codes and RELAXED_AT_ONCE.issuperset(why.codes)
            }
            if hard:
                out |= _Question(self, hard).ask(0, range(4))
        except _OverError:
            pass
        return out

    def _explain_full(self, able: Sequence[int]) -> dict[str, Reason]:
        """The same for visits that fit alone, and need more than three unprotected stops out: with as few protected
        ones as will do."""
        out: dict[str, Reason] = {}
        for protected in range(MAX_PROTECTED + 1 if self.any_protected else 1):
            asked = _Question(self, dict.fromkeys(able, UNCONSTRAINED))
            if protected:
                out |= asked.ask(protected, range(protected, max(4, protected + 1)))
            if not asked.left:
                break
            asked.ask_bare_routes(protected)
            deep = asked.found_room()
            if deep:
                more = _Question(self, dict.fromkeys(deep, UNCONSTRAINED))
                out |= more.ask(protected, range(max(4, protected + 1), MAX_EJECTIONS + 1))
            able = [visit for visit in asked.left if visit not in deep]
            if not able:
                break
        return out

    def look_at_clock(self) -> None:
        """Raises `_OverError` where it is over."""
        if self.is_over():
            raise _OverError

    def _list_ejection_sets(self, protected: int, size: int) -> Sets | None:
        """All sets of `size` stops of one route, so many of them protected, the set worth least first. None if there
        are more than MAX_SETS."""
        sets: list[tuple[int, ...]] = []
        routes: list[int] = []
        worths: list[float] = []
        free = size - protected
        for r, (loose, firm, price) in enumerate(zip(self.loose, self.protected, self.price, strict=True)):
            if len(sets) + comb(len(loose), free) * comb(len(firm), protected) > MAX_SETS:
                return None
            rows = [(*a, *b) for a in combinations(loose, free) for b in combinations(firm, protected)]
            sets.extend(rows)
            routes.extend([r] * len(rows))
            worths.extend(sum(price[v] for v in row) for row in rows)
        order = np.argsort(np.array(worths), kind="stable")
        table = np.array(sets if size else [(-1,)] * len(sets), dtype=np.int32).reshape(-1, max(1, size))
        return (
            np.ascontiguousarray(table[order]),
            np.array(routes, dtype=np.int32)[order],
            np.array(worths, dtype=np.float64)[order],
        )

    def _list_bare_routes(self, protected: int | None) -> Sets | None:
        """The routes without any stop (None), or without any but all except so many protected ones, in sets of as
        different prices, so that whoever finds room in one is asked no more."""
        sets: list[list[int]] = []
        routes: list[int] = []
        for r, (loose, firm) in enumerate(zip(self.loose, self.protected, strict=True)):
            most = len(firm) if protected is None else min(protected, len(firm))
            if len(sets) + comb(len(firm), most) > MAX_SETS:
                return None
            rows = [[*loose, *out] for out in combinations(firm, most)]
            sets.extend(rows)
            routes.extend([r] * len(rows))
        table = np.full((len(sets), max(1, *map(len, sets)) if sets else 1), -1, dtype=np.int32)
        for row, out in zip(table, sets, strict=True):
            row[: len(out)] = out
        return table, np.array(routes, dtype=np.int32), np.arange(len(sets), dtype=np.float64)


class _Question:
    """The same question of some visits: which sets make room for them? `left` are those without an answer."""

    def __init__(self, search: _EjectionSearch, asked: Mapping[int, HardConstraints]) -> None:
        self.search, self.asked, model = search, asked, search.model
        self.left = sorted(asked)
        self.data, self.may = self._open_hours(), self._list_allowed_shifts()
        self.state = copy_state(search.state)
        self.saved = allocate_state(1, model.longest, np.zeros(1, np.int32))
        n = len(model.visit_of)
        self.paid, self.found = np.full(n, np.inf), np.full((n, 3), -1, dtype=np.int32)

    def ask(self, protected: int, sizes: Sequence[int]) -> dict[str, Reason]:
        """Reasons by visit id that ejecting so many stops gives, `protected` of them protected ones."""
        out: dict[str, Reason] = {}
        for size in sizes:
            sets = self.search.list_sets(protected, size) if self.left else None
            if sets is None:
                break
            self._offer(sets)
            found = np.array(self.found_room(), dtype=np.int32)
            times = np.zeros((len(self.found), 2), dtype=np.int32)
            time_offers(self.data, self.state, self.saved, *sets[:2], found, self.found, times)
            for index in found.tolist():
                reason = self._build_reason(index, sets, protected, *times[index].tolist())
                out[self.search.visit_at(index).id] = reason
            answered = set(found.tolist())
            self.left = [visit for visit in self.left if visit not in answered]
        return out

    def ask_bare_routes(self, protected: int | None) -> None:
        """Whether the visits left have room in a route without any stop (None), or without any unprotected and so many
        protected ones; `found_room` says."""
        sets = self.search.list_bare_routes(protected)
        if sets is not None:
            self._offer(sets)

    def found_room(self) -> list[int]:
        """Of the visits left, those for which the last sets made room."""
        left = np.array(self.left, dtype=np.int64)
        return left[self.found[left, 0] >= 0].tolist()  # type: ignore[no-any-return]

    def _offer(self, sets: Sets) -> None:
        """Offer all sets to the visits left. Raises `_OverError` where it is over before."""
        pool = np.array(self.left, dtype=np.int32)
        self.paid[pool], self.found[pool] = np.inf, -1
        still, count = len(pool), len(sets[0])
        for first in range(0, count, OFFERED):
            self.search.look_at_clock()
            last = min(first + OFFERED, count)
            still = offer_sets(
                self.data,
                self.state,
                self.saved,
                *sets,
                first,
                last,
                pool,
                still,
                self.may,
                self.paid,
                self.found,
            )
            if still == 0:
                break

    def _list_allowed_shifts(self) -> Array:
        """Data.may with the shifts where the fewest rules are relaxed allowed for the visits asked."""
        may = self.search.model.data.may
        relaxed = {index: why for index, why in self.asked.items() if why.codes}
        if not relaxed:
            return may
        may = may.copy()
        shift_index = {shift.id: r for r, shift in enumerate(self.search.problem.shifts)}
        for index, why in relaxed.items():
            may[index] = 0  # elsewhere other rules are in the way
            for offer in why.offers:
                may[index, shift_index[offer.shift.id]] = 1
        return may

    def _open_hours(self) -> Data:
        """The data with the windows removed of visits whose hours exclude them."""
        opened = {i for i, why in self.asked.items() if not ANY_HOUR.isdisjoint(why.codes)}
        search = self.search
        if not opened:
            return search.model.data
        visits = [
            replace(search.visit_at(i), windows=((0, DAY_S),)) if i in opened else search.visit_at(i)
            for i in range(len(search.model.visit_of))
        ]
        classes = list(dict.fromkeys(s.breaks for s in search.problem.shifts))
        slot_at, rows, _ = list_good_starts(visits, classes)
        return search.model.data._replace(slot_at=slot_at, slots=rows)

    def _build_reason(self, index: int, sets: Sets, protected: int, at_s: int, later_s: int) -> Reason:
        """The reason for the set that was found, relaxed as the visit was asked."""
        search, codes = self.search, self.asked[index].codes
        m, _, added_s = self.found[index].tolist()
        visit, shift = search.visit_at(index), search.problem.shifts[sets[1][m]]
        who = tuple(search.visit_at(v).id for v in sets[0][m].tolist() if v >= 0)
        return Reason(
            codes[0] if codes else "pushes" if who else "worth",
            shift.id,
            who,
            added_s,
            float(sets[2][m]) if who else points_lost(search.problem, visit, shift),
            ",".join(sorted(visit.skills - shift.skills)) if "skill" in codes else "",
            relax=codes,
            at_s=at_s,
            later_s=later_s,
            promised=protected,
        )
