"""Simulate days on the road, many replays at once: what becomes of a route when visits and drives take their
time.

The idea (Monte Carlo): a `World` draws how long every drive and visit takes in each of many runs (numpy, one
column per run), and one pass along the route advances all runs together. Nothing is planned here. The rules
of a day:

- A team leaves its base when its shift begins, and waits at a door until the told interval begins.
- A visit begins inside one of the home's windows; a team that is late for all of them begins all the same.
- A visit is begun before a break if one of usual length ends no more than `grace_s` after the break has begun;
  one that runs into the break is finished, and the whole break is taken then. A drive pauses for a break.
- A visit in vain (nobody at home, or unwell) ends after a few minutes and the team drives on.
- On the day itself nobody sets out before now.
- The day ends with the drive home; what lies after the end of the shift is overtime.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from visits.planning.news import is_news
from visits.planning.told_rules import Breach, TeamHours, ToldStop, find_fault, list_breaches
from visits.planning.types import DAY_S, Interval
from visits.planning.uncertainty.arrival import Promise, share_within
from visits.planning.uncertainty.durations import Duration

Floats = NDArray[np.float64]
RUNS = 500


@dataclass(frozen=True, slots=True)
class Home:
    """One stop: the drive to it, and what is known of the visit. Times in seconds.

    `fixed_s` (kit, search) is part of each visit that is not in vain; `in_vain` is the probability of one
    that is; `told` is the interval that the family has; a `firm` one is kept while the team can come within it at
    all. `awaited`: the plan itself waits for it.
    """

    drive_s: int
    duration: Duration
    fixed_s: int = 0
    in_vain: float = 0.0
    windows: tuple[Interval, ...] = ((0, DAY_S),)
    told: Interval | None = None
    firm: bool = False
    awaited: bool = False

    @property
    def usual_s(self) -> float:
        """Seconds of a visit of median length, kit and search included."""
        return self.fixed_s + 60 * self.duration.median_min


@dataclass(frozen=True, slots=True)
class SimulatedDay:
    """One team's day: its shift, its homes in order, and the seconds of the drive home. `grace_s`: so long
    may a visit of usual length run into a break. Of a day under way `start_s` is when the team sets out for the first
    of these homes, `opened_s` when its shift began, `now_s` the moment."""

    start_s: int
    end_s: int
    breaks: tuple[Interval, ...]
    homes: tuple[Home, ...]
    home_s: int
    opened_s: int | None = None
    now_s: int = 0
    grace_s: int = 0

    @property
    def first_door_s(self) -> int:
        """When the team can be at a door at the soonest."""
        drive_s = self.homes[0].drive_s if self.homes else 0
        return max(self.start_s, self.now_s) + drive_s

    def rule_hours(self, promise: Promise) -> TeamHours:
        """What the rules of told hours hold the day to. What is told on the day itself does not begin before the
        team can be there; ahead, only not a whole step before."""
        first_s, step_s = self.first_door_s, promise.step_s
        start_s = self.start_s if self.opened_s is None else self.opened_s
        earliest_s = (-(-first_s // step_s) if self.now_s else first_s // step_s) * step_s
        return TeamHours(
            start_s=start_s,
            end_s=self.end_s,
            breaks=self.breaks,
            earliest_s=earliest_s if earliest_s >= start_s else -(-start_s // step_s) * step_s,
            narrowest_s=promise.narrowest_s,
        )


class World(Protocol):
    """Where durations come from; the draws of one day may be correlated (rain slows every drive)."""

    def draw_drives(self, rng: np.random.Generator, day: SimulatedDay, runs: int) -> Floats:
        """Seconds of every drive, the drive home last: shape (homes + 1, runs)."""

    def draw_visits(self, rng: np.random.Generator, day: SimulatedDay, runs: int) -> Floats:
        """Seconds at every home: shape (homes, runs)."""


@dataclass(frozen=True, slots=True)
class LearnedWorld:
    """The world as the office knows it: visits as learned; drives lognormal with the planned seconds as mean
    and `travel_cv` as coefficient of variation."""

    in_vain: Duration
    travel_cv: float = 0.25

    def draw_drives(self, rng: np.random.Generator, day: SimulatedDay, runs: int) -> Floats:
        """Seconds of every drive, the drive home last: shape (homes + 1, runs)."""
        variance = math.log1p(self.travel_cv**2)
        drawn = rng.standard_normal((len(day.homes) + 1, runs))
        planned = np.array([[home.drive_s] for home in day.homes] + [[day.home_s]], dtype=np.float64)
        return planned * np.exp(math.sqrt(variance) * drawn - variance / 2)

    def draw_visits(self, rng: np.random.Generator, day: SimulatedDay, runs: int) -> Floats:
        """Seconds at every home, visits in vain included: shape (homes, runs)."""
        out = np.empty((len(day.homes), runs))
        for row, home in zip(out, day.homes, strict=True):
            full = home.fixed_s + 60 * home.duration.sample_min(rng, runs)
            vain = 60 * self.in_vain.sample_min(rng, runs)
            row[:] = np.where(rng.random(runs) < home.in_vain, vain, full)
        return out


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """The runs of a day: arrivals at the doors, shape (homes, runs), seconds of waiting and moment at home,
    shape (runs,)."""

    day: SimulatedDay
    told: tuple[Interval, ...]
    doors: Floats
    idle_s: Floats
    end_s: Floats

    @property
    def overtime_s(self) -> Floats:
        """Seconds from the end of the shift until the team was home, at least 0: shape (runs,)."""
        return np.maximum(self.end_s - self.day.end_s, 0)

    @property
    def expected_s(self) -> list[int]:
        """For each home the moment by which half of the runs are there."""
        return [find_expected(doors) for doors in self.doors]

    def list_breaches(self, promise: Promise) -> list[Breach]:
        """The homes that cannot be told true hours on this day, by their place in it."""
        rows = zip(self.day.homes, self.told, self.expected_s, strict=True)
        stops = [
            ToldStop(str(at), told, expected_s, known=home.told == told)
            for at, (home, told, expected_s) in enumerate(rows)
        ]
        return list(list_breaches(stops, self.day.rule_hours(promise)))

    def as_told_day(self) -> SimulatedDay:
        """The day with the interval that each home was told."""
        homes = (replace(home, told=one) for home, one in zip(self.day.homes, self.told, strict=True))
        return replace(self.day, homes=tuple(homes))


def replay_day(
    day: SimulatedDay,
    *,
    world: World,
    rng: np.random.Generator,
    runs: int = RUNS,
    promise: Promise | None = None,
) -> Replay:
    """Simulate the day `runs` times.

    With a `promise` every home without an interval is told one on the way, and a home whose interval is no
    longer true another one. Without it intervals are kept; a home without one may be visited at any time.
    """
    drives, lasts = world.draw_drives(rng, day, runs), world.draw_visits(rng, day, runs)
    now, idle, surplus = np.full(runs, float(max(day.start_s, day.now_s))), np.zeros(runs), 0.0
    told: list[Interval] = []
    doors = np.empty((len(day.homes), runs))
    for at, home in enumerate(day.homes):
        there = _finish_drives(now, drives[at], day.breaks)
        interval = home.told or (0, DAY_S)
        if promise is not None:
            since_s = told[-1][0] if told else 0
            interval = _choose_interval(day, home, there, promise, surplus=surplus, since_s=since_s)
        doors[at] = _find_service_begins(there, interval, home, day)
        idle += doors[at] - there - _count_break_s(there, doors[at], day.breaks)
        now = _add_breaks(doors[at], doors[at] + lasts[at], day.breaks)
        told.append(interval)
        surplus += 0 if promise is None else promise.believed_share(interval, doors[at]) - promise.coverage
    if day.homes:
        now = _finish_drives(now, drives[-1], day.breaks)
    return Replay(day, tuple(told), doors, idle, now)


def replay_days(
    days: Sequence[SimulatedDay], *, world: World, promise: Promise, seed: int, runs: int = RUNS
) -> list[Replay]:
    """The replays of several days in which every home is told an interval. Every day uses the same random
    numbers, so its intervals do not depend on the other days.

    Where waiting for old intervals leaves a later home without a true one, only firm ones are kept.
    """
    found = []
    for day in days:
        for told in (day, _forget_intervals(day)):
            rng = np.random.default_rng([seed, 0])
            one = replay_day(told, world=world, rng=rng, runs=runs, promise=promise)
            if not one.list_breaches(promise):
                break
        found.append(one)
    return found


def _forget_intervals(day: SimulatedDay) -> SimulatedDay:
    """The day with no other intervals than those that are firm."""
    homes = (home if home.firm else replace(home, told=None) for home in day.homes)
    return replace(day, homes=tuple(homes))


@dataclass(frozen=True, slots=True)
class Report:
    """Figures of a week's replays. Shares are of all visits in all runs; seconds per team-day or visit."""

    runs: int
    team_days: int
    homes: int
    on_time: float  # at the door before the told interval ends
    coverage: float  # at the door within it
    late_mean_s: float  # mean lateness of the late ones
    overtime_mean_s: float
    overtime_p95_s: float
    idle_mean_s: float
    width_mean_s: float


