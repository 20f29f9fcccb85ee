"""When teams set out from their base, as their tablets said: the tap "Berangkat dari kantor".

Such a fact names no visit: whom a team meets first may change on the way. Its day is that of its clock; where the
tablet named another day, or one on which its team does not work, the fact waits for a person and does not count.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone

from visits.appointments import arrival_intervals
from visits.enums import EventKind, EventState
from visits.models import Event, Shift


def when(event: Event) -> datetime:
    """When it happened, as far as the tablet's clock can be believed.

    It may run a year ahead, or stand at 1970 after an empty battery; but nothing happened before the tablet was
    paired, and nothing after we heard of it.
    """
    assert event.at is not None
    return min(max(event.at, event.device.paired_at), event.received_at)


def from_base(event: Event) -> bool:
    """Whether the fact is that a team set out, and not that it drove on to a home."""
    return event.kind == EventKind.DEPARTED and event.visit_named is None


def shift_of(event: Event, *, day: str | None) -> Shift | None:
    """The team-day on which its team set out; None where the tablet's clock and the day it names do not agree."""
    on = timezone.localdate(when(event))
    if day is not None and day != on.isoformat():
        return None
    return Shift.objects.filter(team=event.device.team_id, date=on).first()


def of_day(*, on: date, teams: Iterable[int]) -> dict[int, datetime]:
    """When each of these teams set out that day; the first word holds where it was said by several tablets."""
    rows = Event.objects.filter(
        visit=None,
        visit_named=None,
        kind=EventKind.DEPARTED,
        device__team__in=list(teams),
        received_at__gte=arrival_intervals.moment(on, 0),
        status__state=EventState.APPLIED,
    )
    found: dict[int, datetime] = {}
    for row in rows.select_related("device").defer("sealed"):
        at, team = when(row), row.device.team_id
        if timezone.localdate(at) == on:
            found[team] = min(at, found.get(team, at))
    return found
