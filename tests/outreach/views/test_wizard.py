import re
from datetime import date, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from outreach import notice, vault
from outreach.enums import Relation, ResidentKind
from outreach.models import FormDraft, VisitRequest
from outreach.services import intake, limits, region, request_limits
from tests.factories.outreach import VillageFactory
from tests.outreach.views.walk import NIK, begin, fill, of, send, version_shown
from visits.models import CalendarDay

pytestmark = pytest.mark.django_db
OLD = "3519017112220003"  # of somebody of 103, or of a child


@pytest.fixture(autouse=True)
def _hasty(settings) -> None:
    settings.FORM_MINIMUM_SECONDS = 0


def test_the_whole_way_without_scripts_makes_one_request(client: Client) -> None:
    village = VillageFactory()
    way = fill(client, village)
    checked = client.get(f"{way}periksa/").content.decode()
    for shown in ("Warga Contoh", "3519 0157 0550 0001", "17 Mei 1950", "07.30–12.00", "Senin, Rabu"):
        assert shown in checked

    answer = send(client, way)

    assert answer.headers["Location"] == f"{way}terkirim/"
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
    assert row.reference in client.get(f"{way}terkirim/").content.decode()


def test_every_page_is_small_and_has_its_own_title(client: Client) -> None:
    region.load_region()
    way = fill(client, VillageFactory(code="35.19.03.2006"))
    seen = set()
    for slug in [*of(VillageFactory()), "periksa"]:
        page = client.get(f"{way}{slug}/", headers={"accept-encoding": "gzip"}).content
        title = re.search(r"<title>(.*?)</title>", page.decode())
        assert title
        seen.add(title[1])
        assert len(page) < 24_000
    assert len(seen) == 8


@pytest.mark.parametrize("slug", ["warga", "alamat", "kontak", "periksa"])
def test_a_page_that_is_not_reached_leads_to_the_first_open_one(client: Client, slug: str) -> None:
    way = begin(client)

    assert client.get(f"{way}{slug}/").headers["Location"] == f"{way}pemohon/"


def test_without_a_form_under_way_there_is_a_plain_word_and_the_start(client: Client) -> None:
    answer = client.get("/permohonan/tidakada/warga/")

    assert answer.status_code == 404
    page = answer.content.decode()
    assert "Isian ini tidak tersimpan lagi" in page
    assert "Mulai lagi" in page


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
    way = fill(client, village, until=slug)
    typed = of(village)[slug] | changes

    answer = client.post(f"{way}{slug}/", typed, follow=True)
    page = answer.content.decode()

    assert answer.redirect_chain == [(f"{way}{slug}/", 302)], "Back finds no form to send again"
    assert page.count(message) == 2, "in the summary and at the field"
    assert re.search(r"<title>Kesalahan: ", page)
    assert '<div class="error-summary" role="alert" tabindex="-1" autofocus' in page
    again = client.get(f"{way}{slug}/").content.decode()
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
    way = fill(client, village)
    wrong = of(village)["warga"] | {"nik": "12"}

    answer = client.post(f"{way}warga/", wrong | {"ubah": "1"})

    assert answer.headers["Location"] == f"{way}warga/?ubah=1"
    assert "Simpan dan kembali memeriksa" in client.get(answer.headers["Location"]).content.decode()


def test_somebody_under_16_is_told_from_when_and_may_be_married(client: Client, clock) -> None:
    today = clock.today()
    born = {
        "birth_date_hari": "1",
        "birth_date_bulan": str(today.month),
        "birth_date_tahun": str(today.year - 15),
    }
    village = VillageFactory()
    way = fill(client, village, until="warga")
    typed = of(village)["warga"] | born | {"nik": "", "nik_unknown": "on"}
    assert 'name="married"' not in client.get(f"{way}warga/").content.decode()

    page = client.post(f"{way}warga/", typed, follow=True).content.decode()

    assert "Warga ini belum 16 tahun." in page
    assert f"{today.year + 1}. Bila sudah menikah, centang di bawah." in page
    assert '<input type="checkbox" name="married"' in page
    assert client.post(f"{way}warga/", typed | {"married": "on"}).status_code == 302


def test_what_somebody_does_not_know_may_stay_open(client: Client) -> None:
    unknown = {"name": "Warga Contoh", "nik": "", "nik_unknown": "on", "birth_unknown": "on"}
    way = fill(client, VillageFactory(), warga=unknown, waktu={}, kontak={"phone_none": "on"})
    send(client, way)

    row = VisitRequest.objects.get()
    assert (row.birth_date, row.nik_sealed, row.nik_index, row.phone_sealed) == (None, None, "", None)
    sent = client.get(f"{way}terkirim/").content.decode()
    assert vault.status_code(row) in sent


