"""Every slot in the published team-days where one more visit fits, the best first, each with its price.

The idea: no other visit is moved to another team or day, and all stops keep their order. Two passes over
every route are made once (`prepare_lines`): forward, the earliest moment at which each stop can be left;
backward, the latest moment at which each door may be reached so that all that follows still keeps every rule.
Both exist because a later arrival never leads to an earlier departure, breaks and several windows included. A
slot is then one drive there, one service and one drive on, compared with the second number (the forward time
slack of Savelsbergh, ORSA Journal on Computing 4(2), 1992, kept as a latest arrival). Delays of later stops
are walked only until they are absorbed by waiting; then the reserve that the longer day needs is compared with
what is left of the shift. Plain Python: a week of 400 stops takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from visits.planning.news import is_news
from visits.planning.priority import points_on
from visits.planning.rules import count_reserve_s, find_ban, find_service_start, finish_drive
from visits.planning.types import POINT_S, Interval, Problem, Shift, Visit

CALL_S = 10 * 60  # cost of calling one family, in seconds of travel
NO_ARRIVAL = -1  # no arrival is early enough


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot for the visit and its price; times in seconds since midnight. `position` is how many stops of
    the shift precede it."""

    shift: str
    position: int
    arrive_s: int
    start_s: int
    leave_s: int
    end_s: int  # when the team is back
    added_s: int  # added travel; negative where times between places are no metric
    points: float  # points of serving it on that date
    later_s: int  # largest shift of another stop
    moved: tuple[tuple[str, int], ...]  # stops whose shift is news, and by how many seconds
    price_s: float  # the order of slots: travel, calls, and points lost by waiting, as seconds of travel
    joins: str | None = None  # the stop whose place it shares, right after it


class Line(NamedTuple):
    """A route with its two passes. Index 0 is the base, 1..n the stops, n + 1 the base again.

    The first `feasible_prefix` stops keep the rules; it is -1 if a stop is on a shift that may not serve it.
    """

    shift: Shift
    visits: tuple[Visit, ...]
    starts: tuple[int, ...]  # of the stops
    leaves: tuple[int, ...]  # of the base and the stops
    latest: tuple[int, ...]  # latest arrival at stop i + 1, the base the last
    legs: tuple[int, ...]  # travel to stop i + 1, the base the last
    end_s: int
    feasible_prefix: int


@dataclass(frozen=True, slots=True)
class PreparedLines:
    """The routes of a plan with their passes; what `find_slots` searches."""

    problem: Problem
    lines: tuple[Line, ...]


def prepare_lines(problem: Problem, orders: Mapping[str, Sequence[str]]) -> PreparedLines:
    """The passes over all routes. `orders` are visit ids by shift (`types.orders_of_plan`); shifts without
    any are empty routes."""
    lines = [
        build_line(problem, shift, [problem.visit_by_id[visit] for visit in orders.get(shift.id, ())])
        for shift in problem.shifts
    ]
    return PreparedLines(problem, tuple(lines))


def build_line(problem: Problem, shift: Shift, visits: Sequence[Visit]) -> Line:
    """One route with both passes."""
    starts: list[int] = []
    leaves, legs = [shift.start_s], []
    here, seen_last, fits, feasible_prefix = shift.start_location, False, True, 0
    for visit in visits:
        fits = fits and find_ban(visit, shift) is None and (visit.infectious_last or not seen_last)
        seen_last = seen_last or visit.infectious_last
        legs.append(problem.seconds(shift.vehicle, here, visit.location))
        arrive_s = finish_drive(leaves[-1], legs[-1], shift.breaks)
        start_s = find_service_start(arrive_s, visit.service_s, visit.windows, shift.breaks)
        feasible_prefix += start_s is not None and feasible_prefix == len(starts)
        starts.append(arrive_s if start_s is None else start_s)
        leaves.append(starts[-1] + visit.service_s)
        here = visit.location
    legs.append(problem.seconds(shift.vehicle, here, shift.end_location))
    end_s = finish_drive(leaves[-1], legs[-1], shift.breaks) if visits else shift.start_s
    latest = [shift.end_s - count_reserve_s(shift, visits)]
    for visit, leg_s in zip(reversed(visits), reversed(legs), strict=False):
        leave_s = latest_departure(latest[-1], leg_s, shift.breaks)
        latest.append(latest_arrival(leave_s, visit.service_s, visit.windows, shift.breaks))
    return Line(
        shift,
        tuple(visits),
        tuple(starts),
        tuple(leaves),
        tuple(reversed(latest)),
        tuple(legs),
        end_s,
        feasible_prefix if fits else -1,
    )


def latest_departure(arrive_s: int, seconds: int, breaks: Sequence[Interval]) -> int:
    """The latest moment from which a drive of `seconds` arrives by `arrive_s`: the inverse of
    `rules.finish_drive`."""
    for from_s, to_s in reversed(breaks):
        if arrive_s <= from_s:
            continue
        if arrive_s >= to_s:
            if arrive_s - seconds >= to_s:
                break
            seconds -= arrive_s - to_s
        arrive_s = from_s
    return arrive_s - seconds


def latest_arrival(
    leave_s: int, seconds: int, windows: Sequence[Interval], breaks: Sequence[Interval]
) -> int:
    """The latest arrival from which a service of `seconds` is over by `leave_s`; it is also its latest start.

    NO_ARRIVAL if there is none.
    """
    best = NO_ARRIVAL
    for opens_s, closes_s in windows:
        start_s = min(closes_s, leave_s - seconds)
        for from_s, to_s in reversed(breaks):
            if start_s < to_s and start_s + seconds > from_s:
                start_s = from_s - seconds
        if start_s >= opens_s:
            best = max(best, start_s)
    return best


