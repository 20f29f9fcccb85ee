"""The periodic jobs, declared here and nowhere else; a worker writes them to django-q2's table when it starts."""

import logging
from dataclasses import dataclass

from django.db import DatabaseError
from django_q.models import Schedule

logger = logging.getLogger(__name__)

PREFIX = "jb:"  # marks our rows, so that one that is no longer declared goes away


@dataclass(frozen=True, kw_only=True)
class Job:
    """A task of `visits.tasks` and how often it is rung."""

    name: str
    task: str
    minutes: int


DECLARED = [
    Job(name="look again", task="look_again", minutes=1),
    Job(name="verify waiting captures", task="verify_waiting", minutes=1),
    Job(name="sweep half-written chunks", task="sweep_drafts", minutes=24 * 60),
    Job(name="learn how long visits take", task="learn_durations", minutes=24 * 60),
    Job(name="fit speeds to trips", task="fit_travel", minutes=7 * 24 * 60),
    Job(name="forget what ran out", task="forget_old", minutes=60),
]


def sync() -> int:
    """Make the table say what is declared; safe to repeat and to do in several workers at once (a row too
    many is taken away the next time; all jobs may run twice). Returns how many rows were changed."""
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


def worker_started(**signal: object) -> None:
    """Every worker process that starts sees to the schedules; that must never cost it its life."""
    try:
        sync()
    except DatabaseError:
        logger.warning("the schedules were not written; the next worker process tries again")
