"""What is left of a day under way: the teams from where they are, the visits that are left, the promises to keep.

The idea: the rest of a day is a problem of its own. Promised visits of working teams are locked within the interval
that the family was told; those that cannot be kept together are released by steps, and named. Nobody joins a stop
(groups/stop_groups.py) where that would cost a promise.
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

PROMISE_POINTS = 40.0  # what a broken promise is worth on top, so that it is replaced before others

Wanted = Sequence[Sequence[str]]


class RemainingDay(NamedTuple):
    """The rest with promises that can be kept together: `causes` say why others are broken, `wanted` is who may
    share a stop, `start` where the search goes on from."""

    problem: Problem
    causes: dict[str, Reason]
    wanted: Wanted
    start: Plan


def narrow_to_told(visit: Visit, told: Interval | None) -> Visit:
    """The visit within the interval that its family was told; where its hours no longer meet it, the interval."""
    if told is None:
        return visit
    return replace(visit, windows=cut_windows(visit.windows, told))


def _build_remaining_shift(shift: Shift, state: DayState) -> Shift:
    """What is left of a team's day."""
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
    """Today's shifts from now on, and the visits that are left for them; promises of failed teams are released."""
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
    """`rest` with locks that can be kept together; the others a step looser each, from the same team later on to
    any team today."""
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
        if one is not None and found:  # later by the same team
            ready = slots.take_slot(ready, one, min(found, key=lambda slot: slot.start_s))
            changed |= late
        else:  # any team, and before others
            for i in causes.keys() & own.keys():
                changed[i] = replace(own[i], locked=None, priority=own[i].priority + PROMISE_POINTS)
    visits = tuple(changed.get(visit.id, visit) for visit in rest.visits)
    order = {row.shift.id: tuple(stop.id for stop in row.visits) for row in ready.lines}
    # Who does not share a stop here does not later either: promises are kept together as they are now.
    return RemainingDay(
        replace(rest, visits=visits), causes, tuple(groups.values()), _build_start(order, was)
    )


def _choose_harmless_groups(rest: Problem, left: Mapping[str, Sequence[str]], stops: DayStopGroups) -> Wanted:
    """Who may share a stop without a promise being broken for it that could be kept: where one would be, who is not
    promised stands back first."""
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
    rows = ([visit for visit in ids if visit in rest.visit_by_id] for ids in wanted)
    return [ids for ids in rows if len(ids) > 1]


def _find_hurt_shifts(
    rest: Problem,
    left: Mapping[str, Sequence[str]],
    wanted: Wanted,
    stops: DayStopGroups,
    hopeless: Collection[str],
) -> set[str | None]:
    """Shifts that could keep more of their promises if nobody shared a stop."""
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
    """Without those that are not promised at the promised stops of these shifts; where there are none, without
    these stops."""

    def promised(ids: Sequence[str]) -> list[str]:
        return [visit for visit in ids if rest.visit_by_id[visit].locked in hurt]

    firm = [promised(ids) or ids for ids in wanted]
    if firm == [list(ids) for ids in wanted]:
        firm = [ids for ids in wanted if not promised(ids)]
    return _keep_present(rest, firm)


def _begin_no_earlier(visit: Visit, told: Interval | None) -> Visit:
    """Any of the hours that suit, but not before the interval that the family was told: it may not be at home."""
    if told is None:
        return visit
    return replace(visit, windows=tuple((max(w[0], told[0]), w[1]) for w in visit.windows if w[1] >= told[0]))


def _build_start(kept: Mapping[str, Sequence[str]], left: Mapping[str, Sequence[str]]) -> Plan:
    """The promised visits in an order that keeps them, the others at their old place where the order is the old
    one, at the end where not."""
    begin = {}
    for shift, order in kept.items():
        old, mine = list(left.get(shift, ())), set(order)
        same = [visit for visit in old if visit in mine] == list(order)
        begin[shift] = old if same else [*order, *(visit for visit in old if visit not in mine)]
    return plan_from_orders(begin)
