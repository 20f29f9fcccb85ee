"""The cost of keeping a published visit in place: on the shift, and at the hour, where it was published.

The idea: take the visit out of the plan's routes, cut its windows to the hour that its family knows, and look
for the cheapest position on its old shift, in three steps, each only if the one before found nothing: while
all other published visits keep their hours (the `frozen` problem); while these may shift (the `relaxed`
problem), the fewest of them; while stops may be ejected (why/ejections.py). The cost is the added travel of
all routes, and the points that the visit is worth less on that date. Our own, based on week/slots.py. Plain
Python: one question takes a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from visits.planning.priority import points_on
from visits.planning.rules import walk_route
from visits.planning.types import Interval, Problem, Shift, Visit
from visits.planning.week import slots
from visits.planning.why import ejections, hard_constraints

FREE, FITS, SHIFTS, PUSHES, BLOCKED = "free", "fits", "shifts", "pushes", "blocked"
LATE = "late"  # set by callers: the replays say that the hour would not hold
NO_TRAVEL_S = 60  # less added travel counts as none

Orders = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class KeepCost:
    """What it takes to keep a visit in place.

    `added_s` (seconds of travel) and `points` (lost) are negative if the plan gains. `later_s` is how much
    later the team of the shift is back. Of positions that shift equally many visits, the one with the least
    travel and delay together is taken.

    - `order`: the order of the shift with the visit in it, if no other family's hour changes (FREE, FITS).
    - `shifted`: ids of visits whose families would lose the hour they know.
    - `out`: ids of visits that would be ejected, worth `worth` points, `promised` of them protected.
    - `relax`: codes of the rules in the way (why/hard_constraints.py).
    - `told`: when the team would really be there, if the caller has asked for that (LATE).
    """

    code: str
    shift: str
    order: tuple[str, ...] = ()
    added_s: int = 0
    later_s: int = 0
    points: float = 0.0
    shifted: tuple[str, ...] = ()
    out: tuple[str, ...] = ()
    worth: float = 0.0
    promised: int = 0
    relax: tuple[str, ...] = ()
    told: Interval | None = None


def find_keep_costs(
    frozen: Problem, relaxed: Problem, orders: Orders, visit: Visit, shift: str
) -> list[KeepCost]:
    """The costs of serving `visit`, whose windows are cut to the hour to be kept, on `shift`.

    These are all positions that change no other family's hour, the cheapest first, or one answer that says
    what would have to give way. Both problems have the same shifts and visits; in `frozen` the windows of
    visits that are where they were published are cut to their hour. `orders` are visit ids by shift.
    """
    team = frozen.shift_by_id[shift]
    rest = {one: [v for v in order if v != visit.id] for one, order in orders.items()}
    others = rest.get(shift, [])
    lost = _lost_points(frozen, orders, visit, team)
    end_s = walk_route(frozen, team, [frozen.visit_by_id[one] for one in orders.get(shift, ())]).end_s
    for there in (frozen, relaxed):
        stops = [there.visit_by_id[one] for one in others]
        found = []
        for position in sorted(_list_feasible_positions(there, team, stops, visit)):
            after = [*stops[:position], visit, *stops[position:]]
            added_s = _route_travel_s(frozen, team, after) + _travel_change(
                frozen, orders, rest, visit, shift
            )
            later_s = max(0, walk_route(frozen, team, after).end_s - end_s)
            shifted = tuple(_list_shifted_stops(frozen, team, after, visit))
            fits = FREE if added_s < NO_TRAVEL_S and round(lost) <= 0 else FITS
            order = () if shifted else tuple(stop.id for stop in after)
            found.append(KeepCost(SHIFTS if shifted else fits, shift, order, added_s, later_s, lost, shifted))
        if found:
            found.sort(key=lambda stay: (len(stay.shifted), stay.added_s + stay.later_s))
            return [stay for stay in found if stay.order] or found[:1]
    (codes,) = hard_constraints.group_shifts_by_constraints(replace(frozen, shifts=(team,), visits=()), visit)
    room = ejections.cheapest_ejection_set(relaxed, rest, [hard_constraints.Offer(team, visit)])
    if codes or room is None:
        return [KeepCost(BLOCKED, shift, relax=codes)]
    return [_cost_of_ejections(relaxed, orders, rest, visit, team, room, lost)]


def _cost_of_ejections(
    problem: Problem,
    orders: Orders,
    rest: Orders,
    visit: Visit,
    team: Shift,
    room: ejections.EjectionSet,
    lost: float,
) -> KeepCost:
    """The cost if the stops of the ejection set leave the shift."""
    stay = [problem.visit_by_id[one] for one in rest.get(team.id, ()) if one not in room.out]
    after = [*stay[: room.gap], visit, *stay[room.gap :]]
    added_s = _route_travel_s(problem, team, after) + _travel_change(problem, orders, rest, visit, team.id)
    return KeepCost(
        PUSHES,
        team.id,
        added_s=added_s,
        points=lost,
        out=room.out,
        worth=room.points,
        promised=room.protected,
    )


def _list_feasible_positions(
    problem: Problem, team: Shift, stops: Sequence[Visit], visit: Visit
) -> Iterator[int]:
    """The positions where the visit fits between the stops as they are."""
    row = slots.build_line(problem, team, stops)
    for slot in slots.find_slots(slots.PreparedLines(problem, (row,)), replace(visit, locked=None)):
        yield slot.position


def _list_shifted_stops(frozen: Problem, team: Shift, stops: Sequence[Visit], visit: Visit) -> Iterator[str]:
    """Ids of the stops that would begin outside their windows in `frozen`."""
    for stop in walk_route(frozen, team, stops).stops:
        hours = visit.windows if stop.visit == visit.id else frozen.visit_by_id[stop.visit].windows
        if not any(opens <= stop.start_s <= closes for opens, closes in hours):
            yield stop.visit


def _travel_change(problem: Problem, orders: Orders, rest: Orders, visit: Visit, shift: str) -> int:
    """Seconds of travel of the route that the visit leaves, less those of both routes as planned.

    The travel of the shift with the visit kept is added by the caller.
    """
    seconds = 0
    for one, order in orders.items():
        if one != shift and visit.id not in order:
            continue
        team = problem.shift_by_id[one]
        seconds -= _route_travel_s(problem, team, [problem.visit_by_id[v] for v in order])
        if one != shift:
            seconds += _route_travel_s(problem, team, [problem.visit_by_id[v] for v in rest[one]])
    return seconds


def _route_travel_s(problem: Problem, team: Shift, stops: Sequence[Visit]) -> int:
    """Seconds of travel of the stops in this order."""
    return walk_route(problem, team, stops).travel_s


def _lost_points(problem: Problem, orders: Orders, visit: Visit, team: Shift) -> float:
    """Points that the visit is worth less on the date of `team` than where the plan serves it."""
    now = next((one for one, order in orders.items() if visit.id in order), None)
    kept = points_on(problem, visit, team.date)
    return (0.0 if now is None else points_on(problem, visit, problem.shift_by_id[now].date)) - kept
