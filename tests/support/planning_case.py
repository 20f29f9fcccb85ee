"""Made-up planning cases for tests: small, nasty, and with locks that can be kept together.

The locked visits of a shift are laid along a real walk of that shift first, and their windows are cut
round the walk, so an order that keeps them all exists by construction.
"""

import dataclasses
import datetime as dt
import random

from visits.planning import GreatCircle, Problem, Shift, Visit
from visits.planning.rules import find_service_start, finish_drive

MONDAY = dt.date(2026, 11, 30)
NOON = ((12 * 3600, 13 * 3600),)
FRIDAY = ((11 * 3600 + 1800, 13 * 3600),)
TWO = ((10 * 3600, 10 * 3600 + 900), (12 * 3600, 13 * 3600))


def make_problem(
    seed: int,
    *,
    visits: int = 12,
    shifts: int = 3,
    locked: int = 0,
    spread_km: float = 8.0,
    last: bool = False,
    decay: bool = True,
    replan: bool = False,
    reserve: bool = False,
) -> Problem:
    """A problem of this size; the same arguments always give the same one.

    With `reserve` visits vary and shifts keep a part of their day free; locks may need that part. With `replan` some visits are published somewhere and some are past the longest allowed wait.
    """
    rng = random.Random(f"{seed}/{visits}/{shifts}/{locked}/{spread_km}/{last}")
    places = [
        (-7.63 + rng.gauss(0, spread_km) / 111, 111.52 + rng.gauss(0, spread_km) / 111) for _ in range(shifts)
    ]
    team = [_shift(rng, index, shifts) for index in range(shifts)]
    rows = []
    for n in range(visits):
        if rng.random() < 0.15 and len(places) > shifts:
            place = rng.randrange(len(places))  # neighbours in one house, or at a base
        else:
            place = len(places)
            places.append((-7.63 + rng.gauss(0, spread_km) / 111, 111.52 + rng.gauss(0, spread_km) / 111))
        rows.append(_visit(rng, n, place, team, last=last, decay=decay))
    model = GreatCircle(detour=rng.choice([1.0, 1.35]), speed_kmh=rng.choice([20, 30, 45]))
    problem = Problem(tuple(places), tuple(team), tuple(rows), model, f"made-up-{seed}")
    problem = lock(rng, problem, locked) if locked else problem
    problem = varying(rng, problem) if reserve else problem
    return published(rng, problem) if replan else problem


def varying(rng: random.Random, problem: Problem) -> Problem:
    """Visits of uncertain length, and shifts that keep more or less of their day free for it."""
    shifts = (dataclasses.replace(s, reserve=rng.choice([0.0, 0.5, 0.8, 1.7])) for s in problem.shifts)
    visits = (
        dataclasses.replace(v, variance_s2=round((rng.choice([0, 0.2, 0.5, 1]) * v.service_s) ** 2))
        for v in problem.visits
    )
    return dataclasses.replace(problem, shifts=tuple(shifts), visits=tuple(visits))


def published(rng: random.Random, problem: Problem) -> Problem:
    """Some visits published on a shift that may or may not suit them, some in tier 1."""
    visits = []
    for visit in problem.visits:
        shift = rng.choice([*(s.id for s in problem.shifts), "gone"]) if rng.random() < 0.6 else None
        price = rng.choice([0, 3, 20, 80]) if shift else 0
        tier = int(rng.random() < 0.3)
        visits.append(dataclasses.replace(visit, published=shift, move_points=price, tier=tier))
    return dataclasses.replace(problem, visits=tuple(visits))


