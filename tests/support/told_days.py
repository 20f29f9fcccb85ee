"""Seeded team-days for the rules of told hours: loosened places, silent teams, overruns, shared stops, breaks."""

import math
from collections.abc import Sequence

import numpy as np

from visits.planning.types import DAY_S, Interval
from visits.planning.uncertainty.arrival import Promise
from visits.planning.uncertainty.durations import Duration
from visits.planning.uncertainty.simulate import (
    RUNS,
    Home,
    LearnedWorld,
    SimulatedDay,
    World,
    replay_days,
)

VISIT = Duration(math.log(24), 0.35, 20)
WORLD = LearnedWorld(in_vain=Duration(math.log(8), 0.35, 20))
HALF_SEVEN, NOON, ONE, END = 27_000, 43_200, 46_800, 55_800


def tell_intervals(
    days: Sequence[SimulatedDay], *, world: World, promise: Promise, seed: int, runs: int = RUNS
) -> list[SimulatedDay]:
    """The days with an interval for every home."""
    replays = replay_days(days, world=world, promise=promise, seed=seed, runs=runs)
    return [one.as_told_day() for one in replays]


def make_day(seed: int, *, most: int = 6) -> SimulatedDay:
    """A day of up to `most` homes that usually fits its shift, some with an interval that they were told once, at
    any hour of the day; every third day is under way."""
    rng = np.random.default_rng([seed, 77])
    under_way = seed % 3 == 0
    start_s = HALF_SEVEN + int(rng.integers(0, 7200) if under_way else 0)
    now_s = min(start_s + int(rng.integers(0, 5400)), 39_000) if under_way else 0
    count = int(rng.integers(1, most + 1)) if not under_way else int(rng.integers(1, 4))
    homes = [_make_home(rng) for _ in range(count)]
    breaks = ((NOON, ONE),) if rng.random() < 0.8 else ((41_400, ONE),)
    return SimulatedDay(
        start_s,
        END,
        breaks,
        tuple(homes),
        int(rng.integers(300, 1500)),
        opened_s=HALF_SEVEN,
        now_s=now_s,
        grace_s=600 * (seed % 2),
    )


def _make_home(rng: np.random.Generator) -> Home:
    told: Interval | None = None
    if rng.random() < 0.6:
        since_s = int(rng.integers(HALF_SEVEN, END) // 600 * 600)
        told = (since_s, since_s + 600 * int(rng.integers(2, 10)))
    follows = rng.random() < 0.2
    return Home(
        drive_s=0 if follows else int(rng.integers(120, 1800)),
        duration=VISIT,
        fixed_s=0 if follows else 600,
        in_vain=0.1,
        windows=((0, DAY_S),),
        told=told,
    )
