import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from outreach import vault
from outreach.enums import Relation, RequestState, ResidentKind
from outreach.lib.births import BirthBasis
from outreach.models import LogEntry, Need, Resident, VisitRequest
from outreach.services import intake
from tests.factories.outreach import (
    DistrictFactory,
    NeedFactory,
    RegencyFactory,
    ResidentFactory,
    VillageFactory,
    VisitRequestFactory,
)

pytestmark = pytest.mark.django_db
QUEUE = "/admin/outreach/visitrequest/"
ACTIONS = (
    "setujui/",
    "tolak/",
    "gabung/",
    "pertimbangkan/",
    "buka/",
    "keluarga/",
    "bukan-keluarga/",
)
NIK = "3519015705500001"
SQUARE = {"type": "Polygon", "coordinates": [[[111, -8], [112, -8], [112, -7], [111, -7], [111, -8]]]}
GIVEN = {
    "who": "baru",
    "kind": "sick",
    "urgency": "high",
    "skills": ["ramp"],
    "latitude": "",
    "longitude": "",
}


def _request(token: str = "form", **changes: Any) -> VisitRequest:
    given: dict[str, Any] = {
        "relation": Relation.FAMILY,
        "name": "Sulastri Contoh",
        "birth_date": date(1950, 5, 17),
        "kind": ResidentKind.ELDERLY,
        "village": VillageFactory(),
        "nik": NIK,
        "phone": "081234567890",
        "health": "Asma",
        "made_up": True,
    }
    data = intake.Intake(**(given | changes))
    return intake.submit_request(form_token=token, data=data, consent=intake.Consent("x", "x")).request


def _url(row: VisitRequest, action: str = "") -> str:
    return f"{QUEUE}{row.pk}/{action}"


@pytest.mark.parametrize("action", ["", "x"])
def test_nothing_is_for_the_anonymous(client: Client, action: str) -> None:
    row = _request()
    for path in (QUEUE, _url(row)):
        assert client.get(path).headers["Location"].startswith("/admin/login/")
    for path in ACTIONS:
        assert client.post(_url(row, path)).headers["Location"].startswith("/admin/login/")
    assert VisitRequest.objects.get().state == RequestState.RECEIVED


def test_each_page_has_its_permission(login) -> None:
    client, row = login("view_visitrequest"), _request()
    assert client.get(QUEUE).status_code == 200
    page = client.get(_url(row)).content.decode()
    assert "Setujui" not in page
    assert "Buka data terkunci" not in page
    for path in ACTIONS:
        assert client.post(_url(row, path), GIVEN).status_code == 403


def test_staff_without_permission_sees_nothing(login) -> None:
    client, row = login("view_village"), _request()
    assert client.get(QUEUE).status_code == 403
    assert client.get(_url(row)).status_code == 403


@pytest.mark.parametrize("path", ACTIONS)
def test_decisions_are_posted(coordinator: Client, path: str) -> None:
    assert coordinator.get(_url(_request(), path)).status_code == 405


@pytest.mark.parametrize("pk", ["1", "x" * 300, "00000000-0000-0000-0000-000000000000"])
def test_an_unknown_request_is_not_found(coordinator: Client, pk: str) -> None:
    assert coordinator.get(f"{QUEUE}{pk}/").status_code == 404


def test_the_queue_has_near_deadlines_first_then_the_longest_wait(coordinator: Client, clock) -> None:
    now = clock.now()
    for name, hours, deadline in (("Baru", 1, None), ("Lama", 90, None), ("Segera", 2, 5), ("Kelak", 30, 60)):
        row = VisitRequestFactory(
            name=name, deadline=clock.today() + timedelta(days=deadline) if deadline else None
        )
        VisitRequest.objects.filter(pk=row.pk).update(received_at=now - timedelta(hours=hours))

    page = coordinator.get(QUEUE).content.decode()

    places = {name: page.index(f"<strong>{name}</strong>") for name in ("Segera", "Lama", "Kelak", "Baru")}
    assert list(places) == sorted(places, key=lambda name: places[name])


