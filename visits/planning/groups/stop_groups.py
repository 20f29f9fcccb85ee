"""Visits that share a stop (one house, or one street corner) are served one right after the other, or not at
all.

The idea: the search sees a group as one visit, as long as all of them together, worth as much as all, and
allowed where all are. Its plan is then expanded to single visits: no drive between them, each begun when the
one before is left (or after a break). Engine, rules and reasons therefore know nothing of groups. No source:
our own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from visits.planning.result import compute_figures
from visits.planning.rules import walk_route
from visits.planning.types import (
    Interval,
    Plan,
    Problem,
    Reason,
    Route,
    Shift,
    Unserved,
    Visit,
    orders_of_routes,
)
from visits.planning.week import slots
from visits.planning.week.slots import PreparedLines, Slot
from visits.planning.why import explain
from visits.planning.why.ejections import is_protected, points_lost
from visits.planning.why.hard_constraints import free_shifts

Groups = Mapping[str, tuple[str, ...]]  # id of the first visit (the leader) -> ids of all, in order


def group_members(groups: Groups, visit: str) -> tuple[str, ...]:
    """The ids that `visit` stands for in the merged problem, in their order; the visit alone if it leads no
    group."""
    return groups.get(visit, (visit,))


def list_followers(groups: Groups) -> frozenset[str]:
    """Ids of all visits that are served right after another one of their group."""
    return frozenset(visit for ids in groups.values() for visit in ids[1:])


def merge_visits(visits: Sequence[Visit]) -> Visit | None:
    """One visit in place of several served in this order; None if their dates, windows, locks or infection
    rules conflict.

    If one is promised, the merged visit is locked there. Visits published on different shifts are not merged.
    """
    first = visits[0]
    locked = {visit.locked for visit in visits if visit.locked is not None}
    published = {visit.published for visit in visits if visit.published is not None}
    if len(locked) > 1 or len(published) > 1 or len({visit.infectious_last for visit in visits}) > 1:
        return None
    dates = None
    for visit in visits:
        if visit.dates is not None:
            dates = visit.dates if dates is None else dates & visit.dates
    windows = _intersect_starts(visits)
    if not windows or (dates is not None and not dates):
        return None
    return replace(
        first,
        service_s=sum(visit.service_s for visit in visits),
        variance_s2=sum(visit.variance_s2 for visit in visits),
        priority=sum(visit.priority for visit in visits),
        decay=sum(visit.decay for visit in visits),
        move_points=sum(visit.move_points for visit in visits),
        windows=windows,
        dates=dates,
        skills=frozenset().union(*(visit.skills for visit in visits)),
        tier=max(visit.tier for visit in visits),
        locked=next(iter(locked), None),
        published=next(iter(published), None),
    )


def _intersect_starts(visits: Sequence[Visit]) -> tuple[Interval, ...]:
    """The starts of the first visit at which every visit begins inside a window of its own, each begun when
    the one before is left; sorted intervals."""
    allowed: list[Interval] = sorted(visits[0].windows)
    offset = visits[0].service_s
    for visit in visits[1:]:
        shifted = [(opens - offset, closes - offset) for opens, closes in visit.windows]
        met = [(max(a, c, 0), min(b, d)) for a, b in allowed for c, d in shifted]
        allowed = sorted({(opens, closes) for opens, closes in met if opens <= closes})
        offset += visit.service_s
    return tuple(allowed)


def keep_feasible_groups(problem: Problem, groups: Groups) -> Groups:
    """The groups that `merge_visits` accepts and that a shift can serve, unless no member could be served
    alone either."""
    out = {}
    for first, ids in groups.items():
        if _can_share_stop(problem, [problem.visit_by_id[i] for i in ids]):
            out[first] = ids
    return out


def form_groups(
    problem: Problem, wanted: Iterable[Sequence[str]], follows: Mapping[str, int]
) -> tuple[Problem, Groups]:
    """The problem with the members of each group at one place and the kit set up once, and the groups that
    were formed.

    `wanted` are ids in the order of service; `follows` is by id the seconds of service right after another
    visit. A visit that does not go with the first group of its row starts another group with the later ones
    that do.
    """
    groups: dict[str, tuple[str, ...]] = {}
    joined: dict[str, Visit] = {}
    for ids in wanted:
        parts: list[list[Visit]] = []
        for visit in (problem.visit_by_id[i] for i in ids):
            for part in parts:
                after = replace(visit, location=part[0].location, service_s=follows[visit.id])
                if _can_share_stop(problem, [*part, after]):
                    part.append(after)
                    break
            else:
                parts.append([visit])
        for part in parts:
            if len(part) > 1:
                groups[part[0].id] = tuple(visit.id for visit in part)
                joined.update((visit.id, visit) for visit in part)
    if not groups:
        return problem, {}
    return replace(problem, visits=tuple(joined.get(visit.id, visit) for visit in problem.visits)), groups


def place_in_group(visit: Visit, joined: Visit) -> Visit:
    """`visit` with the location and service time of `joined`, the same visit in its group."""
    return replace(visit, location=joined.location, service_s=joined.service_s)


def _can_share_stop(problem: Problem, visits: Sequence[Visit]) -> bool:
    """Whether these visits merge and a shift can serve them, unless no one of them could be served alone
    either."""
    one = merge_visits(visits)
    return one is not None and (
        _has_free_shift(problem, one) or not any(_has_free_shift(problem, visit) for visit in visits)
    )


def _has_free_shift(problem: Problem, visit: Visit) -> bool:
    """Whether a shift could serve the visit if it served nobody else."""
    return next(free_shifts(problem, visit), None) is not None


def merge_groups(problem: Problem, groups: Groups) -> Problem:
    """The problem with every group merged into its first visit."""
    if not groups:
        return problem
    others = list_followers(groups)
    visits = []
    for visit in problem.visits:
        one = (
            merge_visits([problem.visit_by_id[i] for i in groups[visit.id]]) if visit.id in groups else visit
        )
        if visit.id not in others:
            assert one is not None
            visits.append(one)
    return replace(problem, shifts=_reserve_homes(problem, groups, visits), visits=tuple(visits))


def _reserve_homes(problem: Problem, groups: Groups, merged: Sequence[Visit]) -> tuple[Shift, ...]:
    """The shifts with `max_visits` lowered by the followers of their promised groups, if all promised homes
    fit."""
    stops = [visit for visit in merged if visit.locked is not None]
    homes: Counter[str | None] = Counter()
    more: Counter[str | None] = Counter()
    for visit in stops:
        count = len(group_members(groups, visit.id))
        homes[visit.locked] += count
        more[visit.locked] += count - 1
    return tuple(
        replace(shift, max_visits=shift.max_visits - more[shift.id])
        if more[shift.id] and homes[shift.id] <= shift.max_visits
        else shift
        for shift in problem.shifts
    )


def count_group_homes(merged: Problem, groups: Groups, orders: Mapping[str, Sequence[str]]) -> Problem:
    """The merged problem with `max_visits` lowered by the followers of the groups in `orders`, shift by
    shift, where all fit. Promised groups are counted already (`merge_groups`)."""
    shifts = []
    for shift in merged.shifts:
        order = orders.get(shift.id, ())
        free = (first for first in order if merged.visit_by_id[first].locked is None)
        more = sum(len(group_members(groups, first)) - 1 for first in free)
        fits = len(order) + more <= shift.max_visits
        shifts.append(replace(shift, max_visits=shift.max_visits - more) if fits else shift)
    return replace(merged, shifts=tuple(shifts))


def orders_of_leaders(orders: Mapping[str, Sequence[str]], groups: Groups) -> dict[str, tuple[str, ...]]:
    """Orders of single visits (by shift id) as orders of the merged problem: a group stands where its first
    member does."""
    of = {visit: first for first, ids in groups.items() for visit in ids}
    seen: set[str] = set()
    found = {}
    for shift, order in orders.items():
        mine = [
            first for first in dict.fromkeys(of.get(visit, visit) for visit in order) if first not in seen
        ]
        seen.update(mine)
        found[shift] = tuple(mine)
    return found


def merge_start(plan: Plan | None, groups: Groups) -> Plan | None:
    """A plan of single visits as a start for the merged problem: followers are left out, times are not
    corrected, because a run reads only the orders of its start."""
    if plan is None or not groups:
        return plan
    others = {visit for ids in groups.values() for visit in ids[1:]}
    routes = tuple(
        replace(route, stops=tuple(stop for stop in route.stops if stop.visit not in others))
        for route in plan.routes
    )
    return replace(plan, routes=routes)


def expand_groups(
    problem: Problem, groups: Groups, plan: Plan, has_time: Callable[[], bool] = lambda: True
) -> Plan:
    """The merged problem's plan in single visits of `problem`.

    The search counts a group as one visit. If a shift then exceeds `max_visits`, its groups worth least,
    never promised ones, are moved whole to a shift with room, or left out and explained, while it `has_time`.
    """
    if not groups:
        return plan
    expanded = [_expand_route(problem, groups, route) for route in plan.routes]
    routes = _place_left_out(problem, groups, plan, expanded, has_time)
    on = {stop.visit: route.shift for route in routes for stop in route.stops}
    orders = {route.shift: [stop.visit for stop in route.stops] for route in routes}
    rows = {row.visit: row for row in _expand_unserved(groups, plan.unserved)}
    for stop in (stop for route in plan.routes for stop in route.stops):
        for visit in group_members(groups, stop.visit):
            if visit not in on:
                one = problem.visit_by_id[visit]
                reasons = (explain.explain_visit(problem, orders, one),) if has_time() else ()
                rows[visit] = Unserved(visit, reasons)
    unserved = tuple(rows[visit.id] for visit in problem.visits if visit.id in rows)
    return replace(
        plan,
        routes=routes,
        unserved=unserved,
        broken_locks=tuple(
            replace(row, visit=visit, served_on=on.get(visit), reason=_expand_reason(groups, row.reason))
            for row in plan.broken_locks
            for visit in group_members(groups, row.visit)
            if problem.visit_by_id[visit].locked is not None
        ),
        broken_guarantees=tuple(row for row in unserved if problem.visit_by_id[row.visit].tier),
        statistics=replace(plan.statistics, **compute_figures(problem, routes)),
    )


def _expand_route(problem: Problem, groups: Groups, route: Route) -> Route:
    """The route in single visits, walked again because a break may now fall between two members of a group.
    Groups worth least are dropped until `max_visits` is kept; promised ones stay."""
    shift = problem.shift_by_id[route.shift]
    stops = [[problem.visit_by_id[i] for i in group_members(groups, stop.visit)] for stop in route.stops]
    while sum(map(len, stops)) > shift.max_visits:
        free = [stop for stop in stops if not any(visit.locked == shift.id for visit in stop)]
        loose = [stop for stop in free if not any(is_protected(visit, shift) for visit in stop)] or free
        if not loose:
            break
        stops.remove(min(loose, key=lambda stop: sum(points_lost(problem, visit, shift) for visit in stop)))
    return walk_route(problem, shift, [visit for stop in stops for visit in stop]).as_route(shift)


def _place_left_out(
    problem: Problem, groups: Groups, plan: Plan, routes: Sequence[Route], has_time: Callable[[], bool]
) -> tuple[Route, ...]:
    """The routes, with the groups that `_expand_route` dropped put into other shifts that have room, those worth most
    first, while it `has_time`."""
    served = {stop.visit for route in routes for stop in route.stops}
    first = [stop.visit for route in plan.routes for stop in route.stops if stop.visit not in served]
    if first:
        stops = [[problem.visit_by_id[i] for i in group_members(groups, one)] for one in first]
        ready = slots.prepare_lines(problem, orders_of_routes(routes))
        behind = list_followers(groups)
        for stop in sorted(stops, key=lambda stop: -sum(visit.priority for visit in stop)):
            if has_time():
                ready, _ = place_group(ready, stop, behind)
        routes = [walk_route(problem, line.shift, line.visits).as_route(line.shift) for line in ready.lines]
    return tuple(route for route in routes if route.stops)


def place_group(
    ready: PreparedLines, stop: Sequence[Visit], behind: frozenset[str]
) -> tuple[PreparedLines, dict[str, Slot]]:
    """Put the visits of one group right after each other into the best slots of a shift with room for all.

    Returns the lines with the slots taken and the slot of each visit by id; the lines unchanged and an empty
    dict if there is no room. No visit is put in front of one of `behind`.
    """
    one = merge_visits(stop) if stop else None
    roomy = [line for line in ready.lines if len(line.visits) + len(stop) <= line.shift.max_visits]
    best = one and slots.find_slots(PreparedLines(ready.problem, tuple(roomy)), one, limit=1, follows=behind)
    if not best:
        return ready, {}
    after, found = ready, dict[str, Slot]()
    for position, visit in enumerate(stop, start=best[0].position):
        offers = slots.find_slots(after, visit, follows=behind)
        slot = next(
            (slot for slot in offers if (slot.shift, slot.position) == (best[0].shift, position)), None
        )
        if slot is None:
            return ready, {}
        after = slots.take_slot(after, visit, slot)
        found[visit.id] = slot
    return after, found


def _expand_unserved(groups: Groups, rows: Sequence[Unserved]) -> tuple[Unserved, ...]:
    """The unserved rows of merged visits as rows of their members."""
    return tuple(
        Unserved(visit, tuple(_expand_reason(groups, reason) for reason in row.reasons))
        for row in rows
        for visit in group_members(groups, row.visit)
    )


def _expand_reason(groups: Groups, reason: Reason) -> Reason:
    """The reason with the members of merged visits in place of these, in `visits`."""
    return replace(reason, visits=tuple(v for first in reason.visits for v in group_members(groups, first)))
