import re
from datetime import date, time

import pytest
from django.test import Client
from django.urls import reverse

from outreach.models import LogEntry
from tests.factories.visits import ShiftFactory, TeamFactory
from tests.visits.admin.conftest import staff
from tests.visits.planned import NOW, TUESDAY
from visits.enums import RecordingWay
from visits.models import Shift, Team

MAKE = "admin:visits_shift_make"


@pytest.fixture(autouse=True)
def _monday_noon(clock):
    clock.move_to(NOW, tick=False)


@pytest.fixture
def keeper(db) -> Client:
    models = ("team", "shift", "officer")
    return staff(*(f"visits.{verb}_{model}" for model in models for verb in ("view", "add", "change")))


def _team(**fields: object) -> dict[str, object]:
    return {
        "code": "T9",
        "name": "Tim 9",
        "is_active": "on",
        "skills": ["iris", "camera"],
        "base_name": "Kantor",
        "latitude": "-7.63",
        "longitude": "111.52",
        "vehicle": "motorcycle",
        "recording_way": "tablet_only",
        "max_visits": "8",
        "setup_minutes": "10",
        "officers-TOTAL_FORMS": "0",
        "officers-INITIAL_FORMS": "0",
    } | fields


def test_a_team_is_made_with_ticked_skills_and_logged(keeper: Client) -> None:
    answer = keeper.post(reverse("admin:visits_team_add"), _team())

    assert answer.status_code == 302
    team = Team.objects.get()
    assert (team.skills, team.recording_way) == (["camera", "iris"], "tablet_only")
    assert LogEntry.objects.get().action == "team_made"


@pytest.mark.parametrize("way", RecordingWay.values)
def test_a_team_may_record_in_each_way(keeper: Client, way: str) -> None:
    page = keeper.get(reverse("admin:visits_team_add")).content.decode()
    assert f'value="{way}"' in page

    assert keeper.post(reverse("admin:visits_team_add"), _team(recording_way=way)).status_code == 302
    assert Team.objects.get().recording_way == way


def test_a_new_team_records_with_the_ministrys_kit_unless_told_otherwise(keeper: Client) -> None:
    page = keeper.get(reverse("admin:visits_team_add")).content.decode()

    assert re.search(r'value="official_kit"[^>]*checked', page)
    assert "wajah, sidik jari dan mata direkam alat kementerian" in page


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"latitude": "48.85"}, "Titik ini di luar Indonesia"),
        ({"longitude": "x"}, "Tulis angka, misalnya"),
        ({"latitude": ""}, "Isi lintang dan bujur"),
        ({"latitude": "", "longitude": ""}, "Isi titiknya"),
    ],
)
def test_a_base_outside_the_country_is_told(keeper: Client, fields: dict[str, str], message: str) -> None:
    page = keeper.post(reverse("admin:visits_team_add"), _team(**fields)).content.decode()

    assert message in page
    assert not Team.objects.exists()


@pytest.mark.parametrize(
    ("minutes", "made"), [("0", 1), ("120", 1), ("121", 0), ("-1", 0), ("9" * 30, 0), ("x", 0)]
)
def test_minutes_that_no_kit_takes_are_told(keeper: Client, minutes: str, made: int) -> None:
    page = keeper.post(reverse("admin:visits_team_add"), _team(setup_minutes=minutes))

    assert Team.objects.count() == made
    assert made or "errorlist" in page.content.decode()


def _shift(shift: Shift, **fields: object) -> dict[str, object]:
    return {
        "starts": "08:00",
        "ends": "15:00",
        "breaks": "12.00-13.00",
        "max_visits": "6",
        "skills": ["camera"],
        "start_latitude": shift.start_latitude,
        "start_longitude": shift.start_longitude,
        "end_latitude": shift.end_latitude,
        "end_longitude": shift.end_longitude,
    } | fields


def test_a_shift_is_changed_in_words(keeper: Client) -> None:
    shift = ShiftFactory(date=TUESDAY)
    address = reverse("admin:visits_shift_change", args=[shift.pk])
    assert 'value="12.00-13.00"' in keeper.get(address).content.decode()

    keeper.post(address, _shift(shift, breaks="12.30 - 13.00, 10.00-10.15"))

    shift.refresh_from_db()
    assert (shift.starts, shift.max_visits) == (time(8, 0), 6)
    assert shift.breaks == [["10:00", "10:15"], ["12:30", "13:00"]]


@pytest.mark.parametrize(
    ("breaks", "message"),
    [
        ("siang", "tidak terbaca"),
        ("25.00-26.00", "tidak terbaca"),
        ("13.00-12.00", "Tukar kedua jamnya"),
        ("12.00-13.00, 12.30-13.30", "bertumpuk"),
    ],
)
def test_breaks_that_make_no_sense_are_told(keeper: Client, breaks: str, message: str) -> None:
    shift = ShiftFactory(date=TUESDAY)

    page = keeper.post(
        reverse("admin:visits_shift_change", args=[shift.pk]), _shift(shift, breaks=breaks)
    ).content.decode()

    assert message in page
    assert breaks in page  # what was typed stays


