"""Planning cases that try to break the planner, and what is true of them by trying everything.

Windows of no length or at the edge of a break, breaks over the shift's ends or over all of it, services longer
than the day, shifts too short for any drive, no travel at all, many at one place, points from 0.5 to 10^9,
promises made blindly. `make_problem` (planning_case.py) makes the plausible ones.
"""

import dataclasses
import datetime as dt
import random
from collections.abc import Sequence

import numpy as np

from visits.planning import GreatCircle, Problem, Shift, Table, Visit
from visits.planning.rules import find_ban, find_service_start, finish_drive
from visits.planning.types import DAY_S, Interval

MONDAY = dt.date(2026, 11, 30)
HOUR = 3600


def nasty_problem(
    seed: int, *, visits: int, shifts: int, promised: bool = True, roads: bool = False
) -> Problem:
    """A problem of this size; with `roads` travel is a table that differs there and back. Half of the problems have
    a second vehicle, and times of its own for it."""
    rng = random.Random(f"nasty/{seed}/{visits}/{shifts}")
    spread = rng.choice([0, 0.3, 3, 10, 30]) / 111
    places = [
        (-7.63 + rng.gauss(0, spread), 111.52 + rng.gauss(0, spread))
        for _ in range(rng.randint(1, visits + shifts))
    ] * rng.choice([1, 1, 2])  # twice: other places, the same point
    team = [_shift(rng, index, len(places)) for index in range(shifts)]
    rows = [_visit(rng, index, len(places), team) for index in range(visits)]
    if promised:
        rows = [
            dataclasses.replace(row, locked=rng.choice(team).id) if rng.random() < 0.3 else row
            for row in rows
        ]
    speed_kmh, detour = rng.choice([20, 45, 1e6]), rng.choice([0, 1.0, 1.35, 1.35])
    travel = _roads(seed, len(places)) if roads else GreatCircle(detour, speed_kmh)
    problem = Problem(tuple(places), tuple(team), tuple(rows), travel, f"nasty-{seed}")
    return _with_second_vehicle(problem, seed) if seed % 4 < 2 else problem


def _with_second_vehicle(problem: Problem, seed: int) -> Problem:
    """The problem where some teams drive another vehicle, faster or slower."""
    rng = random.Random(f"vehicles/{seed}")
    own = isinstance(problem.travel, Table)
    other = (
        _roads(seed + 1, len(problem.locations)) if own else GreatCircle(1.2, rng.choice([12.0, 33.0, 80.0]))
    )
    shifts = tuple(dataclasses.replace(shift, vehicle=rng.randrange(2)) for shift in problem.shifts)
    return dataclasses.replace(problem, shifts=shifts, more_travel=(other,))


def _roads(seed: int, size: int) -> Table:
    """The shortest ways of a random one-way town, some a second longer by rounding."""
    rng = np.random.default_rng(seed)
    table = rng.integers(0, 4000, (size, size))
    np.fill_diagonal(table, 0)
    for by in range(size):
        table = np.minimum(table, table[:, by : by + 1] + table[by : by + 1])
    table += rng.integers(0, 2, (size, size))
    np.fill_diagonal(table, 0)
    return Table(table)


def _shift(rng: random.Random, index: int, places: int) -> Shift:
    start_s = rng.choice([0, 27000, 28800, 12 * HOUR - 60, 13 * HOUR, 23 * HOUR])
    end_s = min(DAY_S, start_s + rng.choice([0, 60, 600, 2 * HOUR, 4 * HOUR, 8 * HOUR, 8 * HOUR]))
    base = rng.randrange(places)
    return Shift(
        id=f"s{index}",
        team=f"T{index % 2}",
        date=MONDAY + dt.timedelta(days=rng.randrange(3) if index else 0),
        start_s=start_s,
        end_s=end_s,
        start_location=base,
        end_location=rng.choice([base, rng.randrange(places)]),
        max_visits=rng.choice([0, 1, 2, 3, 14, 14, 10**6]),
        breaks=_breaks(rng, start_s, end_s),
        skills=frozenset(skill for skill in ("iris", "ramp") if rng.random() < 0.6),
    )


