"""A worker's hold on a planning run: a lease in the row, renewed by a thread while the engine computes.

Whoever looks at a row whose lease has run out knows that its worker is gone, without asking any worker.
"""

import logging
import os
import socket
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import F
from django.utils import timezone

from outreach.services.transitions import transition
from visits.enums import MAX_RUN_ATTEMPTS, RunState
from visits.models import PlanRun

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0  # how often the thread looks for a stop and writes progress that is new
WRITING_SECONDS = 120  # the lease while the result is written, when the thread has ended


@dataclass(slots=True)
class Report:
    """How far the engine is, as last told."""

    progress: int = 0
    served: int = 0
    score: int = 0


def claim(*, run_id: str) -> str | None:
    """Take a run that nobody works on: its attempt is counted before the work. The token names this claim;
    None where another worker has it, it is finished, or it has been tried too often."""
    token = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:12]}"[-80:]
    now = timezone.now()
    taken = transition(
        row=PlanRun(pk=run_id),
        to=RunState.RUNNING,
        actor="system",
        where={"attempts__lt": MAX_RUN_ATTEMPTS},
        worker=token,
        attempts=F("attempts") + 1,
        lease_until=now + timedelta(seconds=settings.PLAN_LEASE_SECONDS),
        started_at=now,
        finished_at=None,
        progress=0,
        message="",
    )
    return token if taken else None


class Lease:
    """Keeps a claimed run while the block runs. Used by the engine's two callbacks: `report`, `should_stop`."""

    def __init__(self, *, run_id: str, token: str) -> None:
        self._mine = PlanRun.objects.filter(pk=run_id, state=RunState.RUNNING, worker=token)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="lease", daemon=True)
        self._report = Report()
        self._held_until = time.monotonic() + settings.PLAN_LEASE_SECONDS
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
        """Stop renewing; the lease then lasts long enough to write the result."""
        if not self._end.is_set():
            self._end.set()
            self._thread.join()

    def report(self, *, share: float, served: int, score: float) -> None:
        self._report = Report(min(99, int(share * 100)), served, int(score))

    def should_stop(self) -> bool:
        return self.stop_requested or self.lost or time.monotonic() > self._held_until

    def _keep(self) -> None:
        """Renews often enough that one slow write does not lose the lease."""
        written, renewed = None, time.monotonic()
        try:
            while not self._end.wait(LOOK_SECONDS) and not self.lost:
                due = time.monotonic() - renewed > settings.PLAN_LEASE_SECONDS / 4
                if due or self._report != written:
                    report = self._report
                    if self._write(report, seconds=settings.PLAN_LEASE_SECONDS):
                        written, renewed = report, time.monotonic()
                self._look()
            self._write(self._report, seconds=WRITING_SECONDS)
        finally:
            connection.close()

    def _write(self, report: Report, *, seconds: int) -> bool:
        began = time.monotonic()
        try:
            kept = self._mine.update(
                lease_until=timezone.now() + timedelta(seconds=seconds),
                progress=report.progress,
                served=report.served,
                score=report.score,
            )
        except DatabaseError:
            logger.warning("the lease of a planning run was not renewed, tried again")
            return False
        self.lost = not kept
        if kept:
            self._held_until = began + seconds
        return bool(kept)

    def _look(self) -> None:
        try:
            self.stop_requested = (
                self._mine.values_list("stop_requested", flat=True).first() or self.stop_requested
            )
        except DatabaseError:
            logger.warning("could not look whether a planning run is to stop")
