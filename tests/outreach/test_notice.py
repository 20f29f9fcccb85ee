import hashlib

import pytest
from django.test import Client
from django.utils import translation

from outreach import notice
from outreach.models import Resident, VisitRequest
from tests.factories.outreach import RegencyFactory


def test_the_hash_is_of_the_text_that_is_shown() -> None:
    shown = "\n".join([*notice.notice_paragraphs(), notice.agreement_text()])

    assert notice.notice_sha256() == hashlib.sha256(shown.encode()).hexdigest()


def test_another_office_shows_another_text(settings) -> None:
    before = notice.notice_sha256()
    settings.OFFICE_NAME = "Dispendukcapil Kabupaten Lain"

    assert notice.notice_sha256() != before


def test_the_version_names_the_language() -> None:
    with translation.override("en"):
        assert notice.notice_version() == f"{notice.VERSION}/en"
    with translation.override("id"):
        assert notice.notice_version() == f"{notice.VERSION}/id"


def test_rights_are_asked_for_at_the_office_by_its_number(settings) -> None:
    settings.OFFICE_PHONE = "0351 000000"
    assert "Kirim surat ke kantor, telepon 0351 000000, atau datang." in notice.rights_paragraph()
    settings.OFFICE_PHONE = ""
    assert "Kirim surat ke kantor, atau datang." in notice.rights_paragraph()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/data-pribadi/"])
def test_pages_promise_nothing_that_no_code_does(client: Client, address: str) -> None:
    RegencyFactory()

    page = client.get(address).content.decode()

    assert [said for said in ("tersandi", "3 x 24", "setiap pembukaan", "diantar") if said in page] == []


def test_what_is_said_to_be_locked_is_what_is_sealed() -> None:
    sealed = {
        field.name.removesuffix("_sealed")
        for model in (VisitRequest, Resident)
        for field in model._meta.fields
        if field.name.endswith("_sealed")
    }
    said = notice.notice_paragraphs()[1].partition(" disimpan terkunci.")[0]

    assert said == "NIK, nomor KK, telepon, nama yang mengisi, dan catatan kesehatan"
    assert sealed == {"nik", "family_card", "phone", "applicant_name", "carer_name", "health"}
