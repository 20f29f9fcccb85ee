"""The plain-Python walk: breaks, windows, order, and the whole-plan check."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visits.planning import (
    Fault,
    GreatCircle,
    Plan,
    Problem,
    Route,
    Shift,
    Statistics,
    Stop,
    Unserved,
    Visit,
    check_plan,
    walk_route,
)
from visits.planning.rules import count_working_s, cut_windows, find_service_start, finish_drive

NOON = ((43200, 46800),)
DAY = dt.date(2026, 11, 30)
SHIFT = Shift("s", "T", DAY, 27000, 55800, 0, 0, 2, NOON)
WIDE = ((0, 86400),)
VISIT = Visit("a", 1, 1800, 10, WIDE)
PLACES = ((-7.6, 111.5), (-7.7, 111.5))
STATISTICS = Statistics(0, 0, 0, 0, 0, 0)


def problem(*visits: Visit, shift: Shift = SHIFT) -> Problem:
    return Problem(PLACES, (shift,), visits, GreatCircle(1.0, 36.0))


@pytest.mark.parametrize(
    ("now", "seconds", "arrives"),
    [
        (40000, 3200, 43200),  # there as the break begins
        (40000, 3201, 46801),  # one second short of it
        (43000, 700, 47300),
        (43200, 0, 43200),
        (44000, 0, 46800),  # nobody moves in a break
        (46800, 10, 46810),
        (50000, 10, 50010),
    ],
)
def test_a_drive_pauses_in_a_break(now, seconds, arrives):
    assert finish_drive(now, seconds, NOON) == arrives


@pytest.mark.parametrize(
    ("now", "seconds", "windows", "start"),
    [
        (40000, 3200, WIDE, 40000),
        (40001, 3200, WIDE, 46800),
        (40000, 600, ((30000, 35000),), None),
        (40000, 600, ((30000, 35000), (41000, 42000)), 41000),
        (40000, 600, ((41000, 42000), (39000, 40000)), 40000),
        (43000, 600, ((42000, 46799),), None),
        (43000, 600, ((42000, 46800),), 46800),
    ],
)
def test_a_service_starts_in_a_window_and_is_not_cut(now, seconds, windows, start):
    assert find_service_start(now, seconds, windows, NOON) == start


@given(st.integers(27000, 55800), st.integers(0, 9000), st.integers(0, 9000))
def test_leaving_later_never_arrives_earlier(now, seconds, later):
    assert finish_drive(now, seconds, NOON) <= finish_drive(now + later, seconds, NOON)


def test_a_walk_gives_times_travel_and_no_fault():
    walked = walk_route(problem(VISIT), SHIFT, [VISIT])
    leg = problem(VISIT).seconds(0, 1)
    assert walked.stops == (Stop("a", 27000 + leg, 27000 + leg, 28800 + leg),)
    assert (walked.end_s, walked.travel_s, walked.faults) == (28800 + 2 * leg, 2 * leg, ())


@pytest.mark.parametrize(
    ("changes", "shift", "code"),
    [
        ({"dates": frozenset({dt.date(2026, 12, 1)})}, {}, "date"),
        ({"skills": frozenset({"iris"})}, {}, "skill"),
        ({"windows": ((27000, 27001),)}, {}, "window"),
        ({}, {"max_visits": 0}, "capacity"),
        ({"service_s": 27000}, {}, "end"),
    ],
)
def test_each_broken_rule_is_a_fault_of_its_own(changes, shift, code):
    visit, team = dataclasses.replace(VISIT, **changes), dataclasses.replace(SHIFT, **shift)
    assert [fault.code for fault in walk_route(problem(visit, shift=team), team, [visit]).faults] == [code]


def test_last_visits_come_after_the_others():
    infectious = dataclasses.replace(VISIT, id="b", infectious_last=True)
    both = problem(VISIT, infectious)
    assert walk_route(both, SHIFT, [VISIT, infectious]).faults == ()
    assert walk_route(both, SHIFT, [infectious, VISIT]).faults == (Fault("order", "s", "a"),)


def plan_of(*routes: Route, unserved: tuple[str, ...] = ()) -> Plan:
    return Plan(routes, tuple(Unserved(i) for i in unserved), STATISTICS)


def test_check_finds_nothing_in_a_good_plan():
    one = problem(VISIT)
    assert check_plan(one, plan_of(walk_route(one, SHIFT, [VISIT]).as_route(SHIFT))) == []
    assert check_plan(one, plan_of(unserved=("a",))) == []


def test_check_finds_what_a_walk_alone_cannot():
    one = problem(dataclasses.replace(VISIT, locked="s"))
    route = walk_route(one, SHIFT, [one.visits[0]]).as_route(SHIFT)
    assert check_plan(one, plan_of(unserved=("a",))) == [Fault("lock", "s", "a")]
    assert check_plan(one, plan_of(route, route)) == [Fault("twice", "s")]
    assert check_plan(one, plan_of(dataclasses.replace(route, shift="x"), route)) == [Fault("unknown", "x")]
    assert check_plan(one, plan_of(route, unserved=("a",))) == [Fault("missing", None, "a")]
    assert check_plan(problem(VISIT), plan_of()) == [Fault("missing", None, "a")]
    late = dataclasses.replace(route, stops=(dataclasses.replace(route.stops[0], start_s=30000),))
    assert check_plan(one, plan_of(late)) == [Fault("time", "s")]


@pytest.mark.parametrize(
    ("until", "seconds"),
    [(None, 25200), (55800, 25200), (45000, 16200), (46800, 16200), (43200, 16200), (30000, 3000)],
)
def test_a_shift_works_outside_its_breaks(until: int | None, seconds: int):
    assert count_working_s(SHIFT, until) == seconds


def test_a_break_counts_as_far_as_the_shift_goes():
    short = dataclasses.replace(SHIFT, end_s=45000)
    assert count_working_s(short) == 16200
    assert count_working_s(dataclasses.replace(SHIFT, breaks=((0, 28000), (55000, 60000)))) == 27000


@pytest.mark.parametrize(
    ("windows", "cut"),
    [
        (((0, 86400),), ((30000, 33600),)),
        (((28000, 31000), (33000, 50000)), ((30000, 31000), (33000, 33600))),
        (((0, 30000),), ((30000, 30000),)),
        (((0, 29999), (33601, 86400)), ((30000, 33600),)),
        ((), ((30000, 33600),)),
    ],
)
def test_windows_within_what_was_told(windows: tuple[tuple[int, int], ...], cut: tuple[tuple[int, int], ...]):
    assert cut_windows(windows, (30000, 33600)) == cut