def _shift(rng: random.Random, index: int, count: int) -> Shift:
    start_s = rng.choice([27000, 28800, 12 * 3600 + 600])
    return Shift(
        id=f"s{index}",
        team=f"T{index % 2}",
        date=MONDAY + dt.timedelta(days=index // 2),
        start_s=start_s,
        end_s=start_s + rng.choice([3, 5, 8]) * 3600,
        start_location=index,
        end_location=rng.choice([index, rng.randrange(count)]),
        max_visits=rng.choice([2, 4, 14]),
        breaks=rng.choice([(), NOON, FRIDAY, TWO]),
        skills=frozenset(skill for skill in ("iris", "ramp") if rng.random() < 0.6),
    )


def _visit(rng: random.Random, n: int, place: int, team: list[Shift], *, last: bool, decay: bool) -> Visit:
    dates = sorted({shift.date for shift in team})
    opens = rng.randrange(26000, 50000)
    windows = rng.choice(
        [
            ((0, 86400),),
            ((27000, 55800),),
            ((opens, opens + rng.randrange(0, 9000)),),
            ((28800, 36000), (46800, 54000)),
            ((46800, 54000), (28800, 47000)),  # unsorted and overlapping is allowed
        ]
    )
    return Visit(
        id=f"v{n}",
        location=place,
        service_s=rng.choice([0, 300, 900, 1500, 1800, 2700, 5400]),
        priority=rng.randint(1, 60),
        decay=rng.choice([0, 0, 1, 4, 30]) if decay else 0,
        windows=windows,
        dates=None if rng.random() < 0.5 else frozenset(rng.sample(dates, rng.randint(1, len(dates)))),
        skills=frozenset(skill for skill in ("iris", "ramp") if rng.random() < 0.15),
        infectious_last=last and rng.random() < 0.3,
    )


def lock(rng: random.Random, problem: Problem, count: int) -> Problem:
    """Promise up to `count` visits, each along a walk of its shift that keeps all of them."""
    visits = list(problem.visits)
    free = list(range(len(visits)))
    rng.shuffle(free)
    for shift in problem.shifts:
        now_s, here, done, seen_last = shift.start_s, shift.start_location, 0, False
        while free and count and done < shift.max_visits and rng.random() < 0.8:
            visit = visits[free[-1]]
            if seen_last and not visit.infectious_last:
                break
            arrive_s = finish_drive(now_s, problem.seconds(shift.vehicle, here, visit.location), shift.breaks)
            start_s = find_service_start(arrive_s, visit.service_s, ((0, 86400),), shift.breaks)
            assert start_s is not None
            leave_s = start_s + visit.service_s
            home_s = problem.seconds(shift.vehicle, visit.location, shift.end_location)
            if finish_drive(leave_s, home_s, shift.breaks) > shift.end_s:
                break
            windows = ((max(0, start_s - rng.choice([0, 60, 3600])), start_s + rng.choice([0, 60, 3600])),)
            visits[free.pop()] = Visit(
                id=visit.id,
                location=visit.location,
                service_s=visit.service_s,
                priority=visit.priority,
                decay=visit.decay,
                windows=windows,
                dates=frozenset({shift.date}),
                skills=shift.skills & visit.skills,
                locked=shift.id,
                infectious_last=visit.infectious_last,
            )
            # Waiting for the window that was cut round this start never makes the walk later.
            now_s, here, done, count, seen_last = (
                leave_s,
                visit.location,
                done + 1,
                count - 1,
                visit.infectious_last,
            )
    return Problem(problem.locations, problem.shifts, tuple(visits), problem.travel, problem.name)


def as_case(problem: Problem):
    """The problem as a planning-case/1 object (without `last`, and with the `vehicle` of shifts, which the format does not know)."""

    def clock(seconds: int) -> str:
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"

    def spans(rows):
        return [[clock(a), clock(b)] for a, b in rows]

    lines = [line for line in problem.travel_of_vehicles if isinstance(line, GreatCircle)]
    assert len(lines) == len(problem.travel_of_vehicles)
    travel = [{"kind": "great-circle", "detour": line.detour, "speed_kmh": line.speed_kmh} for line in lines]
    return {
        "format": "planning-case/1",
        "name": problem.name,
        "travel": travel[0],
        "more_travel": travel[1:],
        "locations": [list(place) for place in problem.locations],
        "shifts": [
            {
                "id": s.id,
                "team": s.team,
                "date": s.date.isoformat(),
                "start": clock(s.start_s),
                "end": clock(s.end_s),
                "breaks": spans(s.breaks),
                "start_location": s.start_location,
                "end_location": s.end_location,
                "max_visits": s.max_visits,
                "vehicle": s.vehicle,
                "skills": sorted(s.skills),
            }
            for s in problem.shifts
        ],
        "visits": [
            {
                "id": v.id,
                "location": v.location,
                "service_minutes": v.service_s / 60,
                "priority": v.priority,
                "decay": v.decay,
                "dates": None if v.dates is None else sorted(d.isoformat() for d in v.dates),
                "windows": spans(v.windows),
                "skills": sorted(v.skills),
                "locked": v.locked,
            }
            for v in problem.visits
        ],
    }
