"""The day of work: plan the rest of a day anew from where the teams are, and say what that changes for whom.

The idea: the rest of the day is a small problem of its own. Every team starts where it stands, when it is free;
what is done is gone; a team that cannot go on takes no part. Promised visits of the others stay locked within the
interval that the family was told. Where a delay makes that impossible a promise is broken by steps, each tried
before the next: later by the same team, then by any team today, then the best place of a later day (slots.py); it
is always named. Published visits move to another team for their price (`move_points`) alone and keep their time
to half an hour; who would fall out that way is then placed at any hour. The search itself is `plan`, starting
from what is left of the published day: the periodic re-optimisation of dynamic vehicle routing (a review: Pillac
et al., European Journal of Operational Research 225(1), 2013), asked for by a person, not a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from visits.planning import locks, slots
from visits.planning.facts import DROPPED, MOVED, NEW, SAME, SHIFTED, Change, Facts, Place, Replan
from visits.planning.planner import plan
from visits.planning.rules import within
from visits.planning.types import (
    DAY_S,
    Interval,
    Plan,
    Problem,
    Progress,
    Reason,
    Shift,
    Visit,
    orders,
    start_from,
)

SHIFTED_S = 30 * 60  # a published visit that shifts by more is news for its family
PROMISE_POINTS = 40.0  # what a broken promise is worth on top, so that it is replaced before others
SECONDS = 1.0
STEADY_SHARE = 0.6  # of the time, for the search in which published visits keep their hour


def replan(
    problem: Problem,
    published: Plan,
    facts: Facts,
    *,
    seconds: float | None = SECONDS,
    iterations: int | None = None,
    seed: int = 0,
    promise_points: float = PROMISE_POINTS,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Replan:
    """The best rest of the day. `problem` holds today and the later days of the published plan, its visits
    with the hours that suit them, `locked` where promised; `published` its routes with their times."""
    rest = rest_of_day(problem, published, facts)
    kept, causes, start = _keep(rest, problem, published, facts, promise_points)
    steady = _steady(kept, published)
    first = plan(
        steady,
        seconds=None if seconds is None or iterations is not None else seconds * STEADY_SHARE,
        iterations=None if iterations is None else round(iterations * STEADY_SHARE),
        seed=seed,
        start=start,
        on_progress=_scaled(on_progress, 0.0, STEADY_SHARE),
        should_stop=should_stop,
    )
    free = {row.visit for row in first.unserved}  # asked again, at any hour
    kept = replace(
        steady,
        visits=tuple(
            wide if wide.id in free else v for v, wide in zip(steady.visits, kept.visits, strict=True)
        ),
    )
    found = first
    if kept != steady:
        found = plan(
            kept,
            seconds=None if seconds is None or iterations is not None else seconds * (1 - STEADY_SHARE),
            iterations=None if iterations is None else iterations - round(iterations * STEADY_SHARE),
            seed=seed,
            start=first,
            on_progress=_scaled(on_progress, STEADY_SHARE, 1.0),
            should_stop=should_stop,
        )
    return Replan(kept, found, _changes(problem, published, facts, kept, found, causes))


def _scaled(
    on_progress: Callable[[Progress], None] | None, since: float, until: float
) -> Callable[[Progress], None] | None:
    """The progress of one of the two searches as a part of the whole."""
    if on_progress is None:
        return None
    return lambda told: on_progress(replace(told, share=since + told.share * (until - since)))


def _steady(kept: Problem, published: Plan) -> Problem:
    """Published visits of working teams within half an hour of their time: no small saving is worth a call."""
    was = _places(published)
    visits = []
    for visit in kept.visits:
        place = was.get(visit.id)
        if visit.locked is None and place is not None and place.shift in kept.shift_by_id:
            told = (max(0, place.start_s - SHIFTED_S), min(DAY_S, place.start_s + SHIFTED_S))
            visit = narrowed(visit, told)  # noqa: PLW2901
        visits.append(visit)
    return replace(kept, visits=tuple(visits))


def narrowed(visit: Visit, told: Interval | None) -> Visit:
    """The visit within the interval that its family was told; where its hours no longer meet it, the interval."""
    if told is None:
        return visit
    return replace(visit, windows=within(visit.windows, told))


def _rest_of_shift(shift: Shift, facts: Facts) -> Shift:
    """What is left of a team's day."""
    now = next((team for team in facts.teams if team.shift == shift.id), None)
    start_s = max(shift.start_s, facts.now_s, now.free_s if now else 0)
    done = now.done if now else 0
    over = start_s > shift.end_s
    return replace(
        shift,
        start_s=min(start_s, shift.end_s),
        start_location=now.location if now else shift.start_location,
        max_visits=0 if over else max(0, shift.max_visits - done),
    )


def rest_of_day(problem: Problem, published: Plan, facts: Facts) -> Problem:
    """Today's shifts from now on, and the visits that are left for them; promises of failed teams are released."""
    today = {shift.id for shift in problem.shifts if shift.date == facts.date}
    working = today - facts.failed
    on = published.shift_of
    visits = []
    for visit in problem.visits:
        if visit.id in facts.gone or (on.get(visit.id) not in today and visit.id not in facts.urgent):
            continue
        if visit.locked in working:
            visits.append(narrowed(visit, facts.told.get(visit.id)))
        else:
            visits.append(replace(visit, locked=None))
    shifts = tuple(_rest_of_shift(shift, facts) for shift in problem.shifts if shift.id in working)
    return replace(problem, shifts=shifts, visits=tuple(visits))


