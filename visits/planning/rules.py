"""The rules of a route in plain Python: the walk that every result is judged by before it leaves.

The idea: one function walks a route in order and says when the team is where, and what is broken.
The engine borrows `allowed` and no line of the clock: it reaches the same times with precomputed
intervals, and tests compare the two with a referee of their own. Semantics are those of
planning-case/1: a drive pauses during a break, a service is never cut by one and begins inside a window.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from visits.planning.types import Interval, Plan, Problem, Route, Shift, Stop, Visit

TOO_LATE = {"end", "reserve"}  # codes of faults that a longer shift mends


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule. Codes of `walk_route`: date, skill, window, order, capacity, end (back after the
    shift), reserve (back within it, but with less time left than `count_reserve_s` wants). `check_plan` adds:
    lock, time (other times than those of the walk), twice, unknown (ids), missing (neither served nor listed
    as unserved)."""

    code: str
    shift: str | None = None
    visit: str | None = None
    seconds: int = 0  # for `end` and `reserve`: how much earlier the team would have to be back


@dataclass(frozen=True, slots=True)
class Walk:
    """A route with its times; `faults` is empty when every rule is kept."""

    stops: tuple[Stop, ...]
    end_s: int
    travel_s: int
    faults: tuple[Fault, ...]

    def as_route(self, shift: Shift) -> Route:
        """The walk as the shift's route in a plan; faults are left out."""
        return Route(shift.id, self.stops, self.end_s, self.travel_s)


def finish_drive(now_s: int, seconds: int, breaks: Sequence[Interval]) -> int:
    """The clock (seconds since midnight) after driving `seconds` from `now_s`; during a break the clock runs
    and the car stands."""
    for from_s, to_s in breaks:
        if now_s + seconds <= from_s:
            break
        if now_s >= to_s:
            continue
        if now_s < from_s:
            seconds -= from_s - now_s
        now_s = to_s
    return now_s + seconds


def find_service_start(
    now_s: int, seconds: int, windows: Sequence[Interval], breaks: Sequence[Interval]
) -> int | None:
    """The earliest start at or after `now_s` inside a window whose service of `seconds` no break cuts, or
    None."""
    best: int | None = None
    for opens_s, closes_s in windows:
        start_s = max(now_s, opens_s)
        for from_s, to_s in breaks:
            if start_s < to_s and start_s + seconds > from_s:
                start_s = to_s
        if start_s <= closes_s and (best is None or start_s < best):
            best = start_s
    return best


def time_visit(now_s: int, seconds: int, breaks: Sequence[Interval], grace_s: int) -> Interval:
    """When a team on the road begins a visit of expected length, and when it can drive on from it.

    Plans keep a break free; a team that is at a door begins where the visit runs at most `grace_s` into the break,
    and takes the whole break after it.
    """
    for from_s, to_s in breaks:
        if now_s < to_s and now_s + max(seconds - grace_s, 1) > from_s:
            now_s = to_s
    return now_s, add_breaks(now_s, now_s + seconds, breaks)


def add_breaks(start_s: int, end_s: int, breaks: Sequence[Interval]) -> int:
    """The end of a visit, with the breaks that it ran into taken whole after it."""
    for from_s, to_s in breaks:
        if start_s < from_s < end_s:
            end_s += to_s - from_s
    return end_s


def count_active_s(since_s: int, until_s: int, breaks: Sequence[Interval]) -> int:
    """Seconds from one time of day to another, without breaks."""
    pauses = (min(to_s, until_s) - max(from_s, since_s) for from_s, to_s in breaks)
    return until_s - since_s - sum(max(0, pause) for pause in pauses)


def count_working_s(shift: Shift, until_s: int | None = None) -> int:
    """Seconds of the shift until a time of day (by default its end), without breaks."""
    return count_active_s(shift.start_s, shift.end_s if until_s is None else until_s, shift.breaks)


def cut_windows(windows: Sequence[Interval], told: Interval) -> tuple[Interval, ...]:
    """The windows cut to the told interval; if none of them meets it, the interval is the only window."""
    cut = ((max(opens, told[0]), min(closes, told[1])) for opens, closes in windows)
    return tuple(one for one in cut if one[0] <= one[1]) or (told,)


def find_ban(visit: Visit, shift: Shift) -> str | None:
    """Why the shift may never serve the visit, whatever the time: "date" or "skill"; None if it may."""
    if visit.dates is not None and shift.date not in visit.dates:
        return "date"
    if not visit.skills <= shift.skills:
        return "skill"
    return None


