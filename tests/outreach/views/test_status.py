import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from outreach import vault
from outreach.enums import Milestone, Relation, ResidentKind
from outreach.models import VisitRequest
from outreach.services import intake, progress, status
from tests.factories.outreach import NeedFactory, VillageFactory
from tests.outreach.views.walk import begin, fill, send

pytestmark = pytest.mark.django_db
NO_MATCH = "Nomor permohonan dan angka atau kode itu tidak cocok."


def _request(phone: str = "081234567890") -> VisitRequest:
    data = intake.Intake(
        relation=Relation.FAMILY,
        name="Siti Contoh Pertiwi",
        kind=ResidentKind.ELDERLY,
        village=VillageFactory(name="Mojorejo"),
        phone=phone,
        made_up=True,
    )
    return intake.submit_request(
        form_token=phone or "none", data=data, consent=intake.Consent("x", "x")
    ).request


def _look(client: Client, reference: str, secret: str) -> str:
    answer = client.post("/status/", {"reference": reference, "secret": secret}, follow=True)
    assert reference not in "".join(url for url, _status in answer.redirect_chain)
    return answer.content.decode()


@pytest.mark.parametrize("secret", ["7890", " 78-90 ", "0812 3456 7890"])
def test_the_last_digits_open_the_status(client: Client, secret: str) -> None:
    row = _request()

    page = _look(client, row.reference.lower().replace("-", " "), secret)

    assert "S. C. P., Mojorejo" in page
    assert "Menunggu diperiksa petugas kantor" in page
    assert "Sudah menunggu kurang dari satu jam sejak permohonan." in page
    assert "Kami usahakan jawabannya ada paling lambat" in page
    assert "Siti" not in page
    assert "7890" not in page


def test_the_printed_code_opens_the_status_where_there_is_no_phone(client: Client) -> None:
    row = _request(phone="")

    assert "S. C. P., Mojorejo" in _look(client, row.reference, vault.status_code(row).lower())


@pytest.mark.parametrize("secret", ["7891", "", "890", "00007", "AAAA-AAAA"])
def test_unknown_and_wrong_get_the_same_answer(client: Client, secret: str) -> None:
    row = _request()
    other = "JB-00000-00000"

    def seen(reference: str) -> str:
        page = _look(client, reference, secret)
        return re.sub(r'value="[^"]*"', "", page)

    assert seen(row.reference) == seen(other)


def test_a_request_without_a_phone_does_not_open_by_nothing(client: Client) -> None:
    row = _request(phone="")

    for secret in ("0000", "-", "____"):
        assert "S. C. P." not in _look(client, row.reference, secret)


def test_after_too_many_wrong_tries_the_page_asks_for_the_whole_number(client: Client, clock) -> None:
    row = _request()
    with clock.at("2026-12-01T09:10", tick=False):
        for _ in range(status.DIGITS.tries):
            assert NO_MATCH in _look(client, row.reference, "0000")
        page = _look(client, row.reference, "7890")
        assert "Tulis nomor HP lengkap seperti di formulir, atau kode dari bukti permohonan." in page
        assert "Empat angka bisa dipakai lagi setelah Kamis, 31 Desember 2026, pukul 09.10." in page
        assert "S. C. P." not in page
        assert "S. C. P." in _look(client, row.reference, "0812 3456 7890")


def test_too_many_whole_numbers_are_told_date_and_hour_and_the_office(
    client: Client, settings, clock
) -> None:
    settings.OFFICE_PHONE = "0351-123456"
    row = _request()
    with clock.at("2026-12-01T09:10", tick=False):
        for _ in range(status.WHOLE.tries):
            _look(client, row.reference, "0812 3456 7891")
        page = _look(client, row.reference, "0812 3456 7890")

    moment = "Rabu, 2 Desember 2026, pukul 09.10"
    assert (
        f"Belum bisa dibuka sekarang. Coba lagi setelah {moment}, atau hubungi kantor di 0351-123456." in page
    )


