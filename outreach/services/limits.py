"""Limits on tries: one counter row for each limit and actor, raised before the try is made.

One UPDATE raises the counter, so parallel tries in several processes are all counted, and no insert ever
fails. A window begins with its first try; one that ends later than a new window would, because the clock was
set back, is cut to that, so that nobody is held up for longer than the limit says. Addresses and references
are stored as blind indexes only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, Q, When
from django.utils import timezone

from outreach import vault
from outreach.models import Throttle


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


@transaction.atomic
def count_try(limit: TryLimit, who: str, *, tries: int = 1) -> LimitAnswer:
    """Count one or several tries of `who` and say whether they are within the limit."""
    return _count(limit, who, tries)


@transaction.atomic
def count_tries(tried: Sequence[tuple[TryLimit, str]]) -> list[LimitAnswer]:
    """Count one try by each limit, in one transaction: the disk is waited for once. Who counts by several limits
    always names them in the same order, so that no two wait for one another."""
    return [_count(limit, who, 1) for limit, who in tried]


def _count(limit: TryLimit, who: str, tries: int) -> LimitAnswer:
    now = timezone.now()
    end = now + timedelta(minutes=limit.minutes)
    over = Q(until__lte=now)
    rows = Throttle.objects.filter(key=_counter_key(limit, who))
    while not rows.update(
        count=Case(When(over, then=tries), default=F("count") + tries),
        until=Case(When(over | Q(until__gt=end), then=end), default=F("until")),
    ):
        first = Throttle(key=_counter_key(limit, who), until=end, count=0)
        Throttle.objects.bulk_create([first], ignore_conflicts=True)
    row = rows.get()  # our UPDATE holds its lock
    return LimitAnswer(allowed=row.count <= limit.tries, again_at=row.until)


def take_back_try(limit: TryLimit, who: str) -> None:
    """Count one try less: it turned out to be right."""
    Throttle.objects.filter(key=_counter_key(limit, who), count__gt=0).update(count=F("count") - 1)


@transaction.atomic
def take_back_tries(tried: Sequence[tuple[TryLimit, str]]) -> None:
    """The same by each limit, in one transaction."""
    for limit, who in tried:
        take_back_try(limit, who)
