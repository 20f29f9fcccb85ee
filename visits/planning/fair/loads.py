"""What every team does in a plan, and how even that is. Nothing is changed here (fair/fairness.py does).

The idea: two measures a team, the share of its working time that it drives and serves, and its visits a day. The
work is even where, by each measure, no team has more than the least loaded one and the tolerance. Gaps are counted
in tolerances, so that one list can say who is worst off, whatever the measure. No source: our own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from visits.planning.rules import count_working_s
from visits.planning.types import Problem, Route

MIN_STEP = {"minutes": 0.02, "visits": 0.5}  # the least that a difference counts as, and that a day is cut by


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The largest gap between two teams that is fair; None: not looked at."""

    minutes: float | None = 0.25  # share of the working time
    visits: float | None = 2.0  # visits a day
    price: float = 0.01  # share of the points that may be given up

    def allowed_gap(self, measure: str) -> float | None:
        """In the unit of the measure, "minutes" or "visits"."""
        return self.minutes if measure == "minutes" else self.visits


class Load(NamedTuple):
    """What a team does in a plan."""

    team: str
    days: int
    available_s: int
    busy_s: int  # driving and serving; waiting is not work
    visits: int

    def measured_by(self, measure: str) -> float:
        """The share of the working time ("minutes"), or visits a day ("visits")."""
        return self.busy_s / self.available_s if measure == "minutes" else self.visits / self.days


class NotRelieved(NamedTuple):
    """A team that could not be relieved, and why: promises, guarantees, fewer, points, no_better."""

    team: str
    measure: str
    why: str


@dataclass(frozen=True, slots=True)
class Balance:
    """How even the work is, and what kept it from being more so (`out_of_time`: the budget ended first)."""

    loads: tuple[Load, ...]
    kept: bool
    held: tuple[NotRelieved, ...] = ()
    out_of_time: bool = False


def measure_loads(problem: Problem, routes: Iterable[Route]) -> tuple[Load, ...]:
    """Every team with its work, in the order of their names; days without working time do not count."""
    by_shift = {route.shift: route for route in routes}
    rows: dict[str, Load] = {}
    for shift in problem.shifts:
        free_s = count_working_s(shift)
        if free_s <= 0:
            continue
        load = rows.get(shift.team, Load(shift.team, 0, 0, 0, 0))
        route = by_shift.get(shift.id)
        busy_s = route.travel_s + sum(stop.leave_s - stop.start_s for stop in route.stops) if route else 0
        rows[shift.team] = Load(
            shift.team,
            load.days + 1,
            load.available_s + free_s,
            load.busy_s + busy_s,
            load.visits + (len(route.stops) if route else 0),
        )
    return tuple(rows[team] for team in sorted(rows))


def list_overloads(rows: Iterable[Load], tolerance: Tolerance) -> list[tuple[float, str, str]]:
    """(how far beyond, in tolerances, team, measure) of the teams with more work than is allowed, worst first."""
    rows = tuple(rows)
    found = []
    for measure in ("minutes", "visits"):
        allowed = tolerance.allowed_gap(measure)
        if allowed is None or not rows:
            continue
        limit = min(load.measured_by(measure) for load in rows) + allowed
        unit = max(allowed, MIN_STEP[measure])
        found += [
            ((load.measured_by(measure) - limit) / unit, load.team, measure)
            for load in rows
            if load.measured_by(measure) > limit + 1e-9
        ]
    return sorted(found, reverse=True)


def balance_as_mapping(balance: Balance) -> Mapping[str, object]:
    """Plain data, to be stored with a plan."""
    return {
        "kept": balance.kept,
        "teams": [load._asdict() for load in balance.loads],
        "held": [row._asdict() for row in balance.held],
        "out_of_time": balance.out_of_time,
    }
