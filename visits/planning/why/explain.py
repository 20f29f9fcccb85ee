"""Explain why a visit is not served: hard constraints first, else the cost of serving it; every reason can be
proved.

The idea: a reason is a code with numbers, worded by the caller, that names exactly what must give way:
`relax` (rules, see why/hard_constraints.py) and `visits` (stops of `shift` that would be ejected). With all
of these out of the way the visit fits into the plan, with one of them left it does not (a minimal correction
set: Liffiton and Sakallah, Journal of Automated Reasoning 40(1), 2008); `verify_reasons` proves both by doing
it. Hard constraints are found by asking the rules, ejections by a search over the routes: the engine tries
small sets on all routes at once (engine/ejections.py), why/ejections.py any set on one route without numba.

Codes for a visit that no shift could serve even alone; `relax` names all constraints, the code is the first:

  skill     `detail` lists what the shift lacks       full          the shift may take no visit at all
  window    nobody can be at the door in a window     window_break  only the break keeps them from it
  break     no time enough before or after the break  reserve       the shift would be full to its last minute
  far       too far for the shift, by `over_s`        long          the visit is too long for it, by `over_s`
  midnight  the shift begins `over_s` too late        no_shift      no shift on an allowed date would do

Without a shift: `no_shift` if the problem has none, `far` if nobody could be there before midnight. Codes for
a visit that could be served, but is not:

  pushes     on `shift` it would eject `visits`, worth `points`; `promised` of them are protected
  worth      it fits, but serving it costs more travel or waiting than it is worth (`points`)

`at_s` is when the visit would begin, `seconds` the travel it adds, `later_s` the longest delay of another
stop. Codes of a broken lock: lock_ and one of these codes (the shift cannot serve even this visit alone), or
lock_clash (not together with `visits`, which keep theirs).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from visits.planning.rules import TOO_LATE, Walk, walk_route
from visits.planning.types import (
    MAX_SERVICE_S,
    POINT_S,
    Problem,
    Reason,
    Route,
    Unserved,
    Visit,
    orders_of_routes,
)
from visits.planning.why.ejections import EjectionSet, cheapest_ejection_set, is_protected, points_lost
from visits.planning.why.hard_constraints import (
    CODES,
    Offer,
    find_hard_constraints,
    list_false_causes,
    relax_offer,
)

Orders = Mapping[str, Sequence[str]]


def explain_visit(problem: Problem, orders: Orders, visit: Visit) -> Reason:
    """The reason why a plan with these orders (visit ids by shift) does not serve the visit. Plain Python,
    milliseconds."""
    found = find_hard_constraints(problem, visit)
    room = cheapest_ejection_set(problem, orders, found.offers)
    if room is None:  # there are no shifts, or no team could reach the place
        return Reason(found.codes[0] if found.codes else "no_shift", relax=found.codes)
    offer = next(offer for offer in found.offers if offer.shift.id == room.shift)
    return build_reason(problem, orders, visit, found.codes, offer, room)


def build_reason(
    problem: Problem, orders: Orders, visit: Visit, codes: tuple[str, ...], offer: Offer, room: EjectionSet
) -> Reason:
    """The reason for an ejection set (or an empty one) on the shift of `offer`; `codes` are the relaxed
    rules."""
    stops = [problem.visit_by_id[i] for i in orders.get(room.shift, ())]
    before = walk_route(problem, offer.shift, stops)
    after = walk_route(problem, offer.shift, _insert_visit(stops, room.out, offer.visit, room.gap))
    was = {stop.visit: stop.start_s for stop in before.stops}
    lacking = visit.skills - problem.shift_by_id[room.shift].skills if "skill" in codes else ()
    return Reason(
        codes[0] if codes else "pushes" if room.out else "worth",
        room.shift,
        room.out,
        after.travel_s - (before.travel_s if stops else 0),
        room.points if room.out else points_lost(problem, visit, offer.shift),
        ",".join(sorted(lacking)),
        relax=codes,
        at_s=after.stops[room.gap].start_s,
        later_s=max(0, *(s.start_s - was.get(s.visit, s.start_s) for s in after.stops)),
        over_s=offer.over_s or problem.shift_by_id[room.shift].start_s - offer.shift.start_s,
        promised=room.protected,
    )


def _insert_visit(stops: Sequence[Visit], out: Sequence[str], visit: Visit, gap: int) -> list[Visit]:
    """The stops without `out`, with the visit after `gap` of the others."""
    rest = [stop for stop in stops if stop.id not in out]
    return [*rest[:gap], visit, *rest[gap:]]


def explain_unserved(
    problem: Problem,
    routes: Sequence[Route],
    known: Mapping[str, Reason] | None = None,
    has_time: Callable[[], bool] = lambda: True,
) -> tuple[Unserved, ...]:
    """All visits that no route serves, each with its reason, in the order of problem.visits. Those that are not `known`
    are explained while it `has_time`, visits of tier 1 first; the others have no reason then."""
    orders = orders_of_routes(routes)
    served = {visit_id for order in orders.values() for visit_id in order}
    reasons = dict(known or {})
    left = [visit for visit in problem.visits if visit.id not in served]
    for visit in sorted(left, key=lambda visit: (-visit.tier, -visit.priority)):
        if visit.id not in reasons and has_time():
            reasons[visit.id] = explain_visit(problem, orders, visit)
    return tuple(Unserved(visit.id, (reasons[visit.id],) if visit.id in reasons else ()) for visit in left)


# --- the proof


def verify_reasons(problem: Problem, routes: Sequence[Route], row: Unserved) -> list[str]:
    """False claims in the reasons of an unserved visit, found by relaxing and inserting; empty if all are
    proved."""
    orders = orders_of_routes(routes)
    visit = problem.visit_by_id[row.visit]
    if any(visit.id in order for order in orders.values()):
        return ["served"]
    if not row.reasons:
        return ["no reason"]
    return [fault for reason in row.reasons for fault in _list_false_claims(problem, orders, visit, reason)]


def _list_false_claims(problem: Problem, orders: Orders, visit: Visit, reason: Reason) -> list[str]:
    """False claims of one reason: it does not help, a part of it is not needed, or its numbers are wrong."""
    if reason.shift is None:
        relax = [code for code in CODES if code != "midnight"]  # the team sets out when it does
        able = (
            _find_cheapest_walk(problem, {}, visit, shift.id, relax, (), MAX_SERVICE_S)
            for shift in problem.shifts
        )
        return ["names no shift"] if any(walk is not None for walk in able) else []
    faults = []
    best = _find_cheapest_walk(
        problem, orders, visit, reason.shift, reason.relax, reason.visits, reason.over_s
    )
    if best is None:
        faults.append("relaxing it does not help")
    elif best.travel_s - _route_travel_s(problem, orders, reason.shift) != reason.seconds:
        faults.append("the added travel is another")
    team = problem.shift_by_id[reason.shift]
    untrue = list_false_causes(problem, team, visit, reason.relax, reason.over_s)
    faults += [f"{code} is not the cause" for code in untrue]
    for left in (*reason.relax, *reason.visits):  # with any one of them left, the visit must not fit
        relax = [code for code in reason.relax if code != left]
        out = [other for other in reason.visits if other != left]
        if _find_cheapest_walk(problem, orders, visit, reason.shift, relax, out, reason.over_s) is not None:
            faults.append(f"{left} need not give way")
    anywhere = [
        shift.id
        for shift in problem.shifts
        if _find_cheapest_walk(problem, {} if reason.relax else orders, visit, shift.id, (), ()) is not None
    ]
    if anywhere and (reason.relax or reason.visits):
        faults.append(f"fits {anywhere[0]} as it is")
    if reason.promised and not reason.relax:
        faults += _needless_promises(problem, orders, visit)
    return faults + _wrong_points(problem, visit, reason)


def _needless_promises(problem: Problem, orders: Orders, visit: Visit) -> list[str]:
    """A fault if some shift has room with all its unprotected stops out: then no promise needs to break."""
    for shift in problem.shifts:
        loose = [i for i in orders.get(shift.id, ()) if not is_protected(problem.visit_by_id[i], shift)]
        if _find_cheapest_walk(problem, orders, visit, shift.id, (), loose) is not None:
            return [f"{shift.id} need not break a promise"]
    return []


def _wrong_points(problem: Problem, visit: Visit, reason: Reason) -> list[str]:
    """Faults in the points of a reason."""
    shift = problem.shift_by_id[reason.shift or ""]
    who = [problem.visit_by_id[i] for i in reason.visits] or [visit]
    total = sum(points_lost(problem, other, shift) for other in who)
    faults = [] if reason.points is not None and abs(total - reason.points) < 1e-6 else ["other points"]
    if reason.code == "worth" and POINT_S * total > (reason.seconds or 0):
        faults.append("it is worth the drive")
    return faults


def _route_travel_s(problem: Problem, orders: Orders, shift_id: str) -> int:
    """Seconds of travel of a shift as the orders have it."""
    stops = [problem.visit_by_id[i] for i in orders.get(shift_id, ())]
    return walk_route(problem, problem.shift_by_id[shift_id], stops).travel_s


def _find_cheapest_walk(
    problem: Problem,
    orders: Orders,
    visit: Visit,
    shift_id: str,
    relax: Sequence[str],
    out: Sequence[str],
    over_s: int = 0,
) -> Walk | None:
    """The walk of least travel with the visit inserted and `out` ejected; None if none is feasible."""
    shift = problem.shift_by_id[shift_id]
    offer = relax_offer(shift, visit, relax, over_s)
    stops = [problem.visit_by_id[i] for i in orders.get(shift_id, ())]
    rest = len(stops) - len(out)
    walks = (
        walk_route(problem, offer.shift, _insert_visit(stops, out, offer.visit, gap))
        for gap in range(rest + 1)
    )
    good = [w for w in walks if all(f.code in TOO_LATE and f.seconds <= offer.over_s for f in w.faults)]
    return min(good, key=lambda w: w.travel_s, default=None)