def test_an_unknown_birth_date_is_read_from_the_nik(client: Client) -> None:
    given = {"name": "Warga Contoh", "nik": NIK, "birth_unknown": "on"}
    way = fill(client, VillageFactory(), warga=given)
    send(client, way)

    assert VisitRequest.objects.values_list("birth_date", "birth_basis").get() == (date(1950, 5, 17), "nik")


@pytest.mark.clock("2026-11-24T09:00")
@pytest.mark.parametrize("married", [{}, {"married": "on"}])
def test_a_woman_of_103_is_asked_for_her_year_and_never_taken_for_a_child(
    client: Client, married: dict[str, str]
) -> None:
    given = {"name": "Mbah Contoh", "nik": OLD, "birth_unknown": "on"} | married
    way = fill(client, VillageFactory(), until="warga")

    page = client.post(f"{way}warga/", given, follow=True).content.decode()

    assert "Pilih tahun lahirnya." in page
    assert "belum 16 tahun" not in page
    assert re.findall(r'name="century" value="(\d+)"', page) == ["1922", "2022"]
    answer = client.post(f"{way}warga/", given | {"century": "1922"})
    assert answer.headers["Location"] == f"{way}keadaan/"


@pytest.mark.clock("2026-11-24T09:00")
def test_a_child_who_is_said_to_be_married_is_no_1925_turned_into_2025(client: Client) -> None:
    given = {"name": "Mbah Contoh", "nik": "3519015705250003", "birth_unknown": "on", "married": "on"}
    way = fill(client, VillageFactory(), until="warga")

    page = client.post(f"{way}warga/", given | {"century": "2025"}, follow=True).content.decode()

    assert "Warga yang sudah menikah tidak mungkin semuda itu." in page
    assert client.post(f"{way}warga/", given | {"century": "1925"}).headers["Location"] == f"{way}keadaan/"


@pytest.mark.clock("2026-11-24T09:00")
@pytest.mark.parametrize(
    ("typed", "stored", "shown"),
    [
        ({"birth_date_tahun": "1925"}, (date(1925, 1, 1), "year"), "sekitar 1925"),
        (
            {"birth_date_bulan": "Mei", "birth_date_tahun": "1925"},
            (date(1925, 5, 1), "month"),
            "Mei 1925, harinya tidak diketahui",
        ),
        (
            {"birth_date_tahun": "1922", "nik": OLD},
            (date(1922, 12, 31), "nik"),
            "31 Desember 1922 (dari NIK)",
        ),
        ({"birth_date_tahun": "1924", "nik": OLD}, (date(1924, 1, 1), "year"), "sekitar 1924"),
    ],
)
def test_a_birth_date_may_be_a_year_or_a_month(
    client: Client, typed: dict[str, str], stored: tuple[date, str], shown: str
) -> None:
    given = {"name": "Mbah Contoh", "birth_unknown": "on"} | ({} if "nik" in typed else {"nik_unknown": "on"})
    way = fill(client, VillageFactory(), warga=given | typed)
    assert shown in client.get(f"{way}periksa/").content.decode()

    send(client, way)

    assert VisitRequest.objects.values_list("birth_date", "birth_basis").get() == stored


def test_a_year_alone_is_asked_for_more_unless_more_is_not_known(client: Client) -> None:
    way = fill(client, VillageFactory(), until="warga")
    given = {"name": "Mbah Contoh", "nik_unknown": "on", "birth_date_tahun": "1925"}

    page = client.post(f"{way}warga/", given, follow=True).content.decode()

    assert "Bila tidak tahu pastinya, centang" in page
    assert 'value="1925"' in page


def test_the_notice_stands_before_the_question_about_health(client: Client) -> None:
    way = fill(client, VillageFactory(), until="keadaan")

    page = client.get(f"{way}keadaan/").content.decode()

    assert page.index(notice.health_paragraph()) < page.index('name="health"')


def test_change_returns_to_the_check_page(client: Client) -> None:
    village = VillageFactory()
    way = fill(client, village)
    page = client.get(f"{way}warga/?ubah=1").content.decode()
    assert 'value="Warga Contoh"' in page
    assert '<input type="hidden" name="ubah" value="1">' in page

    answer = client.post(f"{way}warga/", of(village)["warga"] | {"name": "Nama Baru", "ubah": "1"})

    assert answer.headers["Location"] == f"{way}periksa/"
    assert "Nama Baru" in client.get(f"{way}periksa/").content.decode()


