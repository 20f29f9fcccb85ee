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
    plan,
    walk_route,
)
from visits.planning.rules import (
    count_reserve_s,
    count_working_s,
    cut_windows,
    find_service_start,
    finish_drive,
    time_visit,
)

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


@pytest.mark.parametrize(
    ("ready", "grace", "begins", "free"),
    [
        (41400, 0, 41400, 43200),  # done as the break begins
        (41401, 0, 46800, 48600),
        (42000, 600, 42000, 46800 + 600),  # ten minutes into the break, which is taken whole after it
        (42001, 600, 46800, 48600),
        (43200, 3600, 46800, 48600),  # nobody begins in a break, however long the grace
    ],
)
def test_a_team_on_the_road_begins_a_visit_that_runs_a_little_into_its_break(ready, grace, begins, free):
    assert time_visit(ready, 1800, NOON, grace) == (begins, free)


@given(st.integers(27000, 55800), st.integers(0, 9000), st.integers(0, 9000))
def test_leaving_later_never_arrives_earlier(now, seconds, later):
    assert finish_drive(now, seconds, NOON) <= finish_drive(now + later, seconds, NOON)


def test_a_walk_gives_times_travel_and_no_fault():
    walked = walk_route(problem(VISIT), SHIFT, [VISIT])
    leg = problem(VISIT).seconds(0, 0, 1)
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


UNSURE = dataclasses.replace(VISIT, variance_s2=1200**2)
CAREFUL = dataclasses.replace(SHIFT, reserve=1.5)


def test_the_reserve_is_a_share_of_the_spread_of_the_whole_day():
    assert count_reserve_s(CAREFUL, [UNSURE]) == 1800
    assert count_reserve_s(CAREFUL, [UNSURE, VISIT]) == 1800
    assert count_reserve_s(CAREFUL, [UNSURE] * 4) == 3600  # not 7200: visits are not long together
    assert count_reserve_s(SHIFT, [UNSURE]) == count_reserve_s(CAREFUL, []) == 0


@pytest.mark.parametrize(("spare_s", "faults"), [(1800, ()), (1799, (Fault("reserve", "s", None, 1),))])
def test_a_day_without_its_reserve_is_a_fault(spare_s, faults):
    end_s = walk_route(problem(VISIT), SHIFT, [VISIT]).end_s
    team = dataclasses.replace(CAREFUL, end_s=end_s + spare_s)
    assert walk_route(problem(UNSURE, shift=team), team, [UNSURE]).faults == faults


def test_a_day_that_ends_late_says_so_and_counts_its_reserve():
    end_s = walk_route(problem(VISIT), SHIFT, [VISIT]).end_s
    team = dataclasses.replace(CAREFUL, end_s=end_s - 1)
    assert walk_route(problem(UNSURE, shift=team), team, [UNSURE]).faults == (Fault("end", "s", None, 1801),)


def test_promises_go_before_the_reserve_and_nothing_else_does():
    promised = dataclasses.replace(UNSURE, locked="s")
    end_s = walk_route(problem(VISIT), SHIFT, [VISIT]).end_s
    team = dataclasses.replace(CAREFUL, end_s=end_s)
    assert walk_route(problem(promised, shift=team), team, [promised]).faults == ()
    also = dataclasses.replace(VISIT, id="b", service_s=0)  # at the same door, in no time
    both = walk_route(problem(promised, also, shift=team), team, [promised, also])
    assert both.faults == (Fault("reserve", "s", None, 1800),)
    result = plan(problem(promised, also, shift=team), iterations=50)
    assert (result.broken_locks, [row.visit for row in result.unserved]) == ((), ["b"])


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
