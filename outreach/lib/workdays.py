"""Working days of an office: its weekdays without public and joint holidays.

Days that this office opens or closes itself are in the calendar of `visits`; this module is for estimates
such as "within three working days".
"""

from collections.abc import Collection
from datetime import date, timedelta
from functools import cache

import holidays


@cache
def _public_holidays(country: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, years=year, categories=("public", "government")))


def is_working_day(day: date, *, weekdays: Collection[int], country: str) -> bool:
    """Whether `day` is a working day. `weekdays`: 0 is Monday. `country`: the country of public holidays,
    "ID"."""
    return day.weekday() in weekdays and day not in _public_holidays(country, day.year)


def add_working_days(day: date, count: int, *, weekdays: Collection[int], country: str) -> date:
    """The `count`-th working day after `day`."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day, weekdays=weekdays, country=country)
    return day
