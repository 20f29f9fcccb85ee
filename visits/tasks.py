"""What the queue calls: one line each, ids only. The truth of every job is in its own row."""

from uuid import UUID

from outreach.services import retention
from visits.estimates import calibration, duration_learning
from visits.ops import heartbeat
from visits.records import blobs, verification
from visits.schedule.runs import engine, plan_runs


def beat() -> None:
    """Answer the supervisor's bell."""
    heartbeat.beat()


def run_plan(run_id: str) -> bool:
    """Work on a planning run, if it is still to be done."""
    return plan_runs.run(run_id=run_id)


def look_again() -> int:
    """Every minute: runs whose worker is gone, and those whose bell was lost."""
    return plan_runs.requeue_stale()


def verify_capture(capture_id: str) -> None:
    """Open and check a stored capture."""
    verification.run(capture_id=UUID(capture_id))


def verify_waiting() -> int:
    """Every minute: stored captures that nobody works on."""
    return verification.run_waiting()


def forget_old() -> int:
    """Every hour: sessions that ran out, with the half-filled forms in them."""
    return retention.forget_old()


def learn_durations() -> int:
    """Once a day: how long visits take, from the finished ones."""
    return duration_learning.learn_durations()


def fit_travel() -> None:
    """Once a week: a proposal of how fast teams drive, from their trips."""
    calibration.propose()


def sweep_drafts() -> int:
    """Once a day: chunks that a killed process left half written."""
    return blobs.sweep_drafts()


def worker_started(**signal: object) -> None:
    """A worker process has started: it compiles the engine in the background, once an installation."""
    engine.warm_in_background()
