"""A correction reaches all that a value touches, says who and why, and keeps the old value sealed."""

from datetime import date
from typing import Any

import pytest

from outreach import vault
from outreach.enums import CorrectionReason, LocationSource, NikException
from outreach.models import LogEntry, Resident, SealedDetail, VisitRequest
from outreach.selectors import duplicates, history, queue
from outreach.services import corrections, intake, residents, status, triage
from outreach.services.corrections import CorrectionError
from tests.factories.outreach import NeedFactory, ResidentFactory, VillageFactory, VisitRequestFactory
from tests.factories.visits import ShiftFactory
from tests.visits.planned import NOW, TUESDAY, draft
from visits.models import DayVersion, Device, Visit
from visits.schedule.plans.publishing import publish_plan
from visits.sync import days

pytestmark = pytest.mark.django_db
NIK, OTHER = "3519015705500001", "3519016705500001"
PHONE, NEW_PHONE = "+6281234567890", "+6281298765432"


def _request(token: str = "form", **changes: Any) -> VisitRequest:
    given: dict[str, Any] = {
        "relation": "family",
        "name": "Sulastri Contoh",
        "birth_date": date(1950, 5, 17),
        "kind": "elderly",
        "village": VillageFactory(),
        "address": "Jl. Melati 3",
        "nik": NIK,
        "phone": PHONE,
        "made_up": True,
    }
    data = intake.Intake(**(given | changes))
    return intake.submit_request(form_token=token, data=data, consent=intake.Consent("x", "x")).request


def _accepted(token: str = "form", **changes: Any) -> Resident:
    row = _request(token, **changes)
    return triage.accept_request(
        request=row, decision=triage.Decision(kind="elderly"), actor="user:1"
    ).resident


def _correct(resident: Resident, **values: Any) -> list[str]:
    return corrections.correct_resident(
        resident=resident, values=values, reason=CorrectionReason.TYPO, actor="user:7"
    )


def _opens(row: VisitRequest, secret: str) -> bool:
    found = status.look_up_status(typed_reference=row.reference, secret=secret, address="192.0.2.1")
    return found.request == row


def test_who_what_and_why_are_in_the_log_and_the_old_values_sealed() -> None:
    resident = _accepted()
    _correct(resident, name="Sulastri Baru", nik=OTHER, birth_date=date(1951, 5, 17), address="Jl. Baru 9")

    entry = LogEntry.objects.get(action="person_corrected", subject_type="outreach.resident")
    assert entry.actor == "user:7"
    assert entry.detail == {"changed": ["address", "birth_date", "name", "nik"], "reason": "typo"}
    assert history.describe_change(entry).endswith("; Salah tulis")
    assert vault.unseal_detail(SealedDetail.objects.get(entry=entry)) == {
        "name": "Sulastri Contoh",
        "nik": NIK,
        "birth_date": "1950-05-17",
        "address": "Jl. Melati 3",
    }
    (line, texts) = history.list_sealed([resident])[0]
    assert (line.action, ("NIK", NIK) in texts) == ("Data dibetulkan", True)
    kept = str(list(LogEntry.objects.values())) + str(
        [bytes(row.sealed) for row in SealedDetail.objects.all()]
    )
    for secret in (NIK, OTHER, "Sulastri", "Melati"):
        assert secret not in kept


def test_a_repeat_changes_nothing() -> None:
    resident = _accepted()
    assert _correct(resident, name="Sulastri Baru") == ["name"]
    assert _correct(resident, name="Sulastri Baru") == []
    assert LogEntry.objects.filter(action="person_corrected", subject_id=str(resident.pk)).count() == 1


def test_a_corrected_nik_and_name_are_found_and_the_old_ones_are_free() -> None:
    resident = _accepted()
    _correct(resident, nik=OTHER, name="Waginem")
    assert list(queue.list_residents(typed=OTHER).page.object_list) == [resident]
    assert list(queue.list_residents(typed="waginem").page.object_list) == [resident]
    assert list(queue.list_residents(typed=NIK).page.object_list) == []
    assert _accepted("b", name="Orang Lain", birth_date=date(1960, 1, 1)).pk != resident.pk


def test_a_corrected_phone_opens_the_family_s_status_page() -> None:
    row = _request()
    resident = triage.accept_request(
        request=row, decision=triage.Decision(kind="elderly"), actor="user:1"
    ).resident
    assert _opens(row, "7890")

    _correct(resident, phone=NEW_PHONE)

    row.refresh_from_db()
    assert (_opens(row, "5432"), _opens(row, "7890")) == (True, False)
    assert vault.unseal_field(row, "phone") == NEW_PHONE
    _correct(resident, phone="")
    row.refresh_from_db()
    assert _opens(row, vault.status_code(row))


def test_only_requests_that_said_the_same_are_corrected_with_the_resident() -> None:
    row = _request()
    resident = triage.accept_request(
        request=row, decision=triage.Decision(kind="elderly"), actor="user:1"
    ).resident
    other = _request("b", phone="081277776666")
    triage.merge_request(request=other, resident=resident, actor="user:1")

    _correct(resident, phone=NEW_PHONE, name="Sulastri Baru")

    found = {one.form_token: one for one in VisitRequest.objects.all()}
    assert {one.name for one in found.values()} == {"Sulastri Baru"}
    assert vault.unseal_field(found["b"], "phone") == "+6281277776666"


