"""The acceptance lines of the planner on cases made to break it: promises, the referee, reasons, the best score."""

import dataclasses

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.exhaustive import best_score, worth_of_plan
from tests.support.nasty_case import most_promises, nasty_problem
from tests.support.planning_case import as_case
from tests.support.referee import judge
from tests.support.working_day import at
from visits.planning import check_plan, plan
from visits.planning.case import plan_as_json
from visits.planning.day.remaining_day import narrow_to_told
from visits.planning.day.replan import replan_day
from visits.planning.types import DAY_S
from visits.planning.why import explain


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(
    seed=st.integers(0, 10**6),
    visits=st.integers(0, 12),
    shifts=st.integers(1, 4),
    iterations=st.sampled_from([0, 1, 100]),
)
def test_a_nasty_case_is_planned_by_the_rules_and_keeps_all_promises_that_can_be(
    seed, visits, shifts, iterations
):
    problem = nasty_problem(seed, visits=visits, shifts=shifts)
    result = plan(problem, iterations=iterations, seed=seed)
    assert check_plan(problem, result) == []
    broken = frozenset(row.visit for row in result.broken_locks)
    last = frozenset(visit.id for visit in problem.visits if visit.infectious_last)
    assert judge(as_case(problem), plan_as_json(result), last=last, broken=broken)["faults"] == []
    for shift in problem.shifts:
        kept = [v for v in problem.visits if v.locked == shift.id and v.id not in broken]
        assert all(result.shift_of[v.id] == shift.id for v in kept)
        assert (len(kept), sum(v.priority for v in kept)) == most_promises(problem, shift)
    for row in result.unserved:
        assert explain.verify_reasons(problem, result.routes, row) == []


@pytest.mark.parametrize("seed", range(40))
def test_a_nasty_case_is_planned_as_well_as_by_exhaustive_search(seed):
    problem = nasty_problem(seed, visits=6, shifts=1 + seed % 3, promised=False, roads=seed % 2 == 0)
    plain = tuple(dataclasses.replace(v, priority=min(v.priority, 100)) for v in problem.visits)
    problem = dataclasses.replace(problem, visits=plain)  # 10^9 points are more than the tier of best_score
    result = plan(problem, iterations=30_000, seed=seed)
    assert worth_of_plan(problem, result) == best_score(problem)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(
    seed=st.integers(0, 10**6),
    visits=st.integers(1, 12),
    shifts=st.integers(1, 4),
    now_s=st.integers(0, DAY_S),
    overrun_s=st.sampled_from([0, 1800, 40_000]),
)
def test_a_nasty_day_breaks_no_more_promises_than_it_must(seed, visits, shifts, now_s, overrun_s):
    made = nasty_problem(seed, visits=visits, shifts=shifts, promised=False)
    published = plan(made, iterations=20, seed=seed)
    starts = {stop.visit: stop.start_s for route in published.routes for stop in route.stops}
    told = {i: (max(0, starts[i] - 600), min(DAY_S, starts[i] + 1800)) for i in sorted(starts)[seed % 2 :: 2]}
    problem = dataclasses.replace(
        made,
        visits=tuple(
            dataclasses.replace(v, locked=published.shift_of[v.id]) if v.id in told else v
            for v in made.visits
        ),
    )
    facts = at(problem, published, told, now_s, overrun_s={s.id: overrun_s for s in problem.shifts})
    result = replan_day(problem, published, facts, iterations=20, seed=seed)
    assert check_plan(result.problem, result.plan) == []
    assert not facts.gone & result.plan.shift_of.keys()
    named = {change.visit for change in result.broken_promises}
    for change in result.changes:
        interval = told.get(change.visit, (0, DAY_S))
        assert change.now is None or change.now.start_s >= now_s
        if change.visit in told and change.visit not in named:
            assert change.now is not None
            assert change.now.shift == problem.visit_by_id[change.visit].locked
            assert interval[0] <= change.now.start_s <= interval[1]
    asked = tuple(
        narrow_to_told(problem.visit_by_id[change.visit], told[change.visit])
        for change in result.changes
        if change.visit in told
    )
    whole = dataclasses.replace(result.problem, visits=asked)
    for shift in whole.shifts:
        mine = [v for v in asked if v.locked == shift.id]
        assert len([v for v in mine if v.id not in named]) == most_promises(whole, shift)[0]
