from datetime import date

import pytest

from outreach.models import LogEntry
from visits.models import CalendarDay
from visits.workforce import calendar_exceptions
from visits.workforce.calendar import list_working_days

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-30T12:00")]

TUESDAY = date(2026, 12, 1)


def test_a_day_is_closed_and_opened_again() -> None:
    day = calendar_exceptions.set_day(date=TUESDAY, is_open=False, reason="Rapat", actor="user:1")
    assert list_working_days(first=TUESDAY, last=TUESDAY) == []

    assert calendar_exceptions.clear_day(day=day, actor="user:1") is True
    assert list_working_days(first=TUESDAY, last=TUESDAY) == [TUESDAY]
    assert list(LogEntry.objects.values_list("action", "from_state", "to_state")) == [
        ("day_set", "", "closed"),
        ("day_cleared", "closed", ""),
    ]


def test_saying_it_twice_changes_nothing() -> None:
    calendar_exceptions.set_day(date=TUESDAY, is_open=False, reason="Rapat", actor="user:1")
    day = calendar_exceptions.set_day(date=TUESDAY, is_open=False, reason="Rapat", actor="user:1")
    assert (CalendarDay.objects.count(), LogEntry.objects.count()) == (1, 1)

    assert calendar_exceptions.clear_day(day=day, actor="user:1") is True
    assert (
        calendar_exceptions.clear_day(day=CalendarDay(pk=999, date=TUESDAY, is_open=True), actor="user:1")
        is False
    )


def test_the_last_word_counts() -> None:
    calendar_exceptions.set_day(date=TUESDAY, is_open=False, reason="Rapat", actor="user:1")
    calendar_exceptions.set_day(date=TUESDAY, is_open=True, reason="Rapat batal", actor="user:2")

    row = CalendarDay.objects.get()
    assert (row.is_open, row.reason, row.set_by) == (True, "Rapat batal", "user:2")
