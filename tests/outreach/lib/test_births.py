from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.lib.births import BirthBasis, ages_on, birth_range
from outreach.lib.times import age_on

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("born", "basis", "ages"),
    [
        (date(1966, 11, 24), BirthBasis.EXACT, (60, 60)),
        (date(1966, 1, 1), BirthBasis.YEAR, (59, 60)),
        (date(1966, 11, 1), BirthBasis.MONTH, (59, 60)),
        (date(1966, 10, 1), BirthBasis.MONTH, (60, 60)),
        (date(2026, 1, 1), BirthBasis.YEAR, (0, 0)),
    ],
)
def test_an_open_birth_date_leaves_an_age_open(born: date, basis: BirthBasis, ages: tuple[int, int]) -> None:
    assert ages_on(born, basis, TODAY) == ages


@given(st.dates(date(1906, 1, 1), TODAY), st.sampled_from(BirthBasis))
def test_the_true_age_is_among_those_left_open(born: date, basis: BirthBasis) -> None:
    first, last = birth_range(born, basis)
    least, most = ages_on(born, basis, TODAY)

    assert least <= age_on(born, TODAY) <= most
    assert first <= born <= last
