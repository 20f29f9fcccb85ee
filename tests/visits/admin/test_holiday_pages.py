from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from outreach.models import LogEntry
from tests.visits.admin.conftest import staff
from tests.visits.planned import NOW
from visits.models import CalendarDay

LOAD = "admin:visits_calendarday_load"


@pytest.fixture(autouse=True)
def _monday_noon(clock) -> None:
    clock.move_to(NOW, tick=False)


@pytest.fixture
def keeper(db) -> Client:
    return staff(*(f"visits.{name}_calendarday" for name in ("view", "add", "change")))


def test_a_list_of_days_is_closed(keeper: Client) -> None:
    lines = "2026-12-02 Pilkades serentak\n\n3/12/2026, Cuti bersama\n"

    page = keeper.post(reverse(LOAD), {"lines": lines}, follow=True).content.decode()

    assert "2 hari ditutup." in page
    assert list(CalendarDay.objects.values_list("date", "is_open", "reason")) == [
        (date(2026, 12, 2), False, "Pilkades serentak"),
        (date(2026, 12, 3), False, "Cuti bersama"),
    ]
    assert LogEntry.objects.filter(action="day_set").count() == 2
    assert reverse(LOAD) in page, "the calendar leads here"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("", "Tulis sedikitnya satu hari."),
        ("Natal", "Baris 1: tulis tanggal lalu alasannya"),
        ("2026-12-02", "Baris 1: tulis tanggal lalu alasannya"),
        ("2026-12-02 Rapat\n2026-02-30 Rapat", "Baris 2: tanggal ini tidak ada di kalender."),
        ("2026-11-02 Rapat", "Baris 1: tanggal ini sudah lewat; hapus barisnya."),
        ("2026-12-02 " + "x" * 121, "Baris 1: alasannya terlalu panjang."),
    ],
)
def test_every_mistake_is_told_with_its_line_and_nothing_typed_is_lost(
    keeper: Client, lines: str, message: str
) -> None:
    answer = keeper.post(reverse(LOAD), {"lines": lines})

    page = answer.content.decode()
    assert answer.status_code == 400
    assert message in page
    assert lines in page
    assert not CalendarDay.objects.exists()


def test_who_may_not_change_the_calendar_is_kept_out(db) -> None:
    assert staff("visits.view_calendarday").get(reverse(LOAD)).status_code == 403