def test_shifts_are_made_for_several_teams_and_days(keeper: Client) -> None:
    one, two = TeamFactory(), TeamFactory()
    form = {"teams": [one.pk, two.pk], "first": "2026-12-01", "last": "2026-12-06"}

    first = keeper.post(reverse(MAKE), form, follow=True)
    second = keeper.post(reverse(MAKE), form, follow=True)

    assert "8 hari tugas tim dibuat" in first.content.decode()
    assert "sudah punya jadwal" in second.content.decode()
    assert sorted({shift.date for shift in Shift.objects.all()}) == [
        date(2026, 12, day) for day in (1, 2, 3, 4)
    ]


@pytest.mark.parametrize(
    ("first", "last", "message"),
    [
        ("2026-11-02", "2026-12-01", "sudah lewat"),
        ("2026-12-04", "2026-12-01", "Tukar keduanya"),
        ("2026-12-05", "2026-12-06", "Kantor tutup pada semua hari itu"),
        ("2026-12-01", "2027-06-01", "Paling banyak tiga bulan"),
        ("2026-12-99", "2026-12-01", "tidak ada di kalender"),
    ],
)
def test_days_that_cannot_be_are_told(keeper: Client, first: str, last: str, message: str) -> None:
    answer = keeper.post(reverse(MAKE), {"teams": [TeamFactory().pk], "first": first, "last": last})

    assert answer.status_code == 400
    assert message in answer.content.decode()
    assert not Shift.objects.exists()


def test_no_team_chosen_is_told(keeper: Client) -> None:
    TeamFactory()
    page = keeper.post(reverse(MAKE), {"first": "2026-12-01", "last": "2026-12-01"}).content.decode()

    assert "Pilih sedikitnya satu tim" in page


def test_shifts_are_cancelled_and_taken_up_from_the_list(keeper: Client) -> None:
    shift = ShiftFactory(date=TUESDAY)
    chosen = {"_selected_action": [shift.pk]}

    keeper.post(reverse("admin:visits_shift_changelist"), {"action": "cancel", **chosen})
    assert Shift.objects.get().is_cancelled

    keeper.post(reverse("admin:visits_shift_changelist"), {"action": "take_up", **chosen})
    assert not Shift.objects.get().is_cancelled


def test_the_shift_list_has_the_same_queries_for_1_and_3(keeper: Client, django_assert_num_queries) -> None:
    team = TeamFactory()
    ShiftFactory(team=team, date=date(2026, 12, 1))
    keeper.get(reverse("admin:visits_shift_changelist"))
    with django_assert_num_queries(10):
        keeper.get(reverse("admin:visits_shift_changelist"))
    for day in (2, 3):
        ShiftFactory(team=team, date=date(2026, 12, day))
    with django_assert_num_queries(10):
        keeper.get(reverse("admin:visits_shift_changelist"))


@pytest.mark.parametrize("name", ["team_changelist", "team_add", "officer_changelist", "shift_make"])
def test_team_pages_need_permission(nobody: Client, name: str) -> None:
    assert nobody.get(reverse(f"admin:visits_{name}")).status_code == 403


def test_a_shift_is_made_only_with_what_its_team_has(keeper: Client) -> None:
    page = keeper.get(reverse("admin:visits_shift_changelist")).content.decode()

    assert reverse(MAKE) in page
    assert keeper.get(reverse("admin:visits_shift_add")).status_code == 403


def test_a_shifts_form_is_in_the_offices_words(keeper: Client) -> None:
    shift = ShiftFactory(date=TUESDAY)

    page = keeper.get(reverse("admin:visits_shift_change", args=[shift.pk])).content.decode()

    assert 'value="07:30"' in page
    assert "Lintang titik berangkat" in page
    assert "latitude:" not in page


@pytest.mark.parametrize(
    ("name", "title"), [("team", "Tim"), ("officer", "Petugas"), ("shift", "Hari tugas tim")]
)
def test_a_list_is_named_after_what_it_shows(keeper: Client, name: str, title: str) -> None:
    page = keeper.get(reverse(f"admin:visits_{name}_changelist")).content.decode()

    assert f"<h1>{title}</h1>" in page


@pytest.mark.parametrize("page", [MAKE, "admin:visits_device_pair"])
def test_without_a_team_the_way_to_one_is_shown(page: str, db) -> None:
    client = staff("visits.add_shift", "visits.add_device", "visits.add_team")
    way = reverse("admin:visits_team_add")
    assert way in client.get(reverse(page)).content.decode()

    TeamFactory()

    assert way not in client.get(reverse(page)).content.decode()


def test_a_teams_page_says_what_a_change_reaches(keeper: Client) -> None:
    page = keeper.get(reverse("admin:visits_team_add")).content.decode()

    assert "Berlaku mulai rencana berikutnya; jam yang sudah dikabari tidak dihitung ulang." in page
    assert "Berlaku juga untuk hari tugas yang sudah dibuat dengan batas tim ini." in page