def test_the_queue_filters_by_district_and_state(coordinator: Client, clock) -> None:
    other = DistrictFactory(code="35.19.02", name="Lain")
    VisitRequestFactory(name="Sini")
    VisitRequestFactory(name="Sana", village=VillageFactory(code="35.19.02.2001", district=other))
    VisitRequestFactory(name="Ditolak", state=RequestState.REFUSED, decided_at=clock.now())

    page = coordinator.get(f"{QUEUE}?kecamatan=35.19.02").content.decode()
    assert ("Sana" in page, "Sini" in page) == (True, False)
    page = coordinator.get(f"{QUEUE}?keadaan=refused").content.decode()
    assert ("<strong>Ditolak</strong>" in page, "Sini" in page) == (True, False)
    for odd in ("?keadaan=x&hal=x", "?hal=-1", "?hal=99999999", "?kecamatan='", "?kecamatan=%00"):
        assert coordinator.get(f"{QUEUE}{odd}").status_code == 200
    assert coordinator.post(QUEUE, {"cari": "\0x"}).status_code == 200


def test_the_queue_takes_the_same_queries_for_one_and_three_rows(
    coordinator: Client, django_assert_num_queries
) -> None:
    coordinator.get(QUEUE)  # how long people wait is kept for a while
    for _ in (1, 2):
        VisitRequestFactory(name="Bambang")
        ResidentFactory(name="Bambang")
        with django_assert_num_queries(10):
            coordinator.get(QUEUE)
        VisitRequestFactory(name="Rohmat")


@pytest.mark.parametrize("typed", ["sulastri", NIK, "reference"])
def test_a_search_is_posted_and_finds_by_name_nik_or_reference(coordinator: Client, typed: str) -> None:
    row = _request()
    VisitRequestFactory(name="Bambang")

    page = coordinator.post(QUEUE, {"cari": row.reference.lower() if typed == "reference" else typed})

    shown = page.content.decode()
    assert ("<strong>Sulastri Contoh</strong>" in shown, "<strong>Bambang" in shown) == (True, False)


def test_one_screen_shows_what_is_needed_and_hides_what_is_sealed(coordinator: Client) -> None:
    row = _request(birth_date=date(1951, 5, 17))

    page = coordinator.get(_url(row)).content.decode()

    for shown in ("Sulastri Contoh", "3519••••••••0001", "•••• 7890", "Ada catatan kesehatan", "17 Mei 1951"):
        assert shown in page
    assert "Tanggal lahir di NIK (Rabu, 17 Mei 1950) lain dari yang diisi." in page
    for hidden in (NIK, "81234567890", "Asma"):
        assert hidden not in page


def test_opening_sealed_data_shows_it_once_and_is_logged(coordinator: Client) -> None:
    row = _request()

    page = coordinator.post(_url(row, "buka/")).content.decode()

    assert NIK in page
    assert "Asma" in page
    entry = LogEntry.objects.get(action="sealed_revealed")
    assert entry.actor.startswith("user:")
    assert NIK not in coordinator.get(_url(row)).content.decode()


