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


class DayReason(StrEnum):
    """What decides whether a day is open."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    OPENED = "opened"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class CalendarDate:
    """A date, whether the office works on it, and why. `name` is the holiday's name or the coordinator's
    reason."""

    date: date
    is_open: bool
    why: DayReason
    name: str = ""

    def words(self) -> str:
        """Why the day is open or closed, in words."""
        return {
            DayReason.WORKDAY: _("Hari kerja"),
            DayReason.WEEKEND: _("Akhir pekan"),
            DayReason.HOLIDAY: self.name,
            DayReason.OPENED: _("Dibuka koordinator: %(reason)s") % {"reason": self.name},
            DayReason.CLOSED: _("Ditutup koordinator: %(reason)s") % {"reason": self.name},
        }[self.why]


@cache
def _load_holidays(year: int) -> dict[date, str]:
    found = holidays.country_holidays(
        settings.HOLIDAYS_COUNTRY, years=year, categories=("public", "government"), language="id"
    )
    return dict(found.items())


def list_days(*, first: date, last: date) -> list[CalendarDate]:
    """Every day from `first` to `last` (inclusive), in one query."""
    chosen = {row.date: row for row in CalendarDay.objects.filter(date__range=(first, last))}
    return [
        _build_day(first + timedelta(days=offset), chosen.get(first + timedelta(days=offset)))
        for offset in range((last - first).days + 1)
    ]


def _build_day(on: date, row: CalendarDay | None) -> CalendarDate:
    if row is not None:
        why = DayReason.OPENED if row.is_open else DayReason.CLOSED
        return CalendarDate(date=on, is_open=row.is_open, why=why, name=row.reason)
    holiday = _load_holidays(on.year).get(on)
    if holiday:
        return CalendarDate(date=on, is_open=False, why=DayReason.HOLIDAY, name=holiday)
    if on.weekday() not in settings.WORK_WEEKDAYS:
        return CalendarDate(date=on, is_open=False, why=DayReason.WEEKEND)
    return CalendarDate(date=on, is_open=True, why=DayReason.WORKDAY)


def list_working_days(*, first: date, last: date) -> list[date]:
    """The working days from `first` to `last` (inclusive)."""
    return [day.date for day in list_days(first=first, last=last) if day.is_open]


def next_working_days(*, after: date, count: int) -> list[date]:
    """The next `count` working days after `after`; fewer if the year after it has fewer."""
    return list_working_days(first=after + timedelta(days=1), last=after + timedelta(days=366))[:count]


def working_hours() -> tuple[time, time]:
    """Begin and end of a working day, from the settings."""
    return time.fromisoformat(settings.WORK_STARTS), time.fromisoformat(settings.WORK_ENDS)


def working_breaks(on: date) -> list[list[str]]:
    """The breaks of a working day in the format of shifts: [["12:00", "13:00"]]."""
    text = settings.WORK_BREAK_FRIDAY if on.weekday() == FRIDAY else settings.WORK_BREAK
    return [[part.strip() for part in text.split("-")]] if text else []
