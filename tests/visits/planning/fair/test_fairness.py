"""Work shared fairly: less gap, nobody served less for it, and a reason where the gap stays."""

import dataclasses
import datetime as dt
from itertools import pairwise

import pytest

from tests.support.planning_case import make_problem
from visits.planning import GreatCircle, Plan, Problem, Shift, Visit, check_plan, plan
from visits.planning.fair import fairness
from visits.planning.fair.fairness import plan_fairly
from visits.planning.fair.loads import Tolerance, list_overloads, measure_loads
from visits.planning.why import explain

DAY = dt.date(2026, 11, 30)
ONE = Shift("s1", "T1", DAY, 27000, 55800, 0, 0, 14, ((43200, 46800),))
TWO = dataclasses.replace(ONE, id="s2", team="T2", start_location=1, end_location=1)
PLACES = ((-7.6, 111.5), (-7.65, 111.5))
HOME = Visit("a", 0, 1500, 10, ((27000, 55800),))


def slack(count: int = 12, **changes) -> Problem:
    """Two teams, little to do, all of it at the door of the first."""
    visits = tuple(dataclasses.replace(HOME, id=f"v{i}", **changes) for i in range(count))
    return Problem(PLACES, (ONE, TWO), visits, GreatCircle(1.0, 36.0))


def gap(problem: Problem, found: Plan, measure: str) -> float:
    values = [load.measured_by(measure) for load in measure_loads(problem, found.routes)]
    return max(values) - min(values)


def test_work_that_one_team_would_do_alone_is_shared() -> None:
    problem = slack()
    before = plan(problem, iterations=2000, seed=1)
    found, balance = plan_fairly(problem, tolerance=Tolerance(0.25, 2.0), iterations=4000, seed=1)

    assert gap(problem, before, "visits") == 12
    assert gap(problem, found, "visits") <= 2
    assert gap(problem, found, "minutes") <= 0.25
    assert balance.kept
    assert balance.held == ()
    assert found.statistics.served == 12
    assert check_plan(problem, found) == []


def test_a_promise_is_never_given_up_for_fairness_and_is_named() -> None:
    problem = slack(8, locked="s1")
    found, balance = plan_fairly(problem, tolerance=Tolerance(0.2, 2.0), iterations=2000, seed=1)

    assert set(found.shift_of.values()) == {"s1"}
    assert not balance.kept
    assert {row.team for row in balance.held} == {"T1"}
    assert {row.why for row in balance.held} <= {"promises", "no_better"}


def test_residents_only_one_team_can_serve_do_not_wait_for_fairness() -> None:
    problem = slack(8, skills=frozenset({"iris"}))
    shifts = (dataclasses.replace(ONE, skills=frozenset({"iris"})), TWO)
    problem = dataclasses.replace(problem, shifts=shifts)
    found, balance = plan_fairly(problem, tolerance=Tolerance(0.2, 2.0), iterations=2000, seed=1)

    assert found.statistics.served == 8
    assert not balance.kept
    assert balance.held


def test_without_tolerances_nothing_is_held_to_be_unfair() -> None:
    problem = slack()
    found, balance = plan_fairly(problem, tolerance=Tolerance(None, None), iterations=1000, seed=1)
    assert balance.kept
    first = plan(problem, iterations=800, seed=1)
    assert found.statistics.score >= first.statistics.score
    assert found.statistics.iterations == 1000  # what fairness did not need made the plan better


@pytest.mark.parametrize("seed", range(10))
def test_fairness_breaks_no_rule_promise_or_guarantee_and_serves_as_many(seed: int) -> None:
    problem = make_problem(seed, visits=14, shifts=4, locked=3, last=True, replan=True)
    tolerance = Tolerance(0.1, 1.0, price=0.05)
    first = plan(problem, iterations=800, seed=seed)
    found, balance = plan_fairly(problem, tolerance=tolerance, iterations=1000, seed=seed)

    assert check_plan(problem, found) == []
    assert found.statistics.served >= first.statistics.served
    assert len(found.broken_guarantees) <= len(first.broken_guarantees)
    assert {row.visit for row in found.broken_locks} <= {row.visit for row in first.broken_locks}
    net = [row.statistics.points - row.statistics.moved_points for row in (first, found)]
    assert net[1] >= net[0] - 0.05 * abs(first.statistics.points)
    before, after = (list_overloads(measure_loads(problem, p.routes), tolerance) for p in (first, found))
    assert sum(row[0] for row in after) <= sum(row[0] for row in before)
    assert balance.kept == (not after)
    for row in found.unserved:
        assert explain.verify_reasons(problem, found.routes, row) == []


def test_a_stop_ends_it_with_the_plan_so_far() -> None:
    problem = slack()
    found, balance = plan_fairly(
        problem, tolerance=Tolerance(), iterations=4000, seed=1, should_stop=lambda: True
    )
    assert found.statistics.stopped
    assert not balance.kept
    assert balance.out_of_time


def test_progress_goes_from_nothing_to_all_once() -> None:
    shares: list[float] = []
    plan_fairly(
        slack(), tolerance=Tolerance(), iterations=2000, seed=1, on_progress=lambda p: shares.append(p.share)
    )
    assert all(after >= before - 1e-9 for before, after in pairwise(shares))
    assert shares[-1] == pytest.approx(1.0)
    assert fairness.FIRST_SHARE in [pytest.approx(share) for share in shares]
