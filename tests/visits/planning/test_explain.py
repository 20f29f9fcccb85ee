"""Why a visit is not served: hard blocks in their order, then the price, checked by doing it."""

import dataclasses
import datetime as dt

import pytest

from tests.support.planning_case import make_problem
from visits.planning import GreatCircle, Problem, Shift, Visit, plan, points, walk

DAY = dt.date(2026, 11, 30)
SHIFT = Shift("s", "T", DAY, 27000, 55800, 0, 0, 3, ((43200, 46800),), frozenset({"ramp"}))
VISIT = Visit("a", 0, 1800, 10, ((27000, 55800),))


def reasons(*visits: Visit, shift: Shift = SHIFT) -> dict[str, str]:
    problem = Problem(((-7.6, 111.5), (-9.6, 111.5)), (shift,), visits, GreatCircle(1.0, 36.0))
    return {row.visit: str(row.reasons[0]) for row in plan(problem, iterations=20).unserved}


@pytest.mark.parametrize(
    ("changes", "shift", "reason"),
    [
        ({"dates": frozenset({dt.date(2026, 12, 1)})}, {}, "no_shift"),
        ({"dates": frozenset()}, {}, "no_shift"),
        ({"skills": frozenset({"iris", "ramp"})}, {}, "skill:iris"),
        ({}, {"max_visits": 0}, "full:s"),
        ({"windows": ((0, 26999),)}, {}, "window:1800s"),
        ({"windows": ()}, {}, "window:1800s"),
        ({"windows": ((43000, 46000),)}, {}, "window:1800s"),
        ({"location": 1}, {}, "far:s:21080s"),
    ],
)
def test_a_hard_block_is_named(changes, shift, reason):
    assert reasons(dataclasses.replace(VISIT, **changes), shift=dataclasses.replace(SHIFT, **shift)) == {
        "a": reason
    }


def test_a_visit_that_costs_more_than_it_brings_says_so():
    far = Problem(
        ((-7.6, 111.5), (-8.2, 111.5)),
        (SHIFT,),
        (dataclasses.replace(VISIT, priority=1, location=1),),
        GreatCircle(1.0, 36.0),
    )
    (row,) = plan(far, iterations=20).unserved
    assert (row.reasons[0].code, row.reasons[0].shift, row.reasons[0].points) == ("worth", "s", 1)


def test_a_full_day_names_who_would_be_pushed_out():
    visits = [dataclasses.replace(VISIT, id=f"v{i}", priority=20 + i) for i in range(4)]
    assert reasons(*visits) == {"v0": "pushes:s:v1:0s:21p"}


def test_a_crowded_day_needs_more_than_one_to_go():
    short = [dataclasses.replace(VISIT, id=f"v{i}", service_s=8000, priority=50) for i in range(3)]
    assert reasons(*short, dataclasses.replace(VISIT, id="long", service_s=15000)) == {"long": "crowded"}


def test_every_push_can_be_done_and_costs_what_it_says():
    problem = make_problem(8, visits=150, shifts=4)
    result = plan(problem, iterations=3000, seed=1)
    routes = {route.shift: [problem.visit_by_id[s.visit] for s in route.stops] for route in result.routes}
    seen = 0
    for row in result.unserved:
        (reason,) = row.reasons
        if reason.code != "pushes" or reason.shift is None:
            continue
        seen += 1
        visit, shift = problem.visit_by_id[row.visit], problem.shift_by_id[reason.shift]
        out = problem.visit_by_id[reason.visits[0]]
        rest = [v for v in routes[shift.id] if v is not out]
        options = [walk(problem, shift, [*rest[:i], visit, *rest[i:]]) for i in range(len(rest) + 1)]
        before = walk(problem, shift, rest).travel_s
        assert min(w.travel_s for w in options if not w.faults) - before == reason.seconds
        assert reason.points == points(problem, out, shift.date)
    assert seen > 20
