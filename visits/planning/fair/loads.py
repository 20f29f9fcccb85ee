"""How much each team works in a plan, and how uneven that is. Nothing is changed here (fair/fairness.py
does).

The idea: two measures per team, the share of its working time that it drives and serves ("minutes") and its
visits a day ("visits"). The work is even if, by each measure, no team exceeds the least loaded one by more
than the tolerance. Excesses are counted in tolerances, so that one list ranks teams whatever the measure. No
source: our own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from visits.planning.rules import count_working_s
from visits.planning.types import Problem, Route

MIN_STEP = {"minutes": 0.02, "visits": 0.5}  # least unit of an excess, and least cut of a day


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The largest gap between two teams that counts as fair, by measure; None: not looked at."""

    minutes: float | None = 0.25  # share of the working time
    visits: float | None = 2.0  # visits a day
    price: float = 0.01  # share of the points that may be given up

    def allowed_gap(self, measure: str) -> float | None:
        """The tolerance of a measure ("minutes" or "visits"), in its unit; None if it is not looked at."""
        return self.minutes if measure == "minutes" else self.visits


class Load(NamedTuple):
    """The work of one team in a plan, over `days` with working time; times in seconds."""

    team: str
    days: int
    available_s: int
    busy_s: int  # driving and serving; waiting is not work
    visits: int

    def measured_by(self, measure: str) -> float:
        """The busy share of the working time ("minutes"), or visits a day ("visits")."""
        return self.busy_s / self.available_s if measure == "minutes" else self.visits / self.days


class NotRelieved(NamedTuple):
    """A team that stays overloaded by `measure`, and why: promises, guarantees, fewer (visits served),
    points, no_better."""

    team: str
    measure: str
    why: str


@dataclass(frozen=True, slots=True)
class Balance:
    """How even a plan is. `kept`: all teams are within the tolerance; `held`: the teams that are not, with
    the reason; `out_of_time`: the budget ended before a reason was found for each of them."""

    loads: tuple[Load, ...]
    kept: bool
    held: tuple[NotRelieved, ...] = ()
    out_of_time: bool = False


def measure_loads(problem: Problem, routes: Iterable[Route]) -> tuple[Load, ...]:
    """The load of every team, sorted by team; days without working time are not counted."""
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
    """(excess in tolerances, team, measure) of every team above the least loaded one and the tolerance, worst
    first."""
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
    """The balance as plain data (JSON types), to be stored with a plan."""
    return {
        "kept": balance.kept,
        "teams": [load._asdict() for load in balance.loads],
        "held": [row._asdict() for row in balance.held],
        "out_of_time": balance.out_of_time,
    }
