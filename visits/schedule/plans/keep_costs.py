"""The cost of keeping each changed visit of a draft in place.

Asked of the draft as it would be published (visits/planning/week/keep_cost.py), when somebody looks at it.
Plans count with long visits, families are told when teams really come: so a place counts only if replays of
the day (simulation.py) find the family, and those who stay, at the hours that they know. draft_moves.py then
takes such a place.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from visits.enums import RunKind
from visits.models import Plan
from visits.planning.types import Interval
from visits.planning.week import keep_cost
from visits.planning.week.keep_cost import KeepCost
from visits.schedule.plans import draft_move_routes, draft_routes
from visits.schedule.plans.draft_move_routes import Move, MoveRefusedError
from visits.schedule.plans.draft_routes import DraftRoutes
from visits.schedule.plans.plan_changes import PlanChanges
from visits.schedule.problem import simulation
from visits.schedule.problem.problem_builder import NothingToPlanError

NOT_WORKING = "failed"
TRIED = 4  # places of one visit that are replayed


def price_changes(*, plan: Plan, found: PlanChanges, now: datetime | None = None) -> dict[str, KeepCost]:
    """By need, for all whose visit would move, shift or be cancelled; empty where it cannot be asked any
    more."""
    if found.refusals or not draft_routes.list_changed_visits(found):
        return {}
    try:
        if plan.run.kind == RunKind.TODAY:
            routes = draft_routes.build_rest_of_today(plan, found, now or timezone.now())
        else:
            routes = draft_routes.build_routes_ahead(plan, found)
    except NothingToPlanError:
        return {}
    return price_needs(routes, routes.changed)


def price_needs(routes: DraftRoutes, needs: Iterable[str]) -> dict[str, KeepCost]:
    """The prices of these changes; who shares a stop has one price."""
    asked = {routes.leader(need): need for need in needs}
    found = {need: _list_places(routes, need) for need in asked.values()}
    tried = [(need, kept) for need, places in found.items() for kept in places if kept.order]
    days = [
        draft_move_routes.replay_draft_day(routes, kept.shift, routes.each(kept.order)) for _, kept in tried
    ]
    told = simulation.simulate_intervals(days, routes.learned) if days else []
    held: dict[str, list[KeepCost]] = {}
    for (need, kept), intervals in zip(tried, told, strict=True):
        held.setdefault(need, []).append(_simulate_place(routes, need, kept, intervals))
    best = {need: _choose_best(held.get(need, places)) for need, places in found.items()}
    return {need: best[asked[routes.leader(need)]] for need in needs}


def _list_places(routes: DraftRoutes, need: str) -> list[KeepCost]:
    """By the plan's own clock."""
    shift = str(routes.changed[need].shift_id)
    if shift not in routes.problem.shift_by_id:
        return [KeepCost(keep_cost.BLOCKED, shift, relax=(NOT_WORKING,))]
    frozen, relaxed = (routes.with_room(there, need, shift) for there in (routes.problem, routes.relaxed))
    found = keep_cost.find_keep_costs(frozen, relaxed, routes.orders, routes.kept(need), shift)
    places = [
        replace(kept, shifted=routes.each(kept.shifted), out=routes.each(kept.out))
        for kept in found[:TRIED]
        if not kept.order or not routes.draft or _can_move(routes, kept, need)
    ]
    return places or [KeepCost(keep_cost.BLOCKED, shift, relax=("window",))]


def find_move_back(routes: DraftRoutes, kept: KeepCost, need: str) -> Move:
    """The move to this place, at the hours that all families know. Raises `MoveRefusedError`."""
    position = routes.each(kept.order).index(routes.leader(need))
    return draft_move_routes.find_move(routes, need, kept.shift, position, at_hour=True)


def _can_move(routes: DraftRoutes, kept: KeepCost, need: str) -> bool:
    try:
        return bool(find_move_back(routes, kept, need))
    except MoveRefusedError:
        return False


def _choose_best(places: list[KeepCost]) -> KeepCost:
    """The cheapest that holds; else the one that shifts fewest; else that the team would come at another
    hour."""
    return min(places, key=lambda kept: (not kept.order, kept.code == keep_cost.LATE, len(kept.shifted)))


def _simulate_place(routes: DraftRoutes, need: str, kept: KeepCost, told: Sequence[Interval]) -> KeepCost:
    """The same where the replays say so too, else who would not be met as told."""
    news = draft_move_routes.list_news(routes, kept.shift, routes.each(kept.order), told)
    late = [news[one] for one in routes.each([routes.leader(need)]) if one in news]
    if late:
        return KeepCost(keep_cost.LATE, kept.shift, told=late[0])
    lost = tuple(one for one in news if one not in routes.changed)
    return replace(kept, code=keep_cost.SHIFTS, order=(), shifted=lost) if lost else kept
