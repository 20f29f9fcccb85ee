"""A regency's backlog of made-up people, written in bulk: who waits, the teams, and their shifts from tomorrow on."""

from __future__ import annotations

import math
import random
from datetime import date, time, timedelta
from itertools import count

from django.conf import settings
from django.utils import timezone

from outreach import vault
from outreach.enums import LocationSource, NeedKind, ResidentKind, Sex, Urgency
from outreach.lib import crypto
from outreach.models import Need, PersonKey, Resident, Village
from visits.demo.people import LABEL, MEN, WOMEN
from visits.enums import Vehicle
from visits.models import Officer, Shift, Team
from visits.workforce import calendar

KIT = ["camera", "fingerprint", "signature"]
PIN_KM = 1.2


def fill_office(*, needs: int, late: int, teams: int, days: int, seed: int) -> None:
    """`late` of the needs wait longer than is allowed."""
    rng = random.Random(seed)
    villages = list(Village.objects.defer("boundary").order_by("code"))
    _fill_people(rng, villages, needs, late)
    _fill_teams(rng, villages, teams, days)


def _fill_people(rng: random.Random, villages: list[Village], needs: int, late: int) -> None:
    keys, residents, rows = [], [], []
    now, ring = timezone.now(), vault.load_key_ring()
    for number in range(needs):
        key, village = PersonKey(), rng.choice(villages)
        key.wrapped = ring.wrap(crypto.new_aes_key(), place=f"person:{key.pk}")
        (kind,) = rng.choices(tuple(ResidentKind), (55, 20, 18, 7))
        pinned = rng.random() < 0.6
        turn, far = rng.random() * 2 * math.pi, PIN_KM * math.sqrt(rng.random()) / 111.0
        resident = Resident(
            key=key,
            name=f"{rng.choice(WOMEN + MEN)} {number} {LABEL}",
            birth_date=date(1930, 1, 1) + timedelta(days=rng.randrange(15_000)),
            sex=rng.choice(tuple(Sex)),
            kind=kind,
            infectious=kind == ResidentKind.SICK and rng.random() < 0.2,
            village=village,
            address=f"Dusun Contoh {number}",
            latitude=village.latitude + pinned * far * math.sin(turn),
            longitude=village.longitude + pinned * far * math.cos(turn),
            location_source=LocationSource.PIN if pinned else LocationSource.VILLAGE,
            made_up=True,
        )
        vault.seal_field(resident, "phone", f"0890{number:08d}")
        (windows,) = rng.choices(([], [["07:30", "11:00"]], [["13:00", "15:30"]]), (70, 20, 10))
        waits = settings.LONGEST_WAIT_DAYS + 1 + rng.randrange(60) if number < late else rng.randrange(1, 80)
        keys.append(key)
        residents.append(resident)
        rows.append(
            Need(
                resident=resident,
                kind=NeedKind.DELIVERY if rng.random() < 0.1 else NeedKind.RECORDING,
                urgency=rng.choices(tuple(Urgency), (78, 17, 5))[0],
                skills=[skill for skill, share in (("iris", 0.1), ("power", 0.06)) if rng.random() < share],
                windows=windows,
                weekdays=sorted(rng.sample(range(5), 3)) if rng.random() < 0.1 else [],
                waiting_since=now - timedelta(days=waits),
            )
        )
    PersonKey.objects.bulk_create(keys, batch_size=1000)
    Resident.objects.bulk_create(residents, batch_size=500)
    Need.objects.bulk_create(rows, batch_size=1000)


def _fill_teams(rng: random.Random, villages: list[Village], teams: int, days: int) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    ahead = calendar.list_days(first=tomorrow, last=tomorrow + timedelta(days=3 * days + 14))
    dates = [day.date for day in ahead if day.is_open][:days]
    made = []
    for number, village in zip(count(1), rng.sample(villages, teams), strict=False):
        skills = [*KIT, *(["iris"] if number % 2 else []), *(["power"] if number % 3 else [])]
        made.append(
            Team(
                code=f"B{number:03d}",
                name=f"Tim {number}",
                skills=skills,
                latitude=village.latitude,
                longitude=village.longitude,
                vehicle=Vehicle.MOTORCYCLE if number % 4 == 0 else Vehicle.CAR,
                made_up=True,
            )
        )
    Team.objects.bulk_create(made)
    Officer.objects.bulk_create(
        [
            Officer(team=team, name=f"Petugas {LABEL}", employee_number=f"B-{team.code}", made_up=True)
            for team in made
        ]
    )
    Shift.objects.bulk_create(
        [
            Shift(
                team=team,
                date=day,
                starts=time(7, 30),
                ends=time(15, 30),
                breaks=[["12:00", "13:00"]],
                start_latitude=team.latitude,
                start_longitude=team.longitude,
                end_latitude=team.latitude,
                end_longitude=team.longitude,
                max_visits=team.max_visits,
                skills=team.skills,
            )
            for day in dates
            for team in made
        ],
        batch_size=500,
    )
