"""A move of a draft's visit in its rows: the stops of the team-days that change, the plan's figures, the told
hours."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Max, QuerySet

from outreach.services import log
from visits.lib.plan_summary import PlanSummary, TeamDayFigures
from visits.models import Plan, PlanStop, PlanUnserved, Shift
from visits.planning.fair import loads
from visits.planning.fair.loads import Balance
from visits.planning.types import Route
from visits.schedule.plans.draft_move_routes import Move, MoveRefusedError
from visits.schedule.plans.draft_routes import DraftRoutes
from visits.schedule.problem import stop_joining
from visits.schedule.runs import appointment_windows, draft_rows, engine


@transaction.atomic
def write_move(
    *,
    plan: Plan,
    routes: DraftRoutes,
    found: Move,
    user: AbstractBaseUser | None,
    follows: frozenset[str] | None = None,
    action: str | None = "plan_visit_moved",
) -> bool:
    """The stops, figures and told hours of the team-days that a move changes; False where they are so
    already. `follows` are served right after another at its stop; None: those whom the draft has so.
    `action` is the log's word for the change; None for a draft that is written with its first visit. Raises
    `MoveRefusedError` where a family of these team-days could be told no true hours then."""
    changed = {int(shift): route for shift, route in found.routes.items()}
    stops = PlanStop.objects.filter(plan=plan, shift__in=changed)
    if routes.leaves:  # what a team has begun, or drives to, stays as it is
        stops = stops.filter(need__in=[*routes.free.visit_by_id])
    if _list_times(stops) == _list_route_times(changed):
        return False
    served, left = _rewrite(plan, routes, found, changed, stops, follows)
    draft_rows.write_summary(plan=plan, summary=_summarise(plan, found, changed, served=served, left=left))
    firm = found.needs if found.at_hour else ()
    untrue = appointment_windows.assign_windows(
        plan=plan,
        leaves=routes.leaves,
        only=changed.keys(),
        firm=firm,
        begun=_list_begun(plan, routes),
        now_s=routes.now_s,
    )
    if untrue:
        raise MoveRefusedError("hours", next(iter(untrue)))
    if action is None:
        return True
    log.write_log(
        actor=log.actor_of(user),
        action=action,
        subject=plan,
        detail={
            "needs": list(found.needs),
            "visits": [str(routes.changed[one].pk) for one in found.needs if one in routes.changed],
        },
    )
    return True


def _list_begun(plan: Plan, routes: DraftRoutes) -> set[str]:
    """Of a day under way, who is no longer a matter of the plan."""
    if not routes.leaves:
        return set()
    planned = PlanStop.objects.filter(plan=plan).values_list("need", flat=True)
    return {need for need in map(str, planned) if need not in routes.free.visit_by_id}


def _list_times(stops: QuerySet[PlanStop]) -> list[tuple[Any, ...]]:
    rows = stops.order_by("shift", "sequence").values_list("shift", "need", "arrive", "start", "leave")
    return [(shift, str(need), *times) for shift, need, *times in rows]


def _list_route_times(changed: dict[int, Route | None]) -> list[tuple[Any, ...]]:
    rows = sorted((shift, route) for shift, route in changed.items() if route is not None)
    return [
        (shift, stop.visit, stop.arrive_s, stop.start_s, stop.leave_s)
        for shift, route in rows
        for stop in route.stops
    ]


def _rewrite(
    plan: Plan,
    routes: DraftRoutes,
    found: Move,
    changed: dict[int, Route | None],
    old: QuerySet[PlanStop],
    follows: frozenset[str] | None,
) -> tuple[int, int]:
    """The stops of these team-days anew. Who has none any more waits: who was moved out, and who changed
    since the plan was made and has no place in a new route. How many more are served, and how many more wait.
    """
    planned = {stop.visit for route in changed.values() if route is not None for stop in route.stops}
    left = PlanUnserved.objects.filter(plan=plan, need__in=[UUID(one) for one in planned])
    known = _read_worth(old) | _read_worth(left)
    keys = {str(stop.need_id): stop.stop_key for stop in old}
    out = [need for need in map(str, old.values_list("need", flat=True)) if need not in planned]
    served, waited = len(planned) - old.delete()[0], left.delete()[0]
    rest = PlanStop.objects.filter(plan=plan, shift__in=changed).order_by()
    before = dict(rest.values_list("shift").annotate(Max("sequence")))
    PlanUnserved.objects.bulk_create(
        PlanUnserved(
            plan=plan,
            need_id=UUID(need),
            reasons=[{"code": "by_hand"}] if need in found.needs else [],
            **known[need],
        )
        for need in out
    )
    shifts = Shift.objects.in_bulk(list(changed))
    PlanStop.objects.bulk_create(
        stop
        for pk, route in changed.items()
        if route is not None
        for stop in draft_rows.build_stops(
            plan=plan,
            shift=shifts[pk],
            problem=routes.singles,
            route=route,
            needs=routes.needs,
            **_share_stops(routes, route, keys, follows),
            after=before.get(pk, 0),
            more=lambda need: known.get(need, {}),
        )
    )
    return served, len(out) - waited


def _share_stops(
    routes: DraftRoutes, route: Route, keys: dict[str, UUID], follows: frozenset[str] | None
) -> dict[str, Any]:
    """Who comes right after another at its stop on this route, as the fields of `draft_rows.build_stops`."""
    order = [stop.visit for stop in route.stops]
    if follows is not None:
        return {"follows": follows}
    behind = stop_joining.list_stop_followers({one: keys.get(one) or one for one in order})
    begun = keys.get(order[0])  # of a day under way, the stop where the team is
    if not routes.leaves or begun is None or str(begun) in routes.free.visit_by_id:
        return {"follows": behind}
    return {"follows": behind | {order[0]}, "begun": begun}


def _read_worth(rows: QuerySet[PlanStop] | QuerySet[PlanUnserved]) -> dict[str, dict[str, Any]]:
    """By need: its priority and what that is made of."""
    found = rows.values_list("need", "priority", "parts")
    return {str(need): {"priority": priority, "parts": parts} for need, priority, parts in found}


def _summarise(
    plan: Plan, found: Move, changed: dict[int, Route | None], *, served: int, left: int
) -> PlanSummary:
    """The plan's figures with these routes."""
    summary = plan.figures
    days = (
        *(row for row in summary.team_days if row.shift not in changed),
        *draft_rows.summarise_routes(route for route in changed.values() if route is not None),
    )
    return replace(
        summary,
        broken=tuple(row for row in summary.broken if row.need not in found.needs),
        team_days=days,
        travel_s=sum(row.travel_s for row in days),
        put_back=summary.put_back + 1,  # how often the draft was changed by hand
        served=summary.served + served,
        unserved=summary.unserved + left,
        points=round(summary.points - found.price.points, 1),
        balance=summary.balance and _balance(plan, summary.balance, days),
    )


def _balance(plan: Plan, stored: Balance, days: Sequence[TeamDayFigures]) -> Balance:
    """How evenly the draft shares the work now; why a team could not be relieved stays as it was found."""
    travel = {row.shift: row.travel_s for row in days}
    busy, visits = Counter[str](), Counter[str]()
    stops = PlanStop.objects.filter(plan=plan).values_list("shift", "shift__team__code", "start", "leave")
    for shift, team, start, leave in stops:
        busy[team] += leave - start + travel.pop(shift, 0)
        visits[team] += 1
    rows = tuple(row._replace(busy_s=busy[row.team], visits=visits[row.team]) for row in stored.loads)
    return replace(stored, kept=not loads.list_overloads(rows, engine.fairness_tolerance()), loads=rows)
