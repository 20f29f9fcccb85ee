"""The office of a walk: a few teams with tablets, some families that asked, and a clock that only the walk moves."""

from __future__ import annotations

import io
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from outreach import vault
from outreach.enums import ResidentKind
from outreach.lib import ids
from outreach.lib.reference import new_reference
from outreach.models import Need, Village, VisitRequest
from outreach.services import residents, triage
from outreach.services.triage import Decision
from tests.factories.outreach import VisitRequestFactory
from tests.factories.visits import OfficerFactory, TeamFactory
from tests.support import clock as clocks
from tests.support.tablet import Tablet, client_send
from tests.support.walks.databases import WalkDatabase
from visits.models import Officer, Team
from visits.tablets import devices
from visits.workforce import calendar, team_shifts

MONDAY = datetime(2026, 11, 30, 6, 0, tzinfo=clocks.OFFICE)
SKILLS = ("camera", "fingerprint", "signature")
DAYS_AHEAD = 4


@dataclass
class Sent:
    """A tablet, and the events that it keeps to offer again after a restore."""

    tablet: Tablet
    events: list[dict[str, Any]] = field(default_factory=list)


class SeededBits:
    """Random bits of ids that a seed decides, so that a walk can be walked again."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def randbits(self, count: int) -> int:
        return self._rng.getrandbits(count)


@contextmanager
def seeded_ids(seed: int) -> Iterator[None]:
    own = vars(ids)["secrets"]
    vars(ids)["secrets"] = SeededBits(random.Random(seed))
    try:
        yield
    finally:
        vars(ids)["secrets"] = own


class WalkOffice:
    """What doors act on. They read all else from the database, which may be an older one after a restore."""

    def __init__(self, seed: int, clock: clocks.Clock, *, database: WalkDatabase, iterations: int) -> None:
        self.rng = random.Random(seed)
        self.database, self.iterations = database, iterations
        self._clock = clock
        self.counts = Counter[str]()
        self.said: list[str] = []  # what doors found wrong themselves
        self.tablets: dict[int, Sent] = {}
        self.dump: Path | None = None
        self.user = User.objects.create_superuser(f"walker-{seed}", password=None)
        self.admin = Client()
        self.admin.force_login(self.user)
        self.people = 0
        self._build()

    @property
    def actor(self) -> str:
        return f"user:{self.user.pk}"

    def _build(self) -> None:
        villages = list(Village.objects.defer("boundary").order_by("code"))
        base = self.rng.choice(villages)
        near = sorted(
            villages,
            key=lambda v: (v.latitude - base.latitude) ** 2 + (v.longitude - base.longitude) ** 2,
        )
        self.villages = near[:8]
        for number in range(self.rng.choice([2, 3])):
            home = self.villages[number]
            team = TeamFactory(
                code=f"W{number + 1}",
                name=f"Tim {number + 1}",
                latitude=home.latitude,
                longitude=home.longitude,
                skills=[*SKILLS, "iris"] if number else list(SKILLS),
                max_visits=self.rng.choice([5, 8]),
            )
            for letter in "AB":
                OfficerFactory(
                    team=team,
                    name=f"Petugas {number}{letter}",
                    employee_number=f"W{number}{letter}",
                    woman=letter == "B",
                )
            self._pair(team)
        self.make_shifts()
        for _ in range(self.rng.randint(20, 32)):
            self.accept(self.ask())

    def _pair(self, team: Team) -> None:
        tablet = Tablet(client_send(Client()))
        code, _row = devices.make_pairing_code(team=team, user=None, actor="system")
        assert tablet.pair(code).status == 201
        self.tablets[team.pk] = Sent(tablet)

    def make_shifts(self) -> None:
        today = clocks.today()
        days = calendar.next_working_days(after=today - timedelta(days=1), count=DAYS_AHEAD)
        team_shifts.make_shifts(teams=Team.objects.all(), first=days[0], last=days[-1], actor=self.actor)

    def ask(self) -> VisitRequest:
        """A request of somebody new, with a telephone."""
        self.people += 1
        village = self.rng.choice(self.villages)
        row: VisitRequest = VisitRequestFactory(
            reference=new_reference(),
            form_token=f"walk-{self.people}",
            name=f"Warga Contoh {self.people}",
            kind=self.rng.choice(list(ResidentKind)),
            village=village,
            windows=[["08:00", "11:00"]] if self.rng.random() < 0.1 else [],
        )
        vault.seal_field(row, "phone", f"0812{self.people:08d}")
        row.phone_tail_index = vault.blind_index("phone_tail", f"{row.pk}:{self.people:04d}")
        row.save()
        return row

    def accept(self, row: VisitRequest) -> Need:
        lat, lon = row.village.latitude, row.village.longitude
        point = (round(lat, 3), round(lon, 3))  # neighbours, who share a stop
        if self.rng.random() < 0.8:
            point = (lat + self.rng.uniform(-0.008, 0.008), lon + self.rng.uniform(-0.008, 0.008))
        try:
            residents.check_point(latitude=point[0], longitude=point[1])
        except residents.LocationError:
            point = (lat, lon)
        skills = ["iris"] if self.rng.random() < 0.1 else []
        return triage.accept_request(
            request=row, decision=Decision(kind=row.kind, skills=skills, point=point), actor=self.actor
        )

    def pick(self, rows: Iterable[Any]) -> Any:
        """One of them, or None."""
        there = list(rows)
        return self.rng.choice(there) if there else None

    def officer_of(self, team: int) -> int:
        rows = Officer.objects.filter(team=team).order_by("-is_active", "pk")
        return int(rows.values_list("pk", flat=True)[0])

    def go_on(self, minutes: float) -> None:
        self._clock.shift(60 * minutes)

    def move_to(self, moment: datetime) -> None:
        self._clock.move_to(moment, tick=False)

    def keep_dump(self) -> None:
        self.dump = self.database.dump()

    def restore_dump(self) -> None:
        assert self.dump is not None
        self.database.restore(self.dump)
        call_command("new_epoch", stdout=io.StringIO())
