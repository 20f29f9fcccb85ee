"""The kinds of leased jobs, declared here and nowhere else; what a job does stands in the room that owns it."""

from datetime import timedelta

from django.conf import settings

from visits.enums import MAX_RUN_ATTEMPTS, CaptureStage, RunState
from visits.models import CaptureState, PlanRun
from visits.ops.leased_jobs import JobKind

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
