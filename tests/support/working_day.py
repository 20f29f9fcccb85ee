"""A made-up published day at some hour, with the day after: for tests and measurements of re-planning."""

import dataclasses
import datetime as dt
import random

from visits.planning import GreatCircle, Plan, Problem, Route, Shift, Statistics, Visit
from visits.planning.facts import Facts, TeamNow
from visits.planning.result import passing

MONDAY = dt.date(2026, 11, 30)
NOON = ((12 * 3600, 13 * 3600),)
HOURS = (7 * 3600 + 1800, 15 * 3600 + 1800)


def published_day(
    seed: int, *, teams: int, stops: int, promised: float = 0.5, later_stops: int | None = None
) -> tuple[Problem, Plan, dict[str, tuple[int, int]]]:
    """Two dates: each team has up to `stops` visits on the first, fewer on the second. Some are promised (locked,
    told an hour around their start), the others published."""
    rng = random.Random(seed)
    places: list[tuple[float, float]] = []
    shifts: list[Shift] = []
    visits: dict[str, Visit] = {}
    routes: list[Route] = []
    told: dict[str, tuple[int, int]] = {}
    model = GreatCircle(1.35, 30.0)
    centres = [(-7.63 + rng.gauss(0, 0.05), 111.52 + rng.gauss(0, 0.05)) for _ in range(teams)]
    for day, count in ((0, stops), (1, stops // 2 if later_stops is None else later_stops)):
        for team, (lat, lon) in enumerate(centres):
            base = len(places)
            places.append((lat, lon))
            shift = Shift(
                f"t{team}d{day}",
                f"T{team}",
                MONDAY + dt.timedelta(days=day),
                *HOURS,
                base,
                base,
                stops + 2,
                NOON,
                frozenset({"iris"} if rng.random() < 0.7 else ()),
            )
            mine = []
            for n in range(count):
                at = len(places)
                places.append((lat + rng.gauss(0, 0.015), lon + rng.gauss(0, 0.015)))
                opens = rng.choice([HOURS[0], HOURS[0], 8 * 3600, 10 * 3600])
                name = f"{shift.id}v{n}"
                visit = Visit(
                    name,
                    at,
                    rng.randint(8, 20) * 60,
                    float(rng.randint(10, 60)),
                    ((opens, rng.choice([HOURS[1], 14 * 3600])),),
                    decay=1.0,
                    skills=frozenset({"iris"})
                    if "iris" in shift.skills and rng.random() < 0.2
                    else frozenset(),
                    last=n == count - 1 and rng.random() < 0.2,
                )
                mine.append(visit)
            problem = Problem(tuple(places), (shift,), tuple(mine), model)
            route = passing(problem, shift, mine)
            shifts.append(shift)
            if route.stops:
                routes.append(route)
            for stop in route.stops:
                visit = problem.visit_by_id[stop.visit]
                if rng.random() < promised:
                    told[visit.id] = (stop.start_s - 1200, stop.start_s + 2400)
                    visit = dataclasses.replace(visit, locked=shift.id)
                visits[visit.id] = dataclasses.replace(visit, published=shift.id, move_points=5.0)
    problem = Problem(tuple(places), tuple(shifts), tuple(visits.values()), model)
    return problem, Plan(tuple(routes), (), Statistics(0, 0, 0, 0, 0, 0)), told


def at(
    problem: Problem,
    published: Plan,
    told: dict[str, tuple[int, int]],
    now_s: int,
    *,
    failed: frozenset[str] = frozenset(),
    overrun_s: dict[str, int] | None = None,
) -> Facts:
    """The facts at `now_s` of a day that went as published, but for teams that are late or cannot go on. The
    visit that a team drives to is under way."""
    gone: set[str] = set()
    teams = []
    for route in published.routes:
        shift = problem.shift_by_id[route.shift]
        if shift.date != MONDAY or now_s < shift.start_s:
            continue
        begun = [stop for stop in route.stops if stop.start_s <= now_s]
        begun = list(route.stops[: len(begun) + 1]) if not begun or begun[-1].leave_s <= now_s else begun
        if shift.id in failed:
            begun = [stop for stop in begun if stop.leave_s <= now_s]
        gone |= {stop.visit for stop in begun}
        here = problem.visit_by_id[begun[-1].visit].location if begun else shift.start_location
        free_s = max(now_s, begun[-1].leave_s) if begun else now_s
        teams.append(TeamNow(shift.id, here, free_s + (overrun_s or {}).get(shift.id, 0), len(begun)))
    return Facts(MONDAY, now_s, frozenset(gone), tuple(teams), failed, told)
