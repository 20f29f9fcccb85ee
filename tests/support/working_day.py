"""A made-up published day at some hour, with the day after: for tests and measurements of re-planning."""

import dataclasses
import datetime as dt
import random
from collections.abc import Sequence

from visits.planning import GreatCircle, Plan, Problem, Route, Shift, Statistics, Visit
from visits.planning.day.day_state import DayState, DayStopGroups, TeamPosition
from visits.planning.result import drop_until_feasible

MONDAY = dt.date(2026, 11, 30)
NOON = ((12 * 3600, 13 * 3600),)
KIT_S = 600
HOURS = (7 * 3600 + 1800, 15 * 3600 + 1800)


def published_day(
    seed: int,
    *,
    teams: int,
    stops: int,
    promised: float = 0.5,
    later_stops: int | None = None,
    neighbours: float = 0.0,
) -> tuple[Problem, Plan, dict[str, tuple[int, int]]]:
    """Two dates: each team has up to `stops` visits on the first, fewer on the second. Some are promised (locked,
    told an hour around their start), the others published. A share of `neighbours` is at the stop of the one before,
    where no kit is set up for it."""
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
            shift = _shift(team, day, base, stops, rng)
            mine: list[Visit] = []
            for n in range(count):
                joins = bool(mine and neighbours) and rng.random() < neighbours
                at = mine[-1].location if joins else len(places)
                if not joins:
                    places.append((lat + rng.gauss(0, 0.015), lon + rng.gauss(0, 0.015)))
                opens = rng.choice([HOURS[0], HOURS[0], 8 * 3600, 10 * 3600])
                name = f"{shift.id}v{n}"
                visit = Visit(
                    name,
                    at,
                    rng.randint(8, 20) * 60 + (KIT_S if neighbours and not joins else 0),
                    float(rng.randint(10, 60)),
                    ((opens, rng.choice([HOURS[1], 14 * 3600])),),
                    decay=1.0,
                    skills=frozenset({"iris"})
                    if "iris" in shift.skills and rng.random() < 0.2
                    else frozenset(),
                    infectious_last=n == count - 1 and rng.random() < 0.2,
                )
                mine.append(visit)
            problem = Problem(tuple(places), (shift,), tuple(mine), model)
            route = drop_until_feasible(problem, shift, mine)
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


def _shift(team: int, day: int, base: int, stops: int, rng: random.Random) -> Shift:
    return Shift(
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


def at(
    problem: Problem,
    published: Plan,
    told: dict[str, tuple[int, int]],
    now_s: int,
    *,
    failed: frozenset[str] = frozenset(),
    overrun_s: dict[str, int] | None = None,
) -> DayState:
    """The state at `now_s` of a day that went as published, but for teams that are late or cannot go on. The
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
        teams.append(TeamPosition(shift.id, here, free_s + (overrun_s or {}).get(shift.id, 0), len(begun)))
    return DayState(MONDAY, now_s, frozenset(gone), tuple(teams), failed, told)


def stops_of(
    problem: Problem, published: Plan, state: DayState, urgent: Sequence[Visit] = ()
) -> tuple[Problem, DayStopGroups]:
    """The same day with who shares a stop: neighbours on one route, and the `urgent` with the first of their place.
    Who has lost its team needs a kit of its own."""
    behind: set[str] = set()
    wanted: dict[tuple[str, int], list[str]] = {}
    for route in published.routes:
        before = -1
        for stop in route.stops:
            visit = problem.visit_by_id[stop.visit]
            behind |= {visit.id} if visit.location == before else set()
            before = visit.location
            if problem.shift_by_id[route.shift].date == MONDAY and visit.id not in state.gone:
                wanted.setdefault((route.shift, visit.location), []).append(visit.id)
    for visit in urgent:
        group = next((ids for (_, at), ids in wanted.items() if at == visit.location), None)
        if group is not None:
            group.append(visit.id)
    alone = {v.id: v.service_s + (KIT_S if v.id in behind else 0) for v in (*problem.visits, *urgent)}
    visits = [
        dataclasses.replace(v, service_s=alone[v.id]) if published.shift_of[v.id] in state.failed else v
        for v in problem.visits
    ]
    return (
        dataclasses.replace(problem, visits=(*visits, *urgent)),
        DayStopGroups(
            wanted=tuple(tuple(ids) for ids in wanted.values() if len(ids) > 1),
            follows={visit: max(60, seconds - KIT_S) for visit, seconds in alone.items()},
            alone=alone,
            behind=frozenset(v for v in behind if published.shift_of[v].endswith("d1")),
        ),
    )
