"""Departures from the base, from the tablet's tap "Berangkat dari kantor", and ends of days, from "Tutup hari".

Such an event names no visit: the order may change on the way. Its day is that of the tablet's clock;
if the tablet named another day, or a day on which its team does not work, the event goes to review and does
not count.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone

from visits.appointments import arrival_intervals
from visits.enums import EventKind, EventState
from visits.models import Event, Shift


def event_moment(event: Event) -> datetime:
    """The event's time, limited to between the tablet's pairing and the receipt.

    The tablet's clock may run a year ahead, or stand at 1970 after an empty battery.
    """
    assert event.at is not None
    return min(max(event.at, event.device.paired_at), event.received_at)


def is_from_base(event: Event) -> bool:
    """Whether the event is a departure from the base, not from a home."""
    return event.kind == EventKind.DEPARTED and event.visit_named is None


def find_told_shift(event: Event, *, day: str | None) -> Shift | None:
    """The shift on which the team departed, or which it ended; None if there is none or the tablet's clock and `day` (ISO)
    disagree."""
    on = timezone.localdate(event_moment(event))
    if day is not None and day != on.isoformat():
        return None
    return Shift.objects.filter(team=event.device.team_id, date=on).first()


def departures_on(*, on: date, teams: Iterable[int]) -> dict[int, datetime]:
    """The departure of each team on that day, by team id. The earliest counts if several tablets reported
    one."""
    found = _list_told(EventKind.DEPARTED, on=on, teams=teams)
    return {team: min(moments) for team, moments in found.items()}


def closings_on(*, on: date, teams: Iterable[int]) -> dict[int, datetime]:
    """When each team ended that day, by team id. The latest counts: a team may go on after all."""
    found = _list_told(EventKind.DAY_CLOSED, on=on, teams=teams)
    return {team: max(moments) for team, moments in found.items()}


def _list_told(kind: EventKind, *, on: date, teams: Iterable[int]) -> dict[int, list[datetime]]:
    """When tablets said so of that day, by team id."""
    rows = Event.objects.filter(
        visit=None,
        visit_named=None,
        kind=kind,
        device__team__in=list(teams),
        received_at__gte=arrival_intervals.moment_of_day(on, 0),
        status__state=EventState.APPLIED,
    )
    found: dict[int, list[datetime]] = {}
    for row in rows.select_related("device").defer("sealed"):
        at, team = event_moment(row), row.device.team_id
        if timezone.localdate(at) == on:
            found.setdefault(team, []).append(at)
    return found
