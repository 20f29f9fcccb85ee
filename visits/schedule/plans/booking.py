"""Slots for a need in the published days, and taking one.

A slot that is taken is published like a plan of one or two team-days: a new version with the visit in it,
under the same locks and with the families' news. Nothing else moves but what the offer stated.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone

from outreach.enums import NeedState
from outreach.models import Need, Village
from outreach.services import log
from visits.appointments import arrival_intervals, lifecycle, placement, promises
from visits.appointments.published_visits import departure_time
from visits.enums import ReleaseReason, RunKind, RunState, VisitState
from visits.estimates import visit_durations
from visits.lib.plan_summary import PlanSummary
from visits.models import Plan, PlanRun, Shift, Visit
from visits.planning.news import is_news
from visits.planning.rules import walk_route
from visits.planning.week import slots
from visits.planning.week.slots import Slot
from visits.schedule.plans import draft_move_routes, draft_move_rows, publishing
from visits.schedule.plans.draft_move_routes import MoveRefusedError
from visits.schedule.plans.draft_routes import DraftRoutes
from visits.schedule.problem import published_week, stop_joining
from visits.schedule.problem.published_week import PublishedWeek
from visits.schedule.problem.stop_joining import StopJoins
from visits.schedule.runs import appointment_windows, draft_rows

DAYS = 14


class NoPlaceError(Exception):
    """`gone`: the place is another one by now; `state`: the need waits for no visit; `away`: nobody is at
    home; `begun`: its team is on the way already; `placed`: somebody placed it meanwhile (`visit` says
    where), `released`: somebody took it out of its day."""

    def __init__(self, code: str, visit: Visit | None = None) -> None:
        super().__init__(code)
        self.code, self.visit = code, visit


@dataclass(frozen=True, kw_only=True)
class SlotOffer:
    """A place on a team-day. `moved` are the families to whom their shift is news."""

    shift: Shift
    slot: Slot
    moved: list[Visit]
    told: tuple[datetime, datetime]  # what the family would be told


def list_slot_offers(*, need: Need, now: datetime | None = None, limit: int = 12) -> list[SlotOffer]:
    """The best place of each team-day of the next two weeks, the best first."""
    _check_need(need, placement.find_open_visit(need), now=now or timezone.now())
    there = published_week.load_published_week(first=timezone.localdate(now), days=DAYS, asked=need, now=now)
    best: dict[str, Slot] = {}
    joins, found = _find_slots(there, need)
    for slot in found:
        best.setdefault(slot.shift, slot)
    priced = [
        _price_slot(stop_joining.join_at(there=there, need=need, slot=slot, joins=joins), need, slot)
        for slot in best.values()
    ]
    shown = sorted(priced, key=lambda slot: (slot.price_s, slot.shift))[:limit]
    named = [there.visits[other].need.resident for slot in shown for other, _by in slot.moved]
    prefetch_related_objects(named, Prefetch("village", Village.objects.only("name")))
    return [
        SlotOffer(
            shift=(shift := there.shifts[slot.shift]),
            slot=slot,
            moved=[there.visits[other] for other, _by in slot.moved],
            told=(
                arrival_intervals.moment_of_day(shift.date, told[0]),
                arrival_intervals.moment_of_day(shift.date, told[1]),
            ),
        )
        for slot, told in zip(
            shown, appointment_windows.windows_of_places(there=there, need=need, places=shown), strict=True
        )
    ]


def _price_slot(there: PublishedWeek, need: Need, slot: Slot) -> Slot:
    """The place with the shifts as families would see them: against the published times, which the roads of
    today may not keep even without it."""
    team = there.problem.shift_by_id[slot.shift]
    order = [visit for visit in there.orders.get(slot.shift, ()) if visit != str(need.pk)]
    order.insert(slot.position, str(need.pk))
    later_s, moved = 0, []
    for stop in walk_route(there.problem, team, [there.problem.visit_by_id[visit] for visit in order]).stops:
        if stop.visit != str(need.pk):
            by_s = stop.start_s - published_week.published_stop(there.visits[stop.visit]).start_s
            later_s = max(later_s, by_s)
            if is_news((stop.start_s - by_s,), (stop.start_s,), news_s=there.problem.news_s):
                moved.append((stop.visit, by_s))
    more = slots.CALL_S * (len(moved) - len(slot.moved))
    return replace(slot, later_s=later_s, moved=tuple(moved), price_s=slot.price_s + more)


def _check_need(need: Need, visit: Visit | None, *, now: datetime) -> None:
    if need.state not in (NeedState.OPEN, NeedState.PLANNED):
        raise NoPlaceError("state")
    if need.resident.away:
        raise NoPlaceError("away")
    if visit is not None and (visit.state != VisitState.PUBLISHED or departure_time(visit.shift) <= now):
        raise NoPlaceError("begun")


def _find_slots(there: PublishedWeek, need: Need) -> tuple[StopJoins, list[Slot]]:
    """Every place, and what the visit is where it joins a stop."""
    if not there.shifts:
        return StopJoins(), []
    asked, joins = there.problem.visit_by_id[str(need.pk)], stop_joining.find_joins(there=there, need=need)
    ready = slots.prepare_lines(there.problem, there.orders)
    return joins, slots.find_slots(ready, asked, joined=joins.visits, follows=joins.follows)


@transaction.atomic
def book_slot(
    *,
    need: Need,
    shift: int,
    position: int,
    start_s: int,
    shown: str,
    user: AbstractBaseUser | None,
    now: datetime | None = None,
) -> bool:
    """Publish the visit at an offered slot; a published visit moves there. False if it is there already.

    `shown` is the mark (`placement.placement_mark`) of where the need was placed when the slot was offered:
    if it was placed elsewhere since then it stays there. Raises `NoPlaceError`, or
    `publishing.PublishRefusedError` if the team-day changed meanwhile.
    """
    now = now or timezone.now()
    need, visit = _lock_need(need, shift)
    if (
        visit is not None
        and visit.shift_id == shift
        and published_week.published_stop(visit).start_s == start_s
    ):
        return False
    _check_need(need, visit, now=now)
    if placement.placement_mark(visit) != shown:
        raise NoPlaceError("placed" if visit else "released", visit)
    there = published_week.load_published_week(first=timezone.localdate(now), days=DAYS, asked=need, now=now)
    wanted = (str(shift), position, start_s)
    joins, found = _find_slots(there, need)
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
    publishing.publish_plan(plan=plan, user=user, now=now)
    return True


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
    routes = _routes(there, need, shifts)
    live = published_week.live_version_numbers(shifts)
    plan = Plan.objects.create(run=run, based_on={str(pk): number for pk, number in live.items()})
    asked = {str(need.pk), *(one for order in routes.orders.values() for one in order)}
    draft_rows.write_summary(plan=plan, summary=PlanSummary(candidates=len(asked), roads=there.roads))
    try:
        found = draft_move_routes.find_move(routes, str(need.pk), slot.shift, slot.position)
    except MoveRefusedError as error:
        raise NoPlaceError("gone") from error
    draft_move_rows.write_move(plan=plan, routes=routes, found=found, user=user, follows=follows)
    return plan


def _routes(there: PublishedWeek, need: Need, shifts: list[Shift]) -> DraftRoutes:
    """These published days as routes of a draft in which the need alone is moved, wherever its family was
    told."""
    orders = {str(shift.pk): there.orders.get(str(shift.pk), ()) for shift in shifts}
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
