"""Limits on tries: one counter row for each limit and actor, raised before the try is made.

One UPDATE raises the counter, so parallel tries in several processes are all counted. A window begins with
its first try; a window that begins in the future, because the clock was set back, is moved to now, so that
nobody is blocked for longer than the limit says. Addresses and references are stored as blind indexes only.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from outreach import vault
from outreach.models import Throttle

KEEP = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class TryLimit:
    """At most `tries` within `minutes`; `name` identifies the limit."""

    name: str
    tries: int
    minutes: int


@dataclass(frozen=True, slots=True)
class LimitAnswer:
    """Whether the try is within the limit; if not, when the next one is allowed."""

    allowed: bool
    again_at: datetime

    @property
    def seconds(self) -> float:
        """Seconds until the next try is allowed."""
        return (self.again_at - timezone.now()).total_seconds()


def _counter_key(limit: TryLimit, who: str) -> str:
    return vault.blind_index(f"limit:{limit.name}", who)


def count_try(limit: TryLimit, who: str, *, tries: int = 1) -> LimitAnswer:
    """Count one or several tries of `who` and say whether they are within the limit."""
    key, now = _counter_key(limit, who), timezone.now()
    begin = now - timedelta(minutes=limit.minutes)
    with transaction.atomic():
        for _attempt in range(3):
            if Throttle.objects.filter(key=key, since__gt=now).update(count=F("count") + tries, since=now):
                break
            if Throttle.objects.filter(key=key, since__gt=begin).update(count=F("count") + tries):
                break
            if Throttle.objects.filter(key=key, since__lte=begin).update(count=tries, since=now):
                break
            try:
                with transaction.atomic():
                    Throttle.objects.create(key=key, since=now, count=tries)
            except IntegrityError:
                continue  # another process made the row just now
            Throttle.objects.filter(since__lt=now - KEEP).delete()
            break
        row = Throttle.objects.get(key=key)
    return LimitAnswer(
        allowed=row.count <= limit.tries, again_at=row.since + timedelta(minutes=limit.minutes)
    )


def reset_count(limit: TryLimit, who: str) -> None:
    """Reset the counter after a successful try."""
    Throttle.objects.filter(key=_counter_key(limit, who)).delete()
