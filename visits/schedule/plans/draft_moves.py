"""A change of a draft by hand: a visit goes to another place, back to where it was published, or out of the
plan.

Whatever the reason, it is one move: found and priced by draft_move_routes.py, then written by
draft_move_rows.py.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from outreach.models import Need
from visits.enums import OPEN_VISITS, PlanState, RunKind
from visits.models import Plan, PlanStop, PlanUnserved, Visit
from visits.schedule.plans import (
    draft_move_routes,
    draft_move_rows,
    draft_routes,
    keep_costs,
    plan_changes,
    version_marks,
)
from visits.schedule.plans.draft_move_routes import Move, MovePrice, MoveRefusedError
from visits.schedule.plans.draft_routes import DraftRoutes
from visits.schedule.plans.plan_changes import PlanChanges
from visits.schedule.problem import need_priority
from visits.schedule.problem.problem_builder import NothingToPlanError
from visits.schedule.runs import draft_rows


class CannotKeepError(Exception):
    """`gone`: the plan is no draft any more, or no longer fits; `same`: there is nothing to put back;
    `price`: it would cost others their hour by now."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def move_need(
    *,
    plan: Plan,
    need: str,
    shift: int | None,
    position: int | None = None,
    shown: MovePrice | None = None,
    user: AbstractBaseUser | None,
    now: datetime | None = None,
) -> MovePrice:
    """Put the need, with who shares its stop, on `shift` with `position` homes before it, or where it adds
    the least travel (where it is, if it is on that shift); `shift` None: leave it waiting. Gives the price.
    Safe to repeat.

    Raises `MoveRefusedError`, and changes nothing, where a rule would be broken, or where the price is not
    the one that was `shown`.
    """
    row, routes, found = _find_move(plan, need, shift, position, now or timezone.now(), lock=True)
    price = draft_move_routes.price_news(routes, need, found)
    if shown not in (None, price):
        raise MoveRefusedError("changed")
    draft_move_rows.write_move(plan=row, routes=routes, found=found, user=user)
    return price


def price_move(
    *, plan: Plan, need: str, shift: int | None, position: int | None = None, now: datetime | None = None
) -> MovePrice:
    """What `move_need` would cost, in a constant number of queries. Raises `MoveRefusedError` as it does."""
    _row, routes, found = _find_move(plan, need, shift, position, now or timezone.now(), lock=False)
    return draft_move_routes.price_news(routes, need, found)


@transaction.atomic
def put_back(
    *,
    plan: Plan,
    need: str,
    user: AbstractBaseUser | None,
    shown: str | None = None,
    now: datetime | None = None,
) -> None:
    """Move the need, with who shares its stop, back to where and when it was published. Raises
    `CannotKeepError`, and changes nothing, where that costs others their hour, and
    `version_marks.OutdatedPageError` where the page of the mark `shown` is an old one."""
    try:
        row, found = read_draft(plan, now or timezone.now(), lock=True)
    except MoveRefusedError as error:
        raise CannotKeepError("gone") from error
    if need not in draft_routes.list_changed_visits(found):
        lost = any(str(visit.need_id) == need for visit in found.cancelled)  # nobody awaits it any more
        raise CannotKeepError("gone" if lost else "same")
    version_marks.check_mark(found, shown)
    routes = draft_routes.build_routes_ahead(row, found)
    kept = keep_costs.price_needs(routes, [need])[need]
    if not kept.order:
        raise CannotKeepError("price")
    back = keep_costs.find_move_back(routes, kept, need)
    try:
        draft_move_rows.write_move(plan=row, routes=routes, found=back, user=user, action="plan_visit_kept")
    except MoveRefusedError as error:
        raise CannotKeepError("price") from error


