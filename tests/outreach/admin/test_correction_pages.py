"""Putting right by hand: what follows is said, sealed numbers are not shown, two coordinators lose nothing."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from outreach import vault
from outreach.enums import CorrectionReason, NeedState, RequestState
from outreach.models import Need, Resident, VisitRequest
from outreach.services import corrections, triage
from tests.factories.outreach import ResidentFactory, VillageFactory, VisitRequestFactory
from tests.support.forms import read_form

pytestmark = pytest.mark.django_db
NIK, OTHER = "3519015705500001", "3519016705500001"


def _resident(**fields) -> Resident:
    row: Resident = ResidentFactory(address="Jl. Melati 3", **fields)
    vault.seal_field(row, "nik", NIK)
    row.nik_index = vault.blind_index("nik", NIK)
    row.save()
    return row


def _page(row: Resident | VisitRequest, action: str = "") -> str:
    return f"/admin/outreach/{row._meta.model_name}/{row.pk}/{action}"


def _form(client: Client, row: Resident | VisitRequest) -> dict[str, list[str]]:
    return read_form(client.get(_page(row, "betulkan/")).content.decode(), "") | {"reason": ["typo"]}


def test_a_resident_is_corrected_and_sealed_numbers_stay_where_nothing_is_written(
    coordinator: Client,
) -> None:
    row, village = _resident(), VillageFactory()
    page = coordinator.get(_page(row, "betulkan/")).content.decode()
    assert "3519••••••••0001" in page
    assert NIK not in page
    assert "Tablet tim menerima data baru" in page
    form = _form(coordinator, row) | {"name": [" Sulastri  Baru "], "village": [village.pk], "rt": ["04"]}

    for told in ("Data dibetulkan.", "Tidak ada yang berubah"):
        assert told in coordinator.post(_page(row, "betulkan/"), form, follow=True).content.decode()

    row.refresh_from_db()
    assert (row.name, row.village, row.rt, vault.unseal_field(row, "nik")) == (
        "Sulastri Baru",
        village,
        "04",
        NIK,
    )


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ({"name": ["Sulastri Baru"]}, (date(1925, 1, 1), "year")),
        ({"birth_date": ["1925-05-17"]}, (date(1925, 5, 17), "exact")),
        ({"birth_basis": ["exact"]}, (date(1925, 1, 1), "exact")),
        ({"birth_date": ["1926-05-17"], "birth_basis": ["month"]}, (date(1926, 5, 1), "month")),
    ],
)
def test_a_birth_date_written_anew_is_no_guess_any_more(
    coordinator: Client, given: dict[str, list[str]], stored: tuple[date, str]
) -> None:
    row = _resident()
    row.birth_date, row.birth_basis = date(1925, 1, 1), "year"
    row.save()
    form = _form(coordinator, row) | given

    for _again in range(2):
        coordinator.post(_page(row, "betulkan/"), form)

    row.refresh_from_db()
    assert (row.birth_date, row.birth_basis) == stored


def test_old_values_are_read_by_who_may_open_sealed_data(coordinator: Client) -> None:
    row = _resident()
    form = _form(coordinator, row) | {"nik": [OTHER], "note": ["Dari KTP lama"]}
    coordinator.post(_page(row, "betulkan/"), form)

    plain = coordinator.get(_page(row)).content.decode()
    opened = coordinator.post(_page(row, "buka/")).content.decode()

    assert "Data dibetulkan" in plain
    assert (NIK in plain, "Dari KTP lama" in plain) == (False, False)
    assert f"NIK: {NIK}" in opened
    assert "keterangan: Dari KTP lama" in opened


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"name": [""]}, "Tulis namanya."),
        ({"reason": [""]}, "Pilih mengapa dibetulkan."),
        ({"nik": ["351901570550"]}, "Nomor ini keliru."),
        ({"family_card": ["x"]}, "Nomor ini keliru."),
        ({"phone": ["12"]}, "Nomor telepon itu keliru."),
        ({"birth_date": ["1850-01-01"]}, "Tanggal lahir ini tidak mungkin."),
        ({"rt": ["4a"]}, "Tulis angka saja"),
        ({"village": ["x"]}, "Masukkan pilihan yang valid"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_lost(
    coordinator: Client, given: dict[str, list[str]], told: str
) -> None:
    row = _resident()
    form = _form(coordinator, row) | {"address": ["Jl. Baru 9"]} | given

    answer = coordinator.post(_page(row, "betulkan/"), form)

    page = answer.content.decode()
    assert (answer.status_code, told in page) == (422, True)
    assert read_form(page, "")["address"] == ["Jl. Baru 9"]
    row.refresh_from_db()
    assert row.address == "Jl. Melati 3"


def test_a_number_is_removed_by_a_dash(coordinator: Client) -> None:
    row = _resident()
    coordinator.post(_page(row, "betulkan/"), _form(coordinator, row) | {"nik": ["-"]})
    row.refresh_from_db()
    assert (vault.unseal_field(row, "nik"), row.nik_index) == ("", None)


def test_the_second_coordinator_is_told_and_both_corrections_are_kept(coordinator: Client) -> None:
    user = get_user_model().objects.create_user("sari", first_name="Sari", last_name="Contoh")
    row = _resident()
    mine = _form(coordinator, row) | {"address": ["Jl. Baru 9"]}
    corrections.correct_resident(
        resident=row, values={"name": "Waginem"}, reason=CorrectionReason.DOCUMENT, actor=f"user:{user.pk}"
    )

    answer = coordinator.post(_page(row, "betulkan/"), mine)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Sari Contoh: Data dibetulkan (nama; Menurut KTP atau KK yang ditunjukkan)" in page
    coordinator.post(_page(row, "betulkan/"), read_form(page, ""))
    row.refresh_from_db()
    assert (row.name, row.address) == ("Waginem", "Jl. Baru 9")


def test_two_people_with_one_nik_are_accepted_after_a_check(coordinator: Client) -> None:
    first = _resident(name="Sulastri")
    row = VisitRequestFactory(name="Kartini", birth_date=None, nik_index=vault.blind_index("nik", NIK))
    vault.seal_field(row, "nik", NIK)
    row.save()
    form = read_form(coordinator.get(_page(row)).content.decode(), _page(row, "setujui/")) | {"who": ["baru"]}
    answer = coordinator.post(_page(row, "setujui/"), form)
    assert (answer.status_code, "bila ini orang lain, periksa" in answer.content.decode()) == (422, True)

    form = read_form(answer.content.decode(), _page(row, "setujui/")) | {"nik_exception": ["there"]}
    assert coordinator.post(_page(row, "setujui/"), form).status_code == 302

    second = Resident.objects.exclude(pk=first.pk).get()
    for one in (first, second):
        assert "NIK yang sama juga dipegang warga lain:" in coordinator.get(_page(one)).content.decode()


def test_a_waiting_request_is_corrected_and_an_accepted_one_leads_to_its_resident(
    coordinator: Client,
) -> None:
    row = VisitRequestFactory()
    coordinator.post(_page(row, "betulkan/"), _form(coordinator, row) | {"name": ["Waginem"]})
    row.refresh_from_db()
    assert row.name == "Waginem"
    need = triage.accept_request(request=row, decision=triage.Decision(kind="sick"), actor="user:1")
    answer = coordinator.get(_page(row, "betulkan/"))
    assert answer.headers["Location"] == _page(need.resident, "betulkan/")


def test_a_decision_is_taken_back_after_saying_what_follows(coordinator: Client) -> None:
    row = VisitRequestFactory()
    triage.accept_request(request=row, decision=triage.Decision(kind="sick"), actor="user:1")
    page = coordinator.get(_page(row)).content.decode()
    assert "Antreannya ditutup. Data warga tetap ada" in page
    form = read_form(page, _page(row, "batalkan/"))

    for told in ("kembali ke antrean.", "sudah ada di antrean."):
        assert told in coordinator.post(_page(row, "batalkan/"), form, follow=True).content.decode()
    row.refresh_from_db()
    assert row.state == RequestState.RECEIVED


def test_a_published_visit_has_to_be_taken_out_first(coordinator: Client) -> None:
    row = VisitRequestFactory()
    triage.accept_request(request=row, decision=triage.Decision(kind="sick"), actor="user:1")
    Need.objects.update(state=NeedState.PLANNED)
    page = coordinator.post(_page(row, "batalkan/"), follow=True).content.decode()
    assert "Kunjungannya sudah terbit. Keluarkan dulu dari jadwal" in page


def test_taking_back_from_an_old_page_is_told(coordinator: Client) -> None:
    row = VisitRequestFactory()
    need = triage.accept_request(request=row, decision=triage.Decision(kind="sick"), actor="user:1")
    form = read_form(coordinator.get(_page(row)).content.decode(), _page(row, "batalkan/"))
    corrections.correct_resident(
        resident=need.resident, values={"name": "Waginem"}, reason=CorrectionReason.TYPO, actor="user:99"
    )
    page = coordinator.post(_page(row, "batalkan/"), form, follow=True).content.decode()
    assert "Data dibetulkan (nama; Salah tulis)" in page
    row.refresh_from_db()
    assert row.state == RequestState.ACCEPTED


def test_each_is_a_permission_and_nothing_is_for_the_anonymous(login, client: Client) -> None:
    row, request = _resident(), VisitRequestFactory()
    paths = [_page(row, "betulkan/"), _page(request, "betulkan/"), _page(request, "batalkan/")]
    for path in paths:
        assert client.post(path).headers["Location"].startswith("/admin/login/")
    viewer = login("view_resident", "view_visitrequest")
    assert [viewer.post(path).status_code for path in paths] == [403, 403, 403]
    assert "Betulkan data" not in viewer.get(_page(row)).content.decode()
    assert viewer.get(paths[2]).status_code in (403, 405)


def test_a_village_is_named_with_its_district_because_names_repeat(coordinator: Client) -> None:
    row = _resident(village=VillageFactory(name="Purwosari", district__name="Wonoasri"))

    page = coordinator.get(_page(row, "betulkan/")).content.decode()

    assert f'<option value="{row.village_id}" selected>Purwosari, Wonoasri</option>' in page
