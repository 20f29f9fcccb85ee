"""Shared stops on the day of work: nobody is lost, no promise is moved, and nobody is met without the kit."""

import dataclasses
import datetime as dt
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.working_day import KIT_S, MONDAY, at, published_day, stops_of
from visits.planning import Plan, Problem, Shift, Visit, check_plan, walk_route
from visits.planning.day.day_state import DROPPED, MOVED, SAME, DayState, DayStopGroups, Replan
from visits.planning.day.replan import replan_day
from visits.planning.types import plan_from_routes

HOUR = 3600


def _urgent(problem: Problem, state: DayState, rng: random.Random, count: int) -> list[Visit]:
    """Next to visits that are left, or done already."""
    today = [v for v in problem.visits if v.published and v.published.endswith("d0")]
    found = []
    for n in range(count if today else 0):
        there = rng.choice(today)
        found.append(
            Visit(
                f"u{n}",
                there.location,
                rng.randint(8, 20) * 60 + KIT_S,
                260.0,
                ((rng.choice([0, 10 * HOUR]), rng.choice([24 * HOUR, 15 * HOUR])),),
                skills=frozenset({"iris"}) if rng.random() < 0.3 else frozenset(),
                infectious_last=there.infectious_last,
            )
        )
    return found


def _day(
    seed: int, *, teams: int, now_s: int, failing: int, urgent: int, promised: float, overrun_s: int
) -> tuple[Problem, Plan, DayState, DayStopGroups]:
    problem, published, told = published_day(seed, teams=teams, stops=6, promised=promised, neighbours=0.5)
    state = at(
        problem,
        published,
        told,
        now_s,
        failed=frozenset(f"t{n}d0" for n in range(failing)),
        overrun_s={f"t{teams - 1}d0": overrun_s},
    )
    asking = _urgent(problem, state, random.Random(seed), urgent)
    problem, stops = stops_of(problem, published, state, asking)
    return problem, published, dataclasses.replace(state, urgent=tuple(v.id for v in asking)), stops


def _bare(result: Replan, stops: DayStopGroups) -> set[str]:
    """Who is planned without the time to set up the kit where nobody has set it up."""
    found = set()
    for route in result.plan.routes:
        place = result.problem.shift_by_id[route.shift].start_location
        for stop in route.stops:
            visit = result.problem.visit_by_id[stop.visit]
            if visit.service_s < stops.alone[visit.id] and visit.location != place:
                found.add(visit.id)
            place = visit.location
    return found


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 10**6),
    st.integers(2, 4),
    st.integers(7 * HOUR, 15 * HOUR),
    st.integers(0, 2),
    st.integers(0, 3),
    st.sampled_from([0.0, 0.5, 1.0]),
    st.sampled_from([0, 20 * 60, 2 * HOUR]),
    st.sampled_from([0, 60]),
)
def test_nobody_is_lost_and_no_promise_moves(
    seed, teams, now_s, failing, urgent, promised, overrun_s, iterations
):
    problem, published, state, stops = _day(
        seed,
        teams=teams,
        now_s=now_s,
        failing=failing,
        urgent=urgent,
        promised=promised,
        overrun_s=overrun_s,
    )
    result = replan_day(problem, published, state, stops=stops, iterations=iterations, seed=seed)

    assert check_plan(result.problem, result.plan) == []
    assert result.plan.broken_locks == ()
    assert not {route.shift for route in result.plan.routes} & state.failed
    today = {v for v, shift in published.shift_of.items() if shift.endswith("d0")} - state.gone
    assert sorted(change.visit for change in result.changes) == sorted(today | set(state.urgent))
    served = result.plan.shift_of
    out = {row.visit for row in result.plan.unserved}
    assert served.keys() | out == today | set(state.urgent)
    assert not served.keys() & out
    singly = replan_day(problem, published, state, iterations=0, seed=seed)
    hopeless = {change.visit for change in singly.broken_promises}
    for change in result.changes:
        visit = problem.visit_by_id[change.visit]
        assert (change.what == DROPPED) == (visit.id in out)
        if visit.locked is None:
            assert change.cause is None
        elif visit.locked in state.failed:
            assert change.cause is not None
            assert change.cause.code == "failed"
            assert change.what in (MOVED, DROPPED)
        elif change.cause is None:
            assert change.now is not None
            assert change.now.shift == visit.locked
            low, high = state.told[visit.id]
            assert low <= change.now.start_s <= high
        else:
            assert visit.id in hopeless  # sharing a stop broke nothing that could be kept
    made_short = {v.id for v in result.problem.visits if v.service_s < problem.visit_by_id[v.id].service_s}
    assert made_short.isdisjoint(_bare(result, stops))
    assert made_short <= result.followers
    assert result.followers.isdisjoint(_bare(result, stops) - stops.begun)


