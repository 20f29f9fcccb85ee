"""Compare the new plan of the rest of a day with the published one, visit by visit.

The idea: put the old and the new place side by side. A visit without a place today is offered the best slot
that is left, today or later. No slot is offered twice; visits of one stop group are offered slots next to
each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from visits.planning.day.day_state import (
    DROPPED,
    MOVED,
    NEW,
    SAME,
    SHIFTED,
    DayState,
    DayStopGroups,
    Place,
    VisitChange,
)
from visits.planning.day.remaining_day import narrow_to_told
from visits.planning.groups import stop_groups
from visits.planning.news import is_news
from visits.planning.types import Interval, Plan, Problem, Reason, orders_of_plan
from visits.planning.week import slots
from visits.planning.week.slots import Slot


def map_places(plan_: Plan) -> dict[str, Place]:
    """Visit id -> where and when the plan serves it."""
    return {stop.visit: Place(route.shift, stop.start_s) for route in plan_.routes for stop in route.stops}


def list_changes(
    problem: Problem,
    published: Plan,
    state: DayState,
    kept: Problem,
    found: Plan,
    causes: Mapping[str, Reason],
    stops: DayStopGroups,
) -> tuple[VisitChange, ...]:
    """One change for each visit of the day: broken promises first, then by falling priority.

    `problem` and `published` are the whole published plan, `kept` and `found` what was planned again today;
    `causes` says by visit id why promises are broken.
    """
    before, after = map_places(published), map_places(found)
    today = {shift.id for shift in problem.shifts if shift.date == state.date}
    rows = []
    for visit in kept.visits:
        was, now = before.get(visit.id), after.get(visit.id)
        was = was if was is not None and was.shift in today else None
        outside = now is not None and _is_outside(state.told.get(visit.id), now.start_s)
        rows.append(
            VisitChange(
                visit.id,
                _classify_change(was, now, outside=outside, news_s=problem.news_s),
                was,
                now,
                causes.get(visit.id),
            )
        )
    return _add_offers(problem, published, state, kept, found, rows, stops)


def _is_outside(told: Interval | None, start_s: int) -> bool:
    """Whether a start lies outside the interval that the family was told; False if it was told none."""
    return told is not None and not told[0] <= start_s <= told[1]


def _classify_change(was: Place | None, now: Place | None, *, outside: bool, news_s: int) -> str:
    """SAME, SHIFTED, MOVED, DROPPED or NEW; a start outside the told interval always counts as SHIFTED."""
    if now is None:
        return DROPPED
    if was is None:
        return NEW
    if was.shift != now.shift:
        return MOVED
    return SHIFTED if outside or is_news((was.start_s,), (now.start_s,), news_s=news_s) else SAME


def _add_offers(
    problem: Problem,
    published: Plan,
    state: DayState,
    kept: Problem,
    found: Plan,
    rows: list[VisitChange],
    stops: DayStopGroups,
) -> tuple[VisitChange, ...]:
    """The changes with the best slot that is left in `offer` for each dropped visit, sorted as `list_changes`
    says."""
    later = tuple(shift for shift in problem.shifts if shift.date > state.date)
    shifts = (*kept.shifts, *later)
    known = {shift.id for shift in shifts}
    visits = tuple(
        kept.visit_by_id.get(visit.id) or narrow_to_told(visit, state.told.get(visit.id))
        for visit in problem.visits
    )
    visits = tuple(v if v.locked in known else replace(v, locked=None) for v in visits)
    was = orders_of_plan(published)
    whole = replace(problem, shifts=shifts, visits=visits)
    ready = slots.prepare_lines(
        whole, orders_of_plan(found) | {shift.id: was.get(shift.id, ()) for shift in later}
    )
    rows.sort(key=lambda row: (row.cause is None, -problem.visit_by_id[row.visit].priority, row.visit))
    dropped = [row.visit for row in rows if row.what == DROPPED]
    alone = (replace(stops.by_itself(problem.visit_by_id[visit]), locked=None) for visit in dropped)
    free = replace(whole, visits=tuple(alone))
    wanted = [[visit for visit in ids if visit in free.visit_by_id] for ids in stops.wanted]
    joined, groups = stop_groups.form_groups(free, wanted, stops.follows)
    of = {visit: ids for ids in groups.values() for visit in ids}
    offers: dict[str, Slot] = {}
    for visit in dropped:
        if visit not in offers:
            ready, more = stop_groups.place_group(
                ready, [joined.visit_by_id[i] for i in of.get(visit, ())], stops.behind
            )
            if visit not in more:
                ready, more = stop_groups.place_group(ready, [free.visit_by_id[visit]], stops.behind)
            offers |= more
    return tuple(replace(row, offer=offers.get(row.visit)) for row in rows)
