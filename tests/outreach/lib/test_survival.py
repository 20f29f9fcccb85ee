import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.lib.survival import LEAST_AT_RISK, Wait, WaitCurve, estimate_waits

# Weeks of remission under 6-MP (Freireich 1963), the textbook's example of the product-limit estimate
ENDED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
STILL = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
TEXTBOOK = [Wait(days, ended=True) for days in ENDED] + [Wait(days, ended=False) for days in STILL]

waits = st.lists(
    st.builds(Wait, days=st.integers(0, 60), ended=st.booleans(), seen_from=st.integers(0, 60)), max_size=80
)


def test_the_textbooks_example() -> None:
    curve = estimate_waits(TEXTBOOK)

    assert [(day, round(share, 3)) for day, share in curve.steps] == [
        (6, 0.857),
        (7, 0.807),
        (10, 0.753),
        (13, 0.690),
        (16, 0.627),
        (22, 0.538),
        (23, 0.448),
    ]
    assert (curve.days_until(0.5), curve.days_until(0.8), curve.known_until) == (23, None, 25)


def test_those_who_still_wait_count() -> None:
    """Ten were quick; thirty ask for sixty days already: the usual wait is not two days."""
    quick = [Wait(2, ended=True)] * 10

    assert estimate_waits(quick).days_until(0.5) == 2
    assert estimate_waits(quick + [Wait(60, ended=False)] * 30) == WaitCurve(
        steps=((2, 0.75),), known_until=60
    )


def test_nobody_at_risk_says_nothing() -> None:
    assert estimate_waits([]) == WaitCurve(steps=(), known_until=None)
    assert estimate_waits([Wait(3, ended=True)] * (LEAST_AT_RISK - 1)).known_until is None


def test_a_wait_that_ended_before_it_began_is_none() -> None:
    assert estimate_waits([*TEXTBOOK, Wait(-4, ended=True)]) == estimate_waits(TEXTBOOK)


def test_a_wait_counts_from_the_day_on_which_it_was_seen() -> None:
    """Five who had waited 30 days when the period began were at risk from then on alone."""
    fresh, old = [Wait(10, ended=True)] * 5 + [Wait(50, ended=False)] * 5, [Wait(40, True, seen_from=30)] * 5

    curve = estimate_waits(fresh + old)

    assert curve.steps == ((10, 0.5), (40, 0.25))


@given(waits)
def test_the_share_falls_and_stays_a_share(rows: list[Wait]) -> None:
    steps = estimate_waits(rows).steps

    assert list(steps) == sorted(steps, key=lambda step: (step[0], -step[1]))
    assert all(0 <= share <= 1 for _day, share in steps)
    assert [share for _day, share in steps] == sorted((share for _day, share in steps), reverse=True)


@given(st.lists(st.integers(0, 60), min_size=LEAST_AT_RISK * 2, max_size=60))
def test_where_all_have_ended_half_of_them_ended_by_then(days: list[int]) -> None:
    half = estimate_waits([Wait(day, ended=True) for day in days]).days_until(0.5)

    assert half is not None
    assert sum(day <= half for day in days) * 2 >= len(days)
    assert sum(day < half for day in days) * 2 < len(days)


@given(st.lists(st.integers(0, 60), min_size=LEAST_AT_RISK * 2, max_size=60), st.integers(0, 30))
def test_more_who_wait_on_make_no_wait_shorter(days: list[int], more: int) -> None:
    ended = [Wait(day, ended=True) for day in days]
    before = estimate_waits(ended).days_until(0.5)
    after = estimate_waits(ended + [Wait(99, ended=False)] * more).days_until(0.5)

    assert before is not None
    assert after is None or after >= before


@pytest.mark.parametrize("share", [0.5, 0.8])
def test_a_share_that_is_not_reached_is_unknown(share: float) -> None:
    assert estimate_waits([Wait(90, ended=False)] * 40).days_until(share) is None
