"""The worker's heartbeat and the age of waiting jobs; read by `/readyz` and the supervisor."""

import os
import socket
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, Min
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from visits.models import Heartbeat
from visits.ops import job_kinds
from visits.ops.job_kinds import PLAN_RUN

BELLS_IN_QUEUE = 200


def record_sign_of_life() -> None:
    """Record that the worker of this process tree is alive."""
    Heartbeat.objects.update_or_create(
        name=settings.WORKER_NAME,
        defaults={"at": timezone.now(), "process": f"{socket.gethostname()}:{os.getpid()}"[:80]},
    )


def request_sign_of_life() -> None:
    """Ask the worker for a sign of life through the queue that real jobs use. Leaves no result row, and does
    nothing while `BELLS_IN_QUEUE` tasks wait."""
    if OrmQ.objects.count() < BELLS_IN_QUEUE:
        async_task("visits.tasks.beat", task_name="beat", save=False)


def last_sign_of_life(*, name: str | None = None) -> datetime | None:
    """The last sign of life of the worker of that name, or of any; None if there was none."""
    beats = Heartbeat.objects.filter(name=name) if name else Heartbeat.objects.all()
    last: datetime | None = beats.aggregate(last=Max("at"))["last"]
    return last


def is_silent(*, name: str, seconds: float) -> bool:
    """Whether the worker of that name gave no sign of life for `seconds`; True if it never did.

    A planning run whose lease is being renewed counts as a sign of life: two runs fill a cluster, and killing
    it would lose their work.
    """
    now = timezone.now()
    seen = last_sign_of_life(name=name)
    if seen is not None and now - seen <= timedelta(seconds=seconds):
        return False
    return not PLAN_RUN.rows(PLAN_RUN.at_work).filter(lease_until__gt=now).exists()


def oldest_waiting_since() -> datetime | None:
    """Since when the longest waiting job waits: one in the queue that nobody took up, or a leased job of any
    kind."""
    since = (
        OrmQ.objects.filter(lock__lte=timezone.now()).aggregate(first=Min("lock"))["first"],
        *(job_kinds.oldest_waiting(kind) for kind in job_kinds.ALL),
    )
    return min((moment for moment in since if moment), default=None)


def count_interrupted_runs() -> int:
    """Planning runs whose lease has run out and that nobody has taken up yet."""
    return job_kinds.find_lost(PLAN_RUN).count() + PLAN_RUN.rows(PLAN_RUN.lost).count()