def test_another_district_asks_for_its_village_before_the_check_page(client: Client) -> None:
    region.load_region()
    first = VillageFactory(code="35.19.03.2006")
    way = fill(client, first)

    answer = client.post(f"{way}kecamatan/", {"district": "35.19.01", "ubah": "1"})

    assert answer.headers["Location"] == f"{way}alamat/"


def test_sending_twice_reloading_and_going_back_end_at_the_same_reference(client: Client) -> None:
    way = fill(client, VillageFactory())
    shown = version_shown(client.get(f"{way}periksa/").content.decode())
    stored = FormDraft.objects.get().sealed
    send(client, way)
    row = VisitRequest.objects.get()

    assert client.post(f"{way}periksa/", {"versi": shown}).headers["Location"] == f"{way}terkirim/"
    assert client.get(f"{way}periksa/").headers["Location"] == f"{way}terkirim/"
    assert client.get(f"{way}kontak/").headers["Location"] == f"{way}terkirim/"
    assert client.post(f"{way}kontak/", {}).headers["Location"] == f"{way}terkirim/"
    # a twin that had read the draft before the first one was done
    FormDraft.objects.update(sealed=stored)
    assert client.post(f"{way}periksa/", {"versi": shown}).headers["Location"] == f"{way}terkirim/"
    assert row.reference in client.get(f"{way}terkirim/").content.decode()
    assert VisitRequest.objects.count() == 1


def test_a_new_form_after_a_sent_one_is_a_new_request(client: Client) -> None:
    village = VillageFactory()
    for _ in range(2):
        way = fill(client, village)
        send(client, way)

    assert VisitRequest.objects.count() == 2


def test_what_is_typed_lies_sealed(client: Client) -> None:
    fill(client, VillageFactory())

    (draft,) = FormDraft.objects.values()
    assert "sealed" in draft
    assert "Contoh" not in str(draft)
    assert "Contoh" not in str(Session.objects.get().get_decoded())


def test_no_personal_data_stands_in_an_address(client: Client) -> None:
    village = VillageFactory()
    way = begin(client)
    for slug, given in of(village).items():
        target = client.post(f"{way}{slug}/", given).headers["Location"]
        assert re.fullmatch(rf"{way}[a-z]+/", target)


def test_the_hours_to_choose_from_are_the_offices(client: Client, settings) -> None:
    settings.WORK_STARTS, settings.WORK_ENDS, settings.WORK_BREAK = "08:00", "16:00", "11:30-12:30"
    way = fill(client, VillageFactory(), until="waktu")
    page = client.get(f"{way}waktu/").content.decode()
    for hours in ("Pagi, 08.00–10.00", "Siang, 10.00–11.30", "Sore, 12.30–16.00"):
        assert hours in page
    client.post(f"{way}waktu/", {"windows": ["siang", "sore"]})
    client.post(f"{way}kontak/", {"phone_none": "on", "applicant_name": "Pemohon Contoh"})
    assert send(client, way).status_code == 302
    assert VisitRequest.objects.get().windows == [["10:00", "11:30"], ["12:30", "16:00"]]


def test_pages_are_not_cached(client: Client) -> None:
    way = fill(client, VillageFactory())
    for path in (f"{way}warga/", f"{way}periksa/"):
        assert "no-store" in client.get(path).headers["Cache-Control"]


AGAIN = "Mohon periksa lagi jawabannya, lalu tekan Kirim sekali lagi."


def test_haste_is_asked_to_press_again_and_nothing_is_lost(client: Client, settings) -> None:
    way = fill(client, VillageFactory())
    settings.FORM_MINIMUM_SECONDS = 60
    page = send(client, way, follow=True).content.decode()
    assert AGAIN in page
    assert AGAIN not in client.get(f"{way}periksa/").content.decode()
    assert "Warga Contoh" in page
    assert not VisitRequest.objects.exists()


def test_what_looks_suspicious_is_asked_for_once_more_and_marked(client: Client, settings, clock) -> None:
    settings.FORM_MINIMUM_SECONDS = 5
    way = fill(client, VillageFactory())
    clock.shift(10)

    assert AGAIN in send(client, way, {"situs": "x"}, follow=True).content.decode()
    assert AGAIN in send(client, way, {"situs": "x"}, follow=True).content.decode(), "haste"
    clock.shift(10)
    send(client, way, {"situs": "x"})

    assert VisitRequest.objects.get().marks == ["trapped"]


def test_a_clock_that_is_set_back_makes_nobody_too_hasty(client: Client, settings, clock) -> None:
    settings.FORM_MINIMUM_SECONDS = 60
    with clock.at(clock.now() + timedelta(hours=1)):
        way = fill(client, VillageFactory())
    assert send(client, way).headers["Location"] == f"{way}terkirim/"