@pytest.mark.parametrize("seed", range(6))
def test_the_same_question_has_the_same_answer(seed: int) -> None:
    problem, published, state, stops = _day(
        seed, teams=3, now_s=9 * HOUR, failing=1, urgent=2, promised=0.5, overrun_s=0
    )
    answers = [
        replan_day(problem, published, state, stops=stops, iterations=150, seed=seed) for _ in range(2)
    ]
    assert answers[0].changes == answers[1].changes
    assert answers[0].plan.digest() == answers[1].plan.digest()


def test_hardly_anybody_is_met_without_a_kit() -> None:
    """Who was published right after another, and is now met elsewhere or at another hour, gets the time for it: at
    most promises that leave no time for it do not."""
    short = bare = 0
    for seed in range(60):
        rng = random.Random(seed)
        problem, published, state, stops = _day(
            seed,
            teams=rng.randint(2, 4),
            now_s=rng.randint(7 * HOUR, 14 * HOUR),
            failing=rng.randint(0, 1),
            urgent=rng.randint(0, 3),
            promised=rng.choice([0, 0.5, 1.0]),
            overrun_s=rng.choice([0, 1200, 7200]),
        )
        result = replan_day(problem, published, state, stops=stops, iterations=60, seed=seed)
        short += sum(v.service_s < stops.alone[v.id] for v in result.problem.visits)
        bare += len(_bare(result, stops))
    assert short > 100
    assert bare <= short // 50


def test_houses_stay_together_and_more_homes_are_visited() -> None:
    """Over 20 days on which a team breaks down, beside plans in which each brings its own kit to its own visit."""
    split = {True: 0, False: 0}
    served = {True: 0, False: 0}
    travel_s = {True: 0, False: 0}
    for seed in range(20):
        problem, published, state, stops = _day(
            seed, teams=4, now_s=9 * HOUR, failing=1, urgent=0, promised=0.3, overrun_s=0
        )
        apart = dataclasses.replace(
            problem, visits=tuple(dataclasses.replace(v, service_s=stops.alone[v.id]) for v in problem.visits)
        )
        for share, day in ((True, problem), (False, apart)):
            known = stops if share else None
            result = replan_day(day, published, state, stops=known, iterations=200, seed=seed)
            on = result.plan.shift_of
            served[share] += len(on)
            travel_s[share] += result.plan.statistics.travel_s
            split[share] += sum(len({on.get(visit) for visit in ids}) > 1 for ids in stops.wanted)
    assert split[True] * 2 <= split[False]
    assert served[True] >= served[False]
    assert travel_s[True] < travel_s[False]


def _lone(visits: list[Visit], *, max_visits: int = 9) -> Problem:
    """One team on one day, without a drive between any two homes."""
    team = Shift("t0d0", "T0", MONDAY, 7 * HOUR + 1800, 15 * HOUR, 0, 0, max_visits)
    return Problem(((-7.6, 111.5),), (team,), tuple(visits))


def _promised(name: str, service_s: int = 1200) -> Visit:
    return Visit(
        name, 0, service_s, 30.0, ((0, 24 * HOUR),), locked="t0d0", published="t0d0", move_points=10.0
    )


