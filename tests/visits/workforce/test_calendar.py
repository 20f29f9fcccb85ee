from datetime import date, time

import pytest

from visits.models import CalendarDay, WorkingHours
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
    thursday, friday = (calendar.hours_on(date(2026, 12, day)) for day in (3, 4))

    assert (thursday.starts, thursday.ends) == (time(7, 30), time(15, 30))
    assert (thursday.breaks, friday.breaks) == ([["12:00", "13:00"]], [["11:30", "13:00"]])


def test_the_hours_of_a_period_go_before_the_usual_ones(django_assert_num_queries) -> None:
    first, last = date(2026, 12, 1), date(2026, 12, 31)
    ramadan = {"first": first, "last": last, "starts": time(8), "ends": time(15)}
    WorkingHours.objects.create(
        name="Senin-Kamis", weekdays=[0, 1, 2, 3], breaks=[["12:00", "12:30"]], **ramadan
    )
    WorkingHours.objects.create(name="Jumat", weekdays=[4], breaks=[["11:30", "13:00"]], **ramadan)
    days = [date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 4), date(2027, 1, 1)]

    with django_assert_num_queries(1):
        found = calendar.list_hours(days)

    assert [(found[day].starts, found[day].breaks) for day in days] == [
        (time(7, 30), [["12:00", "13:00"]]),
        (time(8), [["12:00", "12:30"]]),
        (time(8), [["11:30", "13:00"]]),
        (time(7, 30), [["11:30", "13:00"]]),
    ]


@pytest.mark.parametrize(
    ("since", "pause"),
    [
        (date(2026, 12, 3), ["12:00", "13:00"]),
        (date(2026, 12, 4), ["12:00", "12:30"]),  # Friday has a break of its own: the Monday after it
    ],
)
def test_ordinary_hours_are_those_of_the_next_day_that_is_no_friday(since: date, pause: list[str]) -> None:
    first, last = date(2026, 12, 7), date(2026, 12, 31)
    WorkingHours.objects.create(
        name="Ramadan",
        first=first,
        last=last,
        weekdays=[0],
        starts=time(8),
        ends=time(15),
        breaks=[["12:00", "12:30"]],
    )

    assert calendar.ordinary_hours(since=since).breaks == [pause]


def test_a_long_range_is_one_query(django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        calendar.list_days(first=date(2026, 1, 1), last=date(2027, 12, 31))
