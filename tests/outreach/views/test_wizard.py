import re
from datetime import date, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from outreach import notice, vault
from outreach.enums import Relation, ResidentKind
from outreach.models import VisitRequest
from outreach.services import intake, limits, region
from outreach.views import wizard
from tests.factories.outreach import VillageFactory
from tests.outreach.views.walk import NIK, fill, of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _hasty(settings) -> None:
    settings.FORM_MINIMUM_SECONDS = 0


def test_the_whole_way_without_scripts_makes_one_request(client: Client) -> None:
    village = VillageFactory()
    fill(client, village)
    checked = client.get("/permohonan/periksa/").content.decode()
    for shown in ("Warga Contoh", "3519 0157 0550 0001", "Rabu, 17 Mei 1950", "07.30–12.00", "Senin, Rabu"):
        assert shown in checked

    answer = client.post("/permohonan/periksa/")

    assert answer.headers["Location"] == "/permohonan/terkirim/"
    row = VisitRequest.objects.get()
    assert (row.name, row.birth_date, row.village, row.rt) == (
        "Warga Contoh",
        date(1950, 5, 17),
        village,
        "04",
    )
    assert (row.windows, row.weekdays, row.skills) == ([["07:30", "12:00"]], [0, 2], ["ramp"])
    assert (vault.unseal_field(row, "nik"), vault.unseal_field(row, "phone")) == (NIK, "+6281234567890")
    assert row.infectious
    assert row.consent.text_sha256 == notice.notice_sha256()
    assert row.reference in client.get("/permohonan/terkirim/").content.decode()


def test_every_page_is_small_and_has_its_own_title(client: Client) -> None:
    region.load_region()
    fill(client, VillageFactory(code="35.19.03.2006"))
    seen = set()
    for slug in [*of(VillageFactory()), "periksa"]:
        page = client.get(f"/permohonan/{slug}/", headers={"accept-encoding": "gzip"}).content
        title = re.search(r"<title>(.*?)</title>", page.decode())
        assert title
        seen.add(title[1])
        assert len(page) < 24_000
    assert len(seen) == 8


@pytest.mark.parametrize("slug", ["warga", "alamat", "kontak", "periksa"])
def test_a_page_that_is_not_reached_leads_to_the_first_open_one(client: Client, slug: str) -> None:
    client.post("/permohonan/mulai/")

    assert client.get(f"/permohonan/{slug}/").headers["Location"] == "/permohonan/pemohon/"


def test_without_a_form_under_way_there_is_a_plain_word_and_the_start(client: Client) -> None:
    answer = client.get("/permohonan/warga/", follow=True)

    assert answer.redirect_chain == [("/", 302)]
    assert "Silakan mulai lagi" in answer.content.decode()