def test_accepting_goes_on_to_the_next_request(coordinator: Client) -> None:
    first, second = _request(), VisitRequestFactory()

    answer = coordinator.post(_url(first, "setujui/"), GIVEN)

    assert answer.headers["Location"] == _url(second)
    need = Need.objects.get()
    assert (need.urgency, need.skills, need.resident.kind) == ("high", ["ramp"], "sick")
    assert coordinator.post(_url(second, "setujui/"), GIVEN).headers["Location"] == QUEUE


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"deadline": "2020-01-01"}, "Tanggal ini sudah lewat."),
        ({"deadline": "2099-01-01", "not_before": "2099-02-01"}, "harus sesudah"),
        ({"deadline": "32-13-2026"}, "Masukkan tanggal yang valid"),
        ({"latitude": "x", "longitude": "111"}, "Tulis angka, misalnya -7.654321, atau tempel"),
        ({"latitude": "-7,6"}, "Isi lintang dan bujur, atau kosongkan keduanya."),
        ({"latitude": "111.5", "longitude": "-7.6"}, "lintang dan bujur tertukar"),
        ({"latitude": "-6.2", "longitude": "106.8"}, "Titik ini di luar wilayah kabupaten."),
        ({"kind": "king"}, "Masukkan pilihan yang valid"),
        ({"who": "00000000-0000-0000-0000-000000000000"}, "Masukkan pilihan yang valid"),
    ],
)
def test_a_bad_decision_gets_a_plain_message_and_nothing_is_lost(
    coordinator: Client, changes: dict[str, str], message: str
) -> None:
    RegencyFactory()
    row = _request()
    type(row.village.district.regency).objects.update(outline=SQUARE)

    answer = coordinator.post(_url(row, "setujui/"), GIVEN | changes)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert message in page
    for name in ("deadline", "latitude", "longitude"):
        if changes.get(name) and name in changes:
            assert f'value="{changes[name]}"' in page
    assert not Resident.objects.exists()
    row.refresh_from_db()
    assert row.state == RequestState.RECEIVED


def test_a_point_with_commas_is_understood(coordinator: Client) -> None:
    row = _request()

    coordinator.post(_url(row, "setujui/"), GIVEN | {"latitude": "-7,61", "longitude": "111,52"})

    resident = Resident.objects.get()
    assert (resident.latitude, resident.longitude, resident.approximate) == (-7.61, 111.52, False)


def test_the_same_nik_is_chosen_for_the_coordinator_and_cannot_be_overlooked(coordinator: Client) -> None:
    resident = ResidentFactory(name="Lain", nik_index=vault.blind_index("nik", NIK))
    row = _request()

    page = coordinator.get(_url(row)).content.decode()
    (chosen,) = re.findall(r'<input type="radio" name="who" value="([^"]*)"[^>]* checked', page)
    assert chosen == str(resident.pk)
    answer = coordinator.post(_url(row, "setujui/"), GIVEN)
    assert "NIK ini milik warga yang sudah tercatat." in answer.content.decode()
    coordinator.post(_url(row, "setujui/"), GIVEN | {"who": str(resident.pk)})

    assert Need.objects.get().resident == resident
    assert Resident.objects.count() == 1


def test_a_duplicate_is_merged_with_the_errand_under_way(coordinator: Client) -> None:
    need = NeedFactory(resident=ResidentFactory(nik_index=vault.blind_index("nik", NIK)))
    row = _request()
    assert "Mungkin ganda" in coordinator.get(QUEUE).content.decode()
    assert "Gabungkan" in coordinator.get(_url(row)).content.decode()

    coordinator.post(_url(row, "gabung/"), {"warga": str(need.resident_id)})

    row.refresh_from_db()
    assert (row.state, row.need) == (RequestState.MERGED, need)


def test_the_office_confirms_that_a_merged_request_is_the_familys(coordinator: Client) -> None:
    need = NeedFactory(resident=ResidentFactory(nik_index=vault.blind_index("nik", NIK)))
    row = _request()
    coordinator.post(_url(row, "gabung/"), {"warga": str(need.resident_id)})
    assert "Apakah pemohon ini keluarganya?" in coordinator.get(_url(row)).content.decode()

    answer = coordinator.post(_url(row, "keluarga/"), {"bukti": "x"}, follow=True)
    assert "Pilih bagaimana keluarganya dipastikan." in answer.content.decode()
    for _ in range(2):
        answer = coordinator.post(_url(row, "keluarga/"), {"bukti": "family_card"}, follow=True)

    row.refresh_from_db()
    assert not row.hides_visits
    assert "Sudah dipastikan." in answer.content.decode()
    coordinator.post(_url(row, "bukan-keluarga/"))
    row.refresh_from_db()
    assert row.hides_visits


def test_a_request_that_made_its_person_known_is_not_asked_about(coordinator: Client) -> None:
    row = _request()
    coordinator.post(_url(row, "setujui/"), GIVEN)

    assert "Apakah pemohon ini keluarganya?" not in coordinator.get(_url(row)).content.decode()


