"""The office's working days, by which every promised date is counted, and its hours.

The calendar, with the days and hours that the coordinator sets, is kept by another app, which hands it in at
the start. Outreach keeps none of its own, so that no two counts can differ.
"""

from datetime import date, time, timedelta
from typing import Protocol

YEAR = timedelta(days=366)


class WorkingTime(Protocol):
    """Begin, end and breaks ([["12:00", "13:00"]]) of a working day."""

    @property
    def starts(self) -> time: ...
    @property
    def ends(self) -> time: ...
    @property
    def breaks(self) -> list[list[str]]: ...


class OfficeCalendar(Protocol):
    """What outreach asks of the calendar."""

    def next_working_days(self, *, after: date, count: int) -> list[date]:
        """The next `count` working days after `after`; fewer if the year after it has fewer."""

    def ordinary_hours(self, *, since: date) -> WorkingTime:
        """The hours of the next working day from `since` on that has no break of its own."""


_kept: list[OfficeCalendar] = []


def use_calendar(calendar: OfficeCalendar) -> None:
    """Count by this calendar from now on."""
    _kept[:] = [calendar]


def add_working_days(day: date, count: int) -> date:
    """The `count`-th day after `day` on which the office works; a year later where it has no such day."""
    if count < 1:
        return day
    (calendar,) = _kept
    found = calendar.next_working_days(after=day, count=count)
    return found[-1] if len(found) == count else day + YEAR


def ordinary_hours(since: date) -> WorkingTime:
    """The office's hours as they are from this day on."""
    (calendar,) = _kept
    return calendar.ordinary_hours(since=since)
