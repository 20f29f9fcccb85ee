"""Which published visits a change of the office touches: those that it can no longer keep as it told them.

A change is measured by what it does. `look_ahead` lists, before and after it, what stands in the way of each
published visit from today on; what is new or has grown is the change's doing. So days, shifts, teams,
officers, kit, breaks and hours are all counted in one way, and what was amiss before is blamed on nobody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from itertools import groupby
from uuid import UUID

from django.utils import timezone

from visits.appointments import arrival_intervals
from visits.appointments.published_visits import departure_time
from visits.enums import VisitState
from visits.fieldwork import road_times
from visits.models import Shift, TeamDay, Visit
from visits.planning.types import Interval
from visits.schedule.problem import problem_builder
from visits.wording import labels
from visits.workforce import calendar, team_skills


class Obstacle(StrEnum):
    """Why a published visit cannot be kept."""

    CLOSED = "closed"  # the office does not work on that day
    CANCELLED = "cancelled"  # its team does not
    INACTIVE = "inactive"  # its team is out of service
    UNMANNED = "unmanned"  # no officer is left in its team
    EARLY = "early"  # it begins before its team's shift
    LATE = "late"  # it ends after its team's shift
    BREAK = "break"  # its team has a break then
    SKILL = "skill"  # its team lacks part of the kit, or an officer, that it needs
    ROOM = "room"  # its team makes fewer visits a day
    DELAYED = "delayed"  # its team can only be there after the hours that the family was told


@dataclass(frozen=True, kw_only=True)
class ShiftHours:
    """When a team works on a day; compared before and after a change."""

    starts: time
    ends: time
    breaks: tuple[tuple[str, ...], ...]

    @property
    def words(self) -> str:
        return labels.format_hours(self.starts, self.ends, self.breaks)


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """Published visits from today on, what stands in the way of each (and how much of it), and their shifts."""

    visits: dict[UUID, Visit]
    obstacles: dict[UUID, dict[Obstacle, int]]
    shifts: dict[int, Shift]
    hours: dict[int, ShiftHours]


@dataclass(frozen=True, kw_only=True)
class TouchedVisit:
    """A published visit, and by what stands in its way now how much of each stood in its way before."""

    visit: Visit
    obstacles: dict[Obstacle, int]


@dataclass(frozen=True, kw_only=True)
class MovedShift:
    """A team-day whose hours a change moves."""

    shift: Shift
    was: ShiftHours
    now: ShiftHours


def look_ahead(*, now: datetime) -> Outlook:
    """The outlook as the database has it, in a constant number of queries."""
    today = timezone.localdate(now)
    shifts = {
        shift.pk: shift
        for shift in Shift.objects.filter(date__gte=today).select_related("team").order_by("pk")
    }
    rows = Visit.objects.filter(shift__date__gte=today, state=VisitState.PUBLISHED)
    rows = rows.select_related("shift__team", "need__resident__village")
    rows = rows.defer("need__resident__village__boundary")
    visits = list(rows.order_by("shift__date", "shift__team__code", "sequence", "pk"))
    closed = _list_closed_days({visit.shift.date for visit in visits})
    unmanned = team_skills.find_unmanned_teams()
    delays = _measure_routes(visits, now)
    ranks: dict[int, int] = {}
    obstacles = {}
    for visit in visits:
        shift = visit.shift
        ranks[shift.pk] = ranks.get(shift.pk, 0) + 1
        found = {
            Obstacle.CLOSED: int(shift.date in closed),
            Obstacle.CANCELLED: int(shift.is_cancelled),
            Obstacle.INACTIVE: int(not shift.team.is_active),
            Obstacle.UNMANNED: int(shift.team_id in unmanned),
            Obstacle.SKILL: len(problem_builder.skills_needed(visit.need) - set(shift.skills)),
            Obstacle.ROOM: max(0, ranks[shift.pk] - shift.max_visits),
            Obstacle.DELAYED: delays[visit.pk],
            **_measure_hours(visit),
        }
        obstacles[visit.pk] = {what: much for what, much in found.items() if much}
    return Outlook(
        visits={visit.pk: visit for visit in visits},
        obstacles=obstacles,
        shifts=shifts,
        hours={pk: _hours_of(shift) for pk, shift in shifts.items()},
    )


def find_touched(before: Outlook, after: Outlook) -> list[TouchedVisit]:
    """The visits in whose way the change between the two puts something, or more of it; also those that are
    called off already."""
    found = []
    for pk, visit in after.visits.items():
        known = before.obstacles.get(pk, {})
        grown = {
            what: known.get(what, 0)
            for what, much in after.obstacles[pk].items()
            if much > known.get(what, 0)
        }
        if grown:
            found.append(TouchedVisit(visit=visit, obstacles=grown))
    return found


def find_restored(outlook: Outlook, *, now: datetime) -> list[Visit]:
    """The visits that are called off although nothing that they were called off for is left. Not those whose hours
    are over, nor those whose place on the team's day was given away meanwhile: they are to be planned again."""
    found = [
        visit
        for pk, visit in outlook.visits.items()
        if visit.called_off
        and all(outlook.obstacles[pk].get(what, 0) <= much for what, much in visit.obstacles.items())
        and arrival_intervals.interval_told(visit)[1] > now
    ]
    dates, teams = {visit.shift.date for visit in found}, {visit.shift.team_id for visit in found}
    rows = TeamDay.objects.filter(date__in=dates, team__in=teams).select_related("live") if found else ()
    placed = {(row.team_id, row.date): {stop["visit"] for stop in row.live.content["stops"]} for row in rows}
    return [
        visit
        for visit in found
        if str(visit.pk) in placed.get((visit.shift.team_id, visit.shift.date), {str(visit.pk)})
    ]


