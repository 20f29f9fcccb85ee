"""Expected arrivals for the rest of today, from where each team is now, and which of them are later than
announced.

A forecast for calling families, not a plan: visits take their median (plans use a higher quantile), the first
drive is the straight line of the settings, the other drives are as published. Breaks are kept.
"""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import NormalDist

from django.conf import settings

from visits.appointments import arrival_intervals
from visits.enums import VisitState
from visits.fieldwork.team_status import LONGER, TeamStatus, straight_line_seconds
from visits.models import Visit
from visits.planning.rules import count_active_s, find_service_start, finish_drive
from visits.planning.types import DAY_S

LATE = timedelta(
    minutes=10
)  # today, after the interval: less is no call; what a changed plan tells is NEWS_MINUTES


@dataclass(frozen=True, kw_only=True)
class ExpectedVisit:
    """When a visit is expected to begin and end, beside the interval that its family was told."""

    visit: Visit
    begins: datetime
    ends: datetime
    told: tuple[datetime, datetime]

    @property
    def late(self) -> timedelta:
        """How long after the interval the visit begins; zero below `LATE`."""
        behind = self.begins - self.told[1]
        return behind if behind >= LATE else timedelta()


@dataclass(frozen=True, kw_only=True)
class DayForecast:
    """The expected rest of a team's day. `left` is empty for a team that cannot go on."""

    assumed: list[ExpectedVisit] = field(default_factory=list)
    under_way: ExpectedVisit | None = None
    left: list[ExpectedVisit] = field(default_factory=list)


def forecast_day(team: TeamStatus, *, now: datetime) -> DayForecast:
    """The expected rest of a team's day from `now`."""
    clock = _Clock(team)
    assumed = [clock.at(visit, _estimate_begin(team, visit, now)) for visit in team.assumed]
    under_way, free_at = None, team.free_at
    if team.under_way is not None:
        visit = team.under_way
        here = visit.state == VisitState.ARRIVED and visit.arrived_at is not None
        begins = (
            visit.arrived_at
            if here and visit.arrived_at
            else max(now, arrival_intervals.interval_told(visit)[0])
        )
        under_way = clock.at(visit, begins, soonest=now + LONGER)
        free_at = under_way.ends
    elif assumed:
        free_at = max(now, assumed[-1].ends)
        if team.heading:
            under_way, assumed = assumed[0], []
    left: list[ExpectedVisit] = []
    for visit in [] if team.fails else team.left:
        leg = clock.between(left[-1].visit, visit) if left else _first_drive(team, visit)
        left.append(clock.after(free_at, leg, visit))
        free_at = left[-1].ends
    return DayForecast(assumed=assumed, under_way=under_way, left=left)


class _Clock:
    """Computes times of one team-day with its breaks and its set-up time."""

    def __init__(self, team: TeamStatus) -> None:
        self.on = team.shift.date
        self.setup_s = team.shift.team.setup_minutes * 60
        self.breaks = arrival_intervals.parse_intervals(team.shift.breaks)

    def at(self, visit: Visit, begins: datetime, *, soonest: datetime | None = None) -> ExpectedVisit:
        """A visit that begins at `begins`, and ends at `soonest` or later."""
        ends = begins + timedelta(seconds=_median_seconds(visit, self.setup_s))
        told = arrival_intervals.interval_told(visit)
        return ExpectedVisit(visit=visit, begins=begins, ends=max(ends, soonest or ends), told=told)

    def after(self, free_at: datetime, leg: int, visit: Visit) -> ExpectedVisit:
        """A visit to which the team drives `leg` seconds from `free_at`; it does not begin before the
        interval told."""
        told = arrival_intervals.interval_told(visit)
        there_s = max(
            finish_drive(arrival_intervals.seconds_of_day(free_at), leg, self.breaks),
            arrival_intervals.seconds_of_day(told[0]),
        )
        start_s = find_service_start(there_s, _median_seconds(visit, self.setup_s), [(0, DAY_S)], self.breaks)
        return self.at(
            visit, arrival_intervals.moment_of_day(self.on, there_s if start_s is None else start_s)
        )

    def between(self, before: Visit, visit: Visit) -> int:
        """Seconds of the published drive between two visits, without breaks."""
        left_s, there_s = arrival_intervals.interval_in_seconds((before.planned_leave, visit.planned_arrive))
        return max(0, count_active_s(left_s, there_s, self.breaks))


def _estimate_begin(team: TeamStatus, visit: Visit, now: datetime) -> datetime:
    """When an unreported visit is expected to have begun, from the departure at the base where that was
    reported."""
    if team.there_at is None:
        return _midpoint(visit)
    if team.heading:
        return max(now, arrival_intervals.interval_told(visit)[0], team.there_at)
    return max(_midpoint(visit), visit.planned_start + (team.there_at - team.assumed[0].planned_start))


def _midpoint(visit: Visit) -> datetime:
    """The middle of the interval told."""
    since, until = arrival_intervals.interval_told(visit)
    return since + (until - since) / 2


def _median_seconds(visit: Visit, setup_s: int) -> int:
    """Median duration of the visit in seconds, from its planned duration (a quantile of the same
    distribution)."""
    planned = int((visit.planned_leave - visit.planned_start).total_seconds())
    longer = NormalDist().inv_cdf(settings.VISIT_MINUTES_QUANTILE) * settings.VISIT_MINUTES_SIGMA
    return min(setup_s, planned) + round(max(0, planned - setup_s) / math.exp(longer))


def _first_drive(team: TeamStatus, visit: Visit) -> int:
    """Seconds of the drive from the team's last known place to the visit."""
    home = visit.need.resident
    return straight_line_seconds((team.latitude, team.longitude), (home.latitude, home.longitude))
