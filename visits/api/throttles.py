"""Rate limits: by address for unknown tablets, by tablet afterwards; shared by all processes.

Counts are rows (`outreach.services.limits`). A process writes a frequent call only every few calls, and
nothing once a caller is over the limit, so that counting never costs more than serving.
"""

import time
from threading import Lock
from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from outreach.services import limits
from visits.models import Device

_MOST_CALLERS = 10_000  # remembered in a process
_lock = Lock()
_uncounted: dict[tuple[str, str], int] = {}  # calls not yet written
_shut: dict[tuple[str, str], float] = {}  # until when (monotonic) a caller is refused without a look


def reset_counts() -> None:
    """Delete this process's counts; the rows stay."""
    _uncounted.clear()
    _shut.clear()


class SharedThrottle(BaseThrottle):
    """At most `limit.tries` calls of a caller, written every `step` calls."""

    limit: limits.TryLimit
    step = 1
    seconds = 0.0

    def caller(self, request: Request) -> str | None:
        """The identity that is counted; None for a caller without limit."""
        return self.get_ident(request)

    def allow_request(self, request: Request, view: Any) -> bool:
        who = self.caller(request)
        if who is None:
            return True
        key, now = (self.limit.name, who), time.monotonic()
        with _lock:
            self.seconds = _shut.get(key, now) - now
            if self.seconds > 0:
                return False
            if len(_uncounted) > _MOST_CALLERS or len(_shut) > _MOST_CALLERS:
                reset_counts()
            count = _uncounted.get(key, 0) + 1
            _uncounted[key] = count % self.step
        if count < self.step:
            return True
        answer = limits.count_try(self.limit, who, tries=self.step)
        if answer.allowed:
            return True
        self.seconds = answer.seconds
        with _lock:
            _shut[key] = now + self.seconds
        return False

    def wait(self) -> float:
        return self.seconds


class PingThrottle(SharedThrottle):
    limit, step = limits.TryLimit("api:ping", tries=600, minutes=1), 20


class PairingThrottle(SharedThrottle):
    limit = limits.TryLimit("api:pairing", tries=20, minutes=1)


class TokenThrottle(SharedThrottle):
    limit = limits.TryLimit("api:tokens", tries=120, minutes=1)


class TabletThrottle(SharedThrottle):
    limit, step = limits.TryLimit("api:tablet", tries=1200, minutes=1), 40

    def caller(self, request: Request) -> str | None:
        return str(request.auth.pk) if isinstance(request.auth, Device) else None
