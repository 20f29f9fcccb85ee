"""Drives from home to home as the tablets reported them; distances and times only, no places.

A drive begins with the tap "Berangkat", or else with the outcome at the home before, and ends with "Tiba". What
else may have happened in between (lunch, fuel) is left to the fit, but a drive across the shift's break is none.
A home's place is the resident's, where it was set on a map or at the door; else that of the tablet on arrival.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from itertools import groupby
from uuid import UUID

from django.utils import timezone

from outreach.lib.crypto import SealError
from visits.enums import EventKind
from visits.models import Event, Visit
from visits.planning import GreatCircle
from visits.roads.fit import Trip
from visits.services import events, facts

EXACT_M = 150.0  # a position vaguer than that is no home's
_METRES = GreatCircle(1.0, 3.6)  # a metre a second

Place = tuple[float, float]


@dataclass(frozen=True)
class _Leg:
    """From one visit's home to the next one's; `seconds` by the clock that nobody sets, where it ran through."""

    one: Visit
    other: Visit
    left: datetime
    came: datetime
    seconds: float


def recorded(*, since: datetime) -> list[Trip]:
    """All drives with known ends that were reported since then."""
    rows = (
        Event.objects.filter(received_at__gte=since, at__isnull=False)
        .exclude(status__reason__in=(facts.REVOKED, facts.NO_VISIT, facts.OFFICER, facts.CANCELLED))
        .select_related("visit__need__resident", "visit__shift")
        .defer("sealed")
        .order_by("device", "sequence")
    )
    homes: dict[UUID, Place | None] = {}
    found = []
    for _device, of_device in groupby(rows.iterator(chunk_size=2000), key=lambda row: row.device_id):
        for leg in _legs(of_device):
            trip = _trip(leg, homes)
            if trip is not None:
                found.append(trip)
    return found


def _legs(rows: Iterable[Event]) -> Iterator[_Leg]:
    """From the last leaving before an arrival to it."""
    home: Visit | None = None  # where the last visit was ended
    facts_since: list[Event] = []  # the leaving and all that came after it
    for row in rows:
        facts_since.append(row)
        if row.kind == EventKind.OUTCOME:
            home, facts_since = row.visit, [row]
        elif row.kind == EventKind.DEPARTED:
            facts_since = [row]
        elif row.kind == EventKind.ARRIVED:
            if home is not None and row.visit is not None and row.visit_id != home.pk:
                left, came = facts_since[0].at, row.at
                assert left is not None
                assert came is not None
                yield _Leg(home, row.visit, left, came, _seconds(facts_since))
            home = None


def _seconds(rows: list[Event]) -> float:
    """By the steady clock where no number is missing and the tablet was not started anew, else by the wall's."""
    first, last = rows[0], rows[-1]
    if last.sequence - first.sequence == len(rows) - 1 and all(row.since_ms for row in rows[1:]):
        return sum(row.since_ms for row in rows[1:]) / 1000
    assert first.at is not None
    assert last.at is not None
    return (last.at - first.at).total_seconds()


def _trip(leg: _Leg, homes: dict[UUID, Place | None]) -> Trip | None:
    left, came = timezone.localtime(leg.left), timezone.localtime(leg.came)
    if leg.one.shift_id != leg.other.shift_id or left.date() != came.date():
        return None
    if _in_break(leg.other.shift.breaks, left, came):
        return None
    here, there = _home(leg.one, homes), _home(leg.other, homes)
    if here is None or there is None:
        return None
    return Trip(float(_METRES.seconds([here, there], 0, 1)), leg.seconds, left.hour)


def _in_break(breaks: list[list[str]], left: datetime, came: datetime) -> bool:
    return any(
        left.time() < time.fromisoformat(closes) and came.time() > time.fromisoformat(opens)
        for opens, closes in breaks
    )


def _home(visit: Visit, homes: dict[UUID, Place | None]) -> Place | None:
    resident = visit.need.resident
    if not resident.approximate:
        return resident.latitude, resident.longitude
    if visit.pk not in homes:
        homes[visit.pk] = _position(visit)
    return homes[visit.pk]


def _position(visit: Visit) -> Place | None:
    """Where the tablet stood when it arrived, if it knew well enough and the person is still known."""
    row = (
        Event.objects.filter(visit=visit, kind=EventKind.ARRIVED).select_related("key").order_by("at").first()
    )
    try:
        position = events.content(row).get("position") if row else None
    except SealError:
        return None
    if not position or position["accuracy_m"] > EXACT_M:
        return None
    return float(position["lat"]), float(position["lon"])
