"""Six teams, spread over the regency, with different kits."""

from collections.abc import Sequence

from outreach.enums import Skill
from outreach.models import District
from visits.demo.people import LABEL
from visits.models import Officer, Team

KIT = (Skill.CAMERA, Skill.FINGERPRINT, Skill.SIGNATURE)
EXTRAS: tuple[tuple[Skill, ...], ...] = (
    (Skill.IRIS, Skill.POWER, Skill.RAMP),
    (Skill.IRIS, Skill.POWER),
    (Skill.IRIS, Skill.INTERPRETER),
    (Skill.POWER, Skill.RAMP),
    (Skill.IRIS,),
    (),
)
VISITS_A_DAY, SETUP_MINUTES = 8, 10


def make_teams(*, count: int, visits_a_day: int = VISITS_A_DAY) -> list[Team]:
    """The teams with two officers each; a repeat returns the existing ones as they are."""
    teams = []
    for number, base in enumerate(_choose_bases(list(District.objects.all()), count), start=1):
        team, _made = Team.objects.get_or_create(
            code=f"C{number}",
            defaults={
                "name": f"Tim {number} {base.name} {LABEL}",
                "base_name": f"Kantor Kecamatan {base.name}",
                "latitude": base.latitude,
                "longitude": base.longitude,
                "skills": [*KIT, *EXTRAS[(number - 1) % len(EXTRAS)]],
                "max_visits": visits_a_day,
                "setup_minutes": SETUP_MINUTES,
                "made_up": True,
            },
        )
        for place in (1, 2):
            Officer.objects.get_or_create(
                employee_number=f"CONTOH-{number}{place}",
                defaults={
                    "team": team,
                    "name": f"Petugas {number}{place} {LABEL}",
                    "woman": place == 2 and number % 3 != 0,
                    "made_up": True,
                },
            )
        teams.append(team)
    return teams


def _choose_bases(districts: Sequence[District], count: int) -> list[District]:
    """`count` districts far from one another, starting with the one with most old people (repeated if there
    are fewer districts than teams)."""
    left = sorted(districts, key=lambda district: (-(district.elderly or 0), district.code))
    chosen = left[:1]
    while len(chosen) < min(count, len(left)):
        chosen.append(max(left, key=lambda district: min(_distance(district, other) for other in chosen)))
    return [chosen[number % len(chosen)] for number in range(count)] if chosen else []


def _distance(one: District, other: District) -> float:
    return (one.latitude - other.latitude) ** 2 + (one.longitude - other.longitude) ** 2
