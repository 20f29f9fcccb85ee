"""Until when each visit that a team still has before it may begin, so that the rest of its day holds: every later
family within the hours that it was told, and the team back by the end of its shift.

A detail for who speaks with the team. Families are told an interval, and nothing of this; so none of these moments
lies behind the interval of its own family.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from visits.appointments import arrival_intervals
from visits.fieldwork.team_status import straight_line_seconds, time_on_road
from visits.models import Shift, Visit
from visits.planning.rules import count_active_s, finish_drive

MINUTE = timedelta(minutes=1)


def list_latest_starts(shift: Shift, visits: Sequence[Visit]) -> dict[UUID, datetime]:
    """By visit, to the minute; those after which the rest cannot hold any more, however early they begin, have none.
    `visits` are those ahead of the team in their order, with need and resident. Visits take their expected time, the
    drives between them are as published, the drive home is the straight line of the settings."""
    found = {}
    for number, visit in enumerate(visits):
        since, until = arrival_intervals.interval_told(visit)
        low, high = 0, (until - since) // MINUTE
        if not _holds(shift, visits[number:], since):
            continue
        while low < high:  # the later it begins, the less holds
            middle = (low + high + 1) // 2
            if _holds(shift, visits[number:], since + middle * MINUTE):
                low = middle
            else:
                high = middle - 1
        found[visit.pk] = since + low * MINUTE
    return found


def _holds(shift: Shift, visits: Sequence[Visit], begins: datetime) -> bool:
    """Whether the rest holds if the first of these visits begins then."""
    breaks, day = arrival_intervals.parse_intervals(shift.breaks), shift.date

    def drive(free_at: datetime, seconds: int) -> datetime:
        there_s = finish_drive(arrival_intervals.seconds_into_day(day, free_at), seconds, breaks)
        return arrival_intervals.moment_of_day(day, there_s)

    ready = begins
    for number, visit in enumerate(visits):
        start, free_at = time_on_road(shift, ready, visit.planned_leave - visit.planned_start)
        if start > (begins if number == 0 else arrival_intervals.interval_told(visit)[1]):
            return False
        if number + 1 < len(visits):
            following = visits[number + 1]
            left_s, there_s = arrival_intervals.interval_in_seconds(
                (visit.planned_leave, following.planned_arrive)
            )
            there = drive(free_at, max(0, count_active_s(left_s, there_s, breaks)))
            ready = max(there, arrival_intervals.interval_told(following)[0])
    home = visits[-1].need.resident
    back_s = straight_line_seconds(
        shift, (home.latitude, home.longitude), (shift.end_latitude, shift.end_longitude)
    )
    ends = arrival_intervals.moment_of_day(day, arrival_intervals.seconds_of_clock(shift.ends))
    return drive(free_at, back_s) <= ends