def test_a_right_try_is_not_counted_against_its_holder(client: Client) -> None:
    row = _request()
    for _ in range(12):
        assert "S. C. P." in _look(client, row.reference, "7890")


def test_a_slip_in_the_reference_is_said_and_costs_no_try(client: Client) -> None:
    row = _request()
    wrong = row.reference[:-1] + ("0" if row.reference[-1] != "0" else "1")
    for _ in range(8):
        page = _look(client, wrong, "7890")
        assert "Nomornya belum cocok. Periksa lagi huruf demi huruf" in page
        assert "<title>Kesalahan: " in page
        assert f'value="{wrong}"' in page
    assert "S. C. P." in _look(client, row.reference, "7890")


def test_without_reference_and_digits_there_is_only_the_form(client: Client) -> None:
    assert client.get("/status/lihat/").headers["Location"] == "/status/"


def test_a_status_closes_by_itself_and_by_its_button(client: Client, clock) -> None:
    row = _request()
    _look(client, row.reference, "7890")
    assert client.get("/status/lihat/").status_code == 200
    with clock.at(clock.now() + timedelta(minutes=31)):
        assert client.get("/status/lihat/").status_code == 302

    client.post("/status/keluar/")

    assert client.get("/status/lihat/").status_code == 302


@pytest.mark.parametrize(("back", "answer"), [(timedelta(seconds=5), 200), (timedelta(minutes=5), 302)])
def test_a_clock_that_is_set_back_keeps_no_status_open(
    client: Client, back: timedelta, answer: int, clock
) -> None:
    row = _request()
    _look(client, row.reference, "7890")
    with clock.at(clock.now() - back):
        assert client.get("/status/lihat/").status_code == answer


def test_an_opened_status_has_a_session_key_of_its_own_and_keeps_the_draft(client: Client) -> None:
    row = _request()
    way = begin(client)
    before = client.session.session_key

    _look(client, row.reference, "7890")

    assert client.session.session_key != before
    assert client.get(f"{way}pemohon/").status_code == 200
    thief = Client()
    thief.cookies["sessionid"] = before or ""
    assert thief.get("/status/lihat/").status_code == 302


def test_the_confirmation_closes_on_a_shared_phone(client: Client, settings) -> None:
    settings.FORM_MINIMUM_SECONDS = 0
    way = fill(client, VillageFactory())
    send(client, way)
    assert "W. C." in client.get(f"{way}terkirim/").content.decode()

    client.post("/status/keluar/")

    page = client.get(f"{way}terkirim/").content.decode()
    assert "Permohonan ini sudah terkirim" in page
    assert "W. C." not in page
    assert VisitRequest.objects.get().reference not in page


def test_the_page_says_when_somebody_comes(client: Client, clock) -> None:
    row = _request()
    need = NeedFactory()
    VisitRequest.objects.filter(pk=row.pk).update(
        need=need, resident=need.resident, state="accepted", family_confirmed_at=row.received_at
    )
    now = timezone.make_aware(datetime(2026, 11, 24, 12))
    progress.record_progress(need=need, milestone=Milestone.ACCEPTED, at=now - timedelta(days=2), source="r")
    progress.record_progress(
        need=need,
        milestone=Milestone.PLANNED,
        at=now - timedelta(days=1),
        source="v",
        earliest=timezone.make_aware(datetime(2026, 12, 1, 9, 10)),
        latest=timezone.make_aware(datetime(2026, 12, 1, 10, 40)),
    )
    with clock.at(now, tick=False):
        page = _look(client, row.reference, "7890")

    assert "Selasa, 1 Desember 2026, antara 09.10 dan 10.40" in page


def test_a_wrong_try_is_shown_once_and_by_its_own_address(client: Client) -> None:
    row = _request()
    typed = {"reference": row.reference, "secret": "1111"}

    answer = client.post("/status/", typed, follow=True)

    assert answer.redirect_chain == [("/status/", 302)], "Back finds no form to send again"
    page = answer.content.decode()
    assert "tidak cocok" in page
    assert row.reference in page
    assert "1111" in page
    assert row.reference not in client.get("/status/").content.decode(), "the phone may be shared"
