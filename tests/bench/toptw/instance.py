"""A public TOPTW instance as a planning problem, and the judge of what comes back.

The idea: one day, one shift per team, all from and to point 0; a second of the planner is a tenth
(Solomon's instances) or a hundredth (Cordeau's) of the instance's unit, so that distances rounded down are whole
numbers and nothing is rounded twice. A profit of 1 outweighs any travel there can be. Source of the
format: FORMAT.txt beside the instances.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from visits.planning import Problem, Shift, Table, Visit
from visits.planning.types import POINT_S

DATE = dt.date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class LongShift(Shift):
    """A shift on a clock of tenths or hundredths, which runs past 24:00."""

    def __post_init__(self) -> None:
        pass


@dataclass(frozen=True, slots=True)
class LongVisit(Visit):
    """A visit on that clock."""

    def __post_init__(self) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Point:
    x: Fraction
    y: Fraction
    service: int
    profit: int
    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Instance:
    """Points of the file; point 0 is the depot. Times are in steps of 1/`steps` of the file's unit."""

    name: str
    steps: int
    points: tuple[Point, ...]
    teams: int

    def distance(self, a: int, b: int) -> int:
        """Steps from point `a` to point `b`, rounded down, in exact arithmetic."""
        p, q = self.points[a], self.points[b]
        square = ((p.x - q.x) ** 2 + (p.y - q.y) ** 2) * self.steps**2
        return math.isqrt(square.numerator // square.denominator)

    def problem(self) -> Problem:
        """The same for the planner: visits are named by their number."""
        many = range(len(self.points))
        table = np.array([[self.distance(a, b) for b in many] for a in many], dtype=np.int32)
        close = self.points[0].closes
        weight = self.teams * close // POINT_S + 1  # points per profit: above all travel of all teams
        shifts = tuple(
            LongShift(f"t{i}", f"t{i}", DATE, 0, close, 0, 0, len(self.points)) for i in range(self.teams)
        )
        visits = tuple(
            LongVisit(str(i), i, p.service, float(p.profit * weight), ((p.opens, p.closes),))
            for i, p in enumerate(self.points)
            if i and p.profit > 0
        )
        where = tuple((float(p.x) / 1000, float(p.y) / 1000) for p in self.points)
        return Problem(where, shifts, visits, Table(table), self.name)

    def profit(self, routes: Mapping[str, Sequence[str]]) -> int:
        """Profit of these routes after walking them. Raises ValueError where a rule is broken."""
        served: set[int] = set()
        if len(routes) > self.teams:
            raise ValueError(f"{len(routes)} routes for {self.teams} teams")
        for name, ids in routes.items():
            now, here = 0, 0
            for number in map(int, ids):
                point = self.points[number]
                if number in served or number == 0:
                    raise ValueError(f"point {number} is visited twice, or is the depot")
                served.add(number)
                now = max(now + self.distance(here, number), point.opens)
                if now > point.closes:
                    raise ValueError(f"{name}: late at point {number}")
                now, here = now + point.service, number
            if now + self.distance(here, 0) > self.points[0].closes:
                raise ValueError(f"{name}: late home")
        return sum(self.points[i].profit for i in served)


def read(path: Path, teams: int) -> Instance:
    """The instance in `path`; Cordeau's are named pr.., all others are Solomon's."""
    steps = 100 if path.stem.startswith("pr") else 10
    points = []
    for line in path.read_text().splitlines()[2:]:
        cells = line.split()
        if cells:
            service, opens, closes = (Fraction(cells[i]) * steps for i in (3, -2, -1))
            if any(value.denominator != 1 for value in (service, opens, closes)):
                raise ValueError(f"{path.name}: times of point {cells[0]} are finer than 1/{steps}")
            points.append(
                Point(
                    Fraction(cells[1]),
                    Fraction(cells[2]),
                    int(service),
                    round(float(cells[4])),
                    int(opens),
                    int(closes),
                )
            )
    return Instance(path.stem, steps, tuple(points), teams)
