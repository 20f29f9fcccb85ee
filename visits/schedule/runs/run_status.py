"""The state of a planning run as of now, read without writing: a page that is looked at changes nothing."""

from datetime import datetime

from visits.enums import RunState
from visits.models import PlanRun


def with_current_state(run: PlanRun, *, now: datetime) -> PlanRun:
    """The run, in memory INTERRUPTED where its lease ran out and nobody has written so yet (the worker does, every
    minute). Not to be saved."""
    if run.state == RunState.RUNNING and run.lease_until is not None and run.lease_until < now:
        run.state, run.message = RunState.INTERRUPTED, "interrupted"
    return run
