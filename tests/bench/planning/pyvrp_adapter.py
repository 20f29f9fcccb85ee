"""PyVRP (hybrid/iterated local search for prize-collecting VRPs) on a planning case.

How the case becomes PyVRP's: days lie one after another on one time line; a break is cut out of the
clock (time of day becomes working time, which drives pausing in a break follow exactly; a service that
the break would cut is mended afterwards, or room is left for it: `slack`). Several windows or separate
dates are copies of a client in an optional group; skills and locks are profiles whose forbidden
arcs are unpayable; locks are required clients; `max_visits` is a capacity. Prizes are scaled: the true
scale drowns its penalties, so several are tried.
"""

from __future__ import annotations

import numpy as np
from pyvrp import (
    Client,
    ClientGroup,
    Depot,
    Location,
    PenaltyParams,
    ProblemData,
    Route,
    Solution,
    SolveParams,
    VehicleType,
)
from pyvrp import solve as pyvrp_solve
from pyvrp.stop import MaxRuntime

from visits.planning import Problem, Shift, Visit, plan, points_on
from visits.planning.types import orders_of_plan

DAY = 200_000  # seconds between two days on the time line
FORBIDDEN = 2 * 10**6  # seconds; above any prize
MAX_PENALTY = 1e8  # its default is reached at the true scale, and then it finds nothing feasible
# scale of a point, seconds taken off each shift for services that a break would cut, start from greedy
VARIANTS = {
    "scale-3000": (3000, 0, False),
    "scale-300": (300, 0, False),
    "scale-300-slack": (300, 900, False),
    "greedy-3000": (3000, 0, True),
    "greedy-3000-slack": (3000, 600, True),
}


def working(time_s: int, shift: Shift) -> int:
    """Clock -> seconds of the day that are no break."""
    return time_s - sum(min(time_s, to_s) - from_s for from_s, to_s in shift.breaks if time_s > from_s)


class Translation:
    def __init__(self, problem: Problem, scale: float, slack_s: int) -> None:
        self.problem, self.scale, self.slack_s = problem, scale, slack_s
        self.first = {date: next(s for s in problem.shifts if s.date == date) for date in problem.horizon}
        self.clients: list[Client] = []
        self.owner: list[Visit] = []
        self.groups: list[ClientGroup] = []
        self.places = [*range(len(problem.locations))]
        self.place_of: dict[tuple[int, object], int] = {}
        self.rules_of: dict[int, tuple[frozenset[str], str | None]] = {}

    def client_place(self, visit: Visit) -> int:
        """A location of its own for every (place, skills, lock), since profiles forbid by location."""
        key = (visit.location, (visit.skills, visit.locked))
        if key not in self.place_of:
            self.place_of[key] = len(self.places)
            self.rules_of[len(self.places)] = (visit.skills, visit.locked)
            self.places.append(visit.location)
        return self.place_of[key]

    def spans(self, visit: Visit) -> list[tuple[int, int, float]]:
        """(open, close, points) on the time line; neighbouring whole days without decay are one span."""
        out: list[tuple[int, int, float]] = []
        joined = False
        for index, date in enumerate(self.problem.horizon):
            if (visit.dates is not None and date not in visit.dates) or (
                visit.locked and self.problem.shift_by_id[visit.locked].date != date
            ):
                joined = False
                continue
            shifts = [s for s in self.problem.shifts if s.date == date]
            low, high = min(s.start_s for s in shifts), max(s.end_s for s in shifts)
            whole = any(a <= low and b >= high for a, b in visit.windows)
            windows = [(low, high)] if whole else sorted(visit.windows)
            for opens, closes in windows:
                a, b = (working(t, self.first[date]) + index * DAY for t in (opens, closes))
                if whole and joined and not visit.decay:
                    out[-1] = (out[-1][0], b, out[-1][2])
                else:
                    out.append((a, b, points_on(self.problem, visit, date)))
            joined = whole
        return out

    def add(self, visit: Visit) -> None:
        spans = self.spans(visit)
        group = len(self.groups) if len(spans) > 1 else None
        ids = []
        for opens, closes, worth in spans:
            ids.append(len(self.clients))
            self.owner.append(visit)
            self.clients.append(
                Client(
                    self.client_place(visit),
                    delivery=[1],
                    service_duration=visit.service_s,
                    tw_early=opens,
                    tw_late=closes,
                    prize=max(0, round(worth * self.scale)),
                    required=bool(visit.locked) and group is None,
                    group=group,
                )
            )
        if group is not None:
            self.groups.append(ClientGroup(ids, required=bool(visit.locked)))

    def data(self) -> ProblemData:
        problem = self.problem
        for visit in problem.visits:
            self.add(visit)
        base = problem.travel.matrix(problem.locations).astype(np.int64)
        full = base[np.ix_(self.places, self.places)]
        locked = {v.locked for v in problem.visits if v.locked}
        profiles: dict[tuple[frozenset[str], str | None], int] = {}
        matrices, types = [], []
        for shift in problem.shifts:
            key = (shift.skills, shift.id if shift.id in locked else None)
            if key not in profiles:
                profiles[key] = len(matrices)
                matrix = full.copy()
                for place, (skills, lock) in self.rules_of.items():
                    if not skills <= shift.skills or lock not in (None, key[1]):
                        matrix[:, place] = matrix[place, :] = FORBIDDEN
                        matrix[place, place] = 0
                matrices.append(matrix)
            day = problem.day_index[shift.date] * DAY
            types.append(
                VehicleType(
                    capacity=[shift.max_visits],
                    start_depot=len(types) * 2,
                    end_depot=len(types) * 2 + 1,
                    tw_early=day + working(shift.start_s, shift),
                    tw_late=day + working(shift.end_s, shift) - self.slack_s,
                    start_late=day + working(shift.start_s, shift),
                    profile=profiles[key],
                )
            )
        depots = [Depot(p) for s in problem.shifts for p in (s.start_location, s.end_location)]
        locations = [Location(*problem.locations[p]) for p in self.places]
        return ProblemData(locations, self.clients, depots, types, matrices, matrices, self.groups)


