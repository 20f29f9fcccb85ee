import pytest

from outreach.lib.phone import format_phone, mask_phone, parse_phone


@pytest.mark.parametrize(
    ("number", "text"),
    [("+6281234567890", "0812-3456-7890"), ("+60123456789", "+60 12-345 6789"), ("x", "x"), ("", "")],
)
def test_a_number_is_shown_as_people_write_it(number: str, text: str) -> None:
    assert format_phone(number) == text


@pytest.mark.parametrize("typed", ["0812-3456-7890", "+62 812 3456 7890", "62812 3456 7890"])
def test_what_is_shown_can_be_typed_again(typed: str) -> None:
    assert parse_phone(format_phone(parse_phone(typed))) == "+6281234567890"


def test_a_masked_number_shows_its_end_alone() -> None:
    assert mask_phone("+6281234567890") == "\u2022\u2022\u2022\u2022 7890"
    assert mask_phone("") == ""