def _breaks(rng: random.Random, start_s: int, end_s: int) -> tuple[Interval, ...]:
    middle = (start_s + end_s) // 2
    points = sorted(rng.randint(start_s, end_s) for _ in range(2 * rng.randint(1, 4)))
    return rng.choice(
        [
            (),
            ((12 * HOUR, 13 * HOUR),),
            ((start_s, min(DAY_S, start_s + 1800)),),
            ((max(0, end_s - 1800), min(DAY_S, end_s + 600)),),
            ((start_s, end_s),),
            ((middle, middle), (middle, min(DAY_S, middle + 900)), (min(DAY_S, middle + 900), DAY_S)),
            tuple(zip(points[::2], points[1::2], strict=True)),
        ]
    )


def _visit(rng: random.Random, index: int, places: int, team: list[Shift]) -> Visit:
    shift = rng.choice(team)
    edges = [shift.start_s, shift.end_s, *(at for pause in shift.breaks for at in pause)]
    moments = [rng.choice([*edges, rng.randint(shift.start_s, shift.end_s)]) for _ in range(6)]
    spans: list[Interval] = [(min(pair), max(pair)) for pair in zip(moments[::2], moments[1::2], strict=True)]
    windows: Sequence[Interval] = rng.choice(
        [
            ((0, DAY_S),),
            ((moments[0], moments[0]),),
            ((shift.start_s, shift.end_s),),
            spans[:1],
            spans[1:],
            spans,
            (),
        ]
    )
    dates = [*sorted({one.date for one in team}), MONDAY + dt.timedelta(days=9)]
    published = rng.choice([None, None, rng.choice(team).id, "gone"])
    return Visit(
        id=f"v{index}",
        location=rng.randrange(places),
        service_s=rng.choice([0, 0, 1, 60, 600, 1500, 1800, 5400, 4 * HOUR]),
        priority=rng.choice([1, 2, 5, 20, 60, rng.randint(1, 100), rng.choice([0.5, 10**6, 10**9])]),
        windows=tuple(windows),
        decay=rng.choice([0, 0, 1, 30, 500]),
        dates=rng.choice([None, frozenset(rng.sample(dates, rng.randint(0, len(dates))))]),
        skills=frozenset(skill for skill in ("iris", "ramp") if rng.random() < 0.15),
        infectious_last=rng.random() < 0.15,
        published=published,
        move_points=rng.choice([0, 3, 80]) if published else 0,
        tier=int(rng.random() < 0.2),
    )


def most_promises(problem: Problem, shift: Shift) -> tuple[int, float]:
    """The most promises that the shift can keep together, and the most points of so many, by trying all orders."""
    mine = [v for v in problem.visits if v.locked == shift.id and find_ban(v, shift) is None]
    best = (0, 0.0)
    earliest: dict[tuple[frozenset[str], int, bool], int] = {}

    def go_on(done: frozenset[str], points: float, now_s: int, here: int, seen_last: bool) -> None:
        nonlocal best
        key = (done, here, seen_last)
        if len(done) > shift.max_visits or earliest.get(key, now_s + 1) <= now_s:
            return
        earliest[key] = now_s
        if (
            finish_drive(now_s, problem.seconds(shift.vehicle, here, shift.end_location), shift.breaks)
            <= shift.end_s
        ):
            best = max(best, (len(done), points))
        for visit in mine:
            if visit.id in done or (seen_last and not visit.infectious_last):
                continue
            arrive_s = finish_drive(now_s, problem.seconds(shift.vehicle, here, visit.location), shift.breaks)
            start_s = find_service_start(arrive_s, visit.service_s, visit.windows, shift.breaks)
            if start_s is not None:
                leave_s = start_s + visit.service_s
                last = seen_last or visit.infectious_last
                go_on(done | {visit.id}, points + visit.priority, leave_s, visit.location, last)

    go_on(frozenset(), 0.0, shift.start_s, shift.start_location, False)
    return best
