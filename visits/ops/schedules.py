"""The periodic jobs, all declared here. A worker writes them to django-q2's table when it starts."""

import logging
from dataclasses import dataclass

from django.db import DatabaseError
from django_q.models import Schedule

logger = logging.getLogger(__name__)

PREFIX = "jb:"  # marks our rows, so that one that is no longer declared goes away


@dataclass(frozen=True, kw_only=True)
class PeriodicJob:
    """A task of `visits.tasks` and its interval in minutes."""

    name: str
    task: str
    minutes: int


DECLARED = [
    PeriodicJob(name="look again", task="look_again", minutes=1),
    PeriodicJob(name="verify waiting captures", task="verify_waiting", minutes=1),
    PeriodicJob(name="sweep chunks of killed processes", task="sweep_drafts", minutes=24 * 60),
    PeriodicJob(name="learn how long visits take", task="learn_durations", minutes=24 * 60),
    PeriodicJob(name="fit speeds to trips", task="fit_travel", minutes=7 * 24 * 60),
    PeriodicJob(name="call off what fell on a closed day", task="call_off_voided", minutes=60),
    PeriodicJob(name="count how long people wait", task="count_waits", minutes=60),
    PeriodicJob(name="forget what ran out", task="forget_old", minutes=60),
]


def sync_schedules() -> int:
    """Make django-q2's table equal to the declaration. Returns how many rows changed. Safe to repeat and to
    run in several workers at once: a duplicate row is removed the next time, and every job may run twice."""
    changed: int = 0
    ours = Schedule.objects.filter(name__startswith=PREFIX)
    for job in DECLARED:
        wanted = {
            "func": f"visits.tasks.{job.task}",
            "schedule_type": Schedule.MINUTES,
            "minutes": job.minutes,
            "repeats": -1,
        }
        rows = list(ours.filter(name=PREFIX + job.name).order_by("pk"))
        if not rows:
            Schedule.objects.create(name=PREFIX + job.name, **wanted)
            changed += 1
        for extra in rows[1:]:
            changed += extra.delete()[0]
        if rows and any(getattr(rows[0], field) != value for field, value in wanted.items()):
            changed += Schedule.objects.filter(pk=rows[0].pk).update(**wanted)
    changed += ours.exclude(name__in=[PREFIX + job.name for job in DECLARED]).delete()[0]
    return changed


def sync_at_worker_start(**signal: object) -> None:
    """Synchronise the schedules when a worker process starts. Errors are logged, never raised."""
    try:
        sync_schedules()
    except DatabaseError:
        logger.warning("the schedules were not written; the next worker process tries again")
