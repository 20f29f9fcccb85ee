"""Slots for a need in the published days, and taking one.

A slot that is taken is published like a plan of one or two team-days: a new version with the visit in it,
under the same locks and with the families' news. Nothing else moves but what the offer stated.
"""

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from outreach.models import Need
from outreach.services import log
from visits.appointments import lifecycle, placement, promises
from visits.enums import ReleaseReason, RunKind, RunState
from visits.estimates import visit_durations
from visits.lib.plan_summary import PlanSummary
from visits.models import Plan, PlanRun, Shift, Visit
from visits.planning.week.slots import Slot
from visits.schedule.plans import draft_move_routes, draft_move_rows, plan_changes, publishing, version_marks
from visits.schedule.plans.draft_move_routes import MoveRefusedError
from visits.schedule.plans.draft_routes import DraftRoutes
from visits.schedule.plans.plan_changes import ChangeKind
from visits.schedule.plans.slot_offers import DAYS, NoPlaceError, check_need_waits, find_need_slots
from visits.schedule.problem import published_week, stop_joining
from visits.schedule.problem.published_week import PublishedWeek
from visits.schedule.runs import draft_rows


@transaction.atomic
def book_slot(
    *,
    need: Need,
    shift: int,
    position: int,
    start_s: int,
    shown: str,
    offered: str | None = None,
    user: AbstractBaseUser | None,
    now: datetime | None = None,
) -> bool:
    """Publish the visit at an offered slot; a published visit moves there. False if it is there already.

    `shown` is the mark (`placement.placement_mark`) of where the need was placed when the slot was offered:
    if it was placed elsewhere since then it stays there. `offered` is the mark of the offer: where its team-day
    was published again, or other families' hours would change than it said, nothing is done. Raises
    `NoPlaceError`, or `publishing.PublishRefusedError` if the team-day changed meanwhile.
    """
    now = now or timezone.now()
    need, visit = _lock_need(need, shift)
    if (
        visit is not None
        and visit.shift_id == shift
        and published_week.published_stop(visit).start_s == start_s
    ):
        return False
    check_need_waits(need, visit, now=now)
    if placement.placement_mark(visit) != shown:
        raise NoPlaceError("placed" if visit else "released", visit)
    there = published_week.load_published_week(first=timezone.localdate(now), days=DAYS, asked=need, now=now)
    wanted = (str(shift), position, start_s)
    joins, found = find_need_slots(there, need)
    slot = next((s for s in found if (s.shift, s.position, s.start_s) == wanted), None)
    if slot is None:
        raise NoPlaceError("gone")
    there = stop_joining.join_at(there=there, need=need, slot=slot, joins=joins)
    actor = log.actor_of(user)
    if visit is not None and visit.promised:
        promises.release_promise(visit=visit.pk, reason=ReleaseReason.FAMILY, actor=actor)
    if visit is not None and str(visit.shift_id) not in there.shifts:  # its team-day does not work any more
        lifecycle.cancel_visit(visit=visit, at=now, actor=actor, source=f"visit:{visit.pk}", tell=False)
        need.refresh_from_db()
        visit = None
    follows = joins.follows if slot.joins is None else joins.follows | {str(need.pk)}
    plan = _make_draft(need, visit, slot, there, follows, user)
    if offered is not None and offered != _mark_draft(plan, need, shift, now):
        raise NoPlaceError("gone")
    publishing.publish_plan(plan=plan, user=user, now=now)
    return True


def _mark_draft(plan: Plan, need: Need, shift: int, now: datetime) -> str:
    """The mark of what the draft of one place does, as `slot_offers` makes that of an offer."""
    found = plan_changes.find_changes(plan=plan, now=now)
    own = next(change.interval for change in found.stops if change.stop.need_id == need.pk)
    moved = [
        (change.visit, change.interval)
        for change in found.having(ChangeKind.SHIFTED, ChangeKind.MOVED)
        if change.visit is not None and change.stop.need_id != need.pk
    ]
    return version_marks.mark_place(number=plan.based_on[str(shift)], told=own, moved=moved)


def _lock_need(need: Need, shift: int) -> tuple[Need, Visit | None]:
    """The need and its visit, read under their locks: team-days first, as publishing takes them. Nobody makes
    or moves a visit without its need's lock."""
    was = placement.find_open_visit(need)
    shifts = Shift.objects.filter(pk__in=[shift] if was is None else [shift, was.shift_id])
    list(shifts.select_for_update().order_by("pk").values_list("pk"))
    need = Need.objects.select_for_update(of=("self",)).select_related("resident").get(pk=need.pk)
    return need, placement.find_open_visit(need)


def _make_draft(
    need: Need,
    visit: Visit | None,
    slot: Slot,
    there: PublishedWeek,
    follows: frozenset[str],
    user: AbstractBaseUser | None,
) -> Plan:
    """The plan of one place: the move of the visit on its team-day and the one that it leaves."""
    to = there.shifts[slot.shift]
    shifts = [to] if visit is None or visit.shift_id == to.pk else [to, visit.shift]
    days = [shift.date for shift in shifts]
    now = timezone.now()
    run = PlanRun.objects.create(
        kind=RunKind.SLOT,
        state=RunState.DONE,
        asked_by_id=None if user is None else user.pk,
        first_date=min(days),
        last_date=max(days),
        seconds=0,
        started_at=now,
        finished_at=now,
        progress=100,
        served=1,
        candidates=1,
    )
    routes = _routes(there, need, shifts, visit)
    live = published_week.live_version_numbers(shifts)
    plan = Plan.objects.create(run=run, based_on={str(pk): number for pk, number in live.items()})
    asked = {str(need.pk), *(one for order in routes.orders.values() for one in order)}
    draft_rows.write_summary(plan=plan, summary=PlanSummary(candidates=len(asked), roads=there.roads))
    try:
        found = draft_move_routes.find_move(routes, str(need.pk), slot.shift, slot.position)
        draft_move_rows.write_move(
            plan=plan, routes=routes, found=found, user=user, follows=follows, action=None
        )
    except MoveRefusedError as error:
        raise NoPlaceError("hours" if error.code == "hours" else "gone") from error
    return plan


def _routes(there: PublishedWeek, need: Need, shifts: list[Shift], visit: Visit | None) -> DraftRoutes:
    """These published days as routes of a draft in which the need alone is moved, wherever its family was
    told. One whose visit was called off leaves its team-day as others do: who stays there is planned as before."""
    orders = {str(shift.pk): there.orders.get(str(shift.pk), ()) for shift in shifts}
    if visit is not None and visit.called_off and len(shifts) > 1:
        was = orders[str(visit.shift_id)]
        at = sum(there.visits[one].sequence < visit.sequence for one in was)
        orders[str(visit.shift_id)] = (*was[:at], str(need.pk), *was[at:])
    return DraftRoutes(
        problem=there.problem,
        relaxed=there.problem,
        singles=there.problem,
        free=there.problem,
        groups={},
        orders=orders,
        changed={},
        published={one: visit for one, visit in there.visits.items() if one != str(need.pk)},
        needs={one: visit.need for one, visit in there.visits.items()} | {str(need.pk): need},
        shifts=there.shifts,
        learned=visit_durations.load_estimates(),
        draft=True,
    )
