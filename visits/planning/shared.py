"""Homes that share a stop: one house, or one street corner. Served together, one after the other, or not at all.

The idea: for the search the visits of a shared stop are one visit, as long as all of them, worth as much as
all, allowed where all are. Its plan is then taken apart again: one visit each, without a drive between them,
each begun when the one before is left (or after lunch). So engine, rules and reasons need to know nothing of it.
No source: our own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from visits.planning import explain
from visits.planning.blocks import free_shifts
from visits.planning.price import is_protected, worth
from visits.planning.result import figures
from visits.planning.rules import walk
from visits.planning.types import Interval, Plan, Problem, Reason, Route, Unserved, Visit

Groups = Mapping[str, tuple[str, ...]]  # the first visit's id, which stands for all -> all ids in their order


def together(visits: Sequence[Visit]) -> Visit | None:
    """One visit for all, done in this order; None where their dates, hours or promises do not go together."""
    first = visits[0]
    if len({(visit.locked, visit.last, visit.published) for visit in visits}) > 1:
        return None
    dates = None
    for visit in visits:
        if visit.dates is not None:
            dates = visit.dates if dates is None else dates & visit.dates
    windows = _windows(visits)
    if not windows or (dates is not None and not dates):
        return None
    return replace(
        first,
        service_s=sum(visit.service_s for visit in visits),
        priority=sum(visit.priority for visit in visits),
        decay=sum(visit.decay for visit in visits),
        move_points=sum(visit.move_points for visit in visits),
        windows=windows,
        dates=dates,
        skills=frozenset().union(*(visit.skills for visit in visits)),
        tier=max(visit.tier for visit in visits),
    )


def _windows(visits: Sequence[Visit]) -> tuple[Interval, ...]:
    """When the first may begin so that each, begun when the one before is left, begins in its own hours."""
    allowed: list[Interval] = sorted(visits[0].windows)
    offset = visits[0].service_s
    for visit in visits[1:]:
        shifted = [(opens - offset, closes - offset) for opens, closes in visit.windows]
        met = [(max(a, c, 0), min(b, d)) for a, b in allowed for c, d in shifted]
        allowed = sorted({(opens, closes) for opens, closes in met if opens <= closes})
        offset += visit.service_s
    return tuple(allowed)


def possible(problem: Problem, groups: Groups) -> Groups:
    """The groups whose visits go together, and that some shift could serve if each alone could be."""
    out = {}
    for first, ids in groups.items():
        visits = [problem.visit_by_id[i] for i in ids]
        one = together(visits)
        if one is not None and (_can(problem, one) or not any(_can(problem, v) for v in visits)):
            out[first] = ids
    return out


def _can(problem: Problem, visit: Visit) -> bool:
    return next(free_shifts(problem, visit), None) is not None


def merge(problem: Problem, groups: Groups) -> Problem:
    """The problem with every group as one visit."""
    if not groups:
        return problem
    others = {visit for ids in groups.values() for visit in ids[1:]}
    visits = []
    for visit in problem.visits:
        one = together([problem.visit_by_id[i] for i in groups[visit.id]]) if visit.id in groups else visit
        if visit.id not in others:
            assert one is not None
            visits.append(one)
    return replace(problem, visits=tuple(visits))


def merged_start(plan: Plan | None, groups: Groups) -> Plan | None:
    """A plan of single visits, for the merged problem to go on from: the engine reads no more than its orders."""
    if plan is None or not groups:
        return plan
    others = {visit for ids in groups.values() for visit in ids[1:]}
    routes = tuple(
        replace(route, stops=tuple(stop for stop in route.stops if stop.visit not in others))
        for route in plan.routes
    )
    return replace(plan, routes=routes)


def expand(problem: Problem, groups: Groups, plan: Plan) -> Plan:
    """The merged problem's plan in single visits; `problem` has them.

    The search counts a shared stop as one visit. Where a team would have more of them than it may, the stops
    that are worth least, never promised ones, are left out whole and explained.
    """
    if not groups:
        return plan
    single = (_single(problem, groups, route) for route in plan.routes)
    routes = tuple(route for route in single if route.stops)
    on = {stop.visit: route.shift for route in routes for stop in route.stops}
    orders = {route.shift: [stop.visit for stop in route.stops] for route in routes}
    rows = {row.visit: row for row in _each(groups, plan.unserved)}
    for stop in (stop for route in plan.routes for stop in route.stops):
        for visit in _members(groups, stop.visit):
            if visit not in on:
                reason = explain.one(problem, orders, problem.visit_by_id[visit])
                rows[visit] = Unserved(visit, (reason,))
    unserved = tuple(rows[visit.id] for visit in problem.visits if visit.id in rows)
    return replace(
        plan,
        routes=routes,
        unserved=unserved,
        broken_locks=tuple(
            replace(row, visit=visit, served_on=on.get(visit), reason=_reason(groups, row.reason))
            for row in plan.broken_locks
            for visit in _members(groups, row.visit)
        ),
        broken_guarantees=tuple(row for row in unserved if problem.visit_by_id[row.visit].tier),
        statistics=replace(plan.statistics, **figures(problem, routes)),
    )


def _single(problem: Problem, groups: Groups, route: Route) -> Route:
    """The route in single visits: walked again, for a break may now fall between two of one stop."""
    shift = problem.shift_by_id[route.shift]
    stops = [[problem.visit_by_id[i] for i in _members(groups, stop.visit)] for stop in route.stops]
    while sum(map(len, stops)) > shift.max_visits:
        free = [stop for stop in stops if not any(visit.locked == shift.id for visit in stop)]
        loose = [stop for stop in free if not any(is_protected(visit, shift) for visit in stop)] or free
        if not loose:
            break
        stops.remove(min(loose, key=lambda stop: sum(worth(problem, visit, shift) for visit in stop)))
    return walk(problem, shift, [visit for stop in stops for visit in stop]).route(shift)


def _members(groups: Groups, visit: str) -> tuple[str, ...]:
    """All visits for which this one stands in the merged problem; itself where it shares no stop."""
    return groups.get(visit, (visit,))


def _each(groups: Groups, rows: Sequence[Unserved]) -> tuple[Unserved, ...]:
    return tuple(
        Unserved(visit, tuple(_reason(groups, reason) for reason in row.reasons))
        for row in rows
        for visit in _members(groups, row.visit)
    )


def _reason(groups: Groups, reason: Reason) -> Reason:
    """The same with every single visit that would be pushed out."""
    return replace(reason, visits=tuple(v for first in reason.visits for v in _members(groups, first)))
