import pytest

from outreach.lib.phone import PhoneError, format_phone, mask_phone, parse_phone


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


@pytest.mark.parametrize(
    "typed",
    [
        "0812\u200b3456\u00a07890",
        "\uff10\uff18\uff11\uff12 3456 7890",
        "\u202a+62 812\u20113456\u20137890\u202c",
        "0812-3456-7890,",
        "081234567890 / 0812-3456-7890",  # the same number twice
    ],
)
def test_a_number_is_read_as_it_looks(typed: str) -> None:
    assert parse_phone(typed) == "+6281234567890"


@pytest.mark.parametrize(
    ("typed", "extra"),
    [
        ("0812-3456-7890 (anak)", "(anak)"),
        ("HP 0812 3456 7890", "HP"),
        ("WA:081234567890", "WA"),
        ("081234567890 anak ke 2", "anak ke 2"),
        ("0812-3456-7890/91", "91"),
        ("0812 3456 7890 ext 5", "ext 5"),
    ],
)
def test_words_around_a_number_are_named_to_be_left_out(typed: str, extra: str) -> None:
    with pytest.raises(PhoneError) as caught:
        parse_phone(typed)
    assert (caught.value.code, caught.value.extra) == ("words", extra)


@pytest.mark.parametrize(
    "typed",
    [
        "081234567890/081345678901",
        "081234567890 081345678901",
        "0812 3456 7890 atau 0813 4567 8901",
        "+62 812 3456 7890 (anak), 0813-4567-8901 (rumah)",
    ],
)
def test_two_numbers_are_named_both(typed: str) -> None:
    with pytest.raises(PhoneError) as caught:
        parse_phone(typed)
    assert (caught.value.code, caught.value.numbers) == ("several", ("+6281234567890", "+6281345678901"))


@pytest.mark.parametrize("typed", ["", "0812", "anak", "O812 3456 789O", "0812345678901234567"])
def test_what_is_no_number_at_all(typed: str) -> None:
    with pytest.raises(PhoneError) as caught:
        parse_phone(typed)
    assert caught.value.code == "phone"
