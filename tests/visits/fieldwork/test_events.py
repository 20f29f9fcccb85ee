"""A tablet's call beside a coordinator's press, on a database of its own."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from outreach.enums import LocationSource, NeedState
from outreach.models import Need, Resident, Village
from outreach.services import triage
from tests.factories.outreach import NeedFactory, VisitRequestFactory
from tests.factories.visits import OfficerFactory, ShiftFactory, TeamFactory, VisitFactory
from tests.support.races import line_up
from tests.support.tablet import Tablet
from visits.fieldwork import events
from visits.models import Device, Visit

if TYPE_CHECKING:
    from tests.support.stack import Stack


@pytest.fixture(scope="module")
def copied(make_stack: "Callable[[], Stack]") -> "Stack":
    return make_stack()


@pytest.fixture(autouse=True)
def _database_of_its_own(copied: "Stack") -> Iterator[None]:
    with copied.orm():
        yield


@pytest.mark.parametrize("turned", [False, True], ids=["tablet first", "coordinator first"])
def test_an_outcome_and_a_place_beside_a_merge_wait_for_one_another(turned: bool) -> None:
    village = Village.objects.order_by("pk")[int(turned)]
    need = NeedFactory(resident__village=village, state=NeedState.PLANNED)
    officer = OfficerFactory(team=TeamFactory(code=f"R{turned}"), employee_number=f"R{turned}")
    visit: Visit = VisitFactory(need=need, shift=ShiftFactory(team=officer.team))
    device = Device.objects.create(team=officer.team, jwk={}, thumbprint=f"race {turned}")
    request = VisitRequestFactory(village=village, reference=f"JB-RACE-{turned}", address="Jl. Contoh 1")
    tablet = Tablet(send=lambda *_args, **_more: (0, {}, b""))
    at: dict[str, Any] = {"visit": str(visit.pk), "officer": officer.pk}
    at_home = {**at, "lat": village.latitude + 0.01, "lon": village.longitude, "accuracy_m": 9}
    items = [
        tablet.event("outcome", outcome="recorded", **at),  # locks the visit, then its need
        tablet.event("location_fixed", **at_home),  # then the resident
    ]
    calls: list[Callable[[], Any]] = [
        partial(events.receive_events, device=device, items=items),
        partial(triage.merge_request, request=request, resident=need.resident, actor="user:1"),
    ]

    answers = line_up(*calls[:: -1 if turned else 1], behind=Need.objects.filter(pk=need.pk))
    received, merged = answers[:: -1 if turned else 1]

    assert merged == need
    assert [result.result for result in received] == ["applied", "applied"]
    found = Resident.objects.get(pk=need.resident_id)
    assert (found.location_source, found.address) == (LocationSource.OFFICER, "Jl. Contoh 1")
    assert Need.objects.get(pk=need.pk).state == NeedState.CAPTURED
