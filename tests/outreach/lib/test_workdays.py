from datetime import date
from typing import Any

from outreach.lib.workdays import add_working_days, is_working_day

OFFICE: dict[str, Any] = {"weekdays": (0, 1, 2, 3, 4), "country": "ID"}


def test_weekends_and_holidays_are_no_working_days() -> None:
    assert is_working_day(date(2026, 11, 24), **OFFICE)
    assert not is_working_day(date(2026, 11, 28), **OFFICE)
    assert not is_working_day(date(2026, 12, 25), **OFFICE)
    assert not is_working_day(date(2026, 12, 24), **OFFICE), "cuti bersama"


def test_working_days_are_counted_over_weekends_and_holidays() -> None:
    assert add_working_days(date(2026, 11, 26), 3, **OFFICE) == date(2026, 12, 1)
    assert add_working_days(date(2026, 12, 23), 1, **OFFICE) == date(2026, 12, 28)


def test_another_office_works_on_saturdays() -> None:
    assert add_working_days(date(2026, 11, 27), 1, weekdays=(0, 1, 2, 3, 4, 5), country="ID") == date(
        2026, 11, 28
    )
