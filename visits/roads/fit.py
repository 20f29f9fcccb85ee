"""Driving speed fitted to recorded trips. Plain numpy.

The idea: the ratio of a trip's seconds to those of the straight line has a logarithm around a middle, with a
few outliers (a lunch on the way, a late tap). Huber's estimator (Annals of Mathematical Statistics 35(1),
1964) finds the middle: outliers count less. The settings' own line counts as PRIOR trips, so that few trips
change little. The mean is applied (the middle plus half the variance, as of a lognormal), so that a day's
drives add up rightly. Detour and speed cannot be told apart by times: the detour stays, the speed is fitted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visits.planning import GreatCircle

Array = NDArray[Any]

LEAST_M, MOST_M = 300.0, 60_000.0
LEAST_S, MOST_S = 60.0, 3 * 3600.0
LEAST_KMH, MOST_KMH = 2.0, 90.0  # along the straight line
PRIOR = 20.0  # trips
LEAST_TRIPS = 30
HUBER = 1.345  # spreads within which a trip counts in full: 95 % efficient where all is normal
WIDEST = 0.6  # of the spread in logarithms that the mean is corrected by
FAR = 3.0  # spreads from the middle: counted as a trip with something else in it
SHOWN = 240
HOURS = ((0, 9), (9, 12), (12, 24))
HOUR_TRIPS = 25  # fewer say nothing of a time of day
STILL_TRIPS = 60  # fewer say nothing of the minutes that do not depend on distance


@dataclass(frozen=True)
class Trip:
    """A trip from home to home: straight-line metres, seconds, local hour of departure."""

    metres: float
    seconds: float
    hour: int


@dataclass(frozen=True, kw_only=True)
class HourSpeed:
    """Fitted speed in a part of the day."""

    since: int
    until: int
    trips: int
    speed_kmh: float


@dataclass(frozen=True, kw_only=True)
class SpeedFit:
    """The fitted speed with its 80 % interval. `off_before` and `off_after` are the median relative error of
    the line in force and of the fitted one (0.2: 20 %). `still_s` are seconds of a trip independent of its
    length (None: not enough trips). `points` are (seconds by the line in force, real seconds)."""

    speed_kmh: float
    low_kmh: float
    high_kmh: float
    trips: int
    used: int
    absurd: int
    far: int
    spread: float
    off_before: float
    off_after: float
    still_s: float | None
    hours: tuple[HourSpeed, ...]
    points: tuple[tuple[int, int], ...]


def is_plausible(metres: Array, seconds: Array) -> Array:
    """bool[n]: whether a team can have driven each trip."""
    kmh = metres / np.maximum(seconds, 1.0) * 3.6
    inside = (metres >= LEAST_M) & (metres <= MOST_M) & (seconds >= LEAST_S) & (seconds <= MOST_S)
    found: Array = inside & (kmh >= LEAST_KMH) & (kmh <= MOST_KMH)
    return found


def fit_speed(trips: Sequence[Trip], *, settings_line: GreatCircle, in_force: GreatCircle) -> SpeedFit | None:
    """The fit; None if there are fewer than `LEAST_TRIPS`. The prior is the settings' line, not the one in
    force, which was fitted to many of the same trips."""
    table = np.array([(trip.metres, trip.seconds, trip.hour) for trip in trips], dtype=np.float64).reshape(
        -1, 3
    )
    sound = is_plausible(table[:, 0], table[:, 1])
    metres, seconds, hours = table[sound].T
    if len(metres) < LEAST_TRIPS:
        return None
    logs = np.log(seconds / (metres * settings_line.seconds_per_m))
    middle, spread, weight = _huber_mean(logs)
    near = np.abs(logs - middle) <= FAR * spread
    trust = weight / (weight + PRIOR)
    mean = trust * (middle + min(spread, WIDEST) ** 2 / 2)
    doubt = 1.2816 * spread / np.sqrt(weight + PRIOR)  # the middle 80 % of a normal
    fitted = settings_line.seconds_per_m * np.exp(mean)
    before = metres * in_force.seconds_per_m
    return SpeedFit(
        speed_kmh=_speed_kmh(fitted, settings_line),
        low_kmh=_speed_kmh(fitted * np.exp(doubt), settings_line),
        high_kmh=_speed_kmh(fitted * np.exp(-doubt), settings_line),
        trips=len(trips),
        used=int(near.sum()),
        absurd=int((~sound).sum()),
        far=int((~near).sum()),
        spread=round(float(spread), 3),
        off_before=_median_deviation(before, seconds),
        off_after=_median_deviation(metres * fitted, seconds),
        still_s=_still_seconds(metres[near], seconds[near], fitted),
        hours=_hour_speeds(logs[near], hours[near], mean - middle, settings_line),
        points=_sample_points(before, seconds),
    )


def _huber_mean(values: Array) -> tuple[float, float, float]:
    """Middle, spread (1.4826 x the median absolute deviation, as of a normal), and the sum of the weights:
    the effective number of values."""
    middle = float(np.median(values))
    spread = max(0.05, 1.4826 * float(np.median(np.abs(values - middle))))
    weights = np.ones(len(values))
    for _ in range(50):
        weights = np.minimum(1.0, HUBER / np.maximum(np.abs(values - middle) / spread, 1e-9))
        moved = float((weights * values).sum() / weights.sum())
        if abs(moved - middle) < 1e-9:
            break
        middle = moved
    return middle, spread, float(weights.sum())


def _speed_kmh(seconds_per_m: float, line: GreatCircle) -> float:
    return round(float(line.detour / seconds_per_m * 3.6), 1)


def _median_deviation(told: Array, real: Array) -> float:
    """Median relative error."""
    return round(float(np.median(np.abs(real / told - 1))), 3)


def _still_seconds(metres: Array, seconds: Array, fitted: float) -> float | None:
    """Seconds of a trip of length zero: weighted least squares of a line with a constant."""
    if len(metres) < STILL_TRIPS or metres.max() < 3 * metres.min():
        return None
    weight = 1 / np.maximum(metres * fitted, 60.0)
    _slope, constant = np.polyfit(metres, seconds, 1, w=weight)
    return round(max(0.0, float(constant)))


def _hour_speeds(logs: Array, hours: Array, shift: float, line: GreatCircle) -> tuple[HourSpeed, ...]:
    """Speeds by part of the day where there are enough trips, shifted like the whole by prior and mean."""
    found = []
    for since, until in HOURS:
        inside = logs[(hours >= since) & (hours < until)]
        if len(inside) >= HOUR_TRIPS:
            factor = float(np.exp(np.median(inside) + shift))
            kmh = _speed_kmh(line.seconds_per_m * factor, line)
            found.append(HourSpeed(since=since, until=until, trips=len(inside), speed_kmh=kmh))
    return tuple(found)


def _sample_points(before: Array, seconds: Array) -> tuple[tuple[int, int], ...]:
    """A sample of the trips for the chart, spread over all lengths."""
    order = np.argsort(before, kind="stable")
    count = min(SHOWN, len(order))
    chosen = order[(np.arange(count) * len(order)) // count]
    return tuple((round(float(before[index])), round(float(seconds[index]))) for index in chosen)
