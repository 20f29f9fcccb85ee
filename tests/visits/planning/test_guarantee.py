"""Tier 1 is served before any sum of points; who cannot be is named with a reason that is proved."""

import dataclasses
import random

import pytest

from tests.support.planning_case import make_problem
from visits.planning import plan
from visits.planning.why import explain


@pytest.mark.parametrize("seed", range(3))
def test_the_longest_waits_go_before_any_sum_of_points(seed: int) -> None:
    problem = make_problem(seed, visits=120, shifts=6, decay=False)
    first = set(random.Random(seed).sample([v.id for v in problem.visits], 40))
    visits = tuple(
        dataclasses.replace(v, priority=1, tier=1)
        if v.id in first
        else dataclasses.replace(v, priority=v.priority * 1000)
        for v in problem.visits
    )
    mixed = dataclasses.replace(problem, visits=visits)
    alone = dataclasses.replace(problem, visits=tuple(v for v in visits if v.tier))

    result = plan(mixed, iterations=6000, seed=seed)
    most = plan(alone, iterations=6000, seed=seed).statistics.served

    kept = sum(mixed.visit_by_id[visit].tier for visit in result.shift_of)
    assert 0 < kept < 40
    assert kept >= most - 1  # two searches of a hard problem; not one of thousands of points outweighs a wait
    assert {row.visit for row in result.broken_guarantees} == first - result.shift_of.keys()
    for row in result.broken_guarantees:
        assert explain.verify_reasons(mixed, result.routes, row) == []
        # Whom it would push out waits as long, or cannot make room for it.
        reason = row.reasons[0]
        assert reason.relax or not reason.visits or reason.promised