@pytest.mark.parametrize(
    ("slug", "changes", "message"),
    [
        ("pemohon", {"relation": ""}, "Pilih salah satu."),
        ("pemohon", {"relation": "king"}, "Pilih salah satu."),
        ("warga", {"name": ""}, "Tulis nama lengkap warga yang akan direkam."),
        ("warga", {"nik": "351901"}, "NIK harus 16 angka, yang tertulis 6 angka. Periksa lagi dari KK."),
        ("warga", {"nik": "3519013202500001"}, "bukan tanggal lahir"),
        ("warga", {"nik": ""}, "Tulis NIK, atau centang"),
        ("warga", {"nik": "tidak ada"}, "NIK hanya berisi angka."),
        ("warga", {"birth_date_hari": "31", "birth_date_bulan": "2"}, "Tanggal itu tidak ada."),
        ("warga", {"birth_date_bulan": "Febuari"}, "Tanggal itu tidak ada."),
        ("warga", {"birth_date_tahun": ""}, "Tulis hari, bulan, dan tahun"),
        ("warga", {"birth_date_tahun": "50"}, "Tulis tahun dengan empat angka"),
        ("warga", {"birth_date_tahun": "2199"}, "tidak boleh sesudah hari ini"),
        ("warga", {"birth_date_tahun": "1850"}, "Tahun lahir terlalu lama."),
        ("keadaan", {"kind": ""}, "Pilih salah satu."),
        ("kecamatan", {"district": "35.02.01"}, "Pilih kecamatan dari daftar."),
        ("alamat", {"village": "35.02.01.2001"}, "Pilih desa atau kelurahan dari daftar."),
        ("alamat", {"address": " "}, "Tulis alamat atau patokan"),
        ("alamat", {"rt": "RT4"}, "Tulis angka saja"),
        ("waktu", {"weekdays": ["6"]}, "Pilih hari dari daftar"),
        ("waktu", {"windows": ["malam"]}, "Pilih jam dari daftar."),
        (
            "waktu",
            {"deadline_hari": "1", "deadline_bulan": "1", "deadline_tahun": "2020"},
            "Tanggal itu sudah lewat.",
        ),
        ("waktu", {"not_before_hari": "1"}, "misalnya 17 8 20"),
        ("kontak", {"phone": "12345"}, "Nomor telepon itu keliru."),
        ("kontak", {"phone": ""}, "Tulis nomor telepon, atau centang"),
    ],
)
def test_a_wrong_answer_gets_a_plain_message_and_nothing_is_lost(
    client: Client, slug: str, changes: dict[str, object], message: str
) -> None:
    village = VillageFactory()
    fill(client, village, until=slug)
    typed = of(village)[slug] | changes

    answer = client.post(f"/permohonan/{slug}/", typed, follow=True)
    page = answer.content.decode()

    assert answer.redirect_chain == [(f"/permohonan/{slug}/", 302)], "Back finds no form to send again"
    assert page.count(message) == 2, "in the summary and at the field"
    assert re.search(r"<title>Kesalahan: ", page)
    assert '<div class="error-summary" role="alert" tabindex="-1" autofocus' in page
    again = client.get(f"/permohonan/{slug}/").content.decode()
    for shown in (page, again):
        for name, value in typed.items():
            if (
                isinstance(value, str)
                and value.strip()
                and name not in {"relation", "kind", "district", "village"}
            ):
                assert value in shown, name
    assert not VisitRequest.objects.exists()


def test_a_wrong_change_stays_a_change(client: Client) -> None:
    village = VillageFactory()
    fill(client, village)
    wrong = of(village)["warga"] | {"nik": "12"}

    answer = client.post("/permohonan/warga/", wrong | {"ubah": "1"})

    assert answer.headers["Location"] == "/permohonan/warga/?ubah=1"
    assert "Simpan dan kembali memeriksa" in client.get(answer.headers["Location"]).content.decode()


def test_somebody_under_16_is_told_from_when_and_may_be_married(client: Client, clock) -> None:
    today = clock.today()
    born = {
        "birth_date_hari": "1",
        "birth_date_bulan": str(today.month),
        "birth_date_tahun": str(today.year - 15),
    }
    village = VillageFactory()
    fill(client, village, until="warga")
    typed = of(village)["warga"] | born | {"nik": "", "nik_unknown": "on"}
    assert 'name="married"' not in client.get("/permohonan/warga/").content.decode()

    page = client.post("/permohonan/warga/", typed, follow=True).content.decode()

    assert "Warga ini belum 16 tahun." in page
    assert f"{today.year + 1}. Bila sudah menikah, centang di bawah." in page
    assert '<input type="checkbox" name="married"' in page
    assert client.post("/permohonan/warga/", typed | {"married": "on"}).status_code == 302


def test_what_somebody_does_not_know_may_stay_open(client: Client) -> None:
    unknown = {"name": "Warga Contoh", "nik": "", "nik_unknown": "on", "birth_unknown": "on"}
    fill(client, VillageFactory(), warga=unknown, waktu={}, kontak={"phone_none": "on"})
    client.post("/permohonan/periksa/")

    row = VisitRequest.objects.get()
    assert (row.birth_date, row.nik_sealed, row.nik_index, row.phone_sealed) == (None, None, "", None)
    sent = client.get("/permohonan/terkirim/").content.decode()
    assert vault.status_code(row) in sent


def test_an_unknown_birth_date_is_read_from_the_nik(client: Client) -> None:
    given = {"name": "Warga Contoh", "nik": NIK, "birth_unknown": "on"}
    fill(client, VillageFactory(), warga=given)
    client.post("/permohonan/periksa/")

    assert VisitRequest.objects.get().birth_date == date(1950, 5, 17)


