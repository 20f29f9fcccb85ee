"""Why is a visit not served: hard blocks first, else the price of serving it.

The idea: a reason is a code with numbers, so the caller words it. Hard blocks are found by asking the
rules about the visit alone on each shift; the price is found by the engine, which takes every served
visit out of its route in turn and sees whether the unserved one then fits (engine/pushes.py).

Codes for a visit nobody could serve, in the order they are tried:
  no_shift   no allowed date has a shift
  skill      no shift on an allowed date has all skills; `detail` lists what the nearest one lacks
  full       no allowed shift may take a visit at all (max_visits 0)
  window     no allowed shift can be at the door in a window long enough; `seconds` of service
  far        the trip there and back fits no allowed shift; `seconds` over the end of the best one
Codes for one that could be served, but is not:
  pushes     on `shift` it would push out `visits`, worth `points`, and add `seconds` of travel
  crowded    no shift has room for it even when any one visit is taken out
  worth      it fits, but serving it costs more travel or waiting than it is worth (`points`)
Codes of a broken lock: lock_date, lock_skill, lock_full, lock_window, lock_far (the shift cannot do
even this visit alone), lock_clash (not together with `visits`, which keep theirs).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from visits.planning.priority import points
from visits.planning.rules import walk
from visits.planning.types import Problem, Reason, Route, Unserved, Visit


class Push(NamedTuple):
    """The cheapest way in: `shift` serves the visit when `out` goes; `out` is None when nobody need go."""

    shift: str
    out: str | None
    added_s: int


def hard_block(problem: Problem, visit: Visit) -> Reason | None:
    """Why no shift can serve the visit even with the day to itself, or None."""
    dated = [s for s in problem.shifts if visit.dates is None or s.date in visit.dates]
    if not dated:
        return Reason("no_shift")
    skilled = [s for s in dated if visit.skills <= s.skills]
    if not skilled:
        lacking = min((visit.skills - s.skills for s in dated), key=lambda gap: (len(gap), sorted(gap)))
        return Reason("skill", detail=",".join(sorted(lacking)))
    roomy = [s for s in skilled if s.max_visits > 0]
    if not roomy:
        return Reason("full", skilled[0].id)
    late: list[tuple[int, str]] = []
    for shift in roomy:
        faults = walk(problem, shift, [visit]).faults
        if not faults:
            return None
        if all(fault.code == "end" for fault in faults):
            late.append((faults[0].seconds, shift.id))
    if late:
        seconds, shift_id = min(late)
        return Reason("far", shift_id, seconds=seconds)
    return Reason("window", seconds=visit.service_s)


def price(problem: Problem, visit: Visit, push: Push | None) -> Reason:
    """What stands in the way of a visit that some shift could serve."""
    if push is None:
        return Reason("crowded")
    date = problem.shift_by_id[push.shift].date
    if push.out is None:
        return Reason("worth", push.shift, seconds=push.added_s, points=points(problem, visit, date))
    lost = points(problem, problem.visit_by_id[push.out], date)
    return Reason("pushes", push.shift, (push.out,), push.added_s, lost)


def unserved(problem: Problem, routes: Sequence[Route], pushes: Mapping[str, Push]) -> tuple[Unserved, ...]:
    """All visits that no route serves, each with its reason, in the order of problem.visits."""
    served = {stop.visit for route in routes for stop in route.stops}
    out = []
    for visit in problem.visits:
        if visit.id not in served:
            push = pushes.get(visit.id)
            reason = None if push else hard_block(problem, visit)
            out.append(Unserved(visit.id, (reason or price(problem, visit, push),)))
    return tuple(out)
