"""Made-up weeks, and worlds that our model does not know: other medians, long visits, rain, late starts."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from visits.planning import GreatCircle, Problem, Shift, Visit
from visits.planning.uncertainty.durations import Duration, build_prior, expect_service, learn_duration
from visits.planning.uncertainty.simulate import Home, LearnedWorld, SimulatedDay, replay_day

Floats = NDArray[np.float64]

MONDAY = dt.date(2026, 11, 30)
NOON, FRIDAY = ((43200, 46800),), ((41400, 46800),)
KINDS = {
    "elderly": (20.0, 0.55),
    "sick": (24.0, 0.2),
    "disabled": (24.0, 0.18),
    "mental_disorder": (26.0, 0.07),
}
SIGMA, PRIOR_VISITS, SETUP_MIN = 0.35, 10.0, 10
IN_VAIN, IN_VAIN_MIN = 0.1, 8.0
LEARNED_FROM = 200


@dataclass(frozen=True)
class Kind:
    """What is true of a kind of visit. One in `long_share` takes `long_times` as long (a frail person)."""

    median: float
    sigma: float
    long_share: float
    long_times: float
    in_vain: float


@dataclass(frozen=True)
class Truth:
    """A world as a seed makes it. A home's kind is found by its `Home.duration`, which is the model's."""

    kinds: dict[str, Kind]
    leg_cv: float
    day_cv: float
    late_start_s: float
    kind_of: dict[Duration, str]

    def minutes(self, rng: np.random.Generator, kind: str, count: int) -> Floats:
        true = self.kinds[kind]
        drawn = true.median * np.exp(true.sigma * rng.standard_normal(count))
        return np.where(rng.random(count) < true.long_share, drawn * true.long_times, drawn)

    def draw_drives(self, rng: np.random.Generator, day: SimulatedDay, runs: int) -> Floats:
        legs = _noise(rng, self.leg_cv, (len(day.homes) + 1, runs)) * _noise(rng, self.day_cv, (1, runs))
        drives: Floats = legs * np.array([[home.drive_s] for home in day.homes] + [[day.home_s]])
        drives[0] += rng.exponential(self.late_start_s, runs)
        return drives

    def draw_visits(self, rng: np.random.Generator, day: SimulatedDay, runs: int) -> Floats:
        out = np.empty((len(day.homes), runs))
        for row, home in zip(out, day.homes, strict=True):
            kind = self.kind_of[home.duration]
            full = home.fixed_s + 60 * self.minutes(rng, kind, runs)
            vain = 60 * rng.uniform(3, 15, runs)
            row[:] = np.where(rng.random(runs) < self.kinds[kind].in_vain, vain, full)
        return out


def _noise(rng: np.random.Generator, cv: float, shape: tuple[int, ...]) -> Floats:
    variance = math.log1p(cv**2)
    return np.exp(math.sqrt(variance) * rng.standard_normal(shape) - variance / 2)


def world(seed: int) -> Truth:
    rng = np.random.default_rng([seed, 1])
    kinds = {
        name: Kind(
            median=median * rng.uniform(0.8, 1.3),
            sigma=rng.uniform(0.25, 0.45),
            long_share=rng.uniform(0.02, 0.08),
            long_times=rng.uniform(1.5, 2.2),
            in_vain=rng.uniform(0.05, 0.17),
        )
        for name, (median, _share) in KINDS.items()
    }
    return Truth(
        kinds=kinds,
        leg_cv=rng.uniform(0.15, 0.35),
        day_cv=rng.uniform(0.05, 0.15),
        late_start_s=rng.uniform(0, 300),
        kind_of={},
    )


def learned(truth: Truth, seed: int) -> tuple[dict[str, Duration], float]:
    """What an office knows after LEARNED_FROM visits, one report in 20 a slip: durations, share in vain."""
    rng = np.random.default_rng([seed, 2])
    kinds = rng.choice(list(KINDS), LEARNED_FROM, p=[share for _median, share in KINDS.values()])
    found, vain = {}, 0
    for kind, (median, _share) in KINDS.items():
        count = int((kinds == kind).sum())
        lost = int((rng.random(count) < truth.kinds[kind].in_vain).sum())
        vain += lost
        reports = truth.minutes(rng, kind, count - lost)
        reports = np.where(rng.random(len(reports)) < 0.05, rng.uniform(0, 3, len(reports)), reports)
        before = build_prior(median=median, sigma=SIGMA, visits=PRIOR_VISITS)
        found[kind] = learn_duration(before, list(reports)).belief.predict_next()
    return found, (IN_VAIN * PRIOR_VISITS + vain) / (PRIOR_VISITS + LEARNED_FROM)


def week(
    known: dict[str, Duration],
    share: float,
    seed: int,
    *,
    teams: int,
    visits: int,
    most: int = 8,
    reserve: float = 0.95,
) -> tuple[Problem, dict[str, str]]:
    """A week's problem with the expected time and the variance of each kind, and the kind of each visit."""
    rng = np.random.default_rng([seed, 3])
    villages = np.column_stack([rng.uniform(-7.75, -7.45, 60), rng.uniform(111.35, 111.75, 60)])
    bases = villages[:teams]
    shifts = tuple(
        Shift(
            f"{team}-{day}", f"T{team}", MONDAY + dt.timedelta(days=day), 27000, 55800, team, team, most,
            FRIDAY if day == 4 else NOON, reserve=reserve,
        )
        for day in range(5)
        for team in range(teams)
    )  # fmt: skip
    places = [(float(lat), float(lon)) for lat, lon in bases]
    vain = model().in_vain
    times = {
        kind: expect_service(minutes, fixed_min=SETUP_MIN, vain=vain, in_vain=share)
        for kind, minutes in known.items()
    }
    rows, kinds = [], {}
    for number in range(visits):
        lat, lon = villages[rng.integers(60)] + rng.normal(0, 0.008, 2)
        kind = str(rng.choice(list(KINDS), p=[share for _median, share in KINDS.values()]))
        windows = (
            ((0, 86400),)
            if rng.random() < 0.7
            else ((27000, 39600),)
            if rng.random() < 0.66
            else ((46800, 55800),)
        )
        kinds[str(number)] = kind
        places.append((float(lat), float(lon)))
        rows.append(
            Visit(
                str(number),
                len(places) - 1,
                times[kind].expected_s,
                float(rng.integers(20, 90)),
                windows,
                variance_s2=times[kind].variance_s2,
            )
        )
    return Problem(tuple(places), shifts, tuple(rows), GreatCircle()), kinds


