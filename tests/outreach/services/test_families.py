from typing import Any

import pytest

from outreach import vault
from outreach.enums import FamilyProof, Relation, ResidentKind
from outreach.models import LogEntry, Resident, VisitRequest
from outreach.services import families, intake, triage
from tests.factories.outreach import NeedFactory, ResidentFactory, VillageFactory

pytestmark = pytest.mark.django_db
NIK = "3519015705500001"


def _request(token: str = "form", phone: str = "") -> VisitRequest:
    data = intake.Intake(
        relation=Relation.FAMILY,
        name="Warga Contoh",
        kind=ResidentKind.ELDERLY,
        village=VillageFactory(),
        nik=NIK,
        phone=phone,
        made_up=True,
    )
    return intake.submit_request(form_token=token, data=data, consent=intake.Consent("x", "x")).request


def _decision(**changes: Any) -> triage.Decision:
    return triage.Decision(kind=ResidentKind.SICK, **changes)


def _join(*, merged: bool) -> tuple[VisitRequest, Resident]:
    """A request of somebody who knows name and NIK, joined with the resident who has them."""
    need = NeedFactory(resident=ResidentFactory(nik_index=vault.blind_index("nik", NIK)))
    request = _request(phone="081298765432")
    if merged:
        triage.merge_request(request=request, resident=need.resident, actor="user:1")
    else:
        triage.accept_request(request=request, decision=_decision(resident=need.resident), actor="user:1")
    request.refresh_from_db()
    return request, need.resident


@pytest.mark.parametrize("merged", [True, False])
def test_a_request_for_a_known_person_hides_the_visits_until_the_family_is_confirmed(merged: bool) -> None:
    request, resident = _join(merged=merged)
    assert request.hides_visits
    assert vault.unseal_field(resident, "phone") == ""

    done = [
        families.confirm_family(request=request, proof=FamilyProof.CALLED, actor="user:1") for _ in range(2)
    ]

    request.refresh_from_db()
    resident.refresh_from_db()
    assert (done, request.hides_visits) == ([True, False], False)
    assert vault.unseal_field(resident, "phone") == "+6281298765432"
    assert LogEntry.objects.get(action="family_confirmed").detail == {"proof": "called"}


def test_a_confirmation_of_the_family_is_taken_back_once() -> None:
    request, _resident = _join(merged=True)
    families.confirm_family(request=request, proof=FamilyProof.VILLAGE, actor="user:1")

    assert [families.doubt_family(request=request, actor="user:1") for _ in range(2)] == [True, False]

    request.refresh_from_db()
    assert request.hides_visits
    assert LogEntry.objects.filter(action="family_doubted").count() == 1


def test_who_makes_a_person_known_is_the_family_and_a_request_beside_it_is_not() -> None:
    first, second = _request("first"), _request("second")

    triage.accept_request(request=first, decision=_decision(also=[second]), actor="user:1")

    rows = {row.form_token: row.hides_visits for row in VisitRequest.objects.all()}
    assert rows == {"first": False, "second": True}


def test_an_undecided_request_has_no_family_to_confirm() -> None:
    request = _request()

    assert not families.confirm_family(request=request, proof=FamilyProof.CALLED, actor="user:1")
    assert not LogEntry.objects.filter(action="family_confirmed").exists()
