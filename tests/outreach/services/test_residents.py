from typing import Any

import pytest

from outreach import vault
from outreach.enums import LocationSource
from outreach.models import LogEntry, Resident
from outreach.services import residents
from tests.factories.outreach import RegencyFactory, ResidentFactory, VisitRequestFactory

pytestmark = pytest.mark.django_db
SQUARE = {"type": "Polygon", "coordinates": [[[111, -8], [112, -8], [112, -7], [111, -7], [111, -8]]]}


def test_a_home_is_located_once_and_the_log_says_by_whom() -> None:
    resident = ResidentFactory()
    RegencyFactory()
    Resident.objects.get()

    assert residents.locate_resident(resident=resident, latitude=-7.6, longitude=111.5, actor="user:7")
    assert not residents.locate_resident(resident=resident, latitude=-7.6, longitude=111.5, actor="user:7")

    resident.refresh_from_db()
    assert (resident.latitude, resident.longitude) == (-7.6, 111.5)
    assert resident.location_source == LocationSource.PIN
    row = LogEntry.objects.get()
    assert (row.actor, row.action, row.from_state, row.to_state) == (
        "user:7",
        "resident_located",
        "village",
        "pin",
    )


@pytest.mark.parametrize(
    ("latitude", "longitude", "code"),
    [(-6.2, 106.8, "outside"), (111.5, -7.6, "numbers"), (float("nan"), 111, "numbers")],
)
def test_a_point_elsewhere_is_refused(latitude: float, longitude: float, code: str) -> None:
    resident = ResidentFactory()
    type(resident.village.district.regency).objects.update(outline=SQUARE)

    with pytest.raises(residents.LocationError, match=code):
        residents.locate_resident(resident=resident, latitude=latitude, longitude=longitude, actor="user:7")

    assert not LogEntry.objects.exists()


def test_a_home_is_fixed_where_an_officer_stood_also_beyond_the_outline() -> None:
    resident = ResidentFactory()
    type(resident.village.district.regency).objects.update(outline=SQUARE)
    stood: dict[str, Any] = {"latitude": -6.99, "longitude": 111.5, "actor": "device:7"}

    done = [residents.fix_location(resident=resident, source=f"event:{number}", **stood) for number in (1, 2)]

    assert done == [True, False]
    resident.refresh_from_db()
    assert (resident.latitude, resident.longitude) == (-6.99, 111.5)
    assert resident.location_source == LocationSource.OFFICER
    row = LogEntry.objects.get()
    assert (row.actor, row.action, row.from_state, row.to_state, row.detail) == (
        "device:7",
        "location_fixed",
        "village",
        "officer",
        {"source": "event:1"},
    )


def test_opening_what_is_sealed_leaves_a_log_row() -> None:
    request = VisitRequestFactory()
    vault.seal_field(request, "nik", "3519015705500001")
    vault.seal_field(request, "health", "Asma")
    request.save()

    opened = residents.reveal_sealed(row=request, actor="user:7")

    assert opened == {
        "nik": "3519015705500001",
        "family_card": "",
        "phone": "",
        "health": "Asma",
        "applicant_name": "",
    }
    row = LogEntry.objects.get()
    assert (row.actor, row.action, row.detail) == ("user:7", "sealed_revealed", {})
