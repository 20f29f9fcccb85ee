"""A problem as arrays: what the kernels read (Data) and what they change (State).

The idea: whatever can be decided before the search is decided here, in numpy: which shift may serve which
visit, what a visit is worth on which day, and in which intervals a service may begin once windows and breaks
are combined (a start is good if it lies in a window and no break cuts the service). Places and visits are
renumbered along a space-filling curve (Morton, 1966), so that neighbours in the field are neighbours in
memory.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from visits.planning.engine.nearest import find_nearest
from visits.planning.engine.shapes import Array, Bytes2, Floats, Floats2, Ints, Ints2, Ints3, Longs
from visits.planning.rules import find_ban
from visits.planning.travel import EARTH_M, GreatCircle, unit_vectors
from visits.planning.types import POINT_S, Interval, Problem, Visit

DENSE_PLACES = 3000  # above, travel is computed from chords; the matrix would not fit the caches
NEIGHBOURS = 100
NO_BREAK_S = 1 << 30  # a break that no clock reaches

VISIT, LEAVE, LATEST, LEG, PLACE = range(5)  # rows of State.stops
LENGTH, EARLY, TRAVEL, LOOSE = range(4)  # columns of State.facts
START, END, FROM, TO, MAX_VISITS, CLASS, DAY, VEHICLE = range(8)  # columns of Data.shift


class Data(NamedTuple):
    """Read-only. n visits, r shifts, c classes of breaks, p places, u vehicles."""

    matrix: Ints3  # int32[u, p, p] seconds, or [1, 1, 1] when travel comes from chords
    vectors: Floats2  # float64[p, 3] on the unit sphere
    scale: Floats  # float64[u] seconds for one radius of great circle
    place: Ints  # int32[n]
    service: Ints  # int32[n] seconds
    variance: Longs  # int64[n] seconds squared
    infectious_last: Ints  # int32[n] 1: after all others
    locked: Ints  # int32[n] the shift, or -1
    prize: Floats2  # float64[n, days] score of serving, the bonus of its tier included
    tier: Floats  # float64[n] that bonus: 0, or more than everything else in the problem together
    home: Ints  # int32[n] the shift it is published on, or -1
    stay: Floats  # float64[n] more score when it is served there
    may: Bytes2  # uint8[n, r] date, skills, capacity and lock allow it
    slot_at: Ints2  # int32[c, n + 1] offsets into slots
    slots: Ints2  # int32[m, 2] first and last good start, sorted
    shift: Ints2  # int32[r, 8]
    reserve: Floats  # float64[r] standard deviations of a route that are kept free; empty where all are 0
    breaks: Ints3  # int32[c, b, 2]
    near: Ints2  # int32[n, k] nearest visits, nearest first
    width: Ints  # int32[n] seconds in which a service may begin; small is tight


class State(NamedTuple):
    """One solution. Column 0 and `length + 1` of a route are the depots."""

    stops: Ints3  # int32[r, 5, longest + 2]
    facts: Ints2  # int32[r, 4] EARLY: visits not `infectious_last`; LOOSE: not locked to the route (0 without reserves)
    worth: Floats  # float64[r] prizes of the route
    variance: Longs  # int64[r] of its visits; 0 without reserves
    where: Ints  # int32[n] route or -1


class Model(NamedTuple):
    """The data, and the mapping back to the problem's numbering; `longest` is the most stops that a route can
    have."""

    data: Data
    visit_of: list[int]  # engine visit -> index into problem.visits
    longest: int


def intersect_good_starts(
    windows: Sequence[Interval], breaks: Sequence[Interval], service_s: int
) -> list[tuple[int, int]]:
    """Disjoint sorted intervals of starts that lie inside a window and whose service no break cuts."""
    out: list[list[int]] = []
    for opens, closes in sorted(windows):
        at = opens
        for from_s, to_s in breaks:
            if at < to_s and closes > from_s - service_s:
                if at <= from_s - service_s:
                    out.append([at, from_s - service_s])
                at = max(at, to_s)
        if at <= closes:
            out.append([at, closes])
    out.sort()
    merged: list[list[int]] = []
    for a, b in out:
        if merged and a <= merged[-1][1] + 1:
            merged[-1][1] = max(merged[-1][1], b)
        else:
            merged.append([a, b])
    return [(a, b) for a, b in merged]


def curve_order(degrees: Array) -> Array:
    """Order of points (degrees, float64[n, 2]) along a Morton curve: their indices, int64[n]."""
    if not len(degrees):
        return np.zeros(0, dtype=np.int64)
    low, high = degrees.min(axis=0), degrees.max(axis=0)
    cells = ((degrees - low) / np.maximum(high - low, 1e-9) * 65535).astype(np.int64)
    code = np.zeros(len(degrees), dtype=np.int64)
    for bit in range(16):
        code |= ((cells[:, 0] >> bit) & 1) << (2 * bit + 1) | ((cells[:, 1] >> bit) & 1) << (2 * bit)
    return np.argsort(code, kind="stable")


def build_model(problem: Problem, released: Collection[str] = ()) -> Model:
    """The arrays for the kernels; visits with an id in `released` lose their lock."""
    order = curve_order(np.asarray(problem.locations, dtype=np.float64).reshape(-1, 2))
    new_place = np.empty(len(order), dtype=np.int64)
    new_place[order] = np.arange(len(order))
    places = [problem.locations[i] for i in order]
    visit_of = sorted(range(len(problem.visits)), key=lambda i: (new_place[problem.visits[i].location], i))
    visits = [problem.visits[i] for i in visit_of]
    classes = {breaks: i for i, breaks in enumerate(dict.fromkeys(s.breaks for s in problem.shifts))}
    shift_rows = _build_shift_rows(problem, new_place, classes)
    vectors = unit_vectors(places)
    matrix, scale = _build_travel(problem, order, places)
    place = np.array([new_place[v.location] for v in visits], dtype=np.int32)
    slot_at, rows, width = list_good_starts(visits, list(classes))
    shift_index = {s.id: i for i, s in enumerate(problem.shifts)}
    locked = _list_locks(problem, visits, released)
    tier = _build_tier_bonuses(problem, visits)
    any_reserve = any(s.reserve for s in problem.shifts)
    data = Data(
        matrix=matrix,
        vectors=vectors,
        scale=scale,
        place=place,
        service=np.array([v.service_s for v in visits], dtype=np.int32),
        variance=np.array([v.variance_s2 for v in visits], dtype=np.int64),
        infectious_last=np.array([v.infectious_last for v in visits], dtype=np.int32),
        locked=locked,
        prize=_build_prizes(problem, visits, tier),
        tier=tier,
        home=np.array([shift_index.get(v.published or "", -1) for v in visits], dtype=np.int32),
        stay=np.array([POINT_S * v.move_points for v in visits], dtype=np.float64),
        may=_build_allowed(problem, visits, locked),
        slot_at=slot_at,
        slots=rows,
        shift=shift_rows,
        reserve=np.array([s.reserve for s in problem.shifts if any_reserve], dtype=np.float64),
        breaks=_build_break_table(list(classes)),
        near=find_nearest(vectors[place] * EARTH_M, NEIGHBOURS)
        if len(visits)
        else np.zeros((0, 0), np.int32),
        width=width,
    )
    return Model(data, visit_of, _longest_route(shift_rows, visits))


def _build_shift_rows(
    problem: Problem, new_place: Array, classes: Mapping[tuple[Interval, ...], int]
) -> Array:
    """Data.shift: int32[r, 8], columns START to VEHICLE."""
    rows = [
        [
            s.start_s,
            s.end_s,
            new_place[s.start_location],
            new_place[s.end_location],
            min(s.max_visits, len(problem.visits)),
            classes[s.breaks],
            problem.day_index[s.date],
            s.vehicle,
        ]
        for s in problem.shifts
    ]
    return np.array(rows, dtype=np.int32).reshape(-1, 8)


def _build_break_table(classes: Sequence[tuple[Interval, ...]]) -> Array:
    """Data.breaks: int32[c, b, 2], filled with NO_BREAK_S."""
    most = max((len(b) for b in classes), default=0)
    out = np.full((max(1, len(classes)), max(1, most), 2), NO_BREAK_S, dtype=np.int32)
    for index, breaks in enumerate(classes):
        out[index, : len(breaks)] = np.array(breaks, dtype=np.int32).reshape(-1, 2)
    return out


def _build_tier_bonuses(problem: Problem, visits: Sequence[Visit]) -> Array:
    """The bonus of every visit, float64[n]: for tier 1 the first power of two above all that could weigh
    against it.

    A power of two times a count is exact in float64, so the points below it are not rounded away.
    """
    above = np.array([v.tier for v in visits], dtype=np.float64)
    if not above.any():
        return above
    days = len(problem.horizon)
    most = sum(POINT_S * (v.priority + v.move_points + v.decay * days) for v in visits)
    most += sum(s.end_s - s.start_s for s in problem.shifts)
    return above * 2.0 ** math.ceil(math.log2(most + 1.0))


def _build_prizes(problem: Problem, visits: Sequence[Visit], tier: Array) -> Array:
    """Data.prize: float64[n, days]."""
    days = np.arange(max(1, len(problem.horizon)))
    worth = np.array([[v.priority, v.decay] for v in visits], dtype=np.float64).reshape(-1, 2)
    prize = POINT_S * (worth[:, :1] - worth[:, 1:] * days[None, :])
    return np.ascontiguousarray(prize + tier[:, None])


def _build_travel(problem: Problem, order: Array, places: list[tuple[float, float]]) -> tuple[Array, Array]:
    """Data.matrix and Data.scale; the matrix is [1, 1, 1] if travel is computed from chords."""
    models = problem.travel_of_vehicles
    lines = [model for model in models if isinstance(model, GreatCircle)]
    if len(lines) == len(models) and len(places) > DENSE_PLACES:
        scale = np.array([2 * EARTH_M * line.seconds_per_m for line in lines])
        return np.zeros((1, 1, 1), dtype=np.int32), scale
    matrix = np.empty((len(models), len(places), len(places)), dtype=np.int32)
    for index, model in enumerate(models):
        if isinstance(model, GreatCircle):
            matrix[index] = model.matrix(places)
        else:
            matrix[index] = model.matrix(problem.locations)[np.ix_(order, order)]
    return matrix, np.zeros(len(models))


def list_good_starts(
    visits: Sequence[Visit], classes: list[tuple[Interval, ...]]
) -> tuple[Array, Array, Array]:
    """Data's `slot_at`, `slots` and `width` (of class 0): good starts of every visit for every class of
    breaks."""
    slot_at = np.zeros((max(1, len(classes)), len(visits) + 1), dtype=np.int32)
    rows: list[tuple[int, int]] = []
    width = np.zeros(len(visits), dtype=np.int32)
    known: dict[Any, list[tuple[int, int]]] = {}
    for c, breaks in enumerate(classes):
        for i, visit in enumerate(visits):
            key = (c, visit.windows, visit.service_s)
            if key not in known:
                known[key] = intersect_good_starts(visit.windows, breaks, visit.service_s)
            slot_at[c, i] = len(rows)
            rows.extend(known[key])
            if c == 0:
                width[i] = sum(b - a for a, b in known[key])
        slot_at[c, len(visits)] = len(rows)
    return slot_at, np.array(rows, dtype=np.int32).reshape(-1, 2), width


def _build_allowed(problem: Problem, visits: Sequence[Visit], locked: Array) -> Array:
    """Data.may: whether date, skills, capacity and lock allow it; times are checked by the kernels."""
    out = np.zeros((len(visits), len(problem.shifts)), dtype=np.uint8)
    by_kind: dict[Any, Array] = {}
    for i, visit in enumerate(visits):
        kind = (visit.dates, visit.skills)
        if kind not in by_kind:
            by_kind[kind] = np.array(
                [find_ban(visit, s) is None and s.max_visits > 0 for s in problem.shifts]
            )
        out[i] = by_kind[kind]
        if locked[i] >= 0:
            keep = out[i, locked[i]]
            out[i] = 0
            out[i, locked[i]] = keep
    return out


def allocate_state(routes: int, longest: int, where: Array) -> State:
    """The arrays of a solution with so many empty routes."""
    return State(
        np.zeros((routes, 5, longest + 2), dtype=np.int32),
        np.zeros((routes, 4), dtype=np.int32),
        np.zeros(routes),
        np.zeros(routes, dtype=np.int64),
        where,
    )


def empty_state(model: Model) -> State:
    """A solution that serves nobody; kernels fill the depots (route.refresh)."""
    r, n = len(model.data.shift), len(model.data.place)
    return allocate_state(r, model.longest, np.full(n, -1, dtype=np.int32))


def copy_state(state: State) -> State:
    """A copy of the state in arrays of its own."""
    return State(*(array.copy() for array in state))


def follow_shifts(model: Model, problem: Problem, released: Collection[str] = ()) -> Model:
    """The arrays of a problem that differs from the model's by the hours and the most visits of its shifts alone."""
    visits = [problem.visits[i] for i in model.visit_of]
    locked = _list_locks(problem, visits, released)
    shift = model.data.shift.copy()
    for row, now in zip(shift, problem.shifts, strict=True):
        row[START], row[END], row[MAX_VISITS] = now.start_s, now.end_s, min(now.max_visits, len(visits))
    data = model.data._replace(shift=shift, locked=locked, may=_build_allowed(problem, visits, locked))
    return model._replace(data=data, longest=_longest_route(shift, visits))


def _list_locks(problem: Problem, visits: Sequence[Visit], released: Collection[str]) -> Array:
    """Data.locked: int32[n]."""
    index = {s.id: i for i, s in enumerate(problem.shifts)}
    locks = [index[v.locked] if v.locked and v.id not in released else -1 for v in visits]
    return np.array(locks, dtype=np.int32)


def _longest_route(shift: Array, visits: Sequence[Visit]) -> int:
    """The most stops that a route can have."""
    return int(min(shift[:, MAX_VISITS].max(), len(visits))) if len(shift) else 0
