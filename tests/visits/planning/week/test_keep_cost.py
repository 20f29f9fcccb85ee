"""Keeping a published visit: the price is what walking every place gives, and nobody is pushed out without need."""

import dataclasses
import random
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.planning_case import make_problem
from visits.planning import Problem, Stop, Visit
from visits.planning.result import drop_until_feasible
from visits.planning.rules import cut_windows, walk_route
from visits.planning.week.keep_cost import BLOCKED, FITS, FREE, PUSHES, SHIFTS, find_keep_costs

Orders = dict[str, list[str]]


@st.composite
def questions(draw) -> tuple[Problem, Problem, Orders, Visit, str]:
    """Routes that keep the rules, some of whose stops know their hour, and a visit to be kept at its own."""
    seed = draw(st.integers(0, 10**6))
    rng = random.Random(seed)
    shifts, last, reserve = draw(st.integers(1, 3)), draw(st.booleans()), draw(st.booleans())
    relaxed = make_problem(seed, visits=14, shifts=shifts, last=last, reserve=reserve)
    order = list(relaxed.visits)
    rng.shuffle(order)
    asked = order.pop()
    orders: Orders = {}
    starts: dict[str, int] = {}
    for shift in relaxed.shifts:
        mine = sorted((order.pop() for _ in range(min(len(order), 4))), key=lambda v: v.infectious_last)
        stops = drop_until_feasible(relaxed, shift, mine).stops
        orders[shift.id] = [stop.visit for stop in stops]
        starts |= {stop.visit: stop.start_s for stop in stops}
    if starts and draw(st.booleans()):
        asked = relaxed.visit_by_id[rng.choice(sorted(starts))]
    spread = draw(st.sampled_from((600, 1800, 7200)))
    hours = {
        visit: (max(0, at - spread), min(86400, at + spread))
        for visit, at in starts.items()
        if rng.random() < 0.7
    }
    frozen = dataclasses.replace(
        relaxed,
        visits=tuple(
            dataclasses.replace(v, windows=cut_windows(v.windows, hours[v.id])) if v.id in hours else v
            for v in relaxed.visits
        ),
    )
    shift = rng.choice(relaxed.shifts)
    at = rng.randrange(shift.start_s, max(shift.start_s + 1, shift.end_s))
    asked = dataclasses.replace(asked, windows=((max(0, at - 1800), min(86400, at + 1800)),), locked=None)
    return frozen, relaxed, orders, asked, shift.id


def _travel(problem: Problem, orders: Orders) -> int:
    return sum(
        walk_route(problem, problem.shift_by_id[s], [problem.visit_by_id[i] for i in order]).travel_s
        for s, order in orders.items()
    )


def _end(problem: Problem, orders: Orders, shift: str) -> int:
    return walk_route(
        problem, problem.shift_by_id[shift], [problem.visit_by_id[i] for i in orders[shift]]
    ).end_s


def _places(
    there: Problem, orders: Orders, visit: Visit, shift: str, out: tuple[str, ...] = ()
) -> dict[int, tuple[Stop, ...]]:
    """Where it fits: position -> the stops."""
    rest = [i for i in orders.get(shift, ()) if i not in (visit.id, *out)]
    stops = [there.visit_by_id[i] for i in rest]
    found = {}
    for position in range(len(stops) + 1):
        walked = walk_route(there, there.shift_by_id[shift], [*stops[:position], visit, *stops[position:]])
        if not walked.faults:
            found[position] = walked.stops
    return found


@settings(max_examples=300, deadline=None)
@given(questions())
def test_the_price_is_what_walking_every_place_gives(question) -> None:
    frozen, relaxed, orders, visit, shift = question
    found, *more = find_keep_costs(frozen, relaxed, orders, visit, shift)

    rest = [i for i in orders[shift] if i != visit.id]
    if found.code in (FREE, FITS, SHIFTS):
        places = _places(relaxed if found.shifted else frozen, orders, visit, shift)
        assert places and (not found.shifted or not _places(frozen, orders, visit, shift))
        assert len(found.shifted) == min(_unheard(frozen, stops, visit) for stops in places.values())
    else:
        assert not _places(relaxed, orders, visit, shift)
    if found.order:
        assert [i for i in found.order if i != visit.id] == rest
        after = {s: [i for i in order if i != visit.id] for s, order in orders.items()}
        costs = []
        for position in _places(frozen, orders, visit, shift):
            after[shift] = [*rest[:position], visit.id, *rest[position:]]
            kept = [visit if i == visit.id else frozen.visit_by_id[i] for i in after[shift]]
            end_s = walk_route(frozen, frozen.shift_by_id[shift], kept).end_s
            later_s = max(0, end_s - _end(frozen, orders, shift))
            costs.append((_travel(frozen, after) - _travel(frozen, orders) + later_s, later_s))
        offered = [(one.added_s + one.later_s, one.later_s) for one in (found, *more)]
        assert sorted(offered) == sorted(costs)
        assert [cost for cost, _ in offered] == sorted(cost for cost, _ in costs)
    else:
        assert not more
    if found.code == PUSHES:
        assert _places(relaxed, orders, visit, shift, found.out)
        for fewer in combinations(found.out, len(found.out) - 1):
            assert not _places(relaxed, orders, visit, shift, fewer)
    if found.code == BLOCKED:
        assert found.relax and not _places(relaxed, orders, visit, shift, tuple(rest))


def _unheard(frozen: Problem, stops, visit: Visit) -> int:
    """Families that are not met at the hour that they know."""
    return sum(
        stop.visit != visit.id
        and not any(a <= stop.start_s <= b for a, b in frozen.visit_by_id[stop.visit].windows)
        for stop in stops
    )