def _keep(
    rest: Problem, problem: Problem, published: Plan, facts: Facts, promise_points: float
) -> tuple[Problem, dict[str, Reason], Plan]:
    """`rest` with locks that can be kept together, why the others are broken, and where to start from."""
    left = {
        shift: tuple(visit for visit in order if visit in rest.visit_by_id)
        for shift, order in orders(published).items()
        if shift in rest.shift_by_id
    }
    kept = locks.keep(rest, left)
    causes = {
        visit.id: Reason("failed", visit.locked)
        for visit in problem.visits
        if visit.locked in facts.failed and visit.id in rest.visit_by_id
    }
    causes.update(kept.broken)
    ready = slots.prepare(rest, kept.orders)
    changed: dict[str, Visit] = {}
    for visit_id in sorted(causes, key=lambda i: (-rest.visit_by_id[i].priority, i)):
        own = problem.visit_by_id[visit_id]
        late = _no_earlier(own, facts.told.get(visit_id))
        found = slots.slots(ready, late) if visit_id in kept.broken else []
        if found:  # later by the same team
            ready = slots.insert(ready, late, min(found, key=lambda slot: slot.start_s))
            changed[visit_id] = late
        else:  # any team, and before others
            more = own.priority + promise_points
            changed[visit_id] = replace(own, locked=None, priority=more)
    visits = tuple(changed.get(visit.id, visit) for visit in rest.visits)
    order = {row.shift.id: tuple(stop.id for stop in row.visits) for row in ready.lines}
    return replace(rest, visits=visits), causes, _start(order, left)


def _no_earlier(visit: Visit, told: Interval | None) -> Visit:
    """Any of the hours that suit, but not before the interval that the family was told: it may not be at home."""
    if told is None:
        return visit
    return replace(visit, windows=tuple((max(w[0], told[0]), w[1]) for w in visit.windows if w[1] >= told[0]))


def _start(kept: Mapping[str, Sequence[str]], left: Mapping[str, Sequence[str]]) -> Plan:
    """The promised visits in an order that keeps them, the others at their old place where the order is the old
    one, at the end where not."""
    begin = {}
    for shift, order in kept.items():
        old, mine = list(left.get(shift, ())), set(order)
        same = [visit for visit in old if visit in mine] == list(order)
        begin[shift] = old if same else [*order, *(visit for visit in old if visit not in mine)]
    return start_from(begin)


def _places(plan_: Plan) -> dict[str, Place]:
    return {stop.visit: Place(route.shift, stop.start_s) for route in plan_.routes for stop in route.stops}


def _changes(
    problem: Problem,
    published: Plan,
    facts: Facts,
    kept: Problem,
    found: Plan,
    causes: Mapping[str, Reason],
) -> tuple[Change, ...]:
    """What becomes of each visit of the day, the broken promises first."""
    before, after = _places(published), _places(found)
    today = {shift.id for shift in problem.shifts if shift.date == facts.date}
    rows = []
    for visit in kept.visits:
        was, now = before.get(visit.id), after.get(visit.id)
        was = was if was is not None and was.shift in today else None
        outside = now is not None and _outside(facts.told.get(visit.id), now.start_s)
        rows.append(Change(visit.id, _what(was, now, outside=outside), was, now, causes.get(visit.id)))
    return _with_offers(problem, published, facts, kept, found, rows)


def _outside(told: Interval | None, start_s: int) -> bool:
    return told is not None and not told[0] <= start_s <= told[1]


def _what(was: Place | None, now: Place | None, *, outside: bool) -> str:
    if now is None:
        return DROPPED
    if was is None:
        return NEW
    if was.shift != now.shift:
        return MOVED
    return SHIFTED if outside or abs(now.start_s - was.start_s) > SHIFTED_S else SAME


def _with_offers(
    problem: Problem, published: Plan, facts: Facts, kept: Problem, found: Plan, rows: list[Change]
) -> tuple[Change, ...]:
    """The best place that is left for each visit without one, today or later, no place offered twice."""
    later = tuple(shift for shift in problem.shifts if shift.date > facts.date)
    shifts = (*kept.shifts, *later)
    known = {shift.id for shift in shifts}
    visits = tuple(
        kept.visit_by_id.get(visit.id) or narrowed(visit, facts.told.get(visit.id))
        for visit in problem.visits
    )
    visits = tuple(v if v.locked in known else replace(v, locked=None) for v in visits)
    was = orders(published)
    whole = replace(problem, shifts=shifts, visits=visits)
    ready = slots.prepare(whole, orders(found) | {shift.id: was.get(shift.id, ()) for shift in later})
    rows.sort(key=lambda row: (row.cause is None, -problem.visit_by_id[row.visit].priority, row.visit))
    changes = []
    for row in rows:
        if row.what == DROPPED:
            visit = replace(problem.visit_by_id[row.visit], locked=None)
            offers = slots.slots(ready, visit, limit=1)
            if offers:
                ready = slots.insert(ready, visit, offers[0])
                row = replace(row, offer=offers[0])  # noqa: PLW2901
        changes.append(row)
    return tuple(changes)
