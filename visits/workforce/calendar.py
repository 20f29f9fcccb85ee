"""The working calendar: which days the office works, and at which hours.

Weekends and Indonesia's public holidays and joint leave (`holidays`, categories public and government) are
closed; a `CalendarDay` of the coordinator overrides this, and `WorkingHours` the usual hours. Holidays of the lunar calendar are estimates until
the government announces them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from functools import cache

import holidays
from django.conf import settings
from django.utils.translation import gettext as _

from visits.models import CalendarDay, WorkingHours

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


@dataclass(frozen=True, kw_only=True)
class DayHours:
    """The office's hours on a day; breaks in the format of shifts: [["12:00", "13:00"]]."""

    starts: time
    ends: time
    breaks: list[list[str]]


def list_hours(days: Iterable[date]) -> dict[date, DayHours]:
    """The hours of each of these days: of the period that is for it, else the usual ones of the settings. In
    one query."""
    wanted = set(days)
    if not wanted:
        return {}
    rows = list(WorkingHours.objects.filter(first__lte=max(wanted), last__gte=min(wanted)))
    return {day: _build_hours(day, rows) for day in wanted}


def hours_on(day: date) -> DayHours:
    """The hours of one day."""
    return list_hours([day])[day]


def _build_hours(day: date, rows: Iterable[WorkingHours]) -> DayHours:
    for row in rows:
        if row.first <= day <= row.last and day.weekday() in row.weekdays:
            return DayHours(starts=row.starts, ends=row.ends, breaks=row.breaks)
    text = settings.WORK_BREAK_FRIDAY if day.weekday() == FRIDAY else settings.WORK_BREAK
    return DayHours(
        starts=time.fromisoformat(settings.WORK_STARTS),
        ends=time.fromisoformat(settings.WORK_ENDS),
        breaks=[[part.strip() for part in text.split("-")]] if text else [],
    )


def ordinary_hours(*, since: date) -> DayHours:
    """The hours of the next working day from `since` on; of one that is no Friday, which has a break of its
    own."""
    days = next_working_days(after=since - timedelta(days=1), count=2)
    return hours_on(next((day for day in days if day.weekday() != FRIDAY), since))
