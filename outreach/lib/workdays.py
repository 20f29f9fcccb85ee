"""Working days of an Indonesian office: Monday to Friday without public and joint holidays.

Days that this office opens or closes itself are the calendar's of `visits`; here it is about promises of the
kind "within three working days".
"""

from datetime import date, timedelta
from functools import cache

import holidays


@cache
def _closed() -> holidays.HolidayBase:
    return holidays.country_holidays("ID", categories=("public", "government"))


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _closed()


def after(day: date, count: int) -> date:
    """The `count`-th working day after `day`."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day
