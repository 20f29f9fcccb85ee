"""Writes the made-up office: by COPY on PostgreSQL, by INSERT of many rows on SQLite."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from io import StringIO
from multiprocessing import get_context
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection, models, transaction
from django.utils import timezone

from outreach import models as outreach
from outreach import vault
from tests.bench.scale import people
from tests.bench.scale.people import STOPS, Maker, Row, Scale, make_id, visit_ids
from visits import models as visits
from visits.lib import strict_json

TABLES: dict[str, tuple[type[models.Model], str]] = {
    "key": (outreach.PersonKey, "id wrapped made_at"),
    "resident": (
        outreach.Resident,
        "id key name name_key birth_date sex kind infectious village address rt rw latitude longitude "
        "location_source nik_sealed nik_index phone_sealed phone_index health_sealed away created_at updated_at",
    ),
    "need": (
        outreach.Need,
        "id resident kind state urgency skills windows deadline closed_reason waiting_since created_at",
    ),
    "request": (
        outreach.VisitRequest,
        "id reference form_token state received_at decided_at refusal_reason key relation name name_key birth_date "
        "sex kind village rt rw nik_sealed nik_index phone_sealed phone_index phone_tail_index code_index "
        "health_sealed resident need family_confirmed_at deadline",
    ),
    "consent": (outreach.ConsentRecord, "request text_version text_sha256 given_by given_at"),
    "progress": (outreach.Progress, "need milestone at earliest latest source"),
    "log": (outreach.LogEntry, "at actor action subject_type subject_id from_state to_state"),
    "visit": (
        visits.Visit,
        "id need shift state attempt sequence planned_arrive planned_start planned_leave told_from told_until "
        "arrived_at outcome outcome_at",
    ),
    "event": (
        visits.Event,
        "id device sequence kind visit visit_named officer at outcome key sealed sha256 received_at",
    ),
    "event_status": (visits.EventStatus, "event state reason"),
    "capture": (
        visits.Capture,
        "id device visit visit_named officer officer_named day day_version client form_version capture_key size key "
        "manifest_sealed manifest_sha256 received_at",
    ),
    "capture_state": (visits.CaptureState, "capture stage reasons stored_at verified_at"),
    "receipt": (visits.Receipt, "capture kind jws at"),
    "outbox": (visits.OutboxItem, "id capture reference state queued_at"),
    "plan_stop": (
        visits.PlanStop,
        "plan shift need sequence travel_seconds arrive start leave expected told_from told_until priority",
    ),
    "unserved": (visits.PlanUnserved, "plan need reasons priority parts"),
}
MADE_UP = (outreach.Resident, outreach.VisitRequest)


def _read_columns(model: type[models.Model], names: str) -> tuple[list[models.Field[Any, Any]], Row]:
    """The fields of the rows, and behind them those that always have their default, with it."""
    meta = model._meta
    named: list[Any] = [meta.get_field(name) for name in names.split()]
    rest: list[Any] = [one for one in meta.concrete_fields if one not in named and not one.generated]
    rest = [one for one in rest if not isinstance(one, models.AutoField)]
    return [*named, *rest], tuple(_constant(model, one) for one in rest)


def _constant(model: type[models.Model], one: Any) -> Any:
    if one.name == "made_up" and model in MADE_UP:
        return True
    return one.get_default() if one.has_default() else (None if one.null else "")


def _native(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list | dict) else value


def write_rows(table: str, rows: Iterable[Row]) -> None:
    """Append rows to a table, in the column order of TABLES."""
    model, names = TABLES[table]
    columns, rest = _read_columns(model, names)
    listed = ", ".join(f'"{one.column}"' for one in columns)
    target = model._meta.db_table
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, cursor.copy(f"COPY {target} ({listed}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([_native(value) for value in row + rest])
        return
    marks = ", ".join("%s" for _ in columns)
    prepared = [
        [
            one.get_db_prep_save(value.hex if isinstance(value, uuid.UUID) else value, connection)
            for one, value in zip(columns, row + rest, strict=True)
        ]
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {target} ({listed}) VALUES ({marks})", prepared)


def _open_gates() -> None:
    """No foreign keys are looked up a row at a time: they are all known to be there."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")


def _fill_chunk(work: tuple[Scale, int, int]) -> int:
    scale, first, last = work
    _open_gates()
    with transaction.atomic():
        for table, rows in Maker(scale, first, last).make().items():
            write_rows(table, rows)
    return last - first


