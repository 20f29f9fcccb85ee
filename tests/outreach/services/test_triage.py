from datetime import date, timedelta
from typing import Any

import pytest

from outreach import vault
from outreach.enums import (
    ClosedReason,
    LocationSource,
    Milestone,
    NeedState,
    Relation,
    RequestState,
    ResidentKind,
    Skill,
    Urgency,
)
from outreach.models import LogEntry, Need, Progress, Resident, VisitRequest
from outreach.services import intake, residents, triage
from tests.factories.outreach import NeedFactory, RegencyFactory, ResidentFactory, VillageFactory

pytestmark = pytest.mark.django_db
NIK = "3519015705500001"
SQUARE = {"type": "Polygon", "coordinates": [[[111, -8], [112, -8], [112, -7], [111, -7], [111, -8]]]}


def _request(token: str = "form", **changes: Any) -> VisitRequest:
    given: dict[str, Any] = {
        "relation": Relation.FAMILY,
        "name": "Warga Contoh",
        "birth_date": date(1950, 5, 17),
        "kind": ResidentKind.ELDERLY,
        "village": VillageFactory(),
        "nik": NIK,
        "phone": "081234567890",
        "applicant_name": "Pemohon Contoh",
        "health": "Asma",
        "windows": [["07:30", "10:00"]],
        "weekdays": [0],
        "infectious": True,
        "made_up": True,
    }
    data = intake.Intake(**(given | changes))
    return intake.submit_request(form_token=token, data=data, consent=intake.Consent("x", "x")).request


def _decision(**changes: Any) -> triage.Decision:
    return triage.Decision(
        **({"kind": ResidentKind.SICK, "urgency": Urgency.HIGH, "skills": ["ramp"]} | changes)
    )


def test_accepting_makes_a_resident_with_an_open_need() -> None:
    request = _request()

    need = triage.accept_request(request=request, decision=_decision(), actor="user:1")

    resident = Resident.objects.get()
    assert need == Need.objects.get()
    assert (need.resident, need.state, need.urgency, need.skills) == (resident, "open", "high", ["ramp"])
    assert (need.windows, need.weekdays, need.waiting_since) == (
        [["07:30", "10:00"]],
        [0],
        request.received_at,
    )
    assert (resident.name, resident.kind, resident.infectious, resident.made_up) == (
        "Warga Contoh",
        "sick",
        True,
        True,
    )
    assert (resident.latitude, resident.location_source) == (request.village.latitude, LocationSource.VILLAGE)
    sealed = [vault.unseal_field(resident, name) for name in ("nik", "phone", "health", "carer_name")]
    assert sealed == [NIK, "+6281234567890", "Asma", "Pemohon Contoh"]
    assert resident.nik_index == vault.blind_index("nik", NIK)
    assert resident.key == request.key
    request.refresh_from_db()
    assert (request.state, request.need, request.resident) == ("accepted", need, resident)
    assert request.decided_at is not None
    assert [row.milestone for row in Progress.objects.all()] == [Milestone.ACCEPTED]
    actions = list(LogEntry.objects.values_list("action", flat=True))
    assert actions == ["request_received", "resident_made", "need_made", "request_moved"]


def test_accepting_twice_is_the_same_need() -> None:
    request = _request()

    first = triage.accept_request(request=request, decision=_decision(), actor="user:1")
    again = triage.accept_request(request=request, decision=_decision(urgency=Urgency.NORMAL), actor="user:2")

    assert again == first
    assert (Need.objects.count(), Resident.objects.count(), Progress.objects.count()) == (1, 1, 1)
    assert Need.objects.get().urgency == Urgency.HIGH


def test_the_log_holds_nothing_personal() -> None:
    triage.accept_request(request=_request(), decision=_decision(), actor="user:1")

    written = str(list(LogEntry.objects.values()))
    for personal in ("Contoh", NIK, "7890", "Asma"):
        assert personal not in written


