from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from outreach.models import LogEntry
from tests.visits.admin.conftest import staff
from tests.visits.planned import NOW
from visits.models import CalendarDay

LIST, ADD = "admin:visits_calendarday_changelist", "admin:visits_calendarday_add"


@pytest.fixture(autouse=True)
def _monday_noon(clock):
    clock.move_to(NOW, tick=False)


@pytest.fixture
def keeper(db) -> Client:
    names = ("view", "add", "change", "delete")
    return staff(*(f"visits.{name}_calendarday" for name in names))


def _form(**fields: str) -> dict[str, str]:
    return {"date": "2026-12-02", "is_open": "0", "reason": "Rapat kabupaten"} | fields


def test_eight_weeks_are_seen_with_holidays(keeper: Client) -> None:
    page = keeper.get(reverse(LIST)).content.decode()

    assert "Tutup: Hari Raya Natal" in page
    assert f"{reverse(ADD)}?date=2026-12-02&amp;is_open=0" in page


def test_a_day_is_closed_with_a_reason_and_logged(keeper: Client) -> None:
    answer = keeper.post(reverse(ADD), _form())

    assert answer.status_code == 302
    row = CalendarDay.objects.get()
    assert (row.date, row.is_open, row.reason) == (date(2026, 12, 2), False, "Rapat kabupaten")
    assert row.set_by.startswith("user:")
    assert LogEntry.objects.get().action == "day_set"
    assert "Ditutup koordinator: Rapat kabupaten" in keeper.get(reverse(LIST)).content.decode()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"date": "2026-13-02"}, "Tanggal ini tidak ada di kalender"),
        ({"date": "2026-11-02"}, "Tanggal ini sudah lewat"),
        ({"is_open": ""}, "Pilih buka atau tutup"),
        ({"reason": ""}, "Tulis alasannya"),
    ],
)
def test_mistakes_are_told(keeper: Client, fields: dict[str, str], message: str) -> None:
    page = keeper.post(reverse(ADD), _form(**fields)).content.decode()

    assert message in page
    assert not CalendarDay.objects.exists()


def test_a_day_is_changed_and_goes_back_to_the_rule(keeper: Client) -> None:
    keeper.post(reverse(ADD), _form())
    day = CalendarDay.objects.get()

    keeper.post(
        reverse("admin:visits_calendarday_change", args=[day.pk]), {"is_open": "1", "reason": "Lembur"}
    )
    day.refresh_from_db()
    assert (day.date, day.is_open, day.reason) == (date(2026, 12, 2), True, "Lembur")

    keeper.post(reverse("admin:visits_calendarday_delete", args=[day.pk]), {"post": "yes"})
    assert not CalendarDay.objects.exists()
    assert [row.action for row in LogEntry.objects.order_by("pk")] == ["day_set", "day_set", "day_cleared"]


def test_without_permission_there_is_no_calendar(nobody: Client) -> None:
    assert nobody.get(reverse(LIST)).status_code == 403
    assert nobody.post(reverse(ADD), _form()).status_code == 403


def test_the_calendar_leads_to_the_change_of_a_day_that_is_set(keeper: Client) -> None:
    keeper.post(reverse(ADD), _form())

    answer = keeper.get(reverse(ADD), {"date": "2026-12-02", "is_open": "1"})

    assert answer.headers["Location"] == reverse(
        "admin:visits_calendarday_change", args=[CalendarDay.objects.get().pk]
    )
    for odd in ("2026-12-03", "besok", ""):
        assert keeper.get(reverse(ADD), {"date": odd}).status_code == 200