def find_moved_shifts(before: Outlook, after: Outlook) -> list[MovedShift]:
    """Team-days whose hours the change moves, by date and team."""
    moved = [
        MovedShift(shift=shift, was=before.hours[pk], now=after.hours[pk])
        for pk, shift in after.shifts.items()
        if pk in before.hours and before.hours[pk] != after.hours[pk]
    ]
    return sorted(moved, key=lambda row: (row.shift.date, row.shift.team.code))


def _list_closed_days(days: set[date]) -> set[date]:
    if not days:
        return set()
    return {day.date for day in calendar.list_days(first=min(days), last=max(days)) if not day.is_open}


def _hours_of(shift: Shift) -> ShiftHours:
    return ShiftHours(
        starts=shift.starts, ends=shift.ends, breaks=tuple(tuple(pause) for pause in shift.breaks)
    )


def _measure_hours(visit: Visit) -> Mapping[Obstacle, int]:
    """By how many seconds the hours that the family was told, or the planned visit, lie outside the shift, or
    in a break."""
    shift = visit.shift
    told = arrival_intervals.interval_in_seconds(arrival_intervals.interval_told(visit))
    planned = arrival_intervals.interval_in_seconds((visit.planned_start, visit.planned_leave))
    starts, ends = (arrival_intervals.seconds_of_clock(at) for at in (shift.starts, shift.ends))
    breaks = arrival_intervals.parse_intervals(shift.breaks)
    return {
        Obstacle.EARLY: max(0, starts - min(told[0], planned[0])),
        Obstacle.LATE: max(0, max(told[1], planned[1]) - ends),
        Obstacle.BREAK: sum(_overlap(span, pause) for pause in breaks for span in (told, planned)),
    }


def _measure_routes(visits: Iterable[Visit], now: datetime) -> dict[UUID, int]:
    """By visit: by how many seconds its team comes after the hours that the family was told, if it sets out from its
    starting point when its shift begins. Zero for a team that should be on the road by now, or does not go."""
    found: dict[UUID, int] = {}
    for _shift, rows in groupby(visits, key=lambda visit: visit.shift_id):
        route = list(rows)
        goes = not route[0].shift.is_cancelled and departure_time(route[0].shift) > now
        found |= _measure_delays(route) if goes else {visit.pk: 0 for visit in route}
    return found


def _measure_delays(route: Sequence[Visit]) -> dict[UUID, int]:
    """The same for one team-day. The team drives by the straight line of the settings, and goes to nobody whom it
    would meet too late, or who was called off."""
    shift = route[0].shift
    free_at, place = departure_time(shift), (shift.start_latitude, shift.start_longitude)
    found = {}
    for visit in route:
        home = road_times.place_of_home(visit)
        since, until = arrival_intervals.interval_told(visit)
        ready = max(since, road_times.drive_straight(shift, free_at, place, home))
        begins, ends = road_times.visit_on_road(shift, ready, visit)
        found[visit.pk] = max(0, int((begins - until).total_seconds()))
        if not visit.called_off and not found[visit.pk]:
            free_at, place = ends, home
    return found


def _overlap(one: Interval, other: Interval) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))
