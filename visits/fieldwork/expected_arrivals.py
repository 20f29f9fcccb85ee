"""Whom each team will probably meet when, from where it stands now, and for whom that is later than they were told.

A forecast for the telephone, not a plan: visits take as long as half of them do (plans set aside what most of them
take), the first drive is the straight line that the settings describe, the others are as published. Breaks are kept.
"""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import NormalDist

from django.conf import settings

from visits.appointments import arrival_intervals
from visits.enums import VisitState
from visits.fieldwork.team_status import LONGER, TeamNow, straight_s
from visits.models import Visit
from visits.planning.rules import count_active_s, find_service_start, finish_drive
from visits.planning.types import DAY_S

LATE = timedelta(
    minutes=10
)  # today, after the interval: less is no call; what a changed plan tells is NEWS_MINUTES


@dataclass(frozen=True, kw_only=True)
class Expected:
    """When a visit probably begins and ends, and by how much it begins after the interval that was told."""

    visit: Visit
    begins: datetime
    ends: datetime
    told: tuple[datetime, datetime]

    @property
    def late(self) -> timedelta:
        behind = self.begins - self.told[1]
        return behind if behind >= LATE else timedelta()


@dataclass(frozen=True, kw_only=True)
class Course:
    """How a team's day probably goes on; `left` is empty for a team that cannot go on."""

    assumed: list[Expected] = field(default_factory=list)
    under_way: Expected | None = None
    left: list[Expected] = field(default_factory=list)


def course(team: TeamNow, *, now: datetime) -> Course:
    """The rest of a team's day from now on."""
    clock = _Clock(team)
    assumed = [clock.at(visit, _begins(team, visit, now)) for visit in team.assumed]
    under_way, free_at = None, team.free_at
    if team.under_way is not None:
        visit = team.under_way
        here = visit.state == VisitState.ARRIVED and visit.arrived_at is not None
        begins = visit.arrived_at if here and visit.arrived_at else max(now, arrival_intervals.told(visit)[0])
        under_way = clock.at(visit, begins, soonest=now + LONGER)
        free_at = under_way.ends
    elif assumed:
        free_at = max(now, assumed[-1].ends)
        if team.heading:
            under_way, assumed = assumed[0], []
    left: list[Expected] = []
    for visit in [] if team.fails else team.left:
        leg = clock.between(left[-1].visit, visit) if left else _first_drive(team, visit)
        left.append(clock.after(free_at, leg, visit))
        free_at = left[-1].ends
    return Course(assumed=assumed, under_way=under_way, left=left)


class _Clock:
    """A team's clock, which knows its breaks and how long it usually takes."""

    def __init__(self, team: TeamNow) -> None:
        self.on = team.shift.date
        self.setup_s = team.shift.team.setup_minutes * 60
        self.breaks = arrival_intervals.intervals(team.shift.breaks)

    def at(self, visit: Visit, begins: datetime, *, soonest: datetime | None = None) -> Expected:
        """A visit that begins then, and ends no sooner than said."""
        ends = begins + timedelta(seconds=_takes(visit, self.setup_s))
        told = arrival_intervals.told(visit)
        return Expected(visit=visit, begins=begins, ends=max(ends, soonest or ends), told=told)

    def after(self, free_at: datetime, leg: int, visit: Visit) -> Expected:
        """A visit to which the team drives when it is free; it does not come before it said."""
        told = arrival_intervals.told(visit)
        there_s = max(
            finish_drive(arrival_intervals.seconds_of_day(free_at), leg, self.breaks),
            arrival_intervals.seconds_of_day(told[0]),
        )
        start_s = find_service_start(there_s, _takes(visit, self.setup_s), [(0, DAY_S)], self.breaks)
        return self.at(visit, arrival_intervals.moment(self.on, there_s if start_s is None else start_s))

    def between(self, before: Visit, visit: Visit) -> int:
        """Seconds of the published drive between two homes, without the breaks in it."""
        left_s, there_s = arrival_intervals.in_seconds((before.planned_leave, visit.planned_arrive))
        return max(0, count_active_s(left_s, there_s, self.breaks))


def _begins(team: TeamNow, visit: Visit, now: datetime) -> datetime:
    """When a visit begins that nobody reported: by the tap at the base, as far as there was one."""
    if team.there_at is None:
        return _middle(visit)
    if team.heading:
        return max(now, arrival_intervals.told(visit)[0], team.there_at)
    return max(_middle(visit), visit.planned_start + (team.there_at - team.assumed[0].planned_start))


def _middle(visit: Visit) -> datetime:
    """When a team that goes on as published is about there."""
    since, until = arrival_intervals.told(visit)
    return since + (until - since) / 2


def _takes(visit: Visit, setup_s: int) -> int:
    """Seconds that half of such visits take."""
    planned = int((visit.planned_leave - visit.planned_start).total_seconds())
    longer = NormalDist().inv_cdf(settings.VISIT_MINUTES_QUANTILE) * settings.VISIT_MINUTES_SIGMA
    return min(setup_s, planned) + round(max(0, planned - setup_s) / math.exp(longer))


def _first_drive(team: TeamNow, visit: Visit) -> int:
    home = visit.need.resident
    return straight_s((team.latitude, team.longitude), (home.latitude, home.longitude))
