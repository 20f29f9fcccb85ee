"""A team's day for tests in the browser: made-up residents in real villages, published, and a pairing code."""

from dataclasses import dataclass
from datetime import date, timedelta

from outreach import vault
from outreach.enums import LocationSource, NeedState, ResidentKind
from outreach.models import Village
from tests.factories.outreach import NeedFactory, ResidentFactory
from tests.factories.visits import (
    OfficerFactory,
    PlanFactory,
    PlanRunFactory,
    ShiftFactory,
    TeamFactory,
    VisitFactory,
    at,
)
from tests.support import clock
from visits.enums import KeyRole, RecordingWay
from visits.keys import office_keys
from visits.lib import strict_json
from visits.models import DayVersion, Plan, Shift, Team, TeamDay, Visit
from visits.tablets import devices

PEOPLE = ["Contoh Suminah", "Contoh Karto Wiryo", "Contoh Sri Rahayu", "Contoh Paimin"]


@dataclass(frozen=True)
class TeamsDay:
    """What a test needs of a team: the code to pair with, its visits in order, who works."""

    team: int
    code: str
    visits: list[str]
    officers: list[str]


def _visit(shift: Shift, number: int) -> Visit:
    village = Village.objects.order_by("code")[number * 7 % 200]
    resident = ResidentFactory(
        name=PEOPLE[number % len(PEOPLE)],
        birth_date=date(1948 + number, 3, 5),
        sex="female",
        kind=list(ResidentKind)[number % 4],
        village=village,
        rt="003",
        rw=f"{number + 1:03d}",
        address=f"Jl. Contoh {number + 1}",
        infectious=number == 3,
        location_source=LocationSource.VILLAGE if number % 2 else LocationSource.PIN,
    )
    vault.seal_field(resident, "carer_name", "Keluarga Contoh")
    vault.seal_field(resident, "phone", "081200000001")
    resident.save()
    need = NeedFactory(
        resident=resident, state=NeedState.PLANNED, skills=["ramp", "woman_officer"] if number == 2 else []
    )
    return VisitFactory(
        need=need, shift=shift, sequence=number + 1, planned_arrive=at(shift.date, 480 + 50 * number)
    )


def _publish(shift: Shift, visits: list[Visit]) -> None:
    content = {
        "shift": shift.pk,
        "stops": [
            {"visit": str(visit.pk), "need": str(visit.need_id), "sequence": visit.sequence}
            for visit in visits
        ],
    }
    plan = Plan.objects.filter(run__first_date=shift.date).first() or PlanFactory(
        run=PlanRunFactory(first_date=shift.date)
    )
    version = DayVersion.objects.create(
        team=shift.team,
        date=shift.date,
        number=1,
        plan=plan,
        content=content,
        content_sha256=strict_json.content_sha256(content),
        published_at=clock.now(),
    )
    TeamDay.objects.create(team=shift.team, date=shift.date, live=version)


def team_day(*, stops: int = 3, officers: int = 1, way: RecordingWay = RecordingWay.TABLET_ONLY) -> TeamsDay:
    """Today and tomorrow of a fresh team, as published."""
    office_keys.current_key(KeyRole.CAPTURE)
    team: Team = TeamFactory(
        code=f"B{Team.objects.count():03d}", base_name="Kantor Contoh", recording_way=way
    )
    people = [
        OfficerFactory(team=team, name=f"Petugas {letter}", employee_number=f"{team.code}-{letter}")
        for letter in "ABC"[:officers]
    ]
    today = clock.today()
    made = []
    for on, count in ((today, stops), (today + timedelta(days=1), 1)):
        shift = ShiftFactory(team=team, date=on)
        visits = [_visit(shift, number) for number in range(count)]
        _publish(shift, visits)
        made += [str(visit.pk) for visit in visits]
    code, _row = devices.make_pairing_code(team=team, user=None, actor="system")
    return TeamsDay(team=team.pk, code=code, visits=made[:stops], officers=[one.name for one in people])
