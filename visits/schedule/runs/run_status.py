"""The state of a planning run as of now, read without writing: a page that is looked at changes nothing."""

from datetime import datetime

from visits.enums import RunState
from visits.models import PlanRun


def read_run_state(run: PlanRun, *, now: datetime) -> RunState:
    """The row's state, or INTERRUPTED where the lease of a running one ran out and nobody has written so yet
    (the worker does, every minute)."""
    lost = run.state == RunState.RUNNING and run.lease_until is not None and run.lease_until < now
    return RunState.INTERRUPTED if lost else RunState(run.state)
