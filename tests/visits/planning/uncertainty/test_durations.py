"""Durations learned per kind: the prior alone, convergence, slips of the finger, and Student's t."""

import math
import random
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visits.planning.uncertainty.durations import (
    LONGEST_MIN,
    SHORTEST_MIN,
    Duration,
    build_prior,
    cumulate_t,
    expect_service,
    invert_t,
    learn_duration,
)

OFFICE = build_prior(median=24, sigma=0.35, visits=20)


def truth(count: int, seed: int, median: float = 35, sigma: float = 0.5) -> list[float]:
    return list(np.exp(math.log(median) + sigma * np.random.default_rng(seed).standard_normal(count)))


CLOSED = {  # distributions whose quantile can be written down
    1.0: lambda share: math.tan(math.pi * (share - 0.5)),
    2.0: lambda share: (2 * share - 1) * math.sqrt(2 / (4 * share * (1 - share))),
    math.inf: NormalDist().inv_cdf,
}


@pytest.mark.parametrize("freedom", CLOSED)
@pytest.mark.parametrize("share", [0.001, 0.1, 0.5, 0.8, 0.975, 0.9999])
def test_students_t_is_the_one_that_can_be_written_down(share: float, freedom: float) -> None:
    expected = CLOSED[freedom](share)

    assert invert_t(share, freedom) == pytest.approx(expected, rel=1e-7, abs=1e-12)
    assert cumulate_t(expected, freedom) == pytest.approx(share, abs=1e-10)


@pytest.mark.parametrize(
    ("freedom", "share", "t"),
    [(7, 0.8, 0.896), (7, 0.975, 2.365), (20, 0.8, 0.860), (20, 0.1, -1.325), (120, 0.95, 1.658)],
)
def test_students_t_is_the_one_of_the_tables(freedom: float, share: float, t: float) -> None:
    assert invert_t(share, freedom) == pytest.approx(t, abs=5e-4)


def test_without_a_visit_the_prior_speaks() -> None:
    found = learn_duration(OFFICE, [])

    assert (found.belief, found.used_count, found.absurd, found.far) == (OFFICE, 0, 0, 0)
    known = found.belief.predict_next()
    assert known.median_min == pytest.approx(24)
    assert known.freedom == 20
    assert known.quantile_min(0.8) == pytest.approx(24 * math.exp(0.859964 * 0.35 * math.sqrt(21 / 20)))


def test_many_visits_are_believed_over_the_prior() -> None:
    found = learn_duration(OFFICE, truth(4000, seed=1))

    known = found.belief.predict_next()
    assert known.median_min == pytest.approx(35, rel=0.02)
    assert known.spread == pytest.approx(0.5, rel=0.03)
    assert known.quantile_min(0.8) == pytest.approx(35 * math.exp(0.8416 * 0.5), rel=0.03)
    assert found.used_count >= 3990


def test_as_many_visits_as_the_prior_is_worth_meet_it_half_way() -> None:
    same = [36.0] * 20

    assert learn_duration(OFFICE, same).belief.mean == pytest.approx((math.log(24) + math.log(36)) / 2)


def test_a_learned_quantile_covers_its_share_of_visits_to_come() -> None:
    shares = [
        np.mean(
            np.asarray(truth(400, seed=1000 + seed))
            <= learn_duration(OFFICE, truth(250, seed)).belief.predict_next().quantile_min(0.8)
        )
        for seed in range(40)
    ]

    assert np.mean(shares) == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize(
    "slips",
    [
        [0.0, 0.2, -30.0, 900.0, math.nan, math.inf],  # no visit's
        [1.1, 1.2, 1.3, 1.1, 220.0, 230.0],  # possible, and far from every other
    ],
)
def test_absurd_reports_change_nothing(slips: list[float]) -> None:
    visits = truth(200, seed=3, median=24, sigma=0.3)

    clean, soiled = learn_duration(OFFICE, visits), learn_duration(OFFICE, visits + slips)

    assert soiled.belief == clean.belief
    assert soiled.absurd + soiled.far == clean.absurd + clean.far + len(slips)


