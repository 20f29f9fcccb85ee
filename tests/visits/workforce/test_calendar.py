from datetime import date, time

import pytest

from visits.models import CalendarDay
from visits.workforce import calendar
from visits.workforce.calendar import DayReason

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-30T12:00")]


def _day(on: date) -> calendar.CalendarDate:
    return calendar.list_days(first=on, last=on)[0]


@pytest.mark.parametrize(
    ("on", "why", "name"),
    [
        (date(2026, 12, 1), DayReason.WORKDAY, ""),
        (date(2026, 12, 5), DayReason.WEEKEND, ""),
        (date(2026, 12, 6), DayReason.WEEKEND, ""),
        (date(2026, 8, 17), DayReason.HOLIDAY, "Hari Kemerdekaan Republik Indonesia"),
        (date(2026, 12, 24), DayReason.HOLIDAY, "Cuti Bersama Hari Raya Natal"),
        (date(2026, 12, 25), DayReason.HOLIDAY, "Hari Raya Natal"),
        (date(2027, 1, 1), DayReason.HOLIDAY, "Tahun Baru Masehi"),
        (date(2027, 3, 15), DayReason.HOLIDAY, "Cuti Bersama Hari Raya Idul Fitri"),
        (date(2027, 8, 17), DayReason.HOLIDAY, "Hari Kemerdekaan Republik Indonesia"),
    ],
)
def test_the_rule_of_a_day(on: date, why: DayReason, name: str) -> None:
    day = _day(on)

    assert (day.why, day.name, day.is_open) == (why, name, why == DayReason.WORKDAY)


def test_working_days_of_the_christmas_fortnight() -> None:
    found = calendar.list_working_days(first=date(2026, 12, 21), last=date(2027, 1, 3))

    assert [day.isoformat() for day in found] == [
        *("2026-12-21", "2026-12-22", "2026-12-23"),
        *("2026-12-28", "2026-12-29", "2026-12-30", "2026-12-31"),
    ]


def test_the_coordinators_word_goes_before_the_rule() -> None:
    CalendarDay.objects.create(date=date(2026, 12, 5), is_open=True, reason="Lembur", set_by="user:1")
    CalendarDay.objects.create(date=date(2026, 12, 7), is_open=False, reason="Pilkades", set_by="user:1")

    days = calendar.list_days(first=date(2026, 12, 5), last=date(2026, 12, 7))

    assert [(day.is_open, day.why) for day in days] == [
        (True, DayReason.OPENED),
        (False, DayReason.WEEKEND),
        (False, DayReason.CLOSED),
    ]
    assert days[2].words() == "Ditutup koordinator: Pilkades"


def test_next_working_days_pass_over_a_weekend() -> None:
    found = calendar.next_working_days(after=date(2026, 12, 3), count=3)

    assert found == [date(2026, 12, 4), date(2026, 12, 7), date(2026, 12, 8)]


def test_hours_and_breaks() -> None:
    assert calendar.working_hours() == (time(7, 30), time(15, 30))
    assert calendar.working_breaks(date(2026, 12, 3)) == [["12:00", "13:00"]]
    assert calendar.working_breaks(date(2026, 12, 4)) == [["11:30", "13:00"]]  # a Friday


def test_a_long_range_is_one_query(django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        calendar.list_days(first=date(2026, 1, 1), last=date(2027, 12, 31))
