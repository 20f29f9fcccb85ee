from datetime import date

from outreach.lib.workdays import after, is_working_day


def test_weekends_and_holidays_are_no_working_days() -> None:
    assert is_working_day(date(2026, 11, 24))
    assert not is_working_day(date(2026, 11, 28))
    assert not is_working_day(date(2026, 12, 25))
    assert not is_working_day(date(2026, 12, 24)), "cuti bersama"


def test_working_days_are_counted_over_weekends_and_holidays() -> None:
    assert after(date(2026, 11, 26), 3) == date(2026, 12, 1)
    assert after(date(2026, 12, 23), 1) == date(2026, 12, 28)
