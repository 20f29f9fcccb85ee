"""Tasks of the queue: one line each, with ids only. The state of every job is in its own row."""

from uuid import UUID

from outreach.services import retention, waits
from visits.estimates import calibration, duration_learning
from visits.ops import heartbeat
from visits.records import blobs, verification
from visits.schedule.dispatch import office_changes
from visits.schedule.runs import engine, plan_runs


def beat() -> None:
    """Record a sign of life, as asked by the supervisor."""
    heartbeat.record_sign_of_life()


def run_plan(run_id: str) -> bool:
    """Work on a planning run if it is still queued."""
    return plan_runs.work_on_run(run_id=run_id)


def look_again() -> int:
    """Every minute: runs whose worker is gone, and those whose bell was lost."""
    return plan_runs.requeue_stale()


def verify_capture(capture_id: str) -> None:
    """Verify a stored capture."""
    verification.verify_capture_record(capture_id=UUID(capture_id))


def verify_waiting() -> int:
    """Every minute: verify stored captures that no worker holds."""
    return verification.verify_waiting_captures()


def forget_old() -> int:
    """Every hour: delete expired sessions (with half-filled forms) and old counts of tries."""
    return retention.delete_expired_rows()


def count_waits() -> int:
    """Every hour: count how long people usually wait."""
    return waits.count_usual_waits()


def call_off_voided() -> int:
    """Every hour: call off visits of days that turned out to be closed."""
    return office_changes.call_off_voided()


def learn_durations() -> int:
    """Once a day: learn visit durations from finished visits."""
    return duration_learning.update_learned_durations()


def fit_travel() -> None:
    """Once a week: propose a driving speed fitted to recorded trips."""
    calibration.propose_fit()


def sweep_drafts() -> int:
    """Once a day: delete chunks that a killed process left half written, or without a record."""
    return blobs.delete_stale_drafts() + blobs.delete_orphan_chunks()


def worker_started(**signal: object) -> None:
    """Compile the engine in the background when a worker process starts, once an installation."""
    engine.warm_in_background()