def test_a_nik_that_strangers_sent_often_is_pressed_twice_and_marked(client: Client) -> None:
    for _ in range(request_limits.PER_NIK.tries):
        assert limits.count_try(request_limits.PER_NIK, NIK).allowed
    way = fill(client, VillageFactory())

    assert AGAIN in send(client, way, follow=True).content.decode()
    assert send(client, way).headers["Location"] == f"{way}terkirim/"
    row = VisitRequest.objects.get()
    assert row.suspicions == ["NIK ini dimohonkan berkali-kali dalam sehari, mungkin oleh orang lain."]


def test_a_flood_is_told_date_and_hour_and_a_second_press_is_no_second_try(client: Client, clock) -> None:
    with clock.at("2026-12-01T09:10", tick=False):
        limits.count_try(request_limits.FLOOD, "127.0.0.1", tries=request_limits.FLOOD.tries)
        way = fill(client, VillageFactory())
        page = send(client, way, follow=True).content.decode()

    assert "Belum bisa dikirim sekarang. Coba lagi setelah Selasa, 1 Desember 2026, pukul 10.10." in page
    assert "Warga Contoh" in page
    assert not VisitRequest.objects.exists()


def test_the_three_hundredth_request_of_an_hour_from_one_address_is_like_the_first() -> None:
    village = VillageFactory()
    limits.count_try(request_limits.PER_ADDRESS, "127.0.0.1", tries=280)
    for number in range(20):
        client = Client()
        nik = f"351901570550{number + 1:04d}"
        way = fill(client, village, warga=of(village)["warga"] | {"nik": nik})
        assert send(client, way).headers["Location"] == f"{way}terkirim/"

    assert [row.marks for row in VisitRequest.objects.all()] == [[]] * 20


def test_a_nik_that_disagrees_with_the_birth_date_is_mentioned_and_accepted(client: Client) -> None:
    village = VillageFactory()
    way = fill(client, village, warga=of(village)["warga"] | {"birth_date_tahun": "1951"})

    page = client.get(f"{way}periksa/").content.decode()

    assert "Menurut NIK, tanggal lahirnya Rabu, 17 Mei 1950" in page
    assert send(client, way).status_code == 302


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("put", "/permohonan/mulai/"),
        ("delete", "/permohonan/x/buang/"),
        ("post", "/permohonan/x/terkirim/"),
        ("put", "/permohonan/x/warga/"),
        ("delete", "/permohonan/x/periksa/"),
    ],
)
def test_other_verbs_are_refused(client: Client, method: str, path: str) -> None:
    assert getattr(client, method)(path).status_code == 405


@pytest.mark.parametrize("path", ["/permohonan/mulai/", "{way}buang/", "/status/keluar/"])
def test_the_address_of_a_button_leads_home_and_does_nothing(client: Client, path: str) -> None:
    way = fill(client, VillageFactory(), until="keadaan")

    assert client.get(path.format(way=way)).headers["Location"] == "/"
    assert client.get(f"{way}keadaan/").status_code == 200


def test_an_unknown_page_is_not_found(client: Client) -> None:
    assert client.get("/permohonan/lain/").status_code == 404


def test_confirmation_promises_working_days_and_has_a_code_to_scan(client: Client, settings) -> None:
    settings.TARGET_DAYS = settings.TARGET_DAYS | {"decided": (1, 3)}
    way = fill(client, VillageFactory())
    send(client, way)
    VisitRequest.objects.update(received_at=timezone.make_aware(datetime(2026, 11, 26, 9)))

    page = client.get(f"{way}terkirim/").content.decode()

    assert "paling lambat Selasa, 1 Desember 2026" in page
    assert "<svg" in page
    assert " style=" not in page


@pytest.mark.clock("2026-11-26T09:00")
def test_a_new_request_is_promised_no_date_on_a_closed_day(client: Client, settings) -> None:
    settings.TARGET_DAYS = settings.TARGET_DAYS | {"decided": (1, 3), "planned": (1, 4)}
    CalendarDay.objects.create(date=date(2026, 12, 1), is_open=False, reason="Pilkades", set_by="user:1")
    way = fill(client, VillageFactory())
    send(client, way)

    page = client.get(f"{way}terkirim/").content.decode()

    assert re.findall("paling lambat (.*?)[.;]", page) == ["Rabu, 2 Desember 2026", "Kamis, 3 Desember 2026"]


def test_a_half_filled_form_may_be_thrown_away(client: Client) -> None:
    way = fill(client, VillageFactory(), until="keadaan")
    assert "Lanjutkan permohonan" in client.get("/").content.decode()

    client.post(f"{way}buang/")

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
