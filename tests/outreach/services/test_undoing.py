"""Accepting and merging can be taken back as long as nothing came of it."""

from datetime import timedelta
from typing import Any

import pytest

from outreach import vault
from outreach.enums import ClosedReason, CorrectionReason, NeedState, RequestState, Skill, Urgency
from outreach.models import LogEntry, Need, Resident, VisitRequest
from outreach.selectors import status
from outreach.services import corrections, residents, triage, undoing
from outreach.services.triage import Decision, TriageError
from tests.factories.outreach import NeedFactory, ResidentFactory, VisitRequestFactory

pytestmark = pytest.mark.django_db


def _accept(row: VisitRequest, **fields: Any) -> Need:
    return triage.accept_request(request=row, decision=Decision(kind="sick", **fields), actor="user:1")


def _undo(row: VisitRequest) -> bool:
    return undoing.undo_decision(request=row, actor="user:7")


def test_an_accepted_request_goes_back_to_the_queue_once() -> None:
    row = VisitRequestFactory()
    need = _accept(row)

    assert (_undo(row), _undo(row)) == (True, False)

    row.refresh_from_db()
    need.refresh_from_db()
    assert (row.state, row.need, row.resident, row.decided_at) == (RequestState.RECEIVED, None, None, None)
    assert (need.state, need.closed_reason) == (NeedState.CLOSED, ClosedReason.UNDONE)
    entry = LogEntry.objects.get(action="decision_undone")
    assert (entry.actor, entry.from_state, entry.to_state) == ("user:7", "accepted", "received")
    assert [step.title for step in status.describe_status(row).steps][
        1
    ] == "Menunggu diperiksa petugas kantor"


def test_it_can_be_decided_anew_for_the_resident_who_stayed_on_record() -> None:
    row = VisitRequestFactory()
    resident = _accept(row).resident
    _undo(row)

    need = _accept(row, resident=resident)

    assert (need.resident, need.state, Need.objects.count(), Resident.objects.count()) == (
        resident,
        NeedState.OPEN,
        2,
        1,
    )


def test_a_merged_request_leaves_the_need_as_it_was(clock) -> None:
    need = NeedFactory(skills=["ramp"], waiting_since=clock.now() - timedelta(days=1))
    before = Need.objects.values().get()
    row = VisitRequestFactory(skills=[Skill.IRIS], deadline=clock.today() + timedelta(days=9))
    VisitRequest.objects.update(received_at=clock.now() - timedelta(days=30))
    other = VisitRequestFactory()
    for one in (row, other):
        triage.merge_request(request=one, resident=need.resident, actor="user:1")

    _undo(row)

    row.refresh_from_db()
    assert (row.state, Need.objects.values().get()) == (RequestState.RECEIVED, before)
    assert other.__class__.objects.get(pk=other.pk).state == RequestState.MERGED


def test_what_the_coordinator_changed_since_stays() -> None:
    need = NeedFactory()
    first, row = VisitRequestFactory(), VisitRequestFactory(skills=[Skill.IRIS])
    for one in (first, row):
        triage.merge_request(request=one, resident=need.resident, actor="user:1")
    Need.objects.update(skills=["iris", "ramp"], urgency=Urgency.HIGH)

    _undo(row)

    need.refresh_from_db()
    assert (need.skills, need.urgency) == (["iris", "ramp"], Urgency.HIGH)


def test_what_it_added_to_a_known_resident_is_taken_away_unless_corrected() -> None:
    resident = ResidentFactory(birth_date=None)
    NeedFactory(resident=resident)
    VisitRequestFactory(resident=resident, need=resident.needs.get(), state=RequestState.MERGED)
    row = VisitRequestFactory(address="Jl. Melati 3", rt="04")
    vault.seal_field(row, "family_card", "3519010101010001")
    row.save()
    triage.merge_request(request=row, resident=resident, actor="user:1")
    resident.refresh_from_db()
    assert (resident.address, vault.unseal_field(resident, "family_card")) == (
        "Jl. Melati 3",
        "3519010101010001",
    )
    corrections.correct_resident(
        resident=resident,
        values={"rt": "05"},
        reason=CorrectionReason.FAMILY,
        actor="user:1",
    )

    _undo(row)

    resident.refresh_from_db()
    assert (resident.address, resident.rt) == ("", "05")
    assert Resident.objects.get().birth_date is None
    assert vault.unseal_field(resident, "family_card") == ""


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"state": NeedState.PLANNED}, "planned"),
        ({"attempts": 1}, "begun"),
        ({"state": NeedState.CAPTURED}, "begun"),
        ({"state": NeedState.RECORDED}, "begun"),
    ],
)
def test_what_cannot_be_taken_back_says_so_and_changes_nothing(fields: dict[str, Any], code: str) -> None:
    row = VisitRequestFactory()
    _accept(row)
    Need.objects.update(**fields)
    with pytest.raises(TriageError) as refused:
        _undo(row)
    assert refused.value.code == code
    row.refresh_from_db()
    assert row.state == RequestState.ACCEPTED


def test_a_merged_request_is_let_go_even_where_the_visit_is_published() -> None:
    row, other = VisitRequestFactory(), VisitRequestFactory()
    need = _accept(row)
    triage.merge_request(request=other, resident=need.resident, actor="user:1")
    Need.objects.update(state=NeedState.PLANNED)
    assert _undo(other) is True
    assert Need.objects.get().state == NeedState.PLANNED


@pytest.mark.parametrize("state", [RequestState.REFUSED, RequestState.CANCELLED])
def test_what_was_not_accepted_has_nothing_to_undo(state: RequestState) -> None:
    row = VisitRequestFactory(state=state, refusal_reason="x")
    with pytest.raises(TriageError):
        _undo(row)


def test_completing_takes_back_only_what_this_request_added() -> None:
    resident, row = ResidentFactory(address="Jl. Lama 1"), VisitRequestFactory(address="Jl. Melati 3")
    residents.complete_resident(resident=resident, request=row, actor="user:1")
    residents.take_back_completion(resident=resident, request=row, actor="user:1")
    resident.refresh_from_db()
    assert resident.address == "Jl. Lama 1"


def test_a_need_that_was_opened_again_is_closed_again_for_its_readers() -> None:
    first, second = VisitRequestFactory(), VisitRequestFactory(kind="sick")
    need = _accept(first)
    _undo(first)
    triage.reopen_need(need=Need.objects.get(), actor="user:1")
    triage.merge_request(request=second, resident=need.resident, actor="user:1")

    _undo(second)

    assert Need.objects.get().state == NeedState.CLOSED
    assert list(need.progress.values_list("milestone", flat=True))[-2:] == ["unplanned", "closed"]
