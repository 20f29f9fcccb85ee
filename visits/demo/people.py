"""Made-up residents: plausible, the same for the same seed, and impossible to mistake for anybody real.

The name says "(contoh)". The NIK has a district that no regency has (90 to 99) and a serial of 9000 and
above. The phone number begins with 0890, which no Indonesian operator has.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import cos, radians

from outreach.enums import Relation, ResidentKind, Sex, Skill, Urgency
from outreach.lib import geo
from outreach.lib.times import Window
from outreach.models import Village
from outreach.services.intake import Intake

LABEL = "(contoh)"
WOMEN = (
    *(
        "Sumiati",
        "Suparmi",
        "Katinem",
        "Siti Aminah",
        "Wagiyem",
        "Sri Lestari",
        "Painem",
        "Rukmini",
        "Tumini",
    ),
    *(
        "Partini",
        "Kasmi",
        "Sulastri",
        "Yatmi",
        "Suminten",
        "Endang Rahayu",
        "Misirah",
        "Lasmi",
        "Nur Hidayah",
    ),
)
MEN = (
    *("Sukimin", "Paijan", "Suwarno", "Slamet", "Kasiman", "Ngadimin", "Sutrisno", "Poniman", "Wagimin"),
    *("Hadi Prayitno", "Sumarno", "Katiran", "Djumadi", "Mujiono", "Bambang Hermanto", "Tukiran", "Saimin"),
)
SECOND = ("", "", "", "Lestari", "Rahayu", "Wibowo", "Santoso", "Utami", "Handoko", "Purwanti")
HEALTH = {
    ResidentKind.SICK: ("stroke, sulit berjalan", "cuci darah dua kali seminggu", "patah tulang pinggul"),
    ResidentKind.DISABLED: ("kursi roda", "tuna netra", "tuna rungu"),
    ResidentKind.MENTAL_DISORDER: ("tenang bila didampingi keluarga", "takut keramaian"),
    ResidentKind.ELDERLY: ("", "", "pikun", "sulit berdiri lama"),
}
PIN_KM = 1.2  # homes lie around the village's point


@dataclass(frozen=True, kw_only=True)
class MadeUpPerson:
    """A made-up resident: the request, and what the coordinator will decide: urgency, the home's point (None
    if only the village is known), days of waiting."""

    intake: Intake
    urgency: Urgency
    waiting_days: int
    pin: tuple[float, float] | None


def make_people(
    *, villages: Sequence[Village], count: int, seed: int, today: date, first: int = 0
) -> list[MadeUpPerson]:
    """`count` people, more where more old people live. Number n is the same in a list of any length.

    The villages must have their districts loaded.
    """
    if not villages:
        raise ValueError("villages are needed: load the region first")
    there = Counter(village.district_id for village in villages)
    weights = [(village.district.elderly or 1000) / there[village.district_id] for village in villages]
    return [
        _make_person(random.Random(f"{seed}:{number}"), number, villages, weights, today)  # noqa: S311
        for number in range(first, first + count)
    ]


def _make_person(
    rng: random.Random, number: int, villages: Sequence[Village], weights: list[float], today: date
) -> MadeUpPerson:
    (village,) = rng.choices(villages, weights)
    (kind,) = rng.choices(tuple(ResidentKind), (55, 20, 18, 7))
    sex = rng.choice(tuple(Sex))
    born = today - timedelta(days=round(365.25 * _draw_age(rng, kind)) + rng.randrange(365))
    name = f"{rng.choice(WOMEN if sex == Sex.FEMALE else MEN)} {rng.choice(SECOND)}".strip()
    self_asked = rng.random() < 0.15
    has_phone = rng.random() < 0.85
    windows, weekdays = _draw_windows(rng)
    not_before, deadline = _draw_dates(rng, today)
    return MadeUpPerson(
        intake=Intake(
            relation=Relation.SELF if self_asked else rng.choice(tuple(Relation)[1:]),
            name=f"{name} {LABEL}",
            kind=kind,
            village=village,
            birth_date=born,
            sex=sex,
            nik=make_nik(village, born, sex, number) if rng.random() < 0.9 else "",
            phone=f"0890{number:08d}" if has_phone else "",
            applicant_name="" if self_asked else f"{rng.choice(WOMEN + MEN)} {LABEL}",
            address=f"Dusun Contoh {rng.randrange(1, 6)}",
            rt=f"{rng.randrange(1, 13):03d}",
            rw=f"{rng.randrange(1, 6):03d}",
            health=rng.choice(HEALTH[kind]),
            infectious=kind == ResidentKind.SICK and rng.random() < 0.2,
            windows=windows,
            weekdays=weekdays,
            not_before=not_before,
            deadline=deadline,
            skills=[skill for skill, share in _SKILLS if rng.random() < share],
            made_up=True,
        ),
        urgency=rng.choices(tuple(Urgency), (78, 17, 5))[0],
        waiting_days=round(rng.triangular(1, 70, 10)),
        pin=_draw_home(rng, village) if rng.random() < 0.6 else None,
    )


_SKILLS = (
    *((Skill.IRIS, 0.1), (Skill.POWER, 0.06), (Skill.RAMP, 0.05)),
    *((Skill.WOMAN_OFFICER, 0.08), (Skill.INTERPRETER, 0.02)),
)


def _draw_age(rng: random.Random, kind: ResidentKind) -> float:
    if kind == ResidentKind.ELDERLY:
        return rng.triangular(60, 94, 70)
    return rng.triangular(17, 85, 45)


def _draw_windows(rng: random.Random) -> tuple[list[Window], list[int]]:
    """Windows and weekdays that suit; mostly any."""
    (windows,) = rng.choices(([], [["07:30", "11:00"]], [["13:00", "15:30"]]), (70, 20, 10))
    weekdays = sorted(rng.sample(range(5), 3)) if rng.random() < 0.1 else []
    return [list(window) for window in windows], weekdays


def _draw_dates(rng: random.Random, today: date) -> tuple[date | None, date | None]:
    not_before = today + timedelta(days=rng.randrange(2, 5)) if rng.random() < 0.04 else None
    deadline = today + timedelta(days=rng.randrange(8, 30)) if rng.random() < 0.08 else None
    return not_before, deadline


def make_nik(village: Village, born: date, sex: Sex, number: int) -> str:
    """A NIK of valid form whose district does not exist; different for each number below 10,000."""
    regency = village.code[:5].replace(".", "")
    day = born.day + (40 if sex == Sex.FEMALE else 0)
    return f"{regency}{99 - number // 1000}{day:02d}{born:%m%y}{9000 + number % 1000}"


def _draw_home(rng: random.Random, village: Village) -> tuple[float, float]:
    """A random point in the village, normally distributed around its centre (`PIN_KM` / 2 in km); the centre
    if 20 draws miss it."""
    for _ in range(20):
        north, east = rng.gauss(0, PIN_KM / 2), rng.gauss(0, PIN_KM / 2)
        latitude = round(village.latitude + north / 111.2, 6)
        longitude = round(village.longitude + east / (111.2 * cos(radians(village.latitude))), 6)
        if geo.contains_point(village.boundary, latitude=latitude, longitude=longitude):
            return latitude, longitude
    return village.latitude, village.longitude
