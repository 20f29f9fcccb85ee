"""The rest of a day under way as a planning problem: where the teams are, which visits are left, which
promises stay.

The idea: promised visits of working teams are locked to their shift, within the interval that the family was
told. Promises that cannot be kept together are released in steps, and each is reported with its reason.
Visits share a stop (groups/stop_groups.py) only where that breaks no promise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from visits.planning.day.day_state import DayState, DayStopGroups
from visits.planning.groups import stop_groups
from visits.planning.rules import cut_windows
from visits.planning.start import locks
from visits.planning.types import (
    Interval,
    Plan,
    Problem,
    Reason,
    Shift,
    Visit,
    orders_of_plan,
    plan_from_orders,
)
from visits.planning.week import slots

PROMISE_POINTS = 40.0  # added priority of a broken promise, so that it is placed before others

Wanted = Sequence[Sequence[str]]


class RemainingDay(NamedTuple):
    """The rest of the day, with locks that can all be kept.

    `causes` is by visit id why a promise is broken, `wanted` the groups that may share a stop, `start` the
    plan that the search goes on from.
    """

    problem: Problem
    causes: dict[str, Reason]
    wanted: Wanted
    start: Plan


def narrow_to_told(visit: Visit, told: Interval | None) -> Visit:
    """The visit with its windows cut to the told interval; if none of them meets it, the interval is its only
    window."""
    if told is None:
        return visit
    return replace(visit, windows=cut_windows(visit.windows, told))


def _build_remaining_shift(shift: Shift, state: DayState) -> Shift:
    """What is left of a shift: it starts where and when the team is free, with the visits done subtracted
    from its capacity. A shift that is over takes no visit."""
    now = next((team for team in state.teams if team.shift == shift.id), None)
    start_s = max(shift.start_s, state.now_s, now.free_s if now else 0)
    done = now.done if now else 0
    over = start_s > shift.end_s
    return replace(
        shift,
        start_s=min(start_s, shift.end_s),
        start_location=now.location if now else shift.start_location,
        max_visits=0 if over else max(0, shift.max_visits - done),
    )


def build_remaining_day(problem: Problem, published: Plan, state: DayState) -> Problem:
    """Today's working shifts from now on, and the visits left for them. Visits promised on failed shifts lose
    their lock."""
    today = {shift.id for shift in problem.shifts if shift.date == state.date}
    working = today - state.failed
    on = published.shift_of
    visits = []
    for visit in problem.visits:
        if visit.id in state.gone or (on.get(visit.id) not in today and visit.id not in state.urgent):
            continue
        if visit.locked in working:
            visits.append(narrow_to_told(visit, state.told.get(visit.id)))
        else:
            visits.append(replace(visit, locked=None))
    shifts = tuple(_build_remaining_shift(shift, state) for shift in problem.shifts if shift.id in working)
    return replace(problem, shifts=shifts, visits=tuple(visits))


def keep_promises(
    rest: Problem, problem: Problem, published: Plan, state: DayState, stops: DayStopGroups
) -> RemainingDay:
    """`rest` with locks that can be kept together, and the reasons for those that cannot.

    A promise that breaks is first given any later time on the same shift, never before the told interval; if
    there is none, its lock is released and its priority raised by PROMISE_POINTS, so that it is placed before
    others.
    """
    left = {
        shift: tuple(visit for visit in order if visit in rest.visit_by_id)
        for shift, order in orders_of_plan(published).items()
        if shift in rest.shift_by_id
    }
    wanted = _choose_harmless_groups(rest, left, stops)
    joined, groups = stop_groups.form_groups(rest, wanted, stops.follows)
    merged, was = stop_groups.merge_groups(joined, groups), stop_groups.orders_of_leaders(left, groups)
    kept = locks.keep_locks(merged, was)
    causes = {
        visit.id: Reason("failed", visit.locked)
        for visit in problem.visits
        if visit.locked in state.failed and visit.id in rest.visit_by_id
    }
    for first, reason in kept.broken.items():
        each = (
            visit
            for visit in stop_groups.group_members(groups, first)
            if rest.visit_by_id[visit].locked is not None
        )
        causes.update((visit, reason) for visit in each)
    ready = slots.prepare_lines(merged, kept.orders)
    changed: dict[str, Visit] = {}
    hit = (
        first
        for first in merged.visit_by_id
        if not causes.keys().isdisjoint(stop_groups.group_members(groups, first))
    )
    for first in sorted(hit, key=lambda i: (-merged.visit_by_id[i].priority, i)):
        own = {i: problem.visit_by_id[i] for i in stop_groups.group_members(groups, first)}
        late = {i: _begin_no_earlier(visit, state.told.get(i)) for i, visit in own.items()}
        one = stop_groups.merge_visits(
            [stop_groups.place_in_group(visit, joined.visit_by_id[i]) for i, visit in late.items()]
        )
        found = slots.find_slots(ready, one) if one is not None and first in kept.broken else []
        if one is not None and found:  # keep the shift, at a later hour
            ready = slots.take_slot(ready, one, min(found, key=lambda slot: slot.start_s))
            changed |= late
        else:  # release it to any shift
            for i in causes.keys() & own.keys():
                changed[i] = replace(own[i], locked=None, priority=own[i].priority + PROMISE_POINTS)
    visits = tuple(changed.get(visit.id, visit) for visit in rest.visits)
    order = {row.shift.id: tuple(stop.id for stop in row.visits) for row in ready.lines}
    # Later searches form no other groups: the promises were found to fit together with these.
    return RemainingDay(
        replace(rest, visits=visits), causes, tuple(groups.values()), _build_start(order, was)
    )


def _choose_harmless_groups(rest: Problem, left: Mapping[str, Sequence[str]], stops: DayStopGroups) -> Wanted:
    """The groups that may share a stop without breaking a promise that could be kept otherwise.

    While a group breaks one, uncommitted visits are dropped from it first; if it has none, the group is given
    up.
    """
    wanted = _keep_present(rest, stops.wanted)
    if not wanted:
        return ()
    hopeless = locks.keep_locks(rest, left).broken.keys()
    while True:
        hurt = _find_hurt_shifts(rest, left, wanted, stops, hopeless)
        looser = _loosen_groups(rest, wanted, hurt)
        if looser == wanted:
            return wanted
        wanted = looser


def _keep_present(rest: Problem, wanted: Wanted) -> Wanted:
    """The groups without visits that are not in `rest`; groups of fewer than two visits are dropped."""
    rows = ([visit for visit in ids if visit in rest.visit_by_id] for ids in wanted)
    return [ids for ids in rows if len(ids) > 1]


def _find_hurt_shifts(
    rest: Problem,
    left: Mapping[str, Sequence[str]],
    wanted: Wanted,
    stops: DayStopGroups,
    hopeless: Collection[str],
) -> set[str | None]:
    """Ids of the shifts that could keep more of their promises if nobody shared a stop, or that have more
    promised homes than `max_visits`. `hopeless` are the ids of visits whose promise breaks either way."""
    joined, groups = stop_groups.form_groups(rest, wanted, stops.follows)
    merged = stop_groups.merge_groups(joined, groups)
    broken = locks.keep_locks(merged, stop_groups.orders_of_leaders(left, groups)).broken
    each = (visit for first in broken for visit in stop_groups.group_members(groups, first))
    homes = Counter[str | None]()
    for visit in merged.visits:
        homes[visit.locked] += len(stop_groups.group_members(groups, visit.id))
    hurt = {rest.visit_by_id[visit].locked for visit in each if visit not in hopeless}
    return (hurt | {shift.id for shift in rest.shifts if homes[shift.id] > shift.max_visits}) - {None}


def _loosen_groups(rest: Problem, wanted: Wanted, hurt: set[str | None]) -> Wanted:
    """The groups without their uncommitted visits where they hold a promise of a hurt shift. If that changes
    nothing, those groups are given up as a whole."""

    def promised(ids: Sequence[str]) -> list[str]:
        return [visit for visit in ids if rest.visit_by_id[visit].locked in hurt]

    firm = [promised(ids) or ids for ids in wanted]
    if firm == [list(ids) for ids in wanted]:
        firm = [ids for ids in wanted if not promised(ids)]
    return _keep_present(rest, firm)


def _begin_no_earlier(visit: Visit, told: Interval | None) -> Visit:
    """The visit in any of its windows, but not before the begin of the told interval: the family may not be
    at home before."""
    if told is None:
        return visit
    return replace(visit, windows=tuple((max(w[0], told[0]), w[1]) for w in visit.windows if w[1] >= told[0]))


def _build_start(kept: Mapping[str, Sequence[str]], left: Mapping[str, Sequence[str]]) -> Plan:
    """A plan to start from, with the promised visits in the order `kept`. The other visits of `left` keep
    their old position if the promised ones keep their order, and else follow at the end."""
    begin = {}
    for shift, order in kept.items():
        old, mine = list(left.get(shift, ())), set(order)
        same = [visit for visit in old if visit in mine] == list(order)
        begin[shift] = old if same else [*order, *(visit for visit in old if visit not in mine)]
    return plan_from_orders(begin)
