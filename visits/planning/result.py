"""From proposed orders to routes with times, checked by the rules; and the figures of a plan.

The idea: the engine is not trusted. If the rules refuse an order, it loses a visit (a forbidden one, else the
one worth least, a promised one last) until it is feasible, so nothing infeasible ever leaves the planner.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from visits.planning.priority import points_on, score_plan
from visits.planning.rules import walk_route
from visits.planning.types import Plan, Problem, Reason, Route, Shift, Unserved, Visit


def walk_orders(problem: Problem, orders: Mapping[str, Sequence[str]]) -> tuple[Route, ...]:
    """The routes of all shifts that serve somebody, in the order of problem.shifts. `orders` are visit ids by
    shift."""
    routes = []
    for shift in problem.shifts:
        visits = [problem.visit_by_id[visit_id] for visit_id in orders.get(shift.id, ())]
        route = drop_until_feasible(problem, shift, visits)
        if route.stops:
            routes.append(route)
    return tuple(routes)


def drop_until_feasible(problem: Problem, shift: Shift, visits: list[Visit]) -> Route:
    """The route in this order, without the visits that must go for the rules to hold."""
    while True:
        walk_ = walk_route(problem, shift, visits)
        if not walk_.faults or not visits:
            return walk_.as_route(shift)
        named = {fault.visit for fault in walk_.faults if fault.code in ("date", "skill")}
        worst = min(
            visits, key=lambda v: (v.id not in named, v.locked == shift.id, points_on(problem, v, shift.date))
        )
        visits = [v for v in visits if v is not worst]


def compute_figures(problem: Problem, routes: Sequence[Route]) -> dict[str, Any]:
    """The fields of Statistics that follow from the routes alone."""
    total, priority, served = 0.0, 0.0, 0
    unmoved: set[str] = set()
    for route in routes:
        date = problem.shift_by_id[route.shift].date
        for stop in route.stops:
            visit = problem.visit_by_id[stop.visit]
            total += points_on(problem, visit, date)
            priority += visit.priority
            served += 1
            if visit.published == route.shift:
                unmoved.add(visit.id)
    travel_s = sum(route.travel_s for route in routes)
    changed = [v for v in problem.visits if v.published is not None and v.id not in unmoved]
    return {
        "score": score_plan(total, travel_s),
        "points": total,
        "priority": priority,
        "served": served,
        "unserved": len(problem.visits) - served,
        "travel_s": travel_s,
        "changes": len(changed),
        "moved_points": sum(v.move_points for v in changed),
    }


def leave_out(
    problem: Problem, plan: Plan, visits: Collection[str], *, follows: Collection[str], code: str
) -> Plan:
    """The plan without these visits, and without those who share the stop that one of them leads (`follows` come
    right after another at its stop). They are unserved for the reason `code`."""
    routes, out = [], []
    for before in plan.routes:
        kept, led = [], False
        for stop in before.stops:
            led = stop.visit in visits if stop.visit not in follows else led
            if not led and stop.visit not in visits:
                kept.append(problem.visit_by_id[stop.visit])
        route = before
        if len(kept) < len(before.stops):
            route = drop_until_feasible(problem, problem.shift_by_id[before.shift], kept)
        if route.stops:
            routes.append(route)
        served = {stop.visit for stop in route.stops}
        reason = Reason(code, before.shift)
        out += [Unserved(stop.visit, (reason,)) for stop in before.stops if stop.visit not in served]
    urgent = [row for row in out if problem.visit_by_id[row.visit].tier]
    return replace(
        plan,
        routes=tuple(routes),
        unserved=(*plan.unserved, *out),
        broken_guarantees=(*plan.broken_guarantees, *urgent),
        statistics=replace(plan.statistics, **compute_figures(problem, routes)),
    )
