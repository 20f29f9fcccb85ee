"""The day of work: promises of working teams stay, broken ones are named with what is left for them."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.working_day import MONDAY, at, published_day
from visits.planning import Plan, Problem, Visit, check_plan, walk_route
from visits.planning.day.day_state import DROPPED, MOVED, NEW, SAME, SHIFTED, Replan
from visits.planning.day.remaining_day import narrow_to_told
from visits.planning.day.replan import replan_day
from visits.planning.week.slots import Slot

HOUR = 3600


def insertable(problem: Problem, result: Replan, slot: Slot, visit: Visit, published: Plan, told) -> bool:
    """Whether the offered place is one, walked: in today's new plan or in a later published day."""
    shift = result.problem.shift_by_id.get(slot.shift) or problem.shift_by_id[slot.shift]
    routes = result.plan.routes if shift.date == MONDAY else published.routes
    order = next((route.stops for route in routes if route.shift == shift.id), ())
    known = result.problem.visit_by_id
    stops = [
        known.get(s.visit) or narrow_to_told(problem.visit_by_id[s.visit], told.get(s.visit)) for s in order
    ]
    stops.insert(slot.position, dataclasses.replace(visit, locked=None))
    return not walk_route(dataclasses.replace(problem, shifts=(shift,), visits=()), shift, stops).faults


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10**6),
    st.integers(2, 5),
    st.integers(7 * HOUR, 15 * HOUR),
    st.integers(0, 2),
    st.sampled_from([0, 100]),
)
def test_promises_of_working_teams_stay_and_broken_ones_are_named(seed, teams, now_s, failing, iterations):
    problem, published, told = published_day(seed, teams=teams, stops=6)
    failed = frozenset(f"t{n}d0" for n in range(failing))
    facts = at(problem, published, told, now_s, failed=failed)
    result = replan_day(problem, published, facts, iterations=iterations, seed=seed)

    assert check_plan(result.problem, result.plan) == []
    assert not {route.shift for route in result.plan.routes} & failed
    assert not facts.gone & result.plan.shift_of.keys()
    today = {v for v, shift in published.shift_of.items() if shift.endswith("d0")} - facts.gone
    assert {change.visit for change in result.changes} == today
    for change in result.changes:
        visit = problem.visit_by_id[change.visit]
        if visit.locked and visit.locked not in failed:
            assert change.cause is None
            assert change.now is not None
            assert change.now.shift == visit.locked
            assert told[visit.id][0] <= change.now.start_s <= told[visit.id][1]
        if visit.locked in failed:
            assert change.cause is not None
            assert change.cause.code == "failed"
            assert change.what in (MOVED, DROPPED)
    first_offers: set[str] = set()
    for change in result.changes:
        assert (change.offer is None) or change.what == DROPPED
        if change.offer is not None and change.offer.shift not in first_offers:
            first_offers.add(change.offer.shift)  # later offers on a team-day count on the earlier ones
            visit = problem.visit_by_id[change.visit]
            assert insertable(problem, result, change.offer, visit, published, told)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(8 * HOUR, 14 * HOUR), st.integers(0, 3 * HOUR))
def test_a_delay_breaks_no_promise_without_naming_it(seed, now_s, overrun_s):
    problem, published, told = published_day(seed, teams=3, stops=6, promised=0.8)
    facts = at(problem, published, told, now_s, overrun_s={"t0d0": overrun_s})
    result = replan_day(problem, published, facts, iterations=50, seed=seed)
    assert check_plan(result.problem, result.plan) == []
    for change in result.changes:
        visit = problem.visit_by_id[change.visit]
        kept = (
            change.now is not None
            and change.now.shift == visit.locked
            and told[visit.id][0] <= change.now.start_s <= told[visit.id][1]
            if visit.locked
            else True
        )
        assert kept or change.cause is not None
        assert change.cause is None or visit.locked == "t0d0"


@pytest.fixture
def morning():
    problem, published, told = published_day(7, teams=3, stops=5)
    return problem, published, told


def test_a_quiet_day_stays_as_it_is(morning):
    problem, published, told = morning
    result = replan_day(problem, published, at(problem, published, told, 9 * HOUR), iterations=0)
    assert {change.what for change in result.changes} == {SAME}


def test_the_same_seed_gives_the_same_plan(morning):
    problem, published, told = morning
    facts = at(problem, published, told, 9 * HOUR, failed=frozenset({"t1d0"}))
    plans = [replan_day(problem, published, facts, iterations=200, seed=3).plan.digest() for _ in range(2)]
    assert plans[0] == plans[1]


def test_an_urgent_visit_gets_a_place_and_is_called_new(morning):
    problem, published, told = morning
    urgent = Visit("urgent", problem.shifts[0].start_location, 900, 500.0, ((0, 86400),))
    problem = dataclasses.replace(problem, visits=(*problem.visits, urgent))
    facts = dataclasses.replace(at(problem, published, told, 9 * HOUR), urgent=("urgent",))
    result = replan_day(problem, published, facts, iterations=300)
    assert [change.visit for change in result.select_changes(NEW)] == ["urgent"]


def test_a_promise_that_is_late_is_kept_by_the_same_team_as_early_as_it_can(morning):
    problem, published, _ = morning
    route = published.routes[0]
    last = route.stops[-1]
    problem = dataclasses.replace(
        problem,
        visits=tuple(
            dataclasses.replace(
                v,
                locked=route.shift if v.id == last.visit else None,
                windows=((0, 15 * HOUR),),
                infectious_last=False,
            )
            for v in problem.visits
        ),
    )
    told = {last.visit: (last.start_s - 600, last.start_s + 600)}
    late = at(problem, published, told, last.arrive_s - 60, overrun_s={})
    late = dataclasses.replace(
        late,
        gone=late.gone - {last.visit},
        teams=tuple(
            dataclasses.replace(t, free_s=last.start_s + 1800, done=0) if t.shift == route.shift else t
            for t in late.teams
        ),
    )
    (change,) = replan_day(problem, published, late, iterations=100).broken_promises
    assert (change.visit, change.what) == (last.visit, SHIFTED)
    assert change.now
    assert change.cause
    assert (change.now.shift, change.cause.code) == (route.shift, "lock_window")


def test_a_visit_without_a_place_today_is_offered_the_best_one_of_tomorrow():
    problem, published, told = published_day(11, teams=1, stops=4, promised=1.0, later_stops=2)
    facts = at(problem, published, told, 8 * HOUR, failed=frozenset({"t0d0"}))
    result = replan_day(problem, published, facts, iterations=10)
    assert {change.what for change in result.changes} == {DROPPED}
    assert {change.offer.shift for change in result.broken_promises if change.offer} == {"t0d1"}
    assert len({change.offer for change in result.broken_promises}) == len(result.broken_promises)