@transaction.atomic
def insert_urgent(
    *, plan: Plan, need: Need, user: AbstractBaseUser | None, now: datetime | None = None
) -> None:
    """Put a need that waits on the route of today's rest where it adds the least travel and nobody else has
    to be told of another hour. Raises `MoveRefusedError` where there is no such place, or the draft is none
    of today any more."""
    now = now or timezone.now()
    row, found = read_draft(plan, now, lock=True, kind=RunKind.TODAY)
    asked = str(need.pk)
    if not found.working:  # the day was closed since
        raise MoveRefusedError("gone")
    if PlanStop.objects.filter(plan=row, need=need).exists():
        return
    _ask_for_place(row, need, now)
    try:
        routes = draft_routes.build_rest_of_today(row, found, now)
    except NothingToPlanError as error:
        raise MoveRefusedError("gone") from error
    if asked not in routes.free.visit_by_id:
        raise MoveRefusedError("stale", asked)
    places = []
    for shift in routes.free.shift_by_id:
        with suppress(MoveRefusedError):
            places.append(draft_move_routes.find_move(routes, asked, shift, at_hour=True))
    if not places:
        raise MoveRefusedError("window", asked)
    best = min(places, key=lambda place: place.price.added_s)
    draft_move_rows.write_move(plan=row, routes=routes, found=best, user=user)


def _ask_for_place(plan: Plan, need: Need, now: datetime) -> None:
    """The need as one that asks for a place in the plan, and waits so far."""
    today, asked, run = timezone.localdate(now), str(need.pk), plan.run
    parts = need_priority.priority_parts(need, on=today, behind=need_priority.villages_behind(on=today))
    worth = {"priority": need_priority.sum_points(parts), "parts": [part.as_json() for part in parts]}
    _left, made = PlanUnserved.objects.get_or_create(plan=plan, need=need, defaults=worth)
    urgent = [*dict.fromkeys([*run.facts.get("urgent", []), asked])]
    figures = plan.figures
    assert figures.today is not None  # a draft of today's rest
    summary = replace(
        figures,
        candidates=figures.candidates + int(made),
        unserved=figures.unserved + int(made),
        today=replace(figures.today, urgent=tuple(urgent)),
    )
    draft_rows.write_summary(plan=plan, summary=summary)
    run.facts = {**run.facts, "urgent": urgent}
    run.save(update_fields=["facts"])


def read_draft(
    plan: Plan, now: datetime, *, lock: bool, kind: RunKind = RunKind.AHEAD
) -> tuple[Plan, PlanChanges]:
    """The draft as it would be published now."""
    rows = Plan.objects.select_for_update(of=("self",)) if lock else Plan.objects.all()
    row = rows.select_related("run").get(pk=plan.pk)
    if row.state != PlanState.DRAFT or row.run.kind != kind:
        raise MoveRefusedError("gone")
    found = plan_changes.find_changes(plan=row, now=now, lock=lock)
    if found.refusals:
        raise MoveRefusedError("gone")
    return row, found


def _find_move(
    plan: Plan, need: str, shift: int | None, position: int | None, now: datetime, *, lock: bool
) -> tuple[Plan, DraftRoutes, Move]:
    row, found = read_draft(plan, now, lock=lock)
    if shift is not None and shift not in found.working:
        raise MoveRefusedError("unknown")
    for dropped in found.dropped:
        if str(dropped.stop.need_id) == need:
            raise MoveRefusedError("stale", need)
    waiting = [] if _is_known(found, need) else [_get_waiting(row, found, need, lock=lock)]
    at = [change.stop.shift_id for change in found.stops if str(change.stop.need_id) == need]
    shifts = at if shift is None else [*at, shift]
    routes = draft_routes.build_routes_ahead(row, found, shifts=shifts, waiting=waiting)
    key = None if shift is None else str(shift)
    return row, routes, draft_move_routes.find_move(routes, need, key, position)


def _is_known(found: PlanChanges, need: str) -> bool:
    """Whether it is on a route, or was published."""
    if any(
        str(visit.need_id) == need and plan_changes.why_need_is_gone(visit.need) for visit in found.cancelled
    ):
        raise MoveRefusedError("stale", need)
    return need in {
        *(str(change.stop.need_id) for change in found.stops),
        *(str(visit.need_id) for visit in found.cancelled),
    }


def _get_waiting(plan: Plan, found: PlanChanges, need: str, *, lock: bool) -> Need:
    """A need that the draft leaves waiting."""
    rows = Need.objects.filter(pk=need, plan_unserved__plan=plan).select_related("resident")
    row = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if row is None:
        raise MoveRefusedError("unknown", need)
    visit = Visit.objects.filter(need=row, state__in=OPEN_VISITS).first()
    if plan_changes.stale(row, visit, {shift.pk for shift in found.shifts}):
        raise MoveRefusedError("stale", need)
    return row
