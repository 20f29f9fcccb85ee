"""The working calendar: which days the office works, and at which hours.

Weekends and Indonesia's public holidays and joint leave (`holidays`, categories public and government) are
closed; a `CalendarDay` of the coordinator overrides this. Holidays of the lunar calendar are estimates until
the government announces them.
"""

from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from functools import cache

import holidays
from django.conf import settings
from django.utils.translation import gettext as _

from visits.models import CalendarDay

FRIDAY = 4


class Why(StrEnum):
    """What decides whether a day is open."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    OPENED = "opened"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class Day:
    """A date, whether the office works on it, and why. `name` is the holiday's name or the coordinator's
    reason."""

    date: date
    is_open: bool
    why: Why
    name: str = ""

    def words(self) -> str:
        """Why the day is open or closed, in words."""
        return {
            Why.WORKDAY: _("Hari kerja"),
            Why.WEEKEND: _("Akhir pekan"),
            Why.HOLIDAY: self.name,
            Why.OPENED: _("Dibuka koordinator: %(reason)s") % {"reason": self.name},
            Why.CLOSED: _("Ditutup koordinator: %(reason)s") % {"reason": self.name},
        }[self.why]


@cache
def _holidays(year: int) -> dict[date, str]:
    found = holidays.country_holidays(
        settings.HOLIDAYS_COUNTRY, years=year, categories=("public", "government"), language="id"
    )
    return dict(found.items())


def days(*, first: date, last: date) -> list[Day]:
    """Every day from `first` to `last` (inclusive), in one query."""
    chosen = {row.date: row for row in CalendarDay.objects.filter(date__range=(first, last))}
    return [
        _day(first + timedelta(days=offset), chosen.get(first + timedelta(days=offset)))
        for offset in range((last - first).days + 1)
    ]


def _day(on: date, row: CalendarDay | None) -> Day:
    if row is not None:
        why = Why.OPENED if row.is_open else Why.CLOSED
        return Day(date=on, is_open=row.is_open, why=why, name=row.reason)
    holiday = _holidays(on.year).get(on)
    if holiday:
        return Day(date=on, is_open=False, why=Why.HOLIDAY, name=holiday)
    if on.weekday() not in settings.WORK_WEEKDAYS:
        return Day(date=on, is_open=False, why=Why.WEEKEND)
    return Day(date=on, is_open=True, why=Why.WORKDAY)


def working_days(*, first: date, last: date) -> list[date]:
    """The working days from `first` to `last` (inclusive)."""
    return [day.date for day in days(first=first, last=last) if day.is_open]


def next_working_days(*, after: date, count: int) -> list[date]:
    """The next `count` working days after `after`; fewer if the year after it has fewer."""
    return working_days(first=after + timedelta(days=1), last=after + timedelta(days=366))[:count]


def hours() -> tuple[time, time]:
    """Begin and end of a working day, from the settings."""
    return time.fromisoformat(settings.WORK_STARTS), time.fromisoformat(settings.WORK_ENDS)


def breaks(on: date) -> list[list[str]]:
    """The breaks of a working day in the format of shifts: [["12:00", "13:00"]]."""
    text = settings.WORK_BREAK_FRIDAY if on.weekday() == FRIDAY else settings.WORK_BREAK
    return [[part.strip() for part in text.split("-")]] if text else []
