"""Decide which promises can be kept together: an order of the locked visits of every shift, or the locks to
break.

The idea: a locked visit belongs to one shift, so every shift is its own small travelling-salesman problem
with time windows. Cheap orders are tried first; if none keeps all locks, dynamic programming over sets (Held
and Karp, Journal of SIAM 10(1), 1962) decides, which is exact because leaving earlier is never worse (times
are FIFO). Only where a layer has more than `STATES` partial routes are the earliest of them kept and the
others dropped (restricted dynamic programming: Malandraki and Dial, European Journal of Operational Research
90(1), 1996).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from visits.planning.rules import Walk, find_service_start, finish_drive, walk_route
from visits.planning.types import BrokenLock, Problem, Reason, Shift, Visit
from visits.planning.why.hard_constraints import find_constraints_alone

STATES = 20_000


class KeptLocks(NamedTuple):
    """The locks that can be kept together, and the ones to break."""

    orders: dict[str, tuple[str, ...]]  # shift id -> locked visits that can be kept together, in order
    broken: dict[str, Reason]  # visit id -> why its lock cannot be kept


def keep_locks(problem: Problem, start: Mapping[str, Sequence[str]] | None = None) -> KeptLocks:
    """Decide shift by shift which locks are kept. `start` holds orders of visit ids by shift that are tried
    first."""
    by_shift: dict[str, list[Visit]] = {}
    orders: dict[str, tuple[str, ...]] = {}
    broken: dict[str, Reason] = {}
    for visit in problem.visits:
        if visit.locked:
            by_shift.setdefault(visit.locked, []).append(visit)
    for shift_id, visits in by_shift.items():
        shift = problem.shift_by_id[shift_id]
        able = []
        every = {visit.id: visit for visit in visits}
        old = [every[i] for i in (start or {}).get(shift_id, ()) if i in every]
        if len(old) == len(visits) and _walk_if_feasible(problem, shift, old):
            orders[shift_id] = tuple(visit.id for visit in old)
            continue  # do not check them alone: with rounded times one may be in time only by way of another
        for visit in visits:
            reason = explain_lock(problem, shift, visit)
            if reason is None:
                able.append(visit)
            else:
                broken[visit.id] = reason
        known = {visit.id: visit for visit in able}
        wished = [known[i] for i in (start or {}).get(shift_id, ()) if i in known]
        order = _try_simple_orders(problem, shift, able, wished) or _search_exactly(problem, shift, able)
        orders[shift_id] = tuple(visit.id for visit in order)
        for visit in able:
            if visit not in order:
                broken[visit.id] = Reason("lock_clash", shift_id, orders[shift_id])
    return KeptLocks(orders, broken)


def explain_lock(problem: Problem, shift: Shift, visit: Visit) -> Reason | None:
    """The reason why the shift could not serve the visit even alone, or None if it could."""
    if not walk_route(problem, shift, [visit]).faults:
        return None
    # promises go before the reserve
    found = find_constraints_alone(problem, replace(shift, reserve=0.0), visit)
    codes, over_s = found or (("far",), 0)
    code = "skill" if "skill" in codes else "date" if "no_shift" in codes else codes[0]
    lacking = visit.skills - shift.skills if code == "skill" else ()
    return Reason(f"lock_{code}", shift.id, seconds=over_s or None, detail=",".join(sorted(lacking)))


def _walk_if_feasible(problem: Problem, shift: Shift, order: Sequence[Visit]) -> Walk | None:
    """The walk of this order, or None if it breaks a rule."""
    walked = walk_route(problem, shift, order)
    return None if walked.faults else walked


def _try_simple_orders(
    problem: Problem, shift: Shift, visits: Sequence[Visit], wished: Sequence[Visit]
) -> list[Visit] | None:
    """All visits in a feasible order, `wished` or built by cheapest insertion; None if neither works."""
    if len(visits) > shift.max_visits:
        return None
    if len(wished) == len(visits) and _walk_if_feasible(problem, shift, wished):
        return list(wished)
    last_close = {v.id: max((closes for _, closes in v.windows), default=0) for v in visits}
    for key in (lambda v: last_close[v.id], lambda v: -v.service_s):
        order: list[Visit] = []
        for visit in sorted(visits, key=key):
            options = [[*order[:i], visit, *order[i:]] for i in range(len(order) + 1)]
            walks = [
                (w.end_s, i) for i, o in enumerate(options) if (w := _walk_if_feasible(problem, shift, o))
            ]
            if not walks:
                break
            order = options[min(walks)[1]]
        if len(order) == len(visits):
            return order
    return None


class _Partial(NamedTuple):
    """A partial route: when its last stop is left (seconds since midnight), and the indices of its visits in
    order."""

    leave_s: int
    order: tuple[int, ...]


def _search_exactly(problem: Problem, shift: Shift, visits: Sequence[Visit]) -> list[Visit]:
    """The largest feasible set of the visits, of sets of one size the one of most priority, in an order that
    works."""
    layer: dict[tuple[int, int], _Partial] = {(0, -1): _Partial(shift.start_s, ())}
    best: tuple[float, ...] = (0.0, 0.0)
    chosen: tuple[int, ...] = ()
    for _ in range(min(shift.max_visits, len(visits))):
        following: dict[tuple[int, int], _Partial] = {}
        for (done, at), partial in layer.items():
            here = shift.start_location if at < 0 else visits[at].location
            for i, visit in enumerate(visits):
                if done >> i & 1 or (at >= 0 and visits[at].infectious_last and not visit.infectious_last):
                    continue
                arrive_s = finish_drive(
                    partial.leave_s, problem.seconds(shift.vehicle, here, visit.location), shift.breaks
                )
                start_s = find_service_start(arrive_s, visit.service_s, visit.windows, shift.breaks)
                if start_s is None or start_s + visit.service_s > shift.end_s:
                    continue
                key = (done | 1 << i, i)
                leave_s = start_s + visit.service_s
                if key not in following or leave_s < following[key].leave_s:
                    following[key] = _Partial(leave_s, (*partial.order, i))
        for (_, at), partial in following.items():
            home_s = problem.seconds(shift.vehicle, visits[at].location, shift.end_location)
            worth = (len(partial.order), sum(visits[i].priority for i in partial.order))
            if worth > best and finish_drive(partial.leave_s, home_s, shift.breaks) <= shift.end_s:
                best, chosen = worth, partial.order
        if len(following) > STATES:
            kept = sorted(following.items(), key=lambda item: item[1].leave_s)[:STATES]
            following = dict(kept)
        layer = following
    return [visits[i] for i in chosen]


def list_broken_locks(
    problem: Problem, kept: KeptLocks, served_on: Mapping[str, str]
) -> tuple[BrokenLock, ...]:
    """The locks that a plan does not keep, in the order of the problem's visits."""
    return tuple(
        BrokenLock(
            visit.id,
            visit.locked,
            served_on.get(visit.id),
            kept.broken.get(visit.id, Reason("lock_clash", visit.locked)),
        )
        for visit in problem.visits
        if visit.locked and served_on.get(visit.id) != visit.locked
    )
