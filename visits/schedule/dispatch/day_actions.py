"""Actions of the coordinator on the day under way: breakdown, resumption, urgent visit, re-optimising.

A breakdown is a fact of its own: the shift is cancelled at once, whatever becomes of the plan. Each action is
safe to repeat.
"""

from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from outreach.enums import NeedState
from outreach.models import Need
from outreach.services import log
from visits.enums import ACTIVE_RUNS, CallOffReason, PlanState, RunKind
from visits.models import Plan, PlanRun, Shift
from visits.schedule.dispatch import office_changes
from visits.schedule.plans import draft_moves
from visits.schedule.plans.draft_move_routes import MoveRefusedError
from visits.schedule.runs import plan_runs
from visits.workforce import team_shifts


class NotUrgentError(Exception):
    """The need waits for no visit: it has one, or is closed."""


def report_breakdown(*, shift: Shift, user: AbstractBaseUser | None, now: datetime | None = None) -> PlanRun:
    """Cancel the shift of a team that cannot go on, call its visits off, and plan what is left of its day
    again. Two transactions: if another run is at work (`plan_runs.OverlapError`), the shift is cancelled all
    the same."""
    _set_cancelled(shift, cancelled=True, user=user, now=now)
    return replan_today(user=user, now=now)


def resume_shift(*, shift: Shift, user: AbstractBaseUser | None) -> bool:
    """The team can work again, and what it still has stands again; what was given away stays away until the
    next plan."""
    return _set_cancelled(shift, cancelled=False, user=user)


def _set_cancelled(
    shift: Shift, *, cancelled: bool, user: AbstractBaseUser | None, now: datetime | None = None
) -> bool:
    actor = log.actor_of(user)
    return office_changes.carry_out(
        lambda: team_shifts.set_cancelled(shift=shift, cancelled=cancelled, actor=actor),
        consent=CallOffReason.STAFF,
        actor=actor,
        now=now,
    ).result


@transaction.atomic
def add_urgent(*, need: Need, user: AbstractBaseUser | None, now: datetime | None = None) -> PlanRun:
    """Find a place today for a need that waits: in the newest draft of today's rest, beside who was urgent
    before, where nobody has to give way for it; else by planning the rest anew. The run of that plan."""
    if not Need.objects.filter(pk=need.pk, state=NeedState.OPEN, resident__away=False).exists():
        raise NotUrgentError
    today = timezone.localdate(now)
    runs = PlanRun.objects.filter(first_date__lte=today, last_date__gte=today)
    drafts = Plan.objects.filter(state=PlanState.DRAFT, run__kind=RunKind.TODAY, run__in=runs)
    newest = drafts.select_related("run").order_by("-made_at").first()
    if newest is not None and not runs.filter(state__in=ACTIVE_RUNS).exists():
        with suppress(MoveRefusedError), transaction.atomic():
            draft_moves.insert_urgent(plan=newest, need=need, user=user, now=now)
            return newest.run
    return replan_today(user=user, urgent=[need], now=now)


def replan_today(
    *, user: AbstractBaseUser | None, urgent: list[Need] | None = None, now: datetime | None = None
) -> PlanRun:
    """Plan the rest of today again. Raises `plan_runs.OverlapError` if another run is at work on today."""
    today = timezone.localdate(now)
    return plan_runs.start_run(
        first=today,
        last=today,
        seconds=settings.REPLAN_SECONDS,
        asked_by=user,
        kind=RunKind.TODAY,
        facts={"urgent": [str(need.pk) for need in urgent or []]},
    )
