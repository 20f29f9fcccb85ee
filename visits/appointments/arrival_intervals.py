"""The interval that a family is told: as replays of the day gave it, or computed for what has none.

It is about the moment at which the team is at the door, which is when the visit starts: a team that is there
before its lunch break or before the hours that suit waits.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from visits.models import PlanStop, Visit
from visits.planning.types import Interval

STEP = timedelta(minutes=10)


def moment(on: date, seconds: int) -> datetime:
    """The moment `seconds` after local midnight of a date."""
    return timezone.make_aware(datetime.combine(on, time())) + timedelta(seconds=seconds)


def seconds_of_day(at: datetime) -> int:
    """Seconds since local midnight."""
    local = timezone.localtime(at)
    return local.hour * 3600 + local.minute * 60 + local.second


def in_seconds(since_until: tuple[datetime, datetime]) -> Interval:
    """An interval of one day in seconds since local midnight."""
    since, until = since_until
    return seconds_of_day(since), seconds_of_day(until)


def told(visit: Visit) -> tuple[datetime, datetime]:
    """What the family of a published visit was told."""
    if visit.told_from is not None and visit.told_until is not None:
        return visit.told_from, visit.told_until
    return interval(visit.planned_start)


def to_tell(stop: PlanStop) -> tuple[datetime, datetime]:
    """What the family of a planned stop is to be told; `stop.shift` is read."""
    day = stop.shift.date
    if stop.told_from is not None and stop.told_until is not None:
        return moment(day, stop.told_from), moment(day, stop.told_until)
    leaves = timezone.make_aware(datetime.combine(day, stop.shift.starts))
    first_drive = stop.travel_seconds if stop.sequence == 1 else 0
    return interval(moment(day, stop.start), not_before=leaves + timedelta(seconds=first_drive))


def interval(start: datetime, *, not_before: datetime | None = None) -> tuple[datetime, datetime]:
    """From a little before a planned start to more after it (teams run late more often than early), in steps of
    ten minutes, never narrower than said unless the team cannot be there yet, to the step before it can."""
    midnight = timezone.localtime(start).replace(hour=0, minute=0, second=0, microsecond=0)
    since = (start - midnight - timedelta(minutes=settings.ARRIVAL_EARLIER)) // STEP
    if not_before is not None:
        since = max(since, (not_before - midnight) // STEP)
    until = start - midnight + timedelta(minutes=settings.ARRIVAL_LATER)
    return midnight + since * STEP, midnight - (-until // STEP) * STEP


def local_date(at: datetime) -> date:
    return timezone.localtime(at).date()


def seconds_of_clock(clock: str | time) -> int:
    """Seconds since midnight of a clock's time, or of "12:30"."""
    at = clock if isinstance(clock, time) else time.fromisoformat(clock)
    return at.hour * 3600 + at.minute * 60 + at.second


def intervals(rows: Iterable[Sequence[str]]) -> tuple[Interval, ...]:
    """Rows of two clock times, as shifts and needs keep them, in seconds of the day and in order."""
    return tuple(sorted((seconds_of_clock(since), seconds_of_clock(until)) for since, until in rows))
