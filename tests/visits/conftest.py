"""A team with a tablet, a published day and somebody to visit."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from outreach.enums import NeedState
from tests.factories.outreach import NeedFactory
from tests.factories.visits import OfficerFactory, PlanFactory, ShiftFactory, TeamFactory, VisitFactory
from tests.support import clock
from tests.support.tablet import Tablet, client_send
from visits.api import throttles
from visits.enums import KeyRole, RunState
from visits.keys import office_keys
from visits.lib import strict_json
from visits.models import DayVersion, Officer, Shift, Team, TeamDay, Visit
from visits.tablets import devices


def publish(shift: Shift, visits: Sequence[Any], number: int = 1) -> DayVersion:
    """A live version of the shift's day with these visits, as publishing writes it."""
    content = {
        "shift": shift.pk,
        "stops": [
            {"visit": str(visit.pk), "need": str(visit.need_id), "sequence": visit.sequence}
            for visit in visits
        ],
    }
    version = DayVersion.objects.create(
        team=shift.team,
        date=shift.date,
        number=number,
        plan=PlanFactory(run__first_date=shift.date, run__state=RunState.DONE),
        content=content,
        content_sha256=strict_json.content_sha256(content),
        published_at=clock.now(),
    )
    TeamDay.objects.update_or_create(team=shift.team, date=shift.date, defaults={"live": version})
    return version


@pytest.fixture
def team(db) -> Team:
    return TeamFactory()


@pytest.fixture
def officer(team) -> Officer:
    return OfficerFactory(team=team)


@pytest.fixture
def shift(team) -> Shift:
    return ShiftFactory(team=team)


@pytest.fixture
def visit(shift) -> Visit:
    visit = VisitFactory(shift=shift, need=NeedFactory(state=NeedState.PLANNED))
    publish(shift, [visit])
    return visit


@pytest.fixture
def capture_key(db):
    office_keys.current_key(KeyRole.WORKER)
    row = office_keys.current_key(KeyRole.CAPTURE)
    return {"kid": row.kid, "jwk": row.jwk}


def _open_the_tablets_door(settings) -> None:
    if not settings.ROOT_URLCONF.startswith("tests."):  # a test may have opened every door already
        settings.ROOT_URLCONF = "tests.support.tablet_urls"
    throttles.reset_counts()


@pytest.fixture
def new_tablet(settings, db):
    """Makes paired tablets of a team."""
    _open_the_tablets_door(settings)

    def make(team: Team) -> Tablet:
        tablet = Tablet(client_send(Client()))
        code, _row = devices.make_pairing_code(team=team, user=None, actor="system")
        assert tablet.pair(code).status == 201
        return tablet

    return make


@pytest.fixture
def stranger(settings, db) -> Tablet:
    """A tablet that is not paired."""
    _open_the_tablets_door(settings)
    return Tablet(client_send(Client()))


@pytest.fixture
def tablet(new_tablet, team):
    return new_tablet(team)


@pytest.fixture
def sealed(tablet, visit, officer, capture_key):
    """A capture of the visit, ready to be handed in."""
    return tablet.seal(visit=str(visit.pk), officer=officer.pk, capture_key=capture_key)


@pytest.fixture
def tomorrow():
    return clock.today() + timedelta(days=1)