def _work_days(scale: Scale) -> list[date]:
    """The working days of all visits, the last three of them from today on."""
    today, found = scale.now.date(), []
    day = today
    while len(found) < 3:
        found += [day] if day.weekday() < 5 else []
        day += timedelta(days=1)
    day = today - timedelta(days=1)
    while len(found) < scale.days:
        found += [day] if day.weekday() < 5 else []
        day -= timedelta(days=1)
    return sorted(found[: scale.days])


def _make_teams(scale: Scale) -> tuple[list[visits.Team], tuple[uuid.UUID, ...], tuple[int, ...]]:
    teams = visits.Team.objects.bulk_create(
        visits.Team(
            code=f"C{number + 1:02d}",
            name=f"Tim Contoh {number + 1}",
            latitude=-7.62,
            longitude=111.52,
            skills=["camera", "fingerprint", "signature"],
            made_up=True,
        )
        for number in range(scale.teams)
    )
    officers = visits.Officer.objects.bulk_create(
        visits.Officer(
            team=team, name=f"Petugas {people.LABEL} {place}", employee_number=f"C-{place}", made_up=True
        )
        for place, team in enumerate(teams)
    )
    devices = visits.Device.objects.bulk_create(
        visits.Device(team=team, name=f"Tablet contoh {place}", jwk={}, thumbprint=f"contoh-{place}")
        for place, team in enumerate(teams)
    )
    return teams, tuple(one.pk for one in devices), tuple(one.pk for one in officers)


