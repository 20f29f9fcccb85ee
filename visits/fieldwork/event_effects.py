"""What a reported fact does: to the visit by all of its facts together, to the resident's place, to a message."""

from math import asin, cos, radians, sin, sqrt
from typing import Any

from django.utils import timezone

from outreach.services import log, residents
from visits.appointments import lifecycle
from visits.enums import DeviceState, EventKind, Outcome, VisitState
from visits.fieldwork import departures
from visits.lib import visit_state
from visits.models import Device, Event, Officer, TeamMessage, Visit

REVOKED, NO_VISIT, OFFICER = "revoked", "visit", "officer"
CANCELLED, CONTRADICTION, CONTACT, FAR = "cancelled", "contradiction", "contact", "far"
DAY = "day"
FARTHEST_KM = 15.0
_OF_VISIT = (EventKind.DEPARTED, EventKind.ARRIVED, EventKind.OUTCOME)


def reason_for_review(*, device: Device, event: Event, officer: Officer | None) -> str:
    """Why a person must look before the fact counts; "" where it counts at once."""
    if device.state != DeviceState.ACTIVE:
        return REVOKED
    if event.visit_named is not None and event.visit is None:
        return NO_VISIT
    if officer is None or not officer.is_active:
        return OFFICER
    if event.visit is not None and event.visit.state == VisitState.CANCELLED:
        return CANCELLED
    return CONTACT if event.kind == EventKind.CONTACT_CORRECTED else ""


def apply(*, event: Event, data: dict[str, Any]) -> str:
    """Let the fact count. Returns why a person should look all the same, or ""."""
    if event.kind in _OF_VISIT and event.visit is not None:
        return _bring_up_to_date(visit=event.visit, actor=f"device:{event.device_id}")
    if departures.from_base(event):
        return _set_out(event=event, day=data.get("day"))
    if event.kind == EventKind.LOCATION_FIXED and event.visit is not None:
        return _fix_location(event=event, lat=float(data["lat"]), lon=float(data["lon"]))
    if event.kind == EventKind.MESSAGE_READ:
        TeamMessage.objects.filter(
            pk=data["message"], team=event.device.team_id, read_at__isnull=True
        ).update(read_at=timezone.now())
    return ""


def _set_out(*, event: Event, day: str | None) -> str:
    """The team left its base. Nothing is stored beside the fact: `departures.of_day` reads it where it counts."""
    shift = departures.shift_of(event, day=day)
    if shift is None:
        return DAY if day is not None else ""
    log.write(actor=f"device:{event.device_id}", action="team_departed", subject=shift)
    return ""


def _facts(visit: Visit) -> list[visit_state.Fact]:
    """All facts of a visit that count, the one being received among them (its status comes after)."""
    rows = Event.objects.filter(visit=visit, kind__in=_OF_VISIT, at__isnull=False)
    rows = rows.exclude(status__reason__in=(REVOKED, NO_VISIT, OFFICER, CANCELLED)).select_related("device")
    return [
        visit_state.Fact(
            device=str(row.device_id),
            sequence=row.sequence,
            kind=row.kind,
            at=departures.when(row),
            outcome=row.outcome,
        )
        for row in rows
        if row.at is not None
    ]


def _bring_up_to_date(*, visit: Visit, actor: str) -> str:
    row = Visit.objects.select_for_update().select_related("need").get(pk=visit.pk)
    if row.state == VisitState.CANCELLED:
        return CANCELLED
    folded = visit_state.fold(_facts(row))
    if folded.outcome:
        outcome, at = Outcome(folded.outcome), folded.outcome_at or timezone.now()
        if not lifecycle.apply_outcome(visit=row, outcome=outcome, at=at, actor=actor) and (
            (row.outcome, row.outcome_at) != (outcome, at)
        ):
            lifecycle.correct_outcome(visit=row, outcome=outcome, at=at, actor=actor)
    elif folded.state in (VisitState.TRAVELLING, VisitState.ARRIVED) and row.state != VisitState.FINISHED:
        at = folded.state_at or timezone.now()
        lifecycle.set_state(visit=row, to=VisitState(folded.state), at=at, actor=actor)
    if folded.arrived_at is not None:
        lifecycle.note_arrival(visit=row, at=folded.arrived_at, actor=actor)
    return CONTRADICTION if folded.contradiction else ""


def _km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance by the haversine formula; exact enough to tell a village from another regency."""
    a, b, c, d = map(radians, (lat1, lon1, lat2, lon2))
    return 2 * 6371.0 * asin(sqrt(sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2))


def _fix_location(*, event: Event, lat: float, lon: float) -> str:
    """The home's place as found by the officer who stood there; the last fix of the visit's facts holds."""
    assert event.visit is not None
    resident = event.visit.need.resident
    if _km(lat, lon, resident.village.latitude, resident.village.longitude) > FARTHEST_KM:
        return FAR
    later = Event.objects.filter(
        device=event.device_id,
        kind=EventKind.LOCATION_FIXED,
        visit__need__resident=resident,
        sequence__gt=event.sequence,
        status__reason="",
    )
    if later.exists():
        return ""
    residents.fix_location(
        resident=resident,
        latitude=lat,
        longitude=lon,
        actor=f"device:{event.device_id}",
        source=f"event:{event.pk}",
    )
    return ""