@pytest.mark.parametrize("given", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_merging_with_nobody_is_not_found(coordinator: Client, given: str) -> None:
    assert coordinator.post(_url(_request(), "gabung/"), {"warga": given}).status_code == 404


def test_refusing_needs_a_reason_and_can_be_taken_back(coordinator: Client) -> None:
    row = _request()
    answer = coordinator.post(_url(row, "tolak/"), {"reason": " "})
    assert (answer.status_code, "Tulis alasan yang akan dibaca pemohon." in answer.content.decode()) == (
        422,
        True,
    )

    coordinator.post(_url(row, "tolak/"), {"reason": "Sudah punya KTP-el."})
    assert "Sudah punya KTP-el." in coordinator.get(_url(row)).content.decode()
    answer = coordinator.post(_url(row, "setujui/"), GIVEN)
    assert answer.status_code == 422

    coordinator.post(_url(row, "pertimbangkan/"))
    row.refresh_from_db()
    assert row.state == RequestState.RECEIVED


def test_the_page_tells_what_was_done_and_by_whom(coordinator: Client) -> None:
    row = _request()
    coordinator.post(_url(row, "setujui/"), GIVEN)

    page = coordinator.get(_url(row)).content.decode()

    assert "Riwayat lengkap (4)" in page
    assert "<td>koordinator</td><td>Permohonan diputuskan</td>" in page


def test_djangos_own_forms_are_shut(coordinator: Client) -> None:
    assert coordinator.get(f"{QUEUE}add/").status_code == 404
    assert coordinator.post(f"{_url(_request())}delete/").status_code == 404


def test_another_waiting_request_of_the_same_person_is_merged_with_one_press(coordinator: Client) -> None:
    row, same_nik = _request("a"), _request("b", name="Sulastri")
    alike = _request("c", nik="", birth_date=None)
    page = coordinator.get(_url(row)).content.decode()
    boxes = dict(re.findall(r'name="also" value="([^"]+)"[^>]*?( checked)?>', page))
    assert boxes == {str(same_nik.pk): " checked", str(alike.pk): ""}

    answer = coordinator.post(_url(row, "setujui/"), GIVEN | {"also": [str(same_nik.pk)]})

    assert answer.status_code == 302
    states = dict(VisitRequest.objects.values_list("form_token", "state"))
    assert states == {"a": "accepted", "b": "merged", "c": "received"}
    assert Need.objects.count() == 1


def test_a_request_decided_by_a_colleague_is_said_and_nothing_typed_is_lost(coordinator: Client) -> None:
    row, other = _request("a"), _request("b")
    VisitRequest.objects.filter(pk=other.pk).update(state=RequestState.REFUSED, refusal_reason="x")

    answer = coordinator.post(_url(row, "setujui/"), GIVEN | {"also": [str(other.pk)]})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Salah satunya sudah diputuskan. Muat ulang halaman ini." in page
    assert '<option value="high" selected>' in page
    assert not Need.objects.exists()


@pytest.mark.clock("2026-11-24T09:00")
def test_a_guessed_age_is_said_to_be_one(coordinator: Client) -> None:
    by_nik = _request("a", nik="3519017112220003", birth_date=None)
    by_year = _request("b", nik="", birth_date=date(1966, 1, 1), birth_basis=BirthBasis.YEAR)
    young = _request("c", nik="", birth_date=date(1980, 1, 1), birth_basis=BirthBasis.YEAR)

    page = coordinator.get(_url(by_nik)).content.decode()
    assert "31 Desember 1922 (dari NIK) atau 31 Desember 2022 (dari NIK)" in page
    assert "Umurnya belum pasti (3\u2013103 tahun). Tanyakan tahun lahirnya." in page
    page = coordinator.get(_url(by_year)).content.decode()
    assert "sekitar 1966 (59\u201360 tahun)" in page
    assert "Umurnya belum pasti (59\u201360 tahun)." in page
    assert "Dipilih lansia, tetapi umurnya 45\u201346 tahun." in coordinator.get(_url(young)).content.decode()
