"""The reserve of a team-day, audited by replays: full weeks end in time, and without it they do not."""

import pytest

from tests.bench.simulate import truth
from tests.support.told_days import tell_intervals
from visits.planning import plan
from visits.planning.types import orders_of_plan
from visits.planning.uncertainty.arrival import Promise
from visits.planning.uncertainty.durations import build_prior
from visits.planning.uncertainty.simulate import Report, report_week


def audit(reserve: float, *, most: int) -> Report:
    """A week of six teams planned with the settings as an office has them at the start, and replayed."""
    known = {
        kind: build_prior(median=median, sigma=truth.SIGMA, visits=truth.PRIOR_VISITS).predict_next()
        for kind, (median, _share) in truth.KINDS.items()
    }
    problem, kinds = truth.week(known, truth.IN_VAIN, 3, teams=6, visits=400, most=most, reserve=reserve)
    orders = orders_of_plan(plan(problem, iterations=10_000, seed=1))
    days = truth.days(problem, orders, kinds, known, truth.IN_VAIN)
    told = tell_intervals(days, world=truth.model(), promise=Promise(), seed=1)
    return report_week(told, world=truth.model(), seed=2)


@pytest.mark.parametrize("most", [8, 14])
def test_overtime_is_within_its_limits(most: int) -> None:
    found = audit(0.95, most=most)
    assert found.overtime_mean_s <= 300
    assert found.overtime_p95_s <= 1800  # at most 5 % of team-days are more than 30 minutes over


def test_expected_lengths_alone_are_far_beyond_them() -> None:
    found = audit(0.0, most=14)
    assert found.overtime_mean_s > 600
    assert found.overtime_p95_s > 3600
