"""The kinds of leased jobs, declared here and nowhere else, and how their rows are found. What a job does
stands in the room that owns it; leased_jobs.py claims, renews and lets go."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from visits.enums import MAX_RUN_ATTEMPTS, CaptureStage, RunState
from visits.models import CaptureState, PlanRun
from visits.models.job import LeasedJob


@dataclass(frozen=True, kw_only=True)
class JobKind:
    """A kind of leased job: its table, its states and its limits.

    `waiting`, `at_work` and `lost` are states of the model: of a job that nobody has taken up, of one that a
    worker holds, and of one whose lease ran out. They are the same where the model does not tell these apart.
    `since` is the column with the moment from which a job waits. `stop`, if any, is a boolean column by which
    a person asks the worker to stop. `closing` is how long the lease lasts after `LeaseHolder` has ended,
    while the result is written; None leaves it as it is. The wait before a retry is at most `retry_base` x
    2^attempts and never more than `retry_most`.
    """

    model: type[LeasedJob]
    waiting: str
    at_work: str
    lost: str
    since: str
    lease: Callable[[], timedelta]
    max_attempts: int
    closing: timedelta | None = None
    stop: str = ""
    retry_base: timedelta = timedelta()
    retry_most: timedelta = timedelta()

    def rows(self, *states: str) -> QuerySet[Any]:
        """The jobs in one of these states."""
        return self.model._default_manager.filter(**{f"{self.model.state_table.field}__in": states})


# A run of the planner. A coordinator waits for it, so it is tried again without a wait.
PLAN_RUN = JobKind(
    model=PlanRun,
    waiting=RunState.QUEUED,
    at_work=RunState.RUNNING,
    lost=RunState.INTERRUPTED,
    since="asked_at",
    lease=lambda: timedelta(seconds=settings.PLAN_LEASE_SECONDS),
    closing=timedelta(seconds=120),
    stop="stop_requested",
    max_attempts=MAX_RUN_ATTEMPTS,
)

# Opening and checking a stored record.
VERIFICATION = JobKind(
    model=CaptureState,
    waiting=CaptureStage.STORED,
    at_work=CaptureStage.STORED,
    lost=CaptureStage.STORED,
    since="stored_at",
    lease=lambda: timedelta(seconds=60),
    max_attempts=5,
    retry_base=timedelta(seconds=60),
    retry_most=timedelta(minutes=15),
)

ALL = (PLAN_RUN, VERIFICATION)


def find_free(kind: JobKind, *, now: datetime | None = None) -> QuerySet[Any]:
    """Jobs that nobody holds and whose time for a retry has come, with an attempt left or without."""
    now = now or timezone.now()
    return kind.rows(kind.waiting, kind.lost).filter(
        Q(lease_until__isnull=True) | Q(lease_until__lt=now),
        Q(try_after__isnull=True) | Q(try_after__lte=now),
    )


def find_held(kind: JobKind, *, pk: object, token: str) -> QuerySet[Any]:
    """The job while this claim holds it; the guard of every UPDATE of a worker."""
    return kind.rows(kind.at_work).filter(pk=pk, worker=token)


def find_lost(kind: JobKind, *, now: datetime | None = None) -> QuerySet[Any]:
    """Jobs at work whose lease has run out: their worker is gone."""
    return kind.rows(kind.at_work).filter(lease_until__lt=now or timezone.now())


def find_spent(kind: JobKind, *, now: datetime | None = None) -> QuerySet[Any]:
    """Free jobs without an attempt left; `claim_job` takes none of these."""
    return find_free(kind, now=now).filter(attempts__gte=kind.max_attempts)


def oldest_waiting(kind: JobKind) -> datetime | None:
    """Since when the job waits that waits longest; None where none does."""
    first: datetime | None = kind.rows(kind.waiting).aggregate(first=Min(kind.since))["first"]
    return first
