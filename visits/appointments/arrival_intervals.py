"""Arrival intervals: the time window in which a family is told to expect the team.

A window comes from the simulation of the day; where there is none it is computed from the planned start. It
is about the start of the visit: a team that arrives before the end of its break, or before the family's
hours, waits.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from visits.models import PlanStop, Visit
from visits.planning.told_rules import TeamHours
from visits.planning.types import DAY_S, Interval

STEP = timedelta(minutes=10)


def moment_of_day(on: date, seconds: int) -> datetime:
    """The aware datetime `seconds` after local midnight of `on`."""
    return timezone.make_aware(datetime.combine(on, time())) + timedelta(seconds=seconds)


def last_moment(on: date) -> datetime:
    """The last minute of a day at the office."""
    return timezone.make_aware(datetime.combine(on, time(23, 59)))


def seconds_of_day(at: datetime) -> int:
    """Seconds since local midnight, 0..86399."""
    local = timezone.localtime(at)
    return local.hour * 3600 + local.minute * 60 + local.second


def seconds_into_day(on: date, at: datetime) -> int:
    """Seconds from local midnight of `on`: 86400 or more on a later day."""
    return int((at - moment_of_day(on, 0)).total_seconds())


def interval_in_seconds(since_until: tuple[datetime, datetime]) -> Interval:
    """An interval that lies within one day, in seconds since local midnight."""
    since, until = since_until
    return seconds_of_day(since), seconds_of_day(until)


def interval_told(visit: Visit) -> tuple[datetime, datetime]:
    """The interval that the family of a published visit was told; computed from the planned start if none is
    stored."""
    if visit.told_from is not None and visit.told_until is not None:
        return visit.told_from, visit.told_until
    return widen_to_interval(visit.planned_start)


def interval_to_tell(stop: PlanStop) -> tuple[datetime, datetime]:
    """The interval that the family of a planned stop will be told. Reads `stop.shift`."""
    day = stop.shift.date
    if stop.told_from is not None and stop.told_until is not None:
        return moment_of_day(day, stop.told_from), moment_of_day(day, stop.told_until)
    leaves = timezone.make_aware(datetime.combine(day, stop.shift.starts))
    first_drive = stop.travel_seconds if stop.sequence == 1 else 0
    wide = widen_to_interval(
        moment_of_day(day, stop.start), not_before=leaves + timedelta(seconds=first_drive)
    )
    hours = TeamHours(
        seconds_of_clock(stop.shift.starts),
        seconds_of_clock(stop.shift.ends),
        parse_intervals(stop.shift.breaks),
    )
    since_s, until_s = hours.find_stretch(stop.start) or (0, DAY_S)
    return max(wide[0], moment_of_day(day, since_s)), min(wide[1], moment_of_day(day, until_s))


def widen_to_interval(start: datetime, *, not_before: datetime | None = None) -> tuple[datetime, datetime]:
    """The interval computed from a planned start: `ARRIVAL_EARLIER` minutes before it to `ARRIVAL_LATER`
    minutes after, rounded outwards to steps of ten minutes. It never begins before the step that contains
    `not_before`."""
    midnight = timezone.localtime(start).replace(hour=0, minute=0, second=0, microsecond=0)
    since = (start - midnight - timedelta(minutes=settings.ARRIVAL_EARLIER)) // STEP
    if not_before is not None:
        since = max(since, (not_before - midnight) // STEP)
    until = start - midnight + timedelta(minutes=settings.ARRIVAL_LATER)
    return midnight + since * STEP, midnight - (-until // STEP) * STEP


def local_date(at: datetime) -> date:
    """The date of a moment in the office's time zone."""
    return timezone.localtime(at).date()


def seconds_of_clock(clock: str | time) -> int:
    """Seconds since midnight of a time of day, given as `time` or as "12:30"."""
    at = clock if isinstance(clock, time) else time.fromisoformat(clock)
    return at.hour * 3600 + at.minute * 60 + at.second


def parse_intervals(rows: Iterable[Sequence[str]]) -> tuple[Interval, ...]:
    """Pairs of clock times, as shifts and needs store them ([["07:30", "10:00"], ...]), as sorted intervals
    in seconds of the day."""
    return tuple(sorted((seconds_of_clock(since), seconds_of_clock(until)) for since, until in rows))