def model() -> LearnedWorld:
    return LearnedWorld(
        in_vain=build_prior(median=IN_VAIN_MIN, sigma=SIGMA, visits=PRIOR_VISITS).predict_next()
    )


def days(
    problem: Problem,
    orders: dict[str, tuple[str, ...]],
    kinds: dict[str, str],
    known: dict[str, Duration],
    share: float,
    grace_min: int = 10,
) -> list[SimulatedDay]:
    """The planned routes as days to replay."""
    found = []
    for shift_id, order in orders.items():
        shift, here, homes = problem.shift_by_id[shift_id], problem.shift_by_id[shift_id].start_location, []
        for visit in (problem.visit_by_id[name] for name in order):
            homes.append(
                Home(
                    problem.seconds(shift.vehicle, here, visit.location),
                    known[kinds[visit.id]],
                    SETUP_MIN * 60,
                    share,
                    visit.windows,
                )
            )
            here = visit.location
        found.append(
            SimulatedDay(
                shift.start_s,
                shift.end_s,
                shift.breaks,
                tuple(homes),
                problem.seconds(shift.vehicle, here, shift.end_location),
                grace_s=60 * grace_min,
            )
        )
    return found


def places(told: list[SimulatedDay], truth: Truth, seed: int, count: int) -> list[float]:
    """Where in their intervals the teams came on the first `count` visits of other days, as the product sees it."""
    found: list[float] = []
    for run in range(20):
        for number, day in enumerate(told):
            if len(found) >= count:
                return found
            doors = replay_day(
                day, world=truth, rng=np.random.default_rng([seed, 4, run, number]), runs=1
            ).doors
            for home, door in zip(day.homes, doors[:, 0], strict=True):
                assert home.told is not None
                found.append(float((door - home.told[0]) / (home.told[1] - home.told[0])))
    return found