def test_the_same_nik_must_be_taken_for_the_same_person() -> None:
    triage.accept_request(request=_request(), decision=_decision(), actor="user:1")
    second = _request("second")

    with pytest.raises(triage.TriageError, match="same_nik"):
        triage.accept_request(request=second, decision=_decision(), actor="user:1")

    assert Resident.objects.count() == 1
    second.refresh_from_db()
    assert second.state == RequestState.RECEIVED


def test_accepting_for_a_known_resident_joins_the_need_that_is_under_way() -> None:
    resident = ResidentFactory()
    need = NeedFactory(resident=resident, skills=["iris"], deadline=date(2027, 3, 1))
    request = _request(phone="081298765432")

    decision = _decision(resident=resident, deadline=date(2027, 2, 1))
    assert triage.accept_request(request=request, decision=decision, actor="user:1") == need

    need.refresh_from_db()
    assert (need.urgency, need.skills, need.deadline) == ("high", ["iris", "ramp"], date(2027, 2, 1))
    resident.refresh_from_db()
    assert vault.unseal_field(resident, "nik") == NIK
    assert vault.unseal_field(resident, "phone") == "", "the office would call a stranger"
    assert resident.name.startswith("Warga Contoh")


def test_a_need_that_ended_gives_way_to_a_new_one() -> None:
    resident = ResidentFactory()
    NeedFactory(resident=resident, state=NeedState.CLOSED, closed_reason=ClosedReason.CANCELLED)

    need = triage.accept_request(request=_request(), decision=_decision(resident=resident), actor="user:1")

    assert (need.resident, need.state) == (resident, NeedState.OPEN)
    assert Need.objects.count() == 2


def test_what_is_known_of_a_resident_is_not_overwritten() -> None:
    resident = ResidentFactory(birth_date=date(1949, 1, 1), address="Jl. Lama")
    vault.seal_field(resident, "phone", "+6281111111111")
    resident.save()

    triage.accept_request(
        request=_request(address="Jl. Baru"), decision=_decision(resident=resident), actor="user:1"
    )

    resident.refresh_from_db()
    assert (resident.birth_date, resident.address) == (date(1949, 1, 1), "Jl. Lama")
    assert vault.unseal_field(resident, "phone") == "+6281111111111"


def test_a_point_from_the_map_is_kept_and_one_outside_refused() -> None:
    RegencyFactory(outline=SQUARE)
    request = _request()

    with pytest.raises(residents.LocationError, match="outside"):
        triage.accept_request(request=request, decision=_decision(point=(-6.2, 106.8)), actor="user:1")
    assert not Resident.objects.exists()
    request.refresh_from_db()
    assert request.state == RequestState.RECEIVED

    triage.accept_request(request=request, decision=_decision(point=(-7.6, 111.5)), actor="user:1")
    resident = Resident.objects.get()
    assert (resident.latitude, resident.longitude, resident.location_source) == (
        -7.6,
        111.5,
        LocationSource.PIN,
    )


def test_a_deadline_before_the_earliest_day_is_refused() -> None:
    decision = _decision(not_before=date(2027, 2, 1), deadline=date(2027, 1, 1))
    with pytest.raises(triage.TriageError, match="dates"):
        triage.accept_request(request=_request(), decision=decision, actor="user:1")


def test_refusing_takes_a_reason_and_can_be_taken_back() -> None:
    request = _request()
    with pytest.raises(triage.TriageError, match="reason"):
        triage.refuse_request(request=request, reason="  ", actor="user:1")

    for _ in range(2):
        triage.refuse_request(request=request, reason=" Sudah punya KTP-el. ", actor="user:1")
    request.refresh_from_db()
    assert (request.state, request.refusal_reason) == ("refused", "Sudah punya KTP-el.")
    assert LogEntry.objects.filter(action="request_moved").count() == 1

    with pytest.raises(triage.TriageError, match="decided"):
        triage.accept_request(request=request, decision=_decision(), actor="user:1")
    triage.reconsider_request(request=request, actor="user:1")
    request.refresh_from_db()
    assert (request.state, request.refusal_reason, request.decided_at) == ("received", "", None)
    triage.accept_request(request=request, decision=_decision(), actor="user:1")


