"""Intervals: on the grid, never before the team can be there, with the stated share; kept while true."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visits.planning.types import DAY_S
from visits.planning.uncertainty.arrival import (
    STRETCH_MAX,
    STRETCH_MIN,
    Promise,
    calibrate_stretch,
    find_quantile,
    share_within,
)

NINE = 9 * 3600
PROMISE = Promise(coverage=0.8, early=0.1, narrowest_s=1800, step_s=600)


def doors(seed: int, spread_s: float = 1500, count: int = 2000, at: float = NINE) -> np.ndarray:
    return at + spread_s * np.random.default_rng(seed).standard_normal(count)


def test_an_interval_covers_its_share_where_early_teams_wait() -> None:
    free = doors(1)

    begin = PROMISE.choose_begin(free, earliest_s=0)
    waited = np.maximum(free, begin)
    end = PROMISE.choose_end(waited, begin_s=begin)

    assert begin == NINE - 2400  # 1.28 x 25 minutes before nine is 08.28
    assert end in (NINE + 1200, NINE + 1800)  # 0.84 x 25 minutes after
    assert share_within(waited, (begin, end)) == pytest.approx(0.8, abs=0.08)


def test_no_team_is_early_by_rounding_and_none_is_awaited_a_step_too_soon() -> None:
    free = doors(1, spread_s=3000, at=28000)

    assert PROMISE.choose_begin(free, earliest_s=27_660) == 27_600  # there at 07.41: told from 07.40
    assert PROMISE.choose_begin(free, earliest_s=27_600) == 27_600
    assert PROMISE.choose_begin(free, earliest_s=27_599) == 27_000


def test_no_interval_begins_before_the_hours_that_suit() -> None:
    free = doors(1, spread_s=3000, at=28000)

    assert PROMISE.choose_begin(free, earliest_s=27_000, opens_s=27_660) == 28_200
    assert PROMISE.choose_begin(free, earliest_s=28_500, opens_s=27_660) == 28_200


def test_an_interval_after_midnight_ends_the_day_in_order() -> None:
    begin = PROMISE.choose_begin(doors(1, at=30 * 3600), earliest_s=29 * 3600)

    assert (begin, PROMISE.choose_end(np.full(9, 30 * 3600.0), begin_s=begin)) == (DAY_S - 1800, DAY_S)


def test_a_sure_arrival_still_gets_the_narrowest_interval() -> None:
    sure = np.full(100, NINE + 60.0)
    begin = PROMISE.choose_begin(sure, earliest_s=0)

    assert (begin, PROMISE.choose_end(sure, begin_s=begin)) == (NINE, NINE + 1800)


def test_what_earlier_homes_had_too_much_is_given_back_within_bounds() -> None:
    waited = np.maximum(doors(2, spread_s=6000), NINE - 7800)
    ends = [
        PROMISE.choose_end(waited, begin_s=NINE - 7800, surplus=surplus) for surplus in (0, 0.05, 0.5, -0.5)
    ]
    shares = [share_within(waited, (NINE - 7800, end)) for end in ends]

    assert shares == [pytest.approx(wanted, abs=0.025) for wanted in (0.8, 0.75, 0.72, 0.88)]


def test_an_interval_told_before_stays_while_it_is_nearly_true() -> None:
    free = np.linspace(NINE, NINE + 1000, 1001)

    assert PROMISE.still_holds((NINE, NINE + 651), free)
    assert not PROMISE.still_holds((NINE, NINE + 640), free)


@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, 10_000),
    st.floats(0, 5000),
    st.floats(0, DAY_S),
    st.integers(0, DAY_S // 2),
    st.floats(-1, 1),
)
def test_intervals_are_in_order_and_on_the_grid(
    seed: int, spread_s: float, at: float, earliest_s: int, surplus: float
) -> None:
    free = np.clip(doors(seed, spread_s, 200, at), 0, DAY_S)
    begin = PROMISE.choose_begin(free, earliest_s=earliest_s)
    end = PROMISE.choose_end(np.maximum(free, begin), begin_s=begin, surplus=surplus)

    assert begin % 600 == 0
    assert end % 600 == 0
    assert earliest_s - begin < 600
    assert begin <= end <= DAY_S
    assert end - begin >= min(1800, DAY_S - begin)


def test_a_stretch_lengthens_what_follows_the_begin() -> None:
    waited = np.maximum(doors(3), NINE - 2400)
    plain, longer, shorter = (
        Promise(stretch=stretch).choose_end(waited, begin_s=NINE - 2400) for stretch in (0.0, 0.5, -0.4)
    )

    assert longer - (NINE - 2400) == pytest.approx(1.5 * (plain - NINE + 2400), abs=600)
    assert shorter - (NINE - 2400) == pytest.approx(0.6 * (plain - NINE + 2400), abs=600)


def test_the_stretch_makes_up_for_arrivals_that_the_replays_do_not_know() -> None:
    late = np.maximum(doors(4, spread_s=2000, at=NINE + 600), NINE - 1800)  # what is true
    known = np.maximum(doors(5, spread_s=1200), NINE - 1800)  # what the replays say
    told = (NINE - 1800, PROMISE.choose_end(known, begin_s=NINE - 1800))
    assert share_within(late, told) < 0.65

    stretch = calibrate_stretch(list((late - told[0]) / (told[1] - told[0])), 0.8)
    again = Promise(stretch=stretch, narrowest_s=1800).choose_end(known, begin_s=told[0])

    assert share_within(late, (told[0], again)) == pytest.approx(0.8, abs=0.1)


def test_few_or_wild_arrivals_change_little_and_nothing_changes_nothing() -> None:
    assert calibrate_stretch([], 0.8) == 0.0
    assert calibrate_stretch([2.0] * 10, 0.8) == pytest.approx(1.0 * 10 / 260)
    assert calibrate_stretch([50.0] * 2000, 0.8) == STRETCH_MAX
    assert calibrate_stretch([-3.0] * 2000, 0.8) == STRETCH_MIN
    assert calibrate_stretch([1.0] * 500, 0.8) == 0.0


@pytest.mark.parametrize(
    "wrong", [{"stretch": -1.0}, {"coverage": 1.0}, {"coverage": 0}, {"early": -0.1}, {"step_s": 0}]
)
def test_a_promise_without_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="promise"):
        Promise(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(20))
def test_a_quantile_is_numpys(seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(30_000, 2_000, rng.integers(1, 600))
    for share in (0.0, 0.15, 0.5, 0.8, 1.0, rng.random()):
        assert find_quantile(values, share) == float(np.quantile(values, share))