def find_slots(
    prepared: PreparedLines,
    visit: Visit,
    *,
    limit: int | None = None,
    joined: Mapping[str, Visit] | None = None,
    follows: frozenset[str] = frozenset(),
) -> list[Slot]:
    """Every slot for `visit`, the best first, at most `limit`. A visit that is in the plan is taken out of it
    first.

    Other stops whose shift is news (news.py) are named in `moved`; each adds CALL_S seconds to the price.
    `joined` holds, by id of a stop, the visit as it is right after that stop where the two share a place
    (groups/stop_groups.py): shorter, and without a drive. No other visit is put in front of the stops
    `follows`, which share the place of the one before them.
    """
    found: list[Slot] = []
    for row in prepared.lines:
        if visit.locked not in (None, row.shift.id) or find_ban(visit, row.shift) is not None:
            continue
        if any(stop.id == visit.id for stop in row.visits):
            rest = [stop for stop in row.visits if stop.id != visit.id]
            row = build_line(prepared.problem, row.shift, rest)  # noqa: PLW2901
        if len(row.visits) < row.shift.max_visits:
            found += _list_slots_on_line(prepared.problem, row, visit, joined or {}, follows)
    found.sort(key=lambda slot: (slot.price_s, slot.later_s, slot.shift, slot.position))
    return found if limit is None else found[:limit]


def take_slot(prepared: PreparedLines, visit: Visit, slot: Slot) -> PreparedLines:
    """The lines with the visit in the slot, so that the next question does not offer it again."""
    rows = []
    for row in prepared.lines:
        stops = [stop for stop in row.visits if stop.id != visit.id]
        if row.shift.id == slot.shift:
            stops.insert(slot.position, visit)
        same = len(stops) == len(row.visits) and row.shift.id != slot.shift
        rows.append(row if same else build_line(prepared.problem, row.shift, stops))
    return PreparedLines(prepared.problem, tuple(rows))


def _list_slots_on_line(
    problem: Problem,
    row: Line,
    visit: Visit,
    joined: Mapping[str, Visit],
    follows: frozenset[str],
) -> list[Slot]:
    """The slots on one route."""
    stops = row.visits
    regular = sum(not stop.infectious_last for stop in stops)  # the last ones follow them
    first, final = (regular, len(stops)) if visit.infectious_last else (0, regular)
    found = []
    for position in range(first, min(final, row.feasible_prefix) + 1):
        before = stops[position - 1].id if position else ""
        one = joined.get(before)
        if one is None and position < len(stops) and stops[position].id in follows:
            continue
        slot = _find_slot_after(problem, row, one or visit, position)
        if slot is not None:
            found.append(slot if one is None else replace(slot, joins=before))
    return found


def _find_slot_after(problem: Problem, row: Line, visit: Visit, position: int) -> Slot | None:
    """The slot after `position` stops, or None if the visit does not fit there."""
    shift, stops = row.shift, row.visits
    before = stops[position - 1].location if position else shift.start_location
    after = stops[position].location if position < len(stops) else shift.end_location
    to_s = problem.seconds(shift.vehicle, before, visit.location)
    arrive_s = finish_drive(row.leaves[position], to_s, shift.breaks)
    start_s = find_service_start(arrive_s, visit.service_s, visit.windows, shift.breaks)
    if start_s is None:
        return None
    leave_s = start_s + visit.service_s
    on_s = problem.seconds(shift.vehicle, visit.location, after)
    next_s = finish_drive(leave_s, on_s, shift.breaks)
    if next_s > row.latest[position]:
        return None
    end_s, later_s, moved = _measure_delays(row, position, next_s, news_s=problem.news_s)
    if end_s + count_reserve_s(shift, (*stops, visit)) > shift.end_s:
        return None
    added_s = to_s + on_s - (row.legs[position] if stops else 0)
    worth = points_on(problem, visit, shift.date)
    price_s = added_s + CALL_S * len(moved) + POINT_S * (visit.priority - worth)
    return Slot(
        shift.id, position, arrive_s, start_s, leave_s, end_s, added_s, worth, later_s, moved, price_s
    )


def _measure_delays(
    row: Line, position: int, arrive_s: int, *, news_s: int
) -> tuple[int, int, tuple[tuple[str, int], ...]]:
    """If the stop after `position` is reached at `arrive_s`: when the team is back, the largest shift of a
    stop, and the (id, seconds) of stops whose shift is news."""
    later_s, breaks = 0, row.shift.breaks
    moved: list[tuple[str, int]] = []
    for index in range(position, len(row.visits)):
        visit = row.visits[index]
        start_s = find_service_start(arrive_s, visit.service_s, visit.windows, breaks)
        assert start_s is not None, "the latest arrival was kept"
        by_s = start_s - row.starts[index]
        if by_s == 0:  # the delay is absorbed by waiting: nothing changes after it
            return row.end_s, later_s, tuple(moved)
        later_s = max(later_s, by_s)
        if is_news((row.starts[index],), (start_s,), news_s=news_s):
            moved.append((visit.id, by_s))
        arrive_s = finish_drive(start_s + visit.service_s, row.legs[index + 1], breaks)
    return arrive_s, later_s, tuple(moved)