def count_reserve_s(shift: Shift, visits: Iterable[Visit]) -> int:
    """Seconds that must be left before the end of the shift when it has these visits, in any order.

    Lengths are expected ones, and the team-day as a whole is protected: the visits are independent, so their
    variances add up, and `Shift.reserve` standard deviations of the sum stay free (a chance constraint:
    Charnes and Cooper, Management Science 6(1), 1959). Long routes so pay less per visit than short ones.
    Promises go before the reserve: a shift with visits locked to it alone may use all its time.

    Measured on the demo's 600 needs, at most 14 visits a team-day, 2 million iterations, replayed with other draws:
    0.95 (the setting) serves 271 to 273 with 3.6 to 3.9 minutes of overtime on average and 4.3 to 4.7 % of team-days
    more than 30 minutes over (three seeds, one of them not used to choose it), 1.0 serves 269 to 270 with 3.3 to 3.6
    and 3.9 to 4.2 %, 0.85 serves 273 to 275 with 4.3 to 4.5 and 5.1 to 5.4 %. In worlds that are not the model's
    0.95 means 3.1 to 5.5 minutes. Lengths at a quantile of 0.8 for every visit served 241. Drives are left out:
    they are 7 % of the variance of a day.
    """
    rows = tuple(visits)
    if not shift.reserve or all(visit.locked == shift.id for visit in rows):
        return 0
    return math.ceil(shift.reserve * math.sqrt(sum(visit.variance_s2 for visit in rows)))


def walk_route(problem: Problem, shift: Shift, visits: Sequence[Visit]) -> Walk:
    """The times of one route in the given order, and its faults. After a missed window the walk goes on as if
    the service had begun on arrival."""
    faults: list[Fault] = []
    stops: list[Stop] = []
    now_s, here, travel_s, seen_last = shift.start_s, shift.start_location, 0, False
    if len(visits) > shift.max_visits:
        faults.append(Fault("capacity", shift.id))
    for visit in visits:
        blocked = find_ban(visit, shift)
        if blocked:
            faults.append(Fault(blocked, shift.id, visit.id))
        if seen_last and not visit.infectious_last:
            faults.append(Fault("order", shift.id, visit.id))
        seen_last = seen_last or visit.infectious_last
        leg_s = problem.seconds(shift.vehicle, here, visit.location)
        travel_s += leg_s
        arrive_s = finish_drive(now_s, leg_s, shift.breaks)
        start_s = find_service_start(arrive_s, visit.service_s, visit.windows, shift.breaks)
        if start_s is None:
            faults.append(Fault("window", shift.id, visit.id))
            start_s = arrive_s
        now_s, here = start_s + visit.service_s, visit.location
        stops.append(Stop(visit.id, arrive_s, start_s, now_s))
    if visits:
        leg_s = problem.seconds(shift.vehicle, here, shift.end_location)
        travel_s += leg_s
        now_s = finish_drive(now_s, leg_s, shift.breaks)
        late_s = now_s + count_reserve_s(shift, visits) - shift.end_s
        if late_s > 0:
            faults.append(Fault("end" if now_s > shift.end_s else "reserve", shift.id, None, late_s))
    return Walk(tuple(stops), now_s, travel_s, tuple(faults))


def check_plan(problem: Problem, plan: Plan) -> list[Fault]:
    """All faults of a plan. A broken lock is a fault unless the plan names it in `broken_locks`."""
    faults: list[Fault] = []
    served: set[str] = set()
    used: set[str] = set()
    for route in plan.routes:
        shift = problem.shift_by_id.get(route.shift)
        if shift is None or route.shift in used:
            faults.append(Fault("unknown" if shift is None else "twice", route.shift))
            continue
        used.add(route.shift)
        ids = [stop.visit for stop in route.stops]
        for visit_id in ids:
            if visit_id not in problem.visit_by_id or visit_id in served:
                faults.append(Fault("twice" if visit_id in served else "unknown", route.shift, visit_id))
            served.add(visit_id)
        known = [problem.visit_by_id[i] for i in ids if i in problem.visit_by_id]
        walked = walk_route(problem, shift, known)
        faults.extend(walked.faults)
        if walked.stops != route.stops:
            faults.append(Fault("time", route.shift))
    named = {broken.visit for broken in plan.broken_locks}
    for visit in problem.visits:
        if visit.locked and plan.shift_of.get(visit.id) != visit.locked and visit.id not in named:
            faults.append(Fault("lock", visit.locked, visit.id))
    listed = {row.visit for row in plan.unserved}
    for visit_id in sorted((problem.visit_by_id.keys() - served - listed) | (listed & served)):
        faults.append(Fault("missing", None, visit_id))
    return faults
