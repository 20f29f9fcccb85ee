from datetime import date, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from outreach.models import LogEntry
from tests.factories.visits import ShiftFactory, TeamFactory
from tests.visits.admin.conftest import staff
from tests.visits.planned import NOW, TUESDAY
from visits.models import Shift, WorkingHours
from visits.workforce import team_shifts

LIST, ADD = "admin:visits_workinghours_changelist", "admin:visits_workinghours_add"


@pytest.fixture(autouse=True)
def _monday_noon(clock) -> None:
    clock.move_to(NOW, tick=False)


@pytest.fixture
def keeper(db) -> Client:
    return staff(*(f"visits.{name}_workinghours" for name in ("view", "add", "change", "delete")))


def _form(**fields: Any) -> dict[str, Any]:
    days = {"first": "2026-12-01", "last": "2026-12-31", "weekdays": ["0", "1", "2", "3"]}
    hours = {"starts": "08:00", "ends": "15:00", "breaks": "12.00-12.30"}
    return {"name": "Ramadan", **days, **hours} | fields


def _hours(shift: Shift) -> tuple[time, time, list[list[str]]]:
    shift.refresh_from_db()
    return shift.starts, shift.ends, shift.breaks


def test_shifts_that_move_are_shown_before_they_do(keeper: Client) -> None:
    usual, own = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY, starts=time(9))
    friday = ShiftFactory(date=date(2026, 12, 4), breaks=[["11:30", "13:00"]])

    answer = keeper.post(reverse(ADD), _form())
    page = answer.content.decode()

    assert answer.status_code == 409
    assert "Perubahan ini menggeser hari tugas tim" in page
    assert "1 hari tugas tim bergeser" in page
    assert "07.30–15.30, istirahat 12.00–13.00" in page
    assert "08.00–15.00, istirahat 12.00–12.30" in page
    assert not WorkingHours.objects.exists()

    mark = page.split('name="dampak" value="')[1].split('"')[0]
    assert keeper.post(reverse(ADD), _form(dampak=mark, alasan_batal="hours")).status_code == 302

    assert _hours(usual) == (time(8), time(15), [["12:00", "12:30"]])
    assert _hours(own)[0] == time(9), "hours that somebody gave one shift alone stay"
    assert _hours(friday)[2] == [["11:30", "13:00"]]
    actions = list(LogEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["hours_set", "shift_changed"]
    assert "Senin, Selasa, Rabu, Kamis" in keeper.get(reverse(LIST)).content.decode()


def test_without_shifts_they_are_saved_at_once_and_new_shifts_have_them(keeper: Client) -> None:
    assert keeper.post(reverse(ADD), _form()).status_code == 302

    made = team_shifts.make_shifts(
        teams=[TeamFactory()], first=TUESDAY, last=TUESDAY + timedelta(days=3), actor="user:1"
    )
    assert [(shift.starts, shift.breaks) for shift in sorted(made, key=lambda shift: shift.date)] == [
        *[(time(8), [["12:00", "12:30"]])] * 3,
        (time(7, 30), [["11:30", "13:00"]]),
    ]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"weekdays": []}, "Pilih sedikitnya satu hari."),
        ({"last": "2026-11-30"}, "Tanggal akhir lebih awal daripada tanggal mulai."),
        ({"ends": "07:00"}, "Jam selesai harus sesudah jam mulai."),
        ({"breaks": "15.00-16.00"}, "Istirahat harus di dalam jam kerja."),
        ({"breaks": "siang"}, "tidak terbaca. Tulis seperti 12.00-13.00."),
    ],
)
def test_mistakes_are_told(keeper: Client, fields: dict[str, Any], message: str) -> None:
    assert message in keeper.post(reverse(ADD), _form(**fields)).content.decode()
    assert not WorkingHours.objects.exists()


def test_no_two_periods_are_for_one_day(keeper: Client) -> None:
    keeper.post(reverse(ADD), _form())

    page = keeper.post(reverse(ADD), _form(name="Lain", first="2026-12-10", weekdays=["3", "4"]))
    assert "Kamis pada tanggal itu sudah diatur oleh “Ramadan”." in page.content.decode()

    keeper.post(reverse(ADD), _form(name="Jumat", weekdays=["4"], breaks="11.30-13.00"))
    assert WorkingHours.objects.count() == 2


def test_changed_and_deleted_the_shifts_follow(keeper: Client) -> None:
    keeper.post(reverse(ADD), _form())
    row, shift = WorkingHours.objects.get(), ShiftFactory(date=TUESDAY)
    Shift.objects.update(starts=time(8), ends=time(15), breaks=[["12:00", "12:30"]])
    for address, posted in (
        (reverse("admin:visits_workinghours_change", args=[row.pk]), _form(starts="08:30")),
        (reverse("admin:visits_workinghours_delete", args=[row.pk]), {"post": "yes"}),
    ):
        page = keeper.post(address, posted).content.decode()
        mark = page.split('name="dampak" value="')[1].split('"')[0]
        assert keeper.post(address, {**posted, "dampak": mark, "alasan_batal": "hours"}).status_code == 302
        if posted.get("starts"):
            assert _hours(shift)[0] == time(8, 30)

    assert _hours(shift) == (time(7, 30), time(15, 30), [["12:00", "13:00"]])
    assert LogEntry.objects.filter(action="hours_cleared").count() == 1