def test_a_tenth_of_slips_moves_the_quantile_by_little() -> None:
    visits = truth(300, seed=4, median=24, sigma=0.35)
    late = list(np.random.default_rng(5).uniform(0, 4, 33))

    clean, soiled = (
        learn_duration(OFFICE, rows).belief.predict_next().quantile_min(0.8)
        for rows in (visits, visits + late)
    )

    assert soiled == pytest.approx(clean, rel=0.03)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=40), st.randoms(use_true_random=False)
)
def test_whatever_is_reported_the_order_does_not_matter_and_all_is_counted(
    reports: list[float], rng: random.Random
) -> None:
    found = learn_duration(OFFICE, reports)
    shuffled = rng.sample(reports, len(reports))

    again = learn_duration(OFFICE, shuffled)
    assert (again.belief, again.absurd, again.far) == (found.belief, found.absurd, found.far)
    assert found.used_count + found.absurd + found.far == len(reports)
    assert SHORTEST_MIN <= found.belief.predict_next().quantile_min(0.8) <= LONGEST_MIN


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 0.99), st.floats(1, 100), st.floats(0.05, 1.0), st.floats(2, 200))
def test_a_quantile_is_the_share_below_it_turned_round(
    share: float, median: float, spread: float, freedom: float
) -> None:
    known = Duration(math.log(median), spread, freedom)
    minutes = known.quantile_min(share)

    if SHORTEST_MIN < minutes < LONGEST_MIN:
        assert known.share_below(minutes) == pytest.approx(share, abs=1e-9)


def test_samples_follow_the_quantiles_and_the_seed() -> None:
    known = Duration(math.log(24), 0.4, 12)
    drawn = known.sample_min(np.random.default_rng(7), 20_000)

    for share in (0.1, 0.5, 0.8, 0.95):
        assert np.mean(drawn <= known.quantile_min(share)) == pytest.approx(share, abs=0.01)
    assert (drawn == known.sample_min(np.random.default_rng(7), 20_000)).all()


@pytest.mark.parametrize("freedom", [2.5, 12, math.inf])
def test_mean_and_variance_are_those_of_the_samples(freedom: float) -> None:
    known = Duration(math.log(24), 0.4, freedom)
    drawn = known.sample_min(np.random.default_rng(3), 400_000)

    assert known.mean_min == pytest.approx(drawn.mean(), rel=0.01)
    assert known.variance_min2 == pytest.approx(drawn.var(), rel=0.03)


def test_a_visit_is_expected_as_long_as_samples_with_those_in_vain() -> None:
    full, vain = Duration(math.log(24), 0.4, 12), Duration(math.log(8), 0.35, 12)
    rng = np.random.default_rng(4)
    lost = rng.random(400_000) < 0.1
    drawn = 15 + np.where(lost, vain.sample_min(rng, 400_000), full.sample_min(rng, 400_000))

    found = expect_service(full, fixed_min=15, vain=vain, in_vain=0.1)

    assert found.expected_s / 60 == pytest.approx(drawn.mean(), rel=0.005)
    assert found.variance_s2 / 3600 == pytest.approx(drawn.var(), rel=0.02)


@pytest.mark.parametrize(("median", "sigma", "visits"), [(0, 0.3, 10), (24, 0, 10), (24, 0.3, 0)])
def test_a_prior_of_nothing_is_refused(median: float, sigma: float, visits: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        build_prior(median=median, sigma=sigma, visits=visits)


def test_a_prior_of_next_to_nothing_still_gives_minutes_that_a_visit_can_last() -> None:
    vague = build_prior(median=20, sigma=5, visits=0.001).predict_next()
    found = [vague.quantile_min(share) for share in (1e-9, 0.1, 0.5, 0.9, 1 - 1e-9)]
    assert found == sorted(found)
    assert (found[0], found[-1]) == (SHORTEST_MIN, LONGEST_MIN)
    assert vague.sample_min(np.random.default_rng(1), 50).max() == LONGEST_MIN
