from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.lib.nik import NumberError, list_disagreements, mask_nik, parse_family_card, parse_nik
from tests.support.pasted import paste

TODAY = date(2026, 11, 24)


@given(st.dates(date(1927, 1, 1), TODAY), st.booleans(), st.integers(1, 9999))
def test_a_nik_gives_back_its_birth_date_and_sex(born: date, female: bool, serial: int) -> None:
    text = f"351901{born.day + 40 * female:02d}{born.month:02d}{born.year % 100:02d}{serial:04d}"

    nik = parse_nik(f"{text[:6]} {text[6:12]}-{text[12:]}", today=TODAY)

    assert (nik.text, nik.area, nik.female) == (text, "351901", female)
    assert born in nik.births
    assert list_disagreements(nik, birth_date=born, female=female) == []


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_with_a_code(text: str) -> None:
    try:
        assert len(parse_nik(text, today=TODAY).text) == 16
    except NumberError as error:
        assert error.code in {"not_digits", "length", "area", "birth_date", "serial"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "length"),
        ("351901170550001", "length"),
        ("35190117055O0001", "not_digits"),
        ("0019011705500001", "area"),
        ("3519013202500001", "birth_date"),
        ("3519017113500001", "birth_date"),
        ("3519011705500000", "serial"),
    ],
)
def test_what_is_wrong_is_named(text: str, code: str) -> None:
    with pytest.raises(NumberError) as caught:
        parse_nik(text, today=TODAY)
    assert caught.value.code == code


def test_a_leap_day_is_looked_for_in_both_centuries() -> None:
    assert parse_nik("3519012902000001", today=TODAY).births == (date(2000, 2, 29),)
    assert parse_nik("3519012902280001", today=TODAY).births == (date(1928, 2, 29),)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("3519017112220003", [2022, 1922]),
        ("3519015705500001", [1950]),
        ("3519013112260001", [1926]),
        ("3519011705060001", [2006, 1906]),
        ("3519011705050001", [2005]),
    ],
)
def test_both_centuries_that_two_digits_allow_are_told(text: str, years: list[int]) -> None:
    assert [born.year for born in parse_nik(text, today=TODAY).births] == years


def test_disagreements_are_named_and_never_raised() -> None:
    nik = parse_nik("3519015705500001", today=TODAY)

    assert list_disagreements(nik, birth_date=date(1951, 5, 17), female=False) == ["birth_date", "sex"]
    assert list_disagreements(nik, birth_date=date(1950, 5, 17), female=True) == []
    assert list_disagreements(nik, birth_date=None, female=None) == []


def test_only_the_ends_of_a_nik_are_shown() -> None:
    assert mask_nik("3519015705500001") == "3519••••••••0001"
    assert mask_nik("12") == "••"


def test_a_family_card_number_is_read() -> None:
    assert parse_family_card("3519 0117 0550 0001") == "3519011705500001"
    with pytest.raises(NumberError, match="area"):
        parse_family_card("0019011705500001")


def test_a_number_is_read_as_it_looks() -> None:
    assert parse_nik(paste("3519 0117 0550 0001"), today=TODAY).text == "3519011705500001"