def solve(problem: Problem, seconds: float, seed: int, variant: str) -> dict[str, list[str]]:
    """Shift id -> visit ids in order, as PyVRP leaves them; the caller walks and judges."""
    return solve_scaled(problem, seconds, seed, *VARIANTS[variant])


def solve_scaled(
    problem: Problem, seconds: float, seed: int, scale: float, slack_s: int = 0, warm: bool = False
) -> dict[str, list[str]]:
    """The same with `scale` seconds of travel for a point."""
    translation = Translation(problem, scale, slack_s)
    data = translation.data()
    initial = None
    if warm:
        initial = from_greedy(problem, translation, data)
    result = pyvrp_solve(
        data,
        MaxRuntime(seconds),
        seed=seed,
        collect_stats=False,
        display=False,
        params=SolveParams(penalty=PenaltyParams(max_penalty=MAX_PENALTY)),
        initial_solution=initial,
    )
    out: dict[str, list[str]] = {}
    for route in result.best.routes():
        ids = [translation.owner[a.idx].id for a in route if a.is_client()]
        out[problem.shifts[route.vehicle_type()].id] = ids
    return out


def from_greedy(problem: Problem, translation: Translation, data: ProblemData) -> Solution:
    """Our greedy plan as a first solution; of a group, the copy whose span holds the start."""
    greedy = plan(problem, iterations=0, workers=1)
    starts = {stop.visit: stop.start_s for route in greedy.routes for stop in route.stops}
    copies: dict[str, list[int]] = {}
    for index, visit in enumerate(translation.owner):
        copies.setdefault(visit.id, []).append(index)
    routes = []
    for number, shift in enumerate(problem.shifts):
        day = problem.day_index[shift.date] * DAY
        ids = []
        for visit_id in orders_of_plan(greedy).get(shift.id, ()):
            at = day + working(starts[visit_id], shift)
            fits = [
                i for i in copies[visit_id] if data.clients()[i].tw_early <= at <= data.clients()[i].tw_late
            ]
            ids += fits[:1]
        if ids:
            routes.append(Route(data, ids, number))
    return Solution(data, routes)
