"""Leased jobs: a row is claimed by one worker, renewed while it works, retried later, given up to a person.

The row is the memory (`visits.models.job.LeasedJob`), the queue only rings. Every step is one conditional
UPDATE. The room that owns a kind of job moves its states; here are the lease, the attempts and the retries.
"""

import logging
import os
import random
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from django.db import DatabaseError, connection
from django.db.models import F, QuerySet
from django.utils import timezone

from outreach.services.transitions import transition
from visits.ops.job_kinds import JobKind, find_free, find_held, find_spent

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0  # how often the renewing thread looks for a stop and writes what was reported
_chance = random.SystemRandom()


def claim_job(kind: JobKind, *, pk: object, **fields: Any) -> str | None:
    """Take a free job, its attempt counted before the work; `fields` are written with it. The token names
    this claim; None where another worker has the job, it is not waiting, or no attempt is left."""
    token = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:12]}"[-80:]
    now = timezone.now()
    free = find_free(kind, now=now).filter(pk=pk, attempts__lt=kind.max_attempts)
    fields |= {"worker": token, "lease_until": now + kind.lease(), "attempts": F("attempts") + 1}
    return token if _write(kind, free, to=kind.at_work, **fields) else None


def _write(kind: JobKind, rows: QuerySet[Any], *, to: str, **fields: Any) -> bool:
    """Write to the one job of `rows`, by a transition where the states of its kind tell waiting from being at
    work."""
    if kind.waiting == kind.at_work:
        return bool(rows.update(**fields))
    job = rows.first()
    return job is not None and transition(row=job, to=to, actor="system", among=rows, **fields)


def renew_lease(held: QuerySet[Any], *, lease: timedelta, **fields: Any) -> bool:
    """Hold a job of `find_held` for another `lease` from now on; False where this claim has lost it."""
    return bool(held.update(lease_until=timezone.now() + lease, **fields))


def retry_at(kind: JobKind, *, attempts: int, chance: random.Random = _chance) -> datetime | None:
    """When a job may be claimed again after so many attempts, with full jitter; None where that is at once."""
    most = min(kind.retry_most, kind.retry_base * 2 ** min(attempts, 20))
    return timezone.now() + chance.uniform(0, 1) * most if most else None


def release_for_retry(
    kind: JobKind,
    *,
    pk: object,
    token: str,
    attempts: int,
    error: Exception,
    at_fault: bool = True,
    chance: random.Random = _chance,
) -> bool:
    """Let go of a job after an error, to be claimed again at `retry_at`; False where this claim has lost it.

    `attempts` are those counted with this one. An attempt that failed for a reason outside the job
    (`at_fault` False) is given back. Of the error, its kind is kept and logged, never its text.
    """
    error_kind = type(error).__name__[:80]
    logger.error("job_failed table=%s id=%s error=%s", kind.model._meta.db_table, pk, error_kind)
    return _write(
        kind,
        find_held(kind, pk=pk, token=token),
        to=kind.waiting,
        worker="",
        lease_until=None,
        try_after=retry_at(kind, attempts=attempts, chance=chance),
        attempts=F("attempts") - (0 if at_fault else 1),
        error=error_kind,
    )


def give_up(
    kind: JobKind,
    *,
    hand_over: Callable[[Any, QuerySet[Any]], bool],
    pk: object = None,
    now: datetime | None = None,
) -> int:
    """Hand jobs without an attempt left to a person, all or the one of `pk`. Returns how many.

    `hand_over(job, rows)` moves the job to the state in which a person finds it, by a conditional UPDATE of
    `rows`, and says whether it did.
    """
    spent = find_spent(kind, now=now)
    spent = spent if pk is None else spent.filter(pk=pk)
    return sum(hand_over(job, spent.filter(pk=job.pk)) for job in spent)


class LeaseHolder:
    """Renews the lease of a claimed job from a thread of its own while the block runs.

    What is given to `report` is written to the row's columns within a second. The worker asks `should_stop`
    now and then. After the block, the columns of the result are still guarded by `find_held`.
    """

    def __init__(self, kind: JobKind, *, pk: object, token: str) -> None:
        self._kind = kind
        self._held = find_held(kind, pk=pk, token=token)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="lease", daemon=True)
        self._report: dict[str, Any] = {}
        self._held_until = time.monotonic() + kind.lease().total_seconds()
        self.stop_requested = False
        self.lost = False

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """Stop renewing; safe to repeat."""
        if not self._end.is_set():
            self._end.set()
            self._thread.join()

    def report(self, **columns: Any) -> None:
        """How far the work is: the values of these columns of the row."""
        self._report = columns

    def should_stop(self) -> bool:
        """Whether a person has asked to stop, or the job may be another worker's by now."""
        return self.stop_requested or self.lost or time.monotonic() > self._held_until

    def _keep(self) -> None:
        """Renews often enough that one slow write does not lose the lease."""
        lease = self._kind.lease()
        written, renewed = self._report, time.monotonic()
        try:
            while not self._end.wait(LOOK_SECONDS) and not self.lost:
                report = self._report
                due = time.monotonic() - renewed > lease.total_seconds() / 4
                if (due or report != written) and self._write(report, lease=lease):
                    written, renewed = report, time.monotonic()
                if self._kind.stop:
                    self._look_for_stop()
            if self._kind.closing is not None:
                self._write(self._report, lease=self._kind.closing)
        finally:
            connection.close()

    def _write(self, report: dict[str, Any], *, lease: timedelta) -> bool:
        began = time.monotonic()
        try:
            kept = renew_lease(self._held, lease=lease, **report)
        except DatabaseError:
            logger.warning("the lease of a job was not renewed, tried again")
            return False
        self.lost = not kept
        if kept:
            self._held_until = began + lease.total_seconds()
        return kept

    def _look_for_stop(self) -> None:
        try:
            asked = self._held.values_list(self._kind.stop, flat=True).first()
        except DatabaseError:
            logger.warning("could not look whether a job is to stop")
        else:
            self.stop_requested = bool(asked) or self.stop_requested
