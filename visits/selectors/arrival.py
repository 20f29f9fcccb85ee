"""The interval that a family is told around the planned moment at which the team is at the door.

That is when the visit starts: a team that arrives before its lunch break or before the hours that suit waits.
"""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

STEP = timedelta(minutes=10)


def moment(on: date, seconds: int) -> datetime:
    """The moment `seconds` after local midnight of a date."""
    return timezone.make_aware(datetime.combine(on, time())) + timedelta(seconds=seconds)


def seconds_of_day(at: datetime) -> int:
    """Seconds since local midnight."""
    local = timezone.localtime(at)
    return local.hour * 3600 + local.minute * 60 + local.second


def interval(start: datetime) -> tuple[datetime, datetime]:
    """From a little before to more after (teams run late more often than early), in steps of ten minutes,
    never narrower than said."""
    midnight = timezone.localtime(start).replace(hour=0, minute=0, second=0, microsecond=0)
    since = start - midnight - timedelta(minutes=settings.ARRIVAL_EARLIER)
    until = start - midnight + timedelta(minutes=settings.ARRIVAL_LATER)
    return midnight + since // STEP * STEP, midnight - (-until // STEP) * STEP


def local_date(at: datetime) -> date:
    return timezone.localtime(at).date()
