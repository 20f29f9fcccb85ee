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
from visits.fieldwork.road_times import (
    add_pauses,
    drive_on_road,
    drive_straight,
    place_of_home,
    published_drive_seconds,
    straight_line_seconds,
    visit_on_road,
)
from visits.fieldwork.team_status import LONGER, TeamStatus
from visits.models import Visit

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
    """The expected rest of a team's day. `left` is empty for a team that takes no more."""

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
    for visit in [] if team.takes_no_more else [visit for visit in team.left if not visit.is_called_off]:
        leg = (
            published_drive_seconds(team.shift, left[-1].visit, visit)
            if left
            else straight_line_seconds(team.shift, (team.latitude, team.longitude), place_of_home(visit))
        )
        left.append(clock.after(free_at, leg, visit))
        free_at = add_pauses(team.shift, left[-1].begins, left[-1].ends)
    return DayForecast(assumed=assumed, under_way=under_way, left=left)


class _Clock:
    """Computes times of one team-day with its breaks."""

    def __init__(self, team: TeamStatus) -> None:
        self.shift, self.believed = team.shift, team.believed

    def at(self, visit: Visit, begins: datetime, *, soonest: datetime | None = None) -> ExpectedVisit:
        """A visit that begins at `begins`, and ends at `soonest` or later."""
        ends = begins + visit.planned_length
        told = arrival_intervals.interval_told(visit)
        return ExpectedVisit(
            visit=visit, begins=begins, ends=max(ends, soonest or ends), told=told, believed=self.believed
        )

    def after(self, free_at: datetime, leg: int, visit: Visit) -> ExpectedVisit:
        """A visit to which the team drives `leg` seconds from `free_at`; it does not begin before the
        interval told."""
        told = arrival_intervals.interval_told(visit)
        ready = max(told[0], drive_on_road(self.shift, free_at, leg))
        begins, _free_at = visit_on_road(self.shift, ready, visit)
        return self.at(visit, begins)


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


def expect_under_way(team: TeamStatus, visit: Visit) -> datetime:
    """When the team begins the visit that it drives to, from when it set out; it waits for the interval that the
    family was told."""
    since = arrival_intervals.interval_told(visit)[0]
    if team.set_out_at is None:
        return since
    place = team.shift.start_latitude, team.shift.start_longitude
    if team.done:
        place = place_of_home(max(team.done, key=lambda row: row.outcome_at or row.planned_leave))
    ready = max(since, drive_straight(team.shift, team.set_out_at, place, place_of_home(visit)))
    return visit_on_road(team.shift, ready, visit)[0]