def test_an_urgent_neighbour_stands_back_where_a_promise_would_break_for_it() -> None:
    """Between two promises there is no time for the neighbour of the first; there is after them."""
    first, second = _promised("a"), _promised("b")
    urgent = Visit("u", 0, 1800, 250.0, ((0, 24 * HOUR),))
    problem = _lone([first, second, urgent])
    route = walk_route(problem, problem.shifts[0], [first, second]).as_route(problem.shifts[0])
    start = route.stops[0].start_s
    told = {"a": (start, start), "b": (start + 1200, start + 1200)}
    state = DayState(MONDAY, 7 * HOUR, told=told, urgent=("u",))
    stops = DayStopGroups(wanted=(("a", "u"),), follows={"a": 600, "u": 1200}, alone={"a": 1200, "u": 1800})
    result = replan_day(problem, plan_from_routes([route]), state, stops=stops, iterations=50)
    assert {c.visit: c.what for c in result.changes} == {"a": SAME, "b": SAME, "u": "new"}
    assert result.broken_promises == ()
    assert result.problem.visit_by_id["u"].service_s == 1800


def test_a_team_gets_no_more_promised_homes_than_it_may() -> None:
    """Two promised homes are all that the team may visit: the neighbour of one is not squeezed in with it."""
    first, second = _promised("a"), _promised("b")
    urgent = Visit("u", 0, 1800, 250.0, ((0, 24 * HOUR),))
    problem = _lone([first, second, urgent], max_visits=2)
    route = walk_route(problem, problem.shifts[0], [first, second]).as_route(problem.shifts[0])
    told = {stop.visit: (stop.start_s, stop.start_s + HOUR) for stop in route.stops}
    state = DayState(MONDAY, 7 * HOUR, told=told, urgent=("u",))
    stops = DayStopGroups(wanted=(("a", "u"),), follows={"a": 600, "u": 1200}, alone={"a": 1200, "u": 1800})
    result = replan_day(problem, plan_from_routes([route]), state, stops=stops, iterations=50)
    assert check_plan(result.problem, result.plan) == []
    assert {c.visit: c.what for c in result.changes} == {"a": SAME, "b": SAME, "u": DROPPED}


def test_a_stop_without_a_place_today_is_offered_one_for_all() -> None:
    visits = [dataclasses.replace(_promised(name), locked=None) for name in ("a", "b")]
    today = Shift("t0d0", "T0", MONDAY, 7 * HOUR + 1800, 15 * HOUR, 0, 0, 9)
    later = [
        dataclasses.replace(today, id=f"t{n}d1", team=f"T{n}", date=MONDAY + dt.timedelta(days=1))
        for n in range(2)
    ]
    problem = Problem(((-7.6, 111.5),), (today, *later), tuple(visits))
    route = walk_route(problem, today, visits).as_route(today)
    state = DayState(MONDAY, 7 * HOUR, failed=frozenset({"t0d0"}))
    stops = DayStopGroups(wanted=(("a", "b"),), follows={"a": 600, "b": 600}, alone={"a": 1200, "b": 1200})
    result = replan_day(problem, plan_from_routes([route]), state, stops=stops, iterations=10)
    one, two = (change.offer for change in sorted(result.changes, key=lambda change: change.visit))
    assert one is not None
    assert two is not None
    assert (two.shift, two.position, two.start_s) == (one.shift, one.position + 1, one.leave_s)
    assert two.leave_s - two.start_s == 600


@pytest.mark.parametrize("iterations", [0, 60])
def test_no_promise_is_broken_for_the_time_that_a_kit_takes(iterations):
    problem, published, state, stops = _day(
        7716, teams=3, now_s=27_000, failing=0, urgent=3, promised=0.5, overrun_s=0
    )

    result = replan_day(problem, published, state, stops=stops, iterations=iterations, seed=7716)

    assert result.plan.broken_locks == ()
