"""How long a visit takes: lognormal for each kind of visit, learned from finished visits on top of a prior.

The idea: log minutes are normal with unknown mean and variance, which often fits service times (operations:
Strum, May and Vargas, Anesthesiology 92(4), 2000). The prior (a normal-inverse-gamma) is worth a stated
number of visits, so that an office without a history plans with its settings and one with a history with what
it saw (the update: Gelman et al., Bayesian Data Analysis, 3rd edition, section 3.3). The next visit is then a
Student t on the log scale (Murphy, Conjugate Bayesian analysis of the Gaussian distribution, 2007). Officers
report late or in bulk: reports that no visit can have, or that lie far from the middle of their kind, are
left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from visits.planning.errors import PlanningError

SHORTEST_MIN, LONGEST_MIN = 1.0, 240.0  # minutes that a visit can last; a report outside is a mistake
ENDLESS = 100.0  # log minutes above any question asked, small enough for exp
FAR_DEVIATIONS = 3.5  # robust deviations from the median (Iglewicz and Hoaglin, 1993); 1 in 2,000 is further
MIN_DEVIATION = 0.1  # least robust deviation on the log scale; it would be 0 where most reports are equal
MIN_REPORTS = 8  # with fewer reports no outlier can be told

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Duration:
    """The distribution of the next visit: log minutes are `mean` + `spread` x Student t of `freedom`.

    Raises PlanningError unless the mean is finite and spread and freedom are above zero.
    """

    mean: float
    spread: float
    freedom: float = math.inf

    def __post_init__(self) -> None:
        if not (math.isfinite(self.mean) and math.isfinite(self.spread) and self.spread > 0):
            raise PlanningError("duration_moments", "duration: mean must be finite and spread above zero")
        if not self.freedom > 0:
            raise PlanningError("duration_freedom", "duration: freedom must be above zero")

    @property
    def median_min(self) -> float:
        """The median in minutes."""
        return math.exp(self.mean)

    def quantile_min(self, share: float) -> float:
        """The minutes that `share` (0..1, else PlanningError) of the visits stay below, limited to
        SHORTEST_MIN..LONGEST_MIN."""
        log = self.mean + self.spread * invert_t(share, self.freedom)
        return min(max(math.exp(min(log, ENDLESS)), SHORTEST_MIN), LONGEST_MIN)

    def share_below(self, minutes: float) -> float:
        """The share of visits that last at most so many minutes."""
        return cumulate_t((math.log(minutes) - self.mean) / self.spread, self.freedom) if minutes > 0 else 0.0

    @property
    def mean_min(self) -> float:
        """The mean of the minutes, limited to SHORTEST_MIN..LONGEST_MIN."""
        return _integrate_minutes(self)[0]

    @property
    def variance_min2(self) -> float:
        """The variance of the minutes (squared), limited to SHORTEST_MIN..LONGEST_MIN."""
        return _integrate_minutes(self)[1]

    def sample_min(self, rng: np.random.Generator, count: int) -> Floats:
        """Minutes of `count` visits, limited to SHORTEST_MIN..LONGEST_MIN: shape (count,)."""
        drawn = (
            rng.standard_normal(count) if math.isinf(self.freedom) else rng.standard_t(self.freedom, count)
        )
        minutes = np.exp(np.minimum(self.mean + self.spread * drawn, ENDLESS))
        return np.clip(minutes, SHORTEST_MIN, LONGEST_MIN)


@lru_cache(maxsize=256)
def _integrate_minutes(one: Duration) -> tuple[float, float]:
    """Mean and variance of the limited minutes: the density of Student's t on a fine grid."""
    t = np.linspace(-60.0, 60.0, 24_001)
    if math.isinf(one.freedom):
        density = np.exp(-t * t / 2)
    else:
        density = np.exp(-(one.freedom + 1) / 2 * np.log1p(t * t / one.freedom))
    minutes = np.clip(np.exp(np.minimum(one.mean + one.spread * t, ENDLESS)), SHORTEST_MIN, LONGEST_MIN)
    mean = float(np.average(minutes, weights=density))
    return mean, float(np.average((minutes - mean) ** 2, weights=density))


@dataclass(frozen=True, slots=True)
class ServiceTime:
    """The expected seconds of a visit, and their variance in seconds squared: what a plan is made with."""

    expected_s: int
    variance_s2: int


def expect_service(full: Duration, *, fixed_min: float, vain: Duration, in_vain: float) -> ServiceTime:
    """What a plan sets aside for a visit of `full` minutes if the share `in_vain` of such visits ends after
    `vain` minutes instead, and the `fixed_min` (kit, search) before it: always, as who shares the stop would
    need the kit all the same."""
    parts = (
        (1 - in_vain, full.mean_min, full.variance_min2),
        (in_vain, vain.mean_min, vain.variance_min2),
    )
    mean = sum(share * minutes for share, minutes, _ in parts)
    variance = sum(share * (spread + (minutes - mean) ** 2) for share, minutes, spread in parts)
    return ServiceTime(round(60 * (fixed_min + mean)), round(3600 * variance))