def report_week(
    days: Sequence[SimulatedDay], *, world: World, seed: int, runs: int = RUNS, promise: Promise | None = None
) -> Report:
    """Simulate a week and summarise it. The same days, world, seed and runs give the same figures.

    With a `promise`, its `stretch` corrects the arrivals before shares are counted.
    """
    replays = [
        replay_day(day, world=world, rng=np.random.default_rng([seed, number]), runs=runs)
        for number, day in enumerate(days)
        if day.homes
    ]
    if not replays:
        return Report(runs, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    told = [interval for one in replays for interval in one.told]
    doors = np.concatenate([_stretch_doors(one, promise) for one in replays])
    late = doors - np.array([[end_s] for _begin_s, end_s in told], dtype=np.float64)
    overtime = np.concatenate([one.overtime_s for one in replays])
    covered = [share_within(row, interval) for row, interval in zip(doors, told, strict=True)]
    return Report(
        runs=runs,
        team_days=len(replays),
        homes=len(told),
        on_time=float(np.mean(late <= 0)),
        coverage=float(np.mean(covered)),
        late_mean_s=float(late[late > 0].mean()) if (late > 0).any() else 0.0,
        overtime_mean_s=float(overtime.mean()),
        overtime_p95_s=float(np.quantile(overtime, 0.95)),
        idle_mean_s=float(np.mean([one.idle_s.mean() for one in replays])),
        width_mean_s=float(np.mean([end_s - begin_s for begin_s, end_s in told])),
    )


def find_expected(doors: Floats) -> int:
    """The moment by which half of the runs are at a door; one of theirs, so never one in a break."""
    middle = (len(doors) - 1) // 2
    return int(np.partition(doors, middle)[middle])


def _stretch_doors(one: Replay, promise: Promise | None) -> Floats:
    """The arrivals of a replay, shape (homes, runs), corrected by the promise's stretch."""
    if promise is None:
        return one.doors
    rows = (
        promise.stretch_arrivals(doors, begin_s=told[0])
        for doors, told in zip(one.doors, one.told, strict=True)
    )
    return np.stack(list(rows))


def _choose_interval(
    day: SimulatedDay, home: Home, there: Floats, promise: Promise, *, surplus: float, since_s: int
) -> Interval:
    """The interval for a home that the team reaches at `there`, shape (runs,); `since_s` is the begin of the one
    before it. One that was told before is kept only if it is true without waiting for it beyond what is sensible."""
    known = home.told if _may_keep(day, home, there, promise, since_s) else None
    doors = _find_service_begins(there, known or (0, DAY_S), home, day)
    if known is not None and (home.firm or promise.still_holds(known, doors)):
        return known
    new = _make_interval(day, home, there, promise, surplus=surplus, since_s=since_s)
    return known if known is not None and not is_news(known, new, news_s=promise.news_s) else new


def _make_interval(
    day: SimulatedDay, home: Home, there: Floats, promise: Promise, *, surplus: float, since_s: int
) -> Interval:
    """An interval that is told anew: within the shift, on one side of its breaks, from the begin before it on."""
    hours, doors = day.rule_hours(promise), _find_service_begins(there, (0, DAY_S), home, day)
    first_s = max(hours.earliest_s, -(-since_s // promise.step_s) * promise.step_s)
    opens_s = min((opens for opens, _ in home.windows), default=0)
    begin = promise.choose_begin(doors, earliest_s=first_s, opens_s=opens_s)
    high_s = DAY_S
    for _ in range(2):  # waiting for the begin may put a visit off until after a break
        low_s, high_s = hours.find_stretch(find_expected(doors)) or (begin, DAY_S)
        if begin < low_s:  # most come after the break: nobody is told hours across it
            begin = -(-low_s // promise.step_s) * promise.step_s
        latest_s = (high_s - promise.narrowest_s) // promise.step_s * promise.step_s
        begin = max(min(begin, latest_s), first_s)
        doors = _find_service_begins(there, (begin, DAY_S), home, day)
    end = promise.choose_end(doors, begin_s=begin, surplus=surplus)
    closes = max((shut for opens, shut in home.windows if opens <= begin <= shut), default=DAY_S)
    if begin + promise.narrowest_s <= closes:  # do not tell hours outside the window
        end = min(end, closes)
    return begin, max(min(end, high_s), begin)


def _may_keep(day: SimulatedDay, home: Home, there: Floats, promise: Promise, since_s: int) -> bool:
    """Whether the interval that the family knows keeps the rules, and is worth the waiting."""
    if home.told is None:
        return False
    doors = _find_service_begins(there, home.told, home, day)
    stop = ToldStop("", home.told, find_expected(doors), known=True)
    if find_fault(stop, day.rule_hours(promise), since_s=since_s) is not None:
        return False
    waits_s = doors - _find_service_begins(there, (0, DAY_S), home, day)
    return home.firm or home.awaited or bool(np.median(waits_s) <= promise.wait_s)


def _find_service_begins(there: Floats, told: Interval, home: Home, day: SimulatedDay) -> Floats:
    """When the visit begins for a team that arrives at `there`: shape (runs,)."""
    ready = np.maximum(there, told[0])
    best, lasts = np.full(len(there), np.inf), max(home.usual_s - day.grace_s, 1)
    for opens, closes in home.windows:
        start = _avoid_breaks(np.maximum(ready, opens), lasts, day.breaks)
        best = np.minimum(best, np.where(start <= closes, start, np.inf))
    return np.where(np.isfinite(best), best, _avoid_breaks(ready, lasts, day.breaks))


def _avoid_breaks(start: Floats, lasts: float, breaks: Sequence[Interval]) -> Floats:
    """The starts, put off until after a break if a service of `lasts` seconds would be cut by it."""
    for from_s, to_s in breaks:
        start = np.where((start < to_s) & (start + lasts > from_s), to_s, start)
    return start


def _finish_drives(now: Floats, left: Floats, breaks: Sequence[Interval]) -> Floats:
    """`rules.finish_drive` for all runs: the clock runs on through a break, the car does not."""
    for from_s, to_s in breaks:
        paused = (now + left > from_s) & (now < to_s)
        left = np.where(paused, left - np.maximum(from_s - now, 0), left)
        now = np.where(paused, to_s, now)
    return now + left


def _add_breaks(begin: Floats, end: Floats, breaks: Sequence[Interval]) -> Floats:
    """The end of a visit, with the breaks that it ran into added."""
    for from_s, to_s in breaks:
        end = np.where((begin < from_s) & (end > from_s), end + (to_s - from_s), end)
    return end


def _count_break_s(since: Floats, until: Floats, breaks: Sequence[Interval]) -> Floats:
    """Seconds of breaks between two moments: shape (runs,)."""
    return sum(
        (np.maximum(np.minimum(until, to_s) - np.maximum(since, from_s), 0) for from_s, to_s in breaks),
        start=np.zeros(len(since)),
    )
