"""Trips from home to home as the tablets reported them: distances and times, no coordinates.

A trip begins with the tap "Berangkat", or else with the outcome at the previous home, and ends with "Tiba".
Other stops in between (lunch, fuel) are left to the robust fit, but a trip across the shift's break is
dropped. A home's place is the resident's, if set on a map or at the door; else the tablet's on arrival. The
first trip of a day begins at the base; a tap made farther than `AT_BASE_M` from it begins no trip. Trips of teams on
motorcycles are left out: the speed that is learned is that of cars.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from uuid import UUID

from django.utils import timezone

from outreach.lib.crypto import SealError
from visits.enums import EventKind, Outcome, Vehicle
from visits.fieldwork import departures, event_content
from visits.models import Event, Shift, Visit
from visits.planning import GreatCircle
from visits.roads.fit import Trip

EXACT_M = 150.0  # a position vaguer than that is no home's
AT_BASE_M = 1000.0  # who taps "Berangkat" farther from the base than that has left it before
_METRES = GreatCircle(1.0, 3.6)  # a metre a second
_DO_NOT_COUNT = (
    event_content.REVOKED,
    event_content.NO_VISIT,
    event_content.OFFICER,
    event_content.CANCELLED,
    event_content.DAY,
)

Place = tuple[float, float]


@dataclass(frozen=True)
class _Leg:
    """A trip from the home of visit `one`, or from the base with the tap `base`, to the home of visit
    `other`. `seconds` are by the tablet's monotonic clock where that ran through."""

    one: Visit | None
    base: Event | None
    other: Visit
    left: datetime
    came: datetime
    seconds: float


def list_trips(*, since: datetime) -> list[Trip]:
    """All trips with known ends that were reported since `since`."""
    rows = (
        Event.objects.filter(received_at__gte=since, at__isnull=False)
        .exclude(status__reason__in=_DO_NOT_COUNT)
        .select_related("visit__need__resident", "visit__shift__team")
        .defer("sealed")
        .order_by("device", "sequence")
    )
    legs = [
        leg
        for _device, of_device in groupby(rows.iterator(chunk_size=2000), key=lambda row: row.device_id)
        for leg in _find_legs(of_device)
    ]
    homes: dict[UUID, Place | None] = {}
    taps = _read_positions([leg.base.pk for leg in legs if leg.base is not None])
    return [trip for leg in legs if (trip := _build_trip(leg, homes, taps)) is not None]


def _find_legs(rows: Iterable[Event]) -> Iterator[_Leg]:
    """Trips of one tablet: from the last departure before an arrival to that arrival. `rows` are in the order
    of sequence."""
    home: Visit | None = None  # where the last visit was ended
    base: Event | None = None  # the tap with which the team set out
    out: date | None = None  # the day on which it has been at a home
    at: UUID | None = None  # the visit at whose home it is
    facts_since: list[Event] = []  # the leaving and all that came after it
    for row in rows:
        facts_since.append(row)
        if row.kind == EventKind.OUTCOME:
            if (
                row.visit_id == at or row.outcome == Outcome.RECORDED
            ):  # else told by telephone: nobody was there
                home, base, at, out, facts_since = row.visit, None, None, _tablet_day(row), [row]
        elif row.kind == EventKind.DEPARTED:
            facts_since = [row]
            if departures.is_from_base(row) and _tablet_day(row) != out:
                home, base = None, row
        elif row.kind == EventKind.ARRIVED:
            if row.visit is not None and (base is not None or (home is not None and row.visit_id != home.pk)):
                left, came = facts_since[0].at, row.at
                assert left is not None
                assert came is not None
                yield _Leg(home, base, row.visit, left, came, _elapsed_seconds(facts_since))
            home, base, at, out = None, None, row.visit_id, _tablet_day(row)


def _tablet_day(row: Event) -> date:
    """The local date of an event, by the tablet's clock."""
    assert row.at is not None
    return timezone.localdate(row.at)


def _elapsed_seconds(rows: list[Event]) -> float:
    """Duration by the monotonic clock if no event is missing and the tablet was not restarted, else by the
    wall clock."""
    first, last = rows[0], rows[-1]
    if last.sequence - first.sequence == len(rows) - 1 and all(row.since_ms for row in rows[1:]):
        return sum(row.since_ms for row in rows[1:]) / 1000
    assert first.at is not None
    assert last.at is not None
    return (last.at - first.at).total_seconds()


def _build_trip(leg: _Leg, homes: dict[UUID, Place | None], taps: dict[UUID, Place | None]) -> Trip | None:
    """The trip for the fit; None across days, breaks or shifts, or with an unknown end."""
    left, came, shift = timezone.localtime(leg.left), timezone.localtime(leg.came), leg.other.shift
    if left.date() != (came.date() if leg.one else shift.date) or left.date() != came.date():
        return None
    if shift.team.vehicle != Vehicle.CAR:
        return None
    if leg.one is not None and leg.one.shift_id != shift.pk:
        return None
    if _in_break(shift.breaks, left, came):
        return None
    here = (
        _home_place(leg.one, homes)
        if leg.one
        else _base_place(shift, taps.get(leg.base.pk) if leg.base else None)
    )
    there = _home_place(leg.other, homes)
    if here is None or there is None:
        return None
    return Trip(float(_METRES.seconds([here, there], 0, 1)), leg.seconds, left.hour)


def _in_break(breaks: list[list[str]], left: datetime, came: datetime) -> bool:
    return any(
        left.time() < time.fromisoformat(closes) and came.time() > time.fromisoformat(opens)
        for opens, closes in breaks
    )


def _home_place(visit: Visit, homes: dict[UUID, Place | None]) -> Place | None:
    resident = visit.need.resident
    if not resident.approximate:
        return resident.latitude, resident.longitude
    if visit.pk not in homes:
        homes[visit.pk] = _arrival_position(visit)
    return homes[visit.pk]


def _base_place(shift: Shift, tapped: Place | None) -> Place | None:
    """The base of the shift; None if the tablet was farther than `AT_BASE_M` from it at the tap."""
    base = shift.start_latitude, shift.start_longitude
    away = 0.0 if tapped is None else float(_METRES.seconds([base, tapped], 0, 1))
    return base if away <= AT_BASE_M else None


def _read_positions(taps: list[UUID]) -> dict[UUID, Place | None]:
    if not taps:
        return {}
    return {row.pk: _event_position(row) for row in Event.objects.filter(pk__in=taps).select_related("key")}


def _arrival_position(visit: Visit) -> Place | None:
    """The tablet's position on arrival at a visit."""
    row = (
        Event.objects.filter(visit=visit, kind=EventKind.ARRIVED).select_related("key").order_by("at").first()
    )
    return _event_position(row) if row else None


def _event_position(row: Event) -> Place | None:
    """The tablet's position at an event; None if it is less accurate than `EXACT_M` or the person was erased."""
    try:
        position = event_content.unseal_event(row).get("position")
    except SealError:
        return None
    if not position or position["accuracy_m"] > EXACT_M:
        return None
    return float(position["lat"]), float(position["lon"])