@dataclass(frozen=True, slots=True)
class Belief:
    """A normal-inverse-gamma over the mean and variance of log minutes.

    `mean` is worth `weight` visits; the variance is inverse gamma with `shape` and `scale`.
    """

    mean: float
    weight: float
    shape: float
    scale: float

    def predict_next(self) -> Duration:
        """The distribution of the next visit."""
        spread = math.sqrt(self.scale * (self.weight + 1) / (self.shape * self.weight))
        return Duration(self.mean, spread, 2 * self.shape)

    def update_with(self, logs: Floats) -> Belief:
        """The belief after these log minutes, shape (n,); their order does not matter."""
        count = len(logs)
        if not count:
            return self
        seen = float(logs.mean())
        within = float(((logs - seen) ** 2).sum())
        weight = self.weight + count
        between = self.weight * count * (seen - self.mean) ** 2 / weight
        return Belief(
            mean=(self.weight * self.mean + count * seen) / weight,
            weight=weight,
            shape=self.shape + count / 2,
            scale=self.scale + (within + between) / 2,
        )


def build_prior(*, median: float, sigma: float, visits: float) -> Belief:
    """The belief before any visit: this median in minutes and sigma of the log, worth `visits` visits.

    Raises PlanningError unless all are above zero.
    """
    if not (median > 0 and sigma > 0 and visits > 0):
        raise PlanningError("prior_range", "prior: median, sigma and visits must be above zero")
    return Belief(math.log(median), visits, visits / 2, visits * sigma**2 / 2)


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What was learned: the belief, the minutes it was learned from, and how many reports were left out, as
    impossible (`absurd`) or `far` from the median."""

    belief: Belief
    kept: Floats
    absurd: int
    far: int

    @property
    def used_count(self) -> int:
        """How many reports it was learned from."""
        return len(self.kept)


def learn_duration(before: Belief, minutes: Sequence[float]) -> Learned:
    """The belief after reports of so many minutes, without those that cannot be of a visit."""
    reports = np.asarray(minutes, dtype=np.float64)
    possible = reports[np.isfinite(reports) & (reports >= SHORTEST_MIN) & (reports <= LONGEST_MIN)]
    logs = np.sort(np.log(possible))  # sorted: sums of the same reports are the same to the last bit
    near = logs[_mark_near(logs)]
    return Learned(
        belief=before.update_with(near),
        kept=np.exp(near),
        absurd=len(reports) - len(possible),
        far=len(logs) - len(near),
    )


def _mark_near(logs: Floats) -> NDArray[np.bool_]:
    """Which reports lie within FAR_DEVIATIONS robust deviations of the median: boolean[n]."""
    if len(logs) < MIN_REPORTS:
        return np.ones(len(logs), dtype=bool)
    distance = np.abs(logs - np.median(logs))
    return np.asarray(distance <= FAR_DEVIATIONS * max(1.4826 * float(np.median(distance)), MIN_DEVIATION))


def cumulate_t(t: float, freedom: float) -> float:
    """The distribution function of Student's t (of the normal for infinite freedom) at `t`."""
    if math.isinf(freedom):
        return 0.5 * math.erfc(-t / math.sqrt(2))
    if t == 0:
        return 0.5
    tail = 0.5 * _cumulate_beta(freedom / (freedom + t * t), freedom / 2, 0.5)
    return tail if t < 0 else 1 - tail


@lru_cache(maxsize=1024)
def invert_t(share: float, freedom: float) -> float:
    """The t that `share` of Student's t stays below, by bisection; PlanningError unless 0 < share < 1."""
    if not 0 < share < 1:
        raise PlanningError("share_range", "share must lie between 0 and 1")
    if share == 0.5:
        return 0.0
    low, high = (-1.0, 0.0) if share < 0.5 else (0.0, 1.0)
    while cumulate_t(low, freedom) > share:
        low *= 2
    while cumulate_t(high, freedom) < share:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if cumulate_t(middle, freedom) < share else (low, middle)
    return (low + high) / 2


def _cumulate_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (Lentz's method; Numerical Recipes,
    6.4)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - _cumulate_beta(1 - x, b, a)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    tiny = 1e-300
    c, d = 1.0, 1 / ((1 - (a + b) * x / (a + 1)) or tiny)
    fraction = d
    for m in range(1, 400):
        for step in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / ((1 + step * d) or tiny)
            c = (1 + step / c) or tiny
            fraction *= c * d
        if abs(c * d - 1) < 1e-14:
            break
    return front * fraction / a
