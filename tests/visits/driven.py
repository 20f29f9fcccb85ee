"""A team that has driven from home to home for some days, as its tablet reported it."""

from datetime import UTC, datetime, timedelta

import numpy as np

from outreach import vault
from outreach.enums import LocationSource
from outreach.lib.ids import uuid7
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory, VisitFactory
from visits.enums import EventKind, Outcome
from visits.models import Device, Event, Visit
from visits.planning import GreatCircle

MORNING = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)  # 08.00 at the office


def drive(count: int, *, kmh: float, seed: int = 1) -> None:
    """`count` drives round and round six homes, some ten a day, at `kmh` (detour 1.35) on average."""
    rng = np.random.default_rng(seed)
    visits: list[Visit] = []
    for _ in range(6):
        lat, lon = rng.uniform((-7.70, 111.45), (-7.55, 111.60))
        need = NeedFactory(
            state="planned",
            resident__latitude=float(lat),
            resident__longitude=float(lon),
            resident__location_source=LocationSource.PIN,
        )
        shift = visits[0].shift if visits else ShiftFactory(date=MORNING.date(), breaks=[])
        visits.append(VisitFactory(shift=shift, need=need))
    homes = [(visit.need.resident.latitude, visit.need.resident.longitude) for visit in visits]
    device = Device.objects.create(
        team=visits[0].shift.team, name="Tablet contoh", jwk={}, thumbprint=uuid7().hex
    )
    key, line = vault.create_person_key(), GreatCircle(1.35, kmh)
    rows: list[Event] = []

    def add(kind: EventKind, visit: Visit, at: datetime) -> None:
        rows.append(
            Event(
                id=uuid7(),
                device=device,
                sequence=len(rows) + 1,
                kind=kind,
                visit=visit,
                at=at,
                outcome=Outcome.RECORDED if kind == EventKind.OUTCOME else "",
                key=key,
                sealed=b"",
                sha256="0" * 64,
                received_at=MORNING,
            )
        )

    now = MORNING
    for number in range(count):
        if number % 10 == 0:
            now = MORNING + timedelta(days=number // 10)
        a, b = number % 6, (number + 1) % 6
        add(EventKind.OUTCOME, visits[a], now)
        now += timedelta(seconds=line.seconds(homes, a, b) * float(np.exp(rng.normal(-0.005, 0.1))))
        add(EventKind.ARRIVED, visits[b], now)
        now += timedelta(minutes=10)
    Event.objects.bulk_create(rows)
