"""Promises: kept whenever an order keeps them, else named with why."""

import dataclasses
import datetime as dt
import itertools

import numpy as np
import pytest

from tests.support.planning_case import make_problem
from visits.planning import GreatCircle, Problem, Shift, Table, Visit, check_plan, plan, walk_route
from visits.planning.start.locks import keep_locks

DAY = dt.date(2026, 11, 30)
SHIFT = Shift("s", "T", DAY, 27000, 55800, 0, 0, 3)
OTHER = dataclasses.replace(SHIFT, id="t")
VISIT = Visit("a", 0, 1800, 10, ((27000, 55800),), locked="s")


def problem(*visits: Visit, shifts=(SHIFT, OTHER)) -> Problem:
    return Problem(((-7.6, 111.5), (-9.6, 111.5)), shifts, visits, GreatCircle(1.0, 36.0))


def test_locks_that_clash_are_named_and_served_elsewhere():
    at_nine = ((32400, 32400),)
    both = problem(
        dataclasses.replace(VISIT, windows=at_nine),
        dataclasses.replace(VISIT, id="b", priority=20, windows=at_nine),
    )
    result = plan(both, iterations=10)
    (broken,) = result.broken_locks
    assert (broken.visit, broken.shift, broken.served_on) == ("a", "s", "t")
    assert (broken.reason.code, broken.reason.visits) == ("lock_clash", ("b",))
    assert check_plan(both, result) == []


@pytest.mark.parametrize(
    ("changes", "shift", "code"),
    [
        ({"skills": frozenset({"iris"})}, {}, "lock_skill"),
        ({"dates": frozenset({dt.date(2026, 12, 1)})}, {}, "lock_date"),
        ({"windows": ((0, 60),)}, {}, "lock_window"),
        ({"location": 1}, {}, "lock_far"),
        ({"windows": ((43000, 46000),)}, {"breaks": ((43200, 46800),)}, "lock_window_break"),
        ({"service_s": 16300}, {"breaks": ((43200, 46800),)}, "lock_break"),
        ({"service_s": 30000}, {}, "lock_long"),
        ({"service_s": 7200, "windows": ((0, 86400),)}, {"start_s": 82800, "end_s": 86400}, "lock_midnight"),
        ({}, {"max_visits": 0}, "lock_full"),
    ],
)
def test_a_lock_the_shift_cannot_keep_alone_says_why(changes, shift, code):
    one = problem(dataclasses.replace(VISIT, **changes), shifts=(dataclasses.replace(SHIFT, **shift),))
    result = plan(one, iterations=10)
    assert [(b.visit, b.reason.code, b.served_on) for b in result.broken_locks] == [("a", code, None)]
    assert [row.visit for row in result.unserved] == ["a"]
    assert check_plan(one, result) == []


def test_four_promises_for_three_places_break_the_least():
    four = problem(*(dataclasses.replace(VISIT, id=f"v{i}", priority=10 + i) for i in range(4)))
    result = plan(four, iterations=10)
    assert [(b.visit, b.served_on) for b in result.broken_locks] == [("v0", "t")]


def test_promises_that_are_in_time_only_together_are_kept_as_they_were():
    """Rounded roads: straight to b is a second too long, by way of a it is not."""
    table = np.array([[0, 100, 201], [100, 0, 100], [201, 100, 0]])
    by_way = dataclasses.replace(VISIT, location=1, service_s=0)
    then = dataclasses.replace(VISIT, id="b", location=2, windows=((27200, 27200),))
    both = Problem(((0, 0), (0, 1), (0, 2)), (SHIFT,), (by_way, then), Table(table))
    assert keep_locks(both, {"s": ["a", "b"]}).orders == {"s": ("a", "b")}
    assert keep_locks(both, {"s": ["a", "b"]}).broken == {}


@pytest.mark.parametrize("seed", range(30))
def test_an_order_that_keeps_all_is_found_whenever_there_is_one(seed):
    made = make_problem(seed, visits=8, shifts=1, locked=6, last=seed % 2 == 0)
    # Tighten by chance: some become impossible together, and trying all orders decides.
    tight = tuple(
        dataclasses.replace(v, windows=tuple((a, a + (b - a) // (1 + seed % 4)) for a, b in v.windows))
        for v in made.visits
    )
    case = dataclasses.replace(made, visits=tight)
    locked = [v for v in case.visits if v.locked]
    shift = case.shifts[0]
    most = max(
        n
        for n in range(len(locked) + 1)
        if any(not walk_route(case, shift, order).faults for order in itertools.permutations(locked, n))
    )
    kept = keep_locks(case)
    assert len(kept.orders.get("s0", ())) == most
    assert len(kept.broken) == len(locked) - most
