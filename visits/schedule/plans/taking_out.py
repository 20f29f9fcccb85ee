"""Taking one need out of what was published or drafted for it, and closing it wherever it stands.

A published visit is cancelled in place: the day's version stays, the tablets' copy of the day says that the
visit is cancelled, and nobody else's hours change. The family is listed with the plan that published it.
"""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from outreach.enums import ClosedReason
from outreach.models import Need
from outreach.selectors.page_marks import PageSeen
from outreach.services import log, triage
from visits.appointments import arrival_intervals, lifecycle, placement
from visits.enums import PlanState, ReleaseReason, VisitState
from visits.models import Plan, PlanStop, Shift, TeamDay, Visit
from visits.schedule.plans import draft_moves
from visits.workforce import team_messages


class TeamIsThereError(Exception):
    """The team is at the home: what comes of the visit is for its officer to record."""


@dataclass(frozen=True, kw_only=True)
class NeedInPlans:
    """Where a need stands: its visit that is published or under way, the plan that published it, and the
    drafts with a stop for it."""

    visit: Visit | None
    plan: Plan | None
    drafts: list[Plan]

    @property
    def is_any(self) -> bool:
        return self.visit is not None or bool(self.drafts)

    @property
    def is_team_there(self) -> bool:
        return self.visit is not None and self.visit.state == VisitState.ARRIVED


def find_in_plans(need: Need) -> NeedInPlans:
    visit = placement.find_open_visit(need)
    stops = PlanStop.objects.filter(need=need, plan__state=PlanState.DRAFT).values("plan")
    drafts = Plan.objects.filter(pk__in=stops, run__last_date__gte=timezone.localdate())
    return NeedInPlans(
        visit=visit,
        plan=_find_plan(visit) if visit else None,
        drafts=list(drafts.select_related("run").order_by("-made_at")),
    )


def _find_plan(visit: Visit) -> Plan | None:
    day = TeamDay.objects.filter(team=visit.shift.team_id, date=visit.shift.date)
    return Plan.objects.filter(day_versions__live_for__in=day).select_related("run").first()


@transaction.atomic
def take_out(
    *,
    need: Need,
    reason: ReleaseReason,
    user: AbstractBaseUser,
    seen: PageSeen | None = None,
    now: datetime | None = None,
) -> Visit | None:
    """Cancel the need's published visit; the need waits for another plan, and its family is listed to be told.
    None where it has none. Raises `TeamIsThereError` and `StalePageError`."""
    now = now or timezone.now()
    visit = _lock_visit(need, seen)
    if visit is None:
        return None
    actor = log.actor_of(user)
    _cancel(visit, now=now, actor=actor, user=user, tell=True)
    _list_to_tell(visit)
    log.write_log(
        actor=actor,
        action="visit_taken_out",
        subject=visit,
        detail={"reason": str(reason), "shift": visit.shift_id},
    )
    return visit


@transaction.atomic
def close_need(
    *,
    need: Need,
    reason: ClosedReason,
    note: str,
    user: AbstractBaseUser,
    seen: PageSeen | None = None,
    now: datetime | None = None,
) -> bool:
    """Close a need, cancelling its published visit; the family is listed to be told unless the person died.
    False where it is closed. Raises `TeamIsThereError`, `StalePageError` and `triage.TriageError`."""
    now = now or timezone.now()
    actor = log.actor_of(user)
    visit = _lock_visit(need, seen)
    if visit is not None:
        _cancel(visit, now=now, actor=actor, user=user, tell=False)
        if reason != ClosedReason.DECEASED:
            _list_to_tell(visit)
    return triage.close_need(need=need, reason=reason, note=note, actor=actor)


@transaction.atomic
def take_out_of_draft(*, plan: Plan, need: Need, user: AbstractBaseUser) -> None:
    """Leave the need waiting in a draft. Raises `draft_moves.MoveRefusedError`."""
    if PlanStop.objects.filter(plan=plan, need=need).exists():
        draft_moves.move_need(plan=plan, need=str(need.pk), shift=None, user=user)


@transaction.atomic
def return_to_queue(*, visit: Visit, actor: str, now: datetime | None = None) -> bool:
    """Cancel a visit that the office called off; its need waits for another plan, and a family that was not told
    yet stays listed to be told. False where that was done before."""
    if not lifecycle.cancel_visit(
        visit=visit, at=now or timezone.now(), actor=actor, source=f"visit:{visit.pk}:off"
    ):
        return False
    _list_to_tell(visit)
    return True


def _lock_visit(need: Need, seen: PageSeen | None) -> Visit | None:
    """The need's open visit, with its shift and need locked as publishing locks them."""
    was = placement.find_open_visit(need)
    if was is not None:
        list(Shift.objects.select_for_update().filter(pk=was.shift_id).values_list("pk"))
    Need.objects.select_for_update(of=("self",)).get(pk=need.pk)
    if seen:
        seen.require_fresh()
    visit = placement.find_open_visit(need)
    if visit is not None and visit.state == VisitState.ARRIVED:
        raise TeamIsThereError
    return visit


def _cancel(visit: Visit, *, now: datetime, actor: str, user: AbstractBaseUser, tell: bool) -> None:
    if not lifecycle.cancel_visit(
        visit=visit, at=now, actor=actor, source=f"visit:{visit.pk}", tell=tell, begun=True
    ):
        raise TeamIsThereError  # it began in this moment
    if visit.shift.date == timezone.localdate(now):
        text = _("Kunjungan nomor %d hari ini dibatalkan kantor. Lanjutkan ke rumah berikutnya.")
        team_messages.write_message(team=visit.shift.team, text=text % visit.sequence, user=user, actor=actor)


def _list_to_tell(visit: Visit) -> None:
    """Add the family to those whom the plan that published the visit changed, once; not one that was told already
    that nobody comes."""
    found = _find_plan(visit)
    if found is None or visit.called_off_told:
        return
    plan = Plan.objects.select_for_update(no_key=True).get(pk=found.pk)
    told = [at.isoformat() for at in arrival_intervals.interval_told(visit)]
    row = {"need": str(visit.need_id), "from": visit.shift_id, "was": told}
    cancelled = plan.changes.get("cancelled", [])
    if row not in cancelled:
        changes = {**plan.changes, "cancelled": [*cancelled, row]}
        Plan.objects.filter(pk=plan.pk).update(changes=changes)
