"""The days that a tablet holds, each read from one snapshot and identified by the hash of its content.

Yesterday, today and tomorrow are sent in full; later days only as villages and counts, in case a tablet is
stolen.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.utils import timezone

from outreach import vault
from outreach.lib.births import DAY_KNOWN
from outreach.models import Resident, VisitRequest
from visits.appointments import arrival_intervals
from visits.lib import moments, strict_json
from visits.models import Device, Officer, Shift, Team, TeamDay, TeamMessage, Visit
from visits.sync.limits import FORM_VERSION
from visits.sync.snapshot import one_moment

DAYS_BEFORE, DAYS_AFTER, DAYS_IN_FULL = 1, 7, 1


def tablet_dates(today: date) -> list[date]:
    """The dates that a tablet holds."""
    return [today + timedelta(days=offset) for offset in range(-DAYS_BEFORE, DAYS_AFTER + 1)]


def list_day_versions(*, device: Device, today: date) -> dict[str, Any]:
    """The newest version of each day, and the unread messages of the coordinator."""
    with one_moment():
        contents = _build_contents(team=device.team, days=tablet_dates(today), today=today)
        messages = list(TeamMessage.objects.filter(team=device.team_id, read_at=None).order_by("pk")[:20])
    return {
        "today": today.isoformat(),
        "days": {day.isoformat(): strict_json.content_sha256(content) for day, content in contents.items()},
        "messages": [
            {"id": message.pk, "text": message.text, "at": moments.format_utc(message.written_at)}
            for message in messages
        ],
    }


def load_day(*, device: Device, wanted: date, today: date) -> dict[str, Any] | None:
    """One day with its version; None outside the dates that a tablet holds."""
    if wanted not in tablet_dates(today):
        return None
    with one_moment():
        content = _build_contents(team=device.team, days=[wanted], today=today)[wanted]
    return {"date": wanted.isoformat(), "version": strict_json.content_sha256(content), "content": content}


def _build_contents(*, team: Team, days: list[date], today: date) -> dict[date, dict[str, Any]]:
    live = {
        row.date: row.live for row in TeamDay.objects.filter(team=team, date__in=days).select_related("live")
    }
    stops = {day: version.content["stops"] for day, version in live.items()}
    visits = _load_visits(UUID(stop["visit"]) for day_stops in stops.values() for stop in day_stops)
    shifts = {shift.date: shift for shift in Shift.objects.filter(team=team, date__in=days)}
    officers = list(
        Officer.objects.filter(team=team, is_active=True).order_by("pk").values_list("pk", flat=True)
    )
    contents = {}
    for day in days:
        version, shift = live.get(day), shifts.get(day)
        named = [visits[UUID(stop["visit"])] for stop in stops.get(day, []) if UUID(stop["visit"]) in visits]
        there = [visit for visit in named if not visit.is_called_off]  # nobody is to go there
        in_full = day <= today + timedelta(days=DAYS_IN_FULL)
        contents[day] = {
            "date": day.isoformat(),
            "team": {"id": team.pk, "name": team.name, "recording_way": team.recording_way},
            "form_version": FORM_VERSION,
            "detail": "full" if in_full else "summary",
            "published": None
            if version is None
            else {
                "version": version.number,
                "hash": version.content_sha256,
                "at": moments.format_utc(version.published_at),
            },
            "shift": None if version is None or shift is None else _describe_shift(shift, team, officers),
            "stops": [_describe_stop(visit) for visit in there] if in_full else [],
            "villages": [] if in_full else _count_by_village(there),
        }
    return contents


def _load_visits(ids: Iterable[UUID]) -> dict[UUID, Visit]:
    rows = Visit.objects.filter(pk__in=list(ids)).select_related(
        "need__resident__village__district", "need__resident__key"
    )
    # an outline on the map is longer than all the rest
    rows = rows.defer("need__resident__village__boundary", "need__resident__village__district__boundary")
    familys = VisitRequest.objects.filter(family_confirmed_at__isnull=False).order_by("received_at", "pk")
    rows = rows.prefetch_related(Prefetch("need__requests", queryset=familys, to_attr="familys_requests"))
    return {visit.pk: visit for visit in rows}


def _find_reference(visit: Visit) -> str | None:
    """The number under which the family asks for its status: of its first request; None where it made none."""
    requests: list[VisitRequest] = getattr(visit.need, "familys_requests", [])
    return requests[0].reference if requests else None


def _format_local(at: datetime) -> str:
    return timezone.localtime(at).isoformat()


def _describe_shift(shift: Shift, team: Team, officers: list[int]) -> dict[str, Any]:
    def moment(clock: Any) -> str:
        return timezone.make_aware(datetime.combine(shift.date, clock)).isoformat()

    return {
        "start": moment(shift.starts),
        "end": moment(shift.ends),
        "base": {"name": team.base_name, "lat": shift.start_latitude, "lon": shift.start_longitude},
        "officers": officers,
    }


def _format_known_birth(resident: Resident) -> str | None:
    """The birth date if the day is known: the tablet fills it in, and an officer would take it for a fact."""
    if resident.birth_date is None or resident.birth_basis not in DAY_KNOWN:
        return None
    return resident.birth_date.isoformat()


def _describe_contact(resident: Resident) -> dict[str, str] | None:
    name, phone = vault.unseal_field(resident, "carer_name"), vault.unseal_field(resident, "phone")
    return {"name": name, "phone": phone} if name or phone else None


def _describe_stop(visit: Visit) -> dict[str, Any]:
    need, resident = visit.need, visit.need.resident
    return {
        "visit": str(visit.pk),
        "sequence": visit.sequence,
        "kind": need.kind,
        "state": visit.state,
        "outcome": visit.outcome,
        "attempt": visit.attempt,
        "planned_arrive": _format_local(visit.planned_arrive),
        "planned_start": _format_local(visit.planned_start),
        "planned_leave": _format_local(visit.planned_leave),
        "told": [_format_local(at) for at in arrival_intervals.interval_told(visit)],
        "resident": {
            "name": resident.name,
            "birth_date": _format_known_birth(resident),
            "sex": resident.sex,
        },
        "contact": _describe_contact(resident),
        "address": resident.address,
        "village": resident.village.name,
        "district": resident.village.district.name,
        "rt": resident.rt,
        "rw": resident.rw,
        "location": {
            "lat": round(resident.latitude, 6),
            "lon": round(resident.longitude, 6),
            "approximate": resident.approximate,
        },
        "category": resident.kind,
        "skills": need.skills,
        "infectious": resident.infectious,
        "note": "",
        "reference": _find_reference(visit),
    }


def _count_by_village(visits: list[Visit]) -> list[dict[str, Any]]:
    counts = Counter(
        (visit.need.resident.village.name, visit.need.resident.village.district.name) for visit in visits
    )
    return [
        {"village": village, "district": district, "count": count}
        for (village, district), count in sorted(counts.items())
    ]