def test_change_returns_to_the_check_page(client: Client) -> None:
    village = VillageFactory()
    fill(client, village)
    page = client.get("/permohonan/warga/?ubah=1").content.decode()
    assert 'value="Warga Contoh"' in page
    assert '<input type="hidden" name="ubah" value="1">' in page

    answer = client.post("/permohonan/warga/", of(village)["warga"] | {"name": "Nama Baru", "ubah": "1"})

    assert answer.headers["Location"] == "/permohonan/periksa/"
    assert "Nama Baru" in client.get("/permohonan/periksa/").content.decode()


def test_another_district_asks_for_its_village_before_the_check_page(client: Client) -> None:
    region.load_region()
    first = VillageFactory(code="35.19.03.2006")
    fill(client, first)

    answer = client.post("/permohonan/kecamatan/", {"district": "35.19.01", "ubah": "1"})

    assert answer.headers["Location"] == "/permohonan/alamat/"


def test_sending_twice_reloading_and_going_back_end_at_the_same_reference(client: Client) -> None:
    fill(client, VillageFactory())
    session = client.cookies["sessionid"].value
    stored = Session.objects.get(session_key=session).session_data
    client.post("/permohonan/periksa/")
    row = VisitRequest.objects.get()

    assert client.post("/permohonan/periksa/").headers["Location"] == "/permohonan/terkirim/"
    assert client.get("/permohonan/periksa/").headers["Location"] == "/permohonan/terkirim/"
    assert client.get("/permohonan/kontak/").headers["Location"] == "/permohonan/terkirim/"
    # a twin that had read the session before the first one was done
    Session.objects.filter(session_key=session).update(session_data=stored)
    assert client.post("/permohonan/periksa/").headers["Location"] == "/permohonan/terkirim/"
    assert row.reference in client.get("/permohonan/terkirim/").content.decode()
    assert VisitRequest.objects.count() == 1


def test_a_new_form_after_a_sent_one_is_a_new_request(client: Client) -> None:
    village = VillageFactory()
    for _ in range(2):
        fill(client, village)
        client.post("/permohonan/periksa/")

    assert VisitRequest.objects.count() == 2


def test_what_is_typed_lies_sealed_in_the_session(client: Client) -> None:
    fill(client, VillageFactory())

    decoded = str(Session.objects.get().get_decoded())
    assert "Contoh" not in decoded
    assert "351901" not in decoded


def test_no_personal_data_stands_in_an_address(client: Client) -> None:
    village = VillageFactory()
    client.post("/permohonan/mulai/")
    for slug, given in of(village).items():
        target = client.post(f"/permohonan/{slug}/", given).headers["Location"]
        assert re.fullmatch(r"/permohonan/[a-z]+/", target)


def test_the_hours_to_choose_from_are_the_offices(client: Client, settings) -> None:
    settings.WORK_STARTS, settings.WORK_ENDS, settings.WORK_BREAK = "08:00", "16:00", "11:30-12:30"
    fill(client, VillageFactory(), until="waktu")
    page = client.get("/permohonan/waktu/").content.decode()
    for hours in ("Pagi, 08.00–10.00", "Siang, 10.00–11.30", "Sore, 12.30–16.00"):
        assert hours in page
    client.post("/permohonan/waktu/", {"windows": ["siang", "sore"]})
    client.post("/permohonan/kontak/", {"phone_none": "on", "applicant_name": "Pemohon Contoh"})
    assert client.post("/permohonan/periksa/").status_code == 302
    assert VisitRequest.objects.get().windows == [["10:00", "11:30"], ["12:30", "16:00"]]


def test_pages_are_not_cached(client: Client) -> None:
    fill(client, VillageFactory())
    for path in ("/permohonan/warga/", "/permohonan/periksa/"):
        assert "no-store" in client.get(path).headers["Cache-Control"]


def test_a_filled_honeypot_and_haste_are_told_and_nothing_is_lost(client: Client, settings) -> None:
    fill(client, VillageFactory())
    assert "Jangan diisi" in client.post("/permohonan/periksa/", {"situs": "x"}, follow=True).content.decode()

    settings.FORM_MINIMUM_SECONDS = 60
    page = client.post("/permohonan/periksa/", follow=True).content.decode()
    assert "terlalu cepat" in page
    assert "terlalu cepat" not in client.get("/permohonan/periksa/").content.decode()
    assert "Warga Contoh" in page
    assert not VisitRequest.objects.exists()


