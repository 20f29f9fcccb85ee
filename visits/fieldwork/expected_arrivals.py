"""Expected arrivals for the rest of today, from where each team is now, and which of them are later than
announced.

A forecast for calling families, not a plan: visits take the expected time that they are planned with, the first
drive is the straight line of the settings, the other drives are as published. A break is taken after a visit that
runs into it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from visits.appointments import arrival_intervals
from visits.enums import VisitState
from visits.fieldwork.team_status import (
    LONGER,
    TeamStatus,
    add_pauses,
    straight_line_seconds,
    time_on_road,
)
from visits.models import Visit
from visits.planning.rules import count_active_s, finish_drive

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
    believed: bool = False

    @property
    def late(self) -> timedelta:
        """How long after the interval the visit begins; zero below `LATE`, and for who is only `believed` to be
        late: a team that is silent did not say so."""
        behind = self.begins - self.told[1]
        return behind if behind >= LATE and not self.believed else timedelta()


@dataclass(frozen=True, kw_only=True)
class DayForecast:
    """The expected rest of a team's day. `left` is empty for a team that cannot go on."""

    assumed: list[ExpectedVisit] = field(default_factory=list)
    under_way: ExpectedVisit | None = None
    left: list[ExpectedVisit] = field(default_factory=list)


def forecast_day(team: TeamStatus, *, now: datetime) -> DayForecast:
    """The expected rest of a team's day from `now`, from where and when `team_status` believes it to be free."""
    clock = _Clock(team)
    assumed = [clock.at(visit, _estimate_begin(team, visit, now)) for visit in team.assumed]
    under_way = None
    if team.under_way is not None:
        visit = team.under_way
        here = visit.state == VisitState.ARRIVED and visit.arrived_at is not None
        begins = visit.arrived_at if here and visit.arrived_at else max(now, expect_under_way(team, visit))
        under_way = clock.at(visit, begins, soonest=now + LONGER)
    elif team.heading:
        under_way, assumed = assumed[0], []
    left: list[ExpectedVisit] = []
    free_at = team.free_at
    for visit in [] if team.fails else [visit for visit in team.left if not visit.is_called_off]:
        leg = clock.between(left[-1].visit, visit) if left else _first_drive(team, visit)
        left.append(clock.after(free_at, leg, visit))
        free_at = add_pauses(team.shift, left[-1].begins, left[-1].ends)
    return DayForecast(assumed=assumed, under_way=under_way, left=left)


class _Clock:
    """Computes times of one team-day with its breaks."""

    def __init__(self, team: TeamStatus) -> None:
        self.shift, self.believed = team.shift, team.believed
        self.breaks = arrival_intervals.parse_intervals(team.shift.breaks)

    def at(self, visit: Visit, begins: datetime, *, soonest: datetime | None = None) -> ExpectedVisit:
        """A visit that begins at `begins`, and ends at `soonest` or later."""
        ends = begins + timedelta(seconds=_planned_seconds(visit))
        told = arrival_intervals.interval_told(visit)
        return ExpectedVisit(
            visit=visit, begins=begins, ends=max(ends, soonest or ends), told=told, believed=self.believed
        )

    def after(self, free_at: datetime, leg: int, visit: Visit) -> ExpectedVisit:
        """A visit to which the team drives `leg` seconds from `free_at`; it does not begin before the
        interval told."""
        told = arrival_intervals.interval_told(visit)
        there_s = finish_drive(arrival_intervals.seconds_into_day(self.shift.date, free_at), leg, self.breaks)
        ready = max(told[0], arrival_intervals.moment_of_day(self.shift.date, there_s))
        begins, _free_at = time_on_road(self.shift, ready, timedelta(seconds=_planned_seconds(visit)))
        return self.at(visit, begins)

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


def _planned_seconds(visit: Visit) -> int:
    """The expected duration of the visit in seconds, as it is planned."""
    return int((visit.planned_leave - visit.planned_start).total_seconds())


def _first_drive(team: TeamStatus, visit: Visit) -> int:
    """Seconds of the drive from the team's last known place to the visit."""
    home = visit.need.resident
    return straight_line_seconds(team.shift, (team.latitude, team.longitude), (home.latitude, home.longitude))


def expect_under_way(team: TeamStatus, visit: Visit) -> datetime:
    """When the team begins the visit that it drives to, from when it set out; it waits for the interval that the
    family was told."""
    since = arrival_intervals.interval_told(visit)[0]
    if team.set_out_at is None:
        return since
    home, place = visit.need.resident, (team.shift.start_latitude, team.shift.start_longitude)
    if team.done:
        before = max(team.done, key=lambda row: row.outcome_at or row.planned_leave).need.resident
        place = before.latitude, before.longitude
    drive = straight_line_seconds(team.shift, place, (home.latitude, home.longitude))
    breaks = arrival_intervals.parse_intervals(team.shift.breaks)
    there_s = finish_drive(
        arrival_intervals.seconds_into_day(team.shift.date, team.set_out_at), drive, breaks
    )
    ready = max(since, arrival_intervals.moment_of_day(team.shift.date, there_s))
    return time_on_road(team.shift, ready, timedelta(seconds=_planned_seconds(visit)))[0]
