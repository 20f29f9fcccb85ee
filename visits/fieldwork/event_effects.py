"""Effects of events: the visit's state from all of its events, the resident's location, messages read."""

from math import asin, cos, radians, sin, sqrt
from typing import Any

from django.utils import timezone

from outreach.services import log, residents
from visits.appointments import lifecycle
from visits.enums import DeviceState, EventKind, Outcome, VisitState
from visits.fieldwork import departures, walk_ins
from visits.fieldwork.event_content import (
    ASKED,
    CANCELLED,
    CONTACT,
    CONTRADICTION,
    DAY,
    FAR,
    NO_VISIT,
    OFFICER,
    REVOKED,
)
from visits.lib import visit_state
from visits.models import Device, Event, Officer, TeamMessage, Visit

FARTHEST_KM = 15.0
_OF_VISIT = (EventKind.DEPARTED, EventKind.ARRIVED, EventKind.OUTCOME)


def reason_for_review(*, device: Device, event: Event, officer: Officer | None) -> str:
    """Why the event must be reviewed before it has effects; "" if it has them at once."""
    if device.state != DeviceState.ACTIVE:
        return REVOKED
    if event.visit_named is not None and event.visit is None:
        return NO_VISIT
    if officer is None or not officer.is_active:
        return OFFICER
    if event.visit is not None and event.visit.state == VisitState.CANCELLED:
        return CANCELLED
    return CONTACT if event.kind == EventKind.CONTACT_CORRECTED else ""


def apply_event(*, event: Event, data: dict[str, Any]) -> str:
    """Apply the event's effects. Returns why it must be reviewed all the same, or ""."""
    if event.kind in _OF_VISIT and event.visit is not None:
        return _update_visit(visit=event.visit, actor=f"device:{event.device_id}")
    if departures.is_from_base(event):
        return _log_told_day(event=event, day=data.get("day"), action="team_departed")
    if event.kind == EventKind.DAY_CLOSED:
        return _log_told_day(
            event=event, day=data["day"], action="day_closed", carried=data.get("carried", 0)
        )
    if event.kind == EventKind.LOCATION_FIXED and event.visit is not None:
        return _fix_location(event=event, lat=float(data["lat"]), lon=float(data["lon"]))
    if event.kind == EventKind.WALK_IN:
        return ASKED if walk_ins.submit_walk_in(event=event, data=data) else ""
    if event.kind == EventKind.MESSAGE_READ:
        _mark_message_read(event=event, message=int(data["message"]))
    return ""


def _mark_message_read(*, event: Event, message: int) -> None:
    """The message of the tablet's own team; another team's, or none, is logged and stays as it is."""
    mine = TeamMessage.objects.filter(pk=message, team=event.device.team_id)
    if not mine.filter(read_at__isnull=True).update(read_at=timezone.now()) and not mine.exists():
        log.write_log(actor=f"device:{event.device_id}", action="message_not_mine", subject=event)


def _log_told_day(*, event: Event, day: str | None, action: str, **detail: int) -> str:
    """Log that the team left its base, or ended its day. No other row is written: `departures` reads the event
    itself."""
    shift = departures.find_told_shift(event, day=day)
    if shift is None:
        return DAY if day is not None else ""
    log.write_log(actor=f"device:{event.device_id}", action=action, subject=shift, detail=detail)
    return ""


def _collect_facts(visit: Visit) -> list[visit_state.VisitFact]:
    """All events of a visit that count, including the one being received, whose status row does not exist
    yet."""
    rows = Event.objects.filter(visit=visit, kind__in=_OF_VISIT, at__isnull=False)
    rows = rows.exclude(status__reason__in=(REVOKED, NO_VISIT, OFFICER, CANCELLED)).select_related("device")
    return [
        visit_state.VisitFact(
            device=str(row.device_id),
            sequence=row.sequence,
            kind=row.kind,
            at=departures.event_moment(row),
            outcome=row.outcome,
        )
        for row in rows
        if row.at is not None
    ]


def _update_visit(*, visit: Visit, actor: str) -> str:
    """Set the visit's state to what all of its events say. Returns a reason for review, or ""."""
    row = Visit.objects.select_for_update().select_related("need").get(pk=visit.pk)
    if row.state == VisitState.CANCELLED:
        return CANCELLED
    folded = visit_state.fold_facts(_collect_facts(row))
    if folded.outcome:
        outcome, at = Outcome(folded.outcome), folded.outcome_at or timezone.now()
        if not lifecycle.apply_outcome(visit=row, outcome=outcome, at=at, actor=actor) and (
            (row.outcome, row.outcome_at) != (outcome, at)
        ):
            lifecycle.correct_outcome(visit=row, outcome=outcome, at=at, actor=actor)
    elif folded.state in (VisitState.TRAVELLING, VisitState.ARRIVED) and row.state not in (
        VisitState.FINISHED,
        folded.state,
    ):
        at = folded.state_at or timezone.now()
        lifecycle.set_visit_state(visit=row, to=VisitState(folded.state), at=at, actor=actor)
    if folded.arrived_at not in (None, row.arrived_at):  # the row is locked, so it is as it was read
        lifecycle.note_arrival(visit=row, at=folded.arrived_at, actor=actor)
    return CONTRADICTION if folded.contradiction else ""


def _distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance in km (haversine)."""
    a, b, c, d = map(radians, (lat1, lon1, lat2, lon2))
    return 2 * 6371.0 * asin(sqrt(sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2))


def _fix_location(*, event: Event, lat: float, lon: float) -> str:
    """Set the home's location to the officer's position. A later fix for the same resident is not
    overwritten. Returns FAR if the position lies more than `FARTHEST_KM` from the village."""
    assert event.visit is not None
    resident = event.visit.need.resident
    if _distance_km(lat, lon, resident.village.latitude, resident.village.longitude) > FARTHEST_KM:
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