def test_merging_follows_the_errand_that_is_under_way() -> None:
    need = NeedFactory()
    request = _request()

    for _ in range(2):
        assert triage.merge_request(request=request, resident=need.resident, actor="user:1") == need

    request.refresh_from_db()
    assert (request.state, request.need, request.resident) == ("merged", need, need.resident)
    need.refresh_from_db()
    assert need.urgency == Urgency.NORMAL
    assert Need.objects.count() == 1
    assert LogEntry.objects.filter(action="request_moved").count() == 1


def test_the_longer_wait_is_kept_when_requests_are_merged(clock) -> None:
    request = _request()
    need = NeedFactory(waiting_since=clock.now())
    long_ago = clock.now() - timedelta(days=30)
    VisitRequest.objects.update(received_at=long_ago)

    triage.merge_request(request=request, resident=need.resident, actor="user:1")

    need.refresh_from_db()
    assert need.waiting_since == long_ago


def test_there_is_nothing_to_merge_with_a_resident_without_an_errand() -> None:
    request = _request()
    with pytest.raises(triage.TriageError, match="nothing_to_merge"):
        triage.merge_request(request=request, resident=ResidentFactory(), actor="user:1")


def test_a_need_in_review_is_reopened_once() -> None:
    need = NeedFactory(state=NeedState.REVIEW, attempts=3)

    assert triage.reopen_need(need=need, actor="user:1")
    assert not triage.reopen_need(need=Need.objects.get(), actor="user:1")

    assert Need.objects.get().state == NeedState.OPEN
    assert [row.milestone for row in Progress.objects.all()] == [Milestone.UNPLANNED]


@pytest.mark.parametrize(
    ("state", "closed"),
    [
        (NeedState.OPEN, True),
        (NeedState.REVIEW, True),
        (NeedState.PLANNED, False),
        (NeedState.CAPTURED, True),
    ],
)
def test_a_need_without_a_published_visit_is_closed_with_a_reason(state: NeedState, closed: bool) -> None:
    need = NeedFactory(state=state)

    assert triage.close_need(need=need, reason=ClosedReason.MOVED, actor="user:1") is closed

    need.refresh_from_db()
    assert (need.state, need.closed_reason) == (
        (NeedState.CLOSED, ClosedReason.MOVED) if closed else (state, "")
    )
    assert Progress.objects.filter(milestone=Milestone.CLOSED).exists() is closed


def test_two_waiting_requests_of_one_person_become_one_errand() -> None:
    first = _request("first")
    second = _request("second", skills=[Skill.INTERPRETER], health="")
    VisitRequest.objects.filter(pk=second.pk).update(received_at=first.received_at - timedelta(days=3))

    for _ in range(2):  # pressed twice
        need = triage.accept_request(request=first, decision=_decision(also=[second]), actor="user:1")

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (RequestState.ACCEPTED, RequestState.MERGED)
    assert (first.need, second.need) == (need, need)
    assert first.resident == second.resident == Resident.objects.get()
    need.refresh_from_db()
    assert need.skills == ["interpreter", "ramp"]
    assert need.waiting_since == second.received_at
    moved = LogEntry.objects.filter(action="request_moved").values_list("to_state", flat=True)
    assert list(moved) == ["accepted", "merged"]


def test_a_request_that_a_colleague_decided_meanwhile_undoes_the_whole_press() -> None:
    first, second = _request("first"), _request("second")
    triage.refuse_request(request=second, reason="Sudah punya.", actor="user:2")

    with pytest.raises(triage.TriageError) as raised:
        triage.accept_request(request=first, decision=_decision(also=[second]), actor="user:1")

    assert raised.value.code == "also"
    first.refresh_from_db()
    assert (first.state, Need.objects.count(), Resident.objects.count()) == (RequestState.RECEIVED, 0, 0)