def _make_shifts(scale: Scale, teams: Sequence[visits.Team]) -> None:
    days = _work_days(scale)
    ahead = [days[-1] + timedelta(days=more) for more in range(1, 15)]
    rows = [
        visits.Shift(
            team=team,
            date=day,
            starts="07:30",
            ends="15:30",
            breaks=[["12:00", "13:00"]],
            start_latitude=team.latitude,
            start_longitude=team.longitude,
            end_latitude=team.latitude,
            end_longitude=team.longitude,
            skills=team.skills,
        )
        for day in [*days, *(day for day in ahead if day.weekday() < 5)]
        for team in teams
    ]
    visits.Shift.objects.bulk_create(rows, batch_size=500)
    for place, row in enumerate(rows[: len(days) * len(teams)]):
        scale.shifts[place % len(teams), place // len(teams)] = (row.pk, row.date)


def _make_plan(scale: Scale, first: date, last: date, state: str, summary: dict[str, Any]) -> visits.Plan:
    run = visits.PlanRun.objects.create(
        first_date=first, last_date=last, state="done", progress=100, finished_at=scale.now
    )
    at = scale.now if state == "published" else None
    return visits.Plan.objects.create(run=run, state=state, published_at=at, summary=summary)


def _make_days(scale: Scale, teams: Sequence[visits.Team]) -> list[Row]:
    """A plan for each week of days, with the version of each team's day; the stops of the plans."""
    days = [scale.shifts[0, day][1] for day in range(scale.days)]
    for day in range(scale.days):
        if day % 5 == 0:
            plan = _make_plan(
                scale, days[day], days[min(day + 4, len(days) - 1)], "published", {"served": 40 * len(teams)}
            )
        scale.plans[day] = plan.pk
    versions, pointers, stops = [], [], []
    for (team, day), (shift, on) in scale.shifts.items():
        numbers = [scale.teams * STOPS * day + STOPS * team + place for place in range(STOPS)]
        content = {"shift": shift, "stops": []}
        for place, number in enumerate(n for n in numbers if n < scale.visits):
            visit, need = visit_ids(scale, number)
            begin = (480 + 50 * place) * 60
            times = {"travel_seconds": 600, "arrive": begin, "start": begin, "leave": begin + 1800}
            content["stops"].append({"visit": str(visit), "need": str(need), "sequence": place + 1, **times})
            stops.append(
                (
                    scale.plans[day],
                    shift,
                    need,
                    place + 1,
                    600,
                    begin,
                    begin,
                    begin + 1800,
                    begin,
                    begin - 900,
                    begin + 1800,
                    50.0,
                )
            )
        version = visits.DayVersion(
            team=teams[team],
            date=on,
            number=1,
            plan_id=scale.plans[day],
            content=content,
            content_sha256=strict_json.content_sha256(content),
            published_at=scale.now,
        )
        versions.append(version)
        pointers.append(visits.TeamDay(team=teams[team], date=on, live=version))
    visits.DayVersion.objects.bulk_create(versions, batch_size=500)
    visits.TeamDay.objects.bulk_create(pointers, batch_size=500)
    return stops


def _make_draft(scale: Scale) -> None:
    """A draft of the next days that leaves most of who waits, with reasons, and names those past the longest wait."""
    waiting = list(
        outreach.Need.objects.filter(state="open")
        .order_by("waiting_since")
        .values_list("pk", "waiting_since")
    )
    shifts = list(
        visits.Shift.objects.filter(date__gt=max(on for _, on in scale.shifts.values())).order_by("date")
    )
    if not shifts or not waiting:
        return
    shifts = shifts[: 5 * scale.teams]
    served = waiting[-STOPS * len(shifts) :]
    left = waiting[: len(waiting) - len(served)]
    why = [{"code": "no_room", "shift": shifts[0].pk, "minutes": 25}]
    guarantees = [
        {"need": str(pk), "part": {"code": "longest_wait", "points": 0, "count": 100}, "reasons": why}
        for pk, at in left
        if (scale.now - at).days > 90
    ]
    summary = {
        "candidates": len(waiting),
        "served": len(served),
        "unserved": len(left),
        "guarantees": guarantees,
    }
    plan = _make_plan(scale, shifts[0].date, shifts[-1].date, "draft", summary)
    visits.Plan.objects.filter(pk=plan.pk).update(based_on={str(shift.pk): 0 for shift in shifts})
    stops = []
    for place, (pk, _at) in enumerate(served):
        begin = (480 + 50 * (place % STOPS)) * 60
        stops.append(
            (
                plan.pk,
                shifts[place // STOPS].pk,
                pk,
                place % STOPS + 1,
                600,
                begin,
                begin,
                begin + 1800,
                begin,
                begin - 900,
                begin + 1800,
                50.0,
            )
        )
    write_rows("plan_stop", stops)
    write_rows(
        "unserved",
        [(plan.pk, pk, why, 40.0, [{"code": "waiting", "points": 30.0, "count": 30}]) for pk, _ in left],
    )


def fill_database(*, size: int, seed: int, processes: int) -> Scale:
    """Make the office of `size` people. The region must be loaded, and nobody be there."""
    points = outreach.Village.objects.select_related("district").defer("boundary", "district__boundary")
    rows = list(points)
    scale = Scale(
        people=size,
        seed=seed,
        now=timezone.localtime().replace(microsecond=0),
        villages=tuple((one.pk, one.latitude, one.longitude) for one in rows),
        weights=tuple(float(one.district.elderly or 1000) for one in rows),
    )
    users = get_user_model().objects
    users.create_superuser("kepala", password=None)
    users.create_user("koordinator", first_name="Koordinator", last_name="Contoh", is_staff=True)
    vault.load_key_ring()
    teams, devices, officers = _make_teams(scale)
    _make_shifts(scale, teams)
    scale = Scale(**{**scale.__dict__, "devices": devices, "officers": officers})
    _open_gates()
    with transaction.atomic():
        stops = _make_days(scale, teams)
    work = [(scale, first, last) for first, last in people.list_chunks(size)]
    connection.close()
    if processes > 1:
        with get_context("fork").Pool(processes) as pool:
            for _done in pool.imap_unordered(_fill_chunk, work):
                pass
    else:
        for one in work:
            _fill_chunk(one)
    _open_gates()
    write_rows("plan_stop", stops)
    _make_draft(scale)
    _check_seals()
    if connection.vendor == "postgresql":
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return scale


def _check_seals() -> None:
    """What was sealed here opens as what the product sealed."""
    for row in (
        outreach.Resident.objects.exclude(nik_index=None).first(),
        outreach.VisitRequest.objects.exclude(nik_index="").last(),
    ):
        assert row is not None
        assert vault.blind_index("nik", vault.unseal_field(row, "nik")) == row.nik_index


def prepare_database() -> None:
    """Migrate, and load the region."""
    call_command("migrate", verbosity=0)
    call_command("load_region", stdout=StringIO())


__all__ = ["fill_database", "make_id", "prepare_database"]
