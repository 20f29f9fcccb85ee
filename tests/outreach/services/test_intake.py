from dataclasses import replace
from datetime import date, timedelta

import pytest

from outreach import vault
from outreach.enums import Relation, RequestState, ResidentKind, Skill
from outreach.lib.reference import parse_code, parse_reference
from outreach.models import ConsentRecord, LogEntry, PersonKey, VisitRequest
from outreach.services import intake
from tests.factories.outreach import VillageFactory

pytestmark = pytest.mark.django_db
CONSENT = intake.Consent("2026-11/id", "0" * 64)
NIK = "3519015705500001"


def _data(**changes) -> intake.Intake:
    return replace(
        intake.Intake(
            relation=Relation.FAMILY,
            name="  Warga   Contoh ",
            birth_date=date(1950, 5, 17),
            kind=ResidentKind.ELDERLY,
            village=VillageFactory(),
            nik="3519 0157 0550 0001",
            phone="0812-3456-7890",
            applicant_name="Pemohon Contoh",
            health="Asma",
            windows=[["10:00", "12:00"], ["07:30", "10:00"]],
            weekdays=[4, 0, 4],
            skills=[Skill.WOMAN_OFFICER, Skill.RAMP],
            made_up=True,
        ),
        **changes,
    )


def test_a_filled_form_becomes_a_request_with_consent_and_a_log_row() -> None:
    result = intake.submit_request(form_token="form", data=_data(), consent=CONSENT)

    row = VisitRequest.objects.get()
    assert result == intake.SubmittedRequest(row, made=True)
    assert parse_reference(row.reference) == row.reference
    assert (row.state, row.name) == (RequestState.RECEIVED, "Warga Contoh")
    assert (row.windows, row.weekdays) == ([["07:30", "12:00"]], [0, 4])
    assert row.skills == ["ramp", "woman_officer"]
    consent = ConsentRecord.objects.get()
    assert (consent.request, consent.text_version, consent.given_by) == (row, "2026-11/id", "family")
    logged = LogEntry.objects.get()
    assert (logged.actor, logged.action, logged.subject_id) == ("public", "request_received", str(row.pk))


def test_personal_numbers_are_sealed_and_found_again_by_their_index() -> None:
    intake.submit_request(form_token="form", data=_data(), consent=CONSENT)

    row = VisitRequest.objects.get(nik_index=vault.blind_index("nik", NIK))
    assert vault.unseal_field(row, "nik") == NIK
    assert vault.unseal_field(row, "phone") == "+6281234567890"
    assert vault.unseal_field(row, "applicant_name") == "Pemohon Contoh"
    assert vault.unseal_field(row, "health") == "Asma"
    assert row.phone_tail_index == vault.blind_index("phone_tail", f"{row.pk}:7890")
    sealed = VisitRequest.objects.values_list("nik_sealed", "phone_sealed", "health_sealed")[0]
    stored = b"".join(bytes(value or b"") for value in sealed)
    assert b"3519" not in stored
    assert b"7890" not in stored
    assert b"Asma" not in stored


def test_without_a_phone_there_is_a_printed_code() -> None:
    intake.submit_request(form_token="form", data=_data(phone=""), consent=CONSENT)

    row = VisitRequest.objects.get()
    code = vault.status_code(row)
    assert parse_code(code) == code
    assert row.code_index == vault.blind_index("code", code)
    assert row.phone_tail_index == row.phone_index == ""


def test_the_same_form_twice_is_one_request_and_one_reference() -> None:
    first = intake.submit_request(form_token="form", data=_data(), consent=CONSENT)
    again = intake.submit_request(form_token="form", data=_data(name="Lain"), consent=CONSENT)

    assert again == intake.SubmittedRequest(first.request, made=False)
    assert VisitRequest.objects.count() == PersonKey.objects.count() == LogEntry.objects.count() == 1


def test_a_duplicate_from_another_form_is_accepted() -> None:
    intake.submit_request(form_token="form", data=_data(), consent=CONSENT)
    other = intake.submit_request(form_token="other form", data=_data(), consent=CONSENT)

    assert other.made
    assert VisitRequest.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": "  "}, {"name": "missing"}),
        ({"birth_date": date(2099, 1, 1)}, {"birth_date": "impossible"}),
        ({"birth_date": date(1850, 1, 1)}, {"birth_date": "impossible"}),
        ({"nik": "123"}, {"nik": "length"}),
        ({"family_card": "123"}, {"family_card": "length"}),
        ({"family_card": "0919015705500001"}, {"family_card": "area"}),
        ({"phone": "12"}, {"phone": "phone"}),
        ({"windows": [["12:00", "10:00"]]}, {"windows": "order"}),
        ({"weekdays": [7]}, {"weekdays": "unknown"}),
        ({"deadline": date(2020, 1, 1)}, {"deadline": "past"}),
    ],
)
def test_bad_data_is_named_and_stores_nothing(changes: dict[str, object], problem: dict[str, str]) -> None:
    with pytest.raises(intake.IntakeError) as caught:
        intake.submit_request(form_token="form", data=_data(**changes), consent=CONSENT)

    assert caught.value.problems == problem
    assert not VisitRequest.objects.exists()


@pytest.mark.parametrize(
    ("years", "married", "wrong"), [(15, False, True), (15, True, False), (16, False, False)]
)
def test_recording_is_from_16_or_for_the_married(years: int, married: bool, wrong: bool, clock) -> None:
    today = clock.today()
    born = date(today.year - years, today.month, 1)

    found = intake.list_problems(_data(birth_date=born, married=married), today=today)

    assert found == ({"birth_date": "too_young"} if wrong else {})


def test_an_earliest_day_that_has_passed_is_no_limit(clock) -> None:
    today = clock.today()
    intake.submit_request(
        form_token="form", data=_data(not_before=today - timedelta(days=1)), consent=CONSENT
    )

    assert VisitRequest.objects.get().not_before is None
