"""What each change of a draft is the price of: what it would cost to leave the family where, and when, it was.

Asked of the draft as it would be published (visits/planning/week/keep_cost.py), when somebody looks at it. Plans count with
long visits, families are told when teams really come: so a place counts only if replays of the day (rehearsal.py)
find the family, and those who stay, at the hours that they know. putting_back.py then takes such a place.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from visits import planning
from visits.appointments import arrival_intervals
from visits.enums import RunKind
from visits.models import Plan
from visits.planning.groups import stop_groups
from visits.planning.news import is_news
from visits.planning.rules import walk_route
from visits.planning.types import Interval, Route
from visits.planning.uncertainty.simulate import SimulatedDay
from visits.planning.week import keep_cost
from visits.planning.week.keep_cost import KeepCost
from visits.schedule.plans import draft_routes
from visits.schedule.plans.draft_routes import Routes
from visits.schedule.plans.plan_changes import Changes
from visits.schedule.problem import simulation
from visits.schedule.problem.problem_builder import NothingToPlanError

NOT_WORKING = "failed"
TRIED = 4  # places of one visit that are replayed


def prices(*, plan: Plan, found: Changes, now: datetime | None = None) -> dict[str, KeepCost]:
    """By need, for all whose visit would move, shift or be cancelled; empty where it cannot be asked any more."""
    if found.refusals or not draft_routes.changed(found):
        return {}
    try:
        if plan.run.kind == RunKind.TODAY:
            routes = draft_routes.rest_of_today(plan, found, now or timezone.now())
        else:
            routes = draft_routes.ahead(plan, found)
    except NothingToPlanError:
        return {}
    return of(routes, routes.changed)


def of(routes: Routes, needs: Iterable[str]) -> dict[str, KeepCost]:
    """The prices of these changes; who shares a stop has one price."""
    asked = {routes.leader(need): need for need in needs}
    found = {need: _places(routes, need) for need in asked.values()}
    tried = [(need, kept) for need, places in found.items() for kept in places if kept.order]
    days = [_day(routes, kept.shift, routes.each(kept.order)) for _, kept in tried]
    told = simulation.intervals(days, routes.learned) if days else []
    held: dict[str, list[KeepCost]] = {}
    for (need, kept), intervals in zip(tried, told, strict=True):
        held.setdefault(need, []).append(_held(routes, need, kept, intervals))
    best = {need: _best(held.get(need, places)) for need, places in found.items()}
    return {need: best[asked[routes.leader(need)]] for need in needs}


def _places(routes: Routes, need: str) -> list[KeepCost]:
    """By the plan's own clock."""
    shift = str(routes.changed[need].shift_id)
    if shift not in routes.problem.shift_by_id:
        return [KeepCost(keep_cost.BLOCKED, shift, relax=(NOT_WORKING,))]
    frozen, relaxed = (routes.with_room(there, need, shift) for there in (routes.problem, routes.relaxed))
    found = keep_cost.find_keep_costs(frozen, relaxed, routes.orders, routes.kept(need), shift)
    places = [
        replace(kept, shifted=routes.each(kept.shifted), out=routes.each(kept.out))
        for kept in found[:TRIED]
        if not kept.order or not routes.draft or after(routes, kept, need) is not None
    ]
    return places or [KeepCost(keep_cost.BLOCKED, shift, relax=("window",))]


def after(routes: Routes, kept: KeepCost, need: str) -> dict[str, Route | None] | None:
    """The two routes that change by this place, in single visits; a route is None where nobody is left on it. None
    where a rule would be broken."""
    leader, own = routes.leader(need), routes.kept(need)
    mine = replace(routes.singles.visit_by_id[leader], windows=own.windows, dates=own.dates, locked=None)
    orders = {shift: tuple(one for one in order if one != leader) for shift, order in routes.orders.items()}
    orders[kept.shift] = kept.order
    found: dict[str, Route | None] = {}
    for shift, order in orders.items():
        if shift != kept.shift and order == routes.orders[shift]:
            continue
        team = routes.singles.shift_by_id[shift]
        visits = [mine if one == leader else routes.singles.visit_by_id[one] for one in routes.each(order)]
        walked = walk_route(routes.singles, team, _with_kits(routes, visits))
        if walked.faults:
            return None
        found[shift] = walked.as_route(team) if order else None
    return found


def _with_kits(routes: Routes, visits: Sequence[planning.Visit]) -> list[planning.Visit]:
    """Who has lost the neighbour that brought the kit brings it."""
    before = [None, *(visit.location for visit in visits)]
    return [
        replace(visit, service_s=routes.alone[visit.id])
        if visit.id in routes.alone and visit.location != there
        else visit
        for there, visit in zip(before, visits, strict=False)
    ]


def _best(places: list[KeepCost]) -> KeepCost:
    """The cheapest that holds; else the one that shifts fewest; else that the team would come at another hour."""
    return min(places, key=lambda kept: (not kept.order, kept.code == keep_cost.LATE, len(kept.shifted)))


def _held(routes: Routes, need: str, kept: KeepCost, told: Sequence[Interval]) -> KeepCost:
    """The same where the replays say so too, else who would not be met as told."""
    lost = []
    mine = routes.each([routes.leader(need)])
    for one, interval in zip(routes.each(kept.order), told, strict=True):
        visit = routes.had(one, kept.shift)
        if visit is None:
            continue
        was = arrival_intervals.in_seconds(arrival_intervals.told(visit))
        if not is_news(was, interval, news_s=routes.problem.news_s):
            continue
        if one in mine:
            return KeepCost(keep_cost.LATE, kept.shift, told=interval)
        if one not in routes.changed:
            lost.append(one)
    return replace(kept, code=keep_cost.SHIFTS, order=(), shifted=tuple(lost)) if lost else kept


def _day(routes: Routes, shift: str, order: Sequence[str]) -> SimulatedDay:
    """The team-day in this order, as it is replayed."""
    problem, team = routes.singles, routes.singles.shift_by_id[shift]
    followers = stop_groups.list_followers(routes.groups)
    *there, home_s = simulation.drives(problem, team, [problem.visit_by_id[one] for one in order])
    homes = [
        simulation.home(
            routes.needs[one],
            drive_s=drive_s,
            setup_minutes=routes.shifts[shift].team.setup_minutes,
            learned=routes.learned,
            before=routes.had(one, shift),
            follows=one in followers,
        )
        for one, drive_s in zip(order, there, strict=True)
    ]
    return simulation.day(team, homes, home_s=home_s)
