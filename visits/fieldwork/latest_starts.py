"""Until when each visit that a team still has before it may begin, so that the rest of its day holds: every later
family within the hours that it was told, and the team back by the end of its shift.

A detail for who speaks with the team. Families are told an interval, and nothing of this; so none of these moments
lies behind the interval of its own family.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from visits.appointments import arrival_intervals
from visits.fieldwork.road_times import (
    drive_on_road,
    drive_straight,
    place_of_home,
    published_drive_seconds,
    visit_on_road,
)
from visits.models import Shift, Visit

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
    ready = begins
    for number, visit in enumerate(visits):
        start, free_at = visit_on_road(shift, ready, visit)
        if start > (begins if number == 0 else arrival_intervals.interval_told(visit)[1]):
            return False
        if number + 1 < len(visits):
            following = visits[number + 1]
            there = drive_on_road(shift, free_at, published_drive_seconds(shift, visit, following))
            ready = max(there, arrival_intervals.interval_told(following)[0])
    base = shift.end_latitude, shift.end_longitude
    ends = arrival_intervals.moment_of_day(shift.date, arrival_intervals.seconds_of_clock(shift.ends))
    return drive_straight(shift, free_at, place_of_home(visits[-1]), base) <= ends