@pytest.mark.parametrize(
    ("source", "moves"),
    [(LocationSource.VILLAGE, True), (LocationSource.PIN, False), (LocationSource.OFFICER, False)],
)
def test_a_home_known_by_its_village_moves_with_it(source: LocationSource, moves: bool) -> None:
    village, resident = VillageFactory(), ResidentFactory(location_source=source)
    was = (resident.latitude, resident.longitude)
    _correct(resident, village=village)
    now = Resident.objects.get()
    assert now.village == village
    assert (now.latitude, now.longitude) == ((village.latitude, village.longitude) if moves else was)


@pytest.mark.clock(NOW, tick=False)
def test_what_is_published_stays_and_the_tablet_gets_the_new_values(clock) -> None:
    shift, first, second = ShiftFactory(date=TUESDAY), NeedFactory(), NeedFactory()
    publish_plan(plan=draft({shift: [first, second]}, follows=[second]), user=None, now=NOW)
    visits, versions = list(Visit.objects.values()), list(DayVersion.objects.values())
    device = Device(team=shift.team)
    before = days.load_day(device=device, wanted=TUESDAY, today=TUESDAY)

    _correct(second.resident, village=VillageFactory(), address="Jl. Baru 9", phone=NEW_PHONE)

    assert (list(Visit.objects.values()), list(DayVersion.objects.values())) == (visits, versions)
    after = days.load_day(device=device, wanted=TUESDAY, today=TUESDAY)
    assert before is not None
    assert after is not None
    assert before["version"] != after["version"]
    stop = after["content"]["stops"][1]
    assert (stop["address"], stop["contact"]["phone"]) == ("Jl. Baru 9", NEW_PHONE)


def test_a_nik_of_another_resident_needs_a_checked_reason() -> None:
    ResidentFactory(nik_index=vault.blind_index("nik", OTHER))
    resident = _accepted()
    with pytest.raises(CorrectionError) as refused:
        _correct(resident, nik=OTHER)
    assert refused.value.code == "same_nik"
    resident.refresh_from_db()
    assert vault.unseal_field(resident, "nik") == NIK

    given: dict[str, Any] = {"values": {"nik": OTHER}, "reason": CorrectionReason.DOCUMENT, "actor": "user:7"}
    corrections.correct_resident(resident=resident, nik_exception=NikException.BOTH, **given)

    assert Resident.objects.filter(nik_index=vault.blind_index("nik", OTHER)).count() == 2
    entry = LogEntry.objects.get(action="person_corrected", subject_type="outreach.resident")
    assert entry.detail["nik_exception"] == "both"


def test_two_people_with_one_nik_are_both_accepted_and_the_wrong_one_corrected() -> None:
    first = _accepted()
    row = _request("b", name="Kartini Beda", birth_date=date(1962, 1, 2))
    decision = triage.Decision(kind="elderly")
    with pytest.raises(triage.TriageError) as refused:
        triage.accept_request(request=row, decision=decision, actor="user:1")
    assert refused.value.code == "same_nik"

    checked = triage.Decision(kind="elderly", nik_exception=NikException.HERE)
    second = triage.accept_request(request=row, decision=checked, actor="user:1").resident

    assert second != first
    entry = LogEntry.objects.get(action="resident_made", subject_id=str(second.pk))
    assert entry.detail["nik_exception"] == "here"
    _correct(second, nik=OTHER)
    second.refresh_from_db()
    assert second.nik_shared is False
    # the rule holds again for everybody
    with pytest.raises(CorrectionError):
        _correct(second, nik=NIK)


def test_an_exception_without_another_person_leaves_the_rule_on() -> None:
    row = _request()
    checked = triage.Decision(kind="elderly", nik_exception=NikException.HERE)
    assert triage.accept_request(request=row, decision=checked, actor="user:1").resident.nik_shared is False


def test_a_waiting_request_is_corrected_and_its_duplicates_found_anew() -> None:
    known, row = ResidentFactory(nik_index=vault.blind_index("nik", OTHER)), _request()
    assert duplicates.find_duplicates(row) == []

    changed = corrections.correct_request(
        request=row, values={"nik": OTHER}, reason=CorrectionReason.TYPO, actor="user:7"
    )

    row.refresh_from_db()
    assert changed == ["nik"]
    assert [one.person for one in duplicates.find_duplicates(row)] == [known]


def test_a_request_that_became_a_resident_is_corrected_there() -> None:
    row = _request()
    triage.accept_request(request=row, decision=triage.Decision(kind="elderly"), actor="user:1")
    with pytest.raises(CorrectionError) as refused:
        corrections.correct_request(
            request=row, values={"name": "X"}, reason=CorrectionReason.TYPO, actor="user:7"
        )
    assert refused.value.code == "accepted"


def test_a_contact_corrected_by_a_tablet_keeps_the_old_one_sealed_too() -> None:
    resident = _accepted()
    residents.correct_contact(
        resident=resident, carer_name="", phone=NEW_PHONE, actor="device:1", source="event:1"
    )
    detail = SealedDetail.objects.get(entry__action="contact_corrected")
    assert vault.unseal_detail(detail) == {"phone": PHONE}


def test_a_request_without_a_factory_phone_gets_its_code() -> None:
    row = VisitRequestFactory()
    vault.set_status_secret(row, "")
    assert (row.phone_tail_index, bool(row.code_index)) == ("", True)