def test_a_clock_that_is_set_back_makes_nobody_too_hasty(client: Client, settings, clock) -> None:
    settings.FORM_MINIMUM_SECONDS = 60
    with clock.at(clock.now() + timedelta(hours=1)):
        fill(client, VillageFactory())
    assert client.post("/permohonan/periksa/").headers["Location"] == "/permohonan/terkirim/"


def test_a_flood_is_told_when_to_come_again_and_a_second_press_is_no_second_try(client: Client) -> None:
    for _ in range(wizard.PER_NIK.tries):
        assert limits.count_try(wizard.PER_NIK, NIK).allowed
    fill(client, VillageFactory())

    page = client.post("/permohonan/periksa/", follow=True).content.decode()

    assert "Sedang terlalu banyak permohonan" in page
    assert "Warga Contoh" in page
    assert not VisitRequest.objects.exists()


def test_a_village_behind_one_address_is_not_locked_out() -> None:
    village = VillageFactory()
    for number in range(60):
        client = Client()
        nik = f"351901570550{number + 1:04d}"
        fill(client, village, warga=of(village)["warga"] | {"nik": nik})
        assert client.post("/permohonan/periksa/").status_code == 302

    assert VisitRequest.objects.count() == 60


def test_a_nik_that_disagrees_with_the_birth_date_is_mentioned_and_accepted(client: Client) -> None:
    village = VillageFactory()
    fill(client, village, warga=of(village)["warga"] | {"birth_date_tahun": "1951"})

    page = client.get("/permohonan/periksa/").content.decode()

    assert "Menurut NIK, tanggal lahirnya Rabu, 17 Mei 1950" in page
    assert client.post("/permohonan/periksa/").status_code == 302


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("put", "/permohonan/mulai/"),
        ("delete", "/permohonan/buang/"),
        ("post", "/permohonan/terkirim/"),
        ("put", "/permohonan/warga/"),
        ("delete", "/permohonan/periksa/"),
    ],
)
def test_other_verbs_are_refused(client: Client, method: str, path: str) -> None:
    assert getattr(client, method)(path).status_code == 405


@pytest.mark.parametrize("path", ["/permohonan/mulai/", "/permohonan/buang/", "/status/keluar/"])
def test_the_address_of_a_button_leads_home_and_does_nothing(client: Client, path: str) -> None:
    fill(client, VillageFactory(), until="keadaan")

    assert client.get(path).headers["Location"] == "/"
    assert client.get("/permohonan/keadaan/").status_code == 200


def test_an_unknown_page_is_not_found(client: Client) -> None:
    assert client.get("/permohonan/lain/").status_code == 404


def test_confirmation_promises_working_days_and_has_a_code_to_scan(client: Client, settings) -> None:
    settings.TARGET_DAYS = settings.TARGET_DAYS | {"decided": (1, 3)}
    fill(client, VillageFactory())
    client.post("/permohonan/periksa/")
    VisitRequest.objects.update(received_at=timezone.make_aware(datetime(2026, 11, 26, 9)))

    page = client.get("/permohonan/terkirim/").content.decode()

    assert "paling lambat Selasa, 1 Desember 2026" in page
    assert "<svg" in page
    assert " style=" not in page


def test_a_half_filled_form_may_be_thrown_away(client: Client) -> None:
    fill(client, VillageFactory(), until="keadaan")
    assert "Lanjutkan permohonan" in client.get("/").content.decode()

    client.post("/permohonan/buang/")

    assert "Lanjutkan permohonan" not in client.get("/").content.decode()


def test_the_service_refuses_what_a_forged_form_lets_through(clock) -> None:
    village = VillageFactory()
    with pytest.raises(intake.IntakeError):
        intake.submit_request(
            form_token="x",
            data=intake.Intake(
                relation=Relation.SELF,
                name="",
                kind=ResidentKind.SICK,
                village=village,
                deadline=clock.today() - timedelta(days=1),
            ),
            consent=intake.Consent("x", "x"),
        )
