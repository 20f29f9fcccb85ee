from datetime import date, time

import pytest

from outreach.forms.places import office_parts_of_day
from outreach.office_calendar import YEAR, add_working_days
from visits.models import CalendarDay, WorkingHours

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-24T12:00")]

THURSDAY = date(2026, 11, 26)


def _set(day: date, *, is_open: bool) -> None:
    CalendarDay.objects.create(date=day, is_open=is_open, reason="Contoh", set_by="user:1")


@pytest.mark.parametrize(
    ("after", "count", "found"),
    [
        (THURSDAY, 0, THURSDAY),
        (THURSDAY, 1, date(2026, 11, 27)),
        (THURSDAY, 3, date(2026, 12, 1)),  # over a weekend
        (date(2026, 12, 23), 1, date(2026, 12, 28)),  # over cuti bersama, Christmas and a weekend
    ],
)
def test_days_are_counted_over_weekends_and_holidays(after: date, count: int, found: date) -> None:
    assert add_working_days(after, count) == found


def test_days_that_the_coordinator_closed_or_opened_count_as_he_said() -> None:
    _set(date(2026, 11, 27), is_open=False)
    _set(date(2026, 11, 28), is_open=True)

    assert add_working_days(THURSDAY, 1) == date(2026, 11, 28)
    assert add_working_days(THURSDAY, 2) == date(2026, 11, 30)


def test_an_office_that_works_on_saturdays_counts_them(settings) -> None:
    settings.WORK_WEEKDAYS = [0, 1, 2, 3, 4, 5]

    assert add_working_days(date(2026, 11, 27), 1) == date(2026, 11, 28)


def test_an_office_that_never_works_promises_nothing_sooner_than_a_year(settings) -> None:
    settings.WORK_WEEKDAYS = []

    assert add_working_days(THURSDAY, 1) == THURSDAY + YEAR


def test_the_form_offers_the_hours_that_hold_now() -> None:
    assert office_parts_of_day()["pagi"] == ["07:30", "10:00"]

    WorkingHours.objects.create(
        name="Ramadan",
        first=date(2026, 11, 1),
        last=date(2026, 12, 31),
        weekdays=[0, 1, 2, 3],
        starts=time(8),
        ends=time(15),
        breaks=[["12:00", "12:30"]],
    )

    assert office_parts_of_day() == {
        "pagi": ["08:00", "10:00"],
        "siang": ["10:00", "12:00"],
        "sore": ["12:30", "15:00"],
    }
