from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from outreach.forms.fields import MONTHS, DatePartsField, clean_phone_number

FIELD = DatePartsField(required=False)


@given(st.dates(date(1000, 1, 1), date(2999, 12, 31)), st.booleans())
def test_a_date_is_read_from_its_three_boxes(day: date, padded: bool) -> None:
    form = "02d" if padded else "d"
    assert FIELD.clean([format(day.day, form), f" {day.month:{form}} ", str(day.year)]) == day


@pytest.mark.parametrize("month", ["Mei", "mei.", "MAY", "5", "05"])
def test_a_month_may_be_a_name(month: str) -> None:
    assert FIELD.clean(["17", month, "1950"]) == date(1950, 5, 17)


def test_every_month_has_names_in_both_languages() -> None:
    assert set(MONTHS.values()) == set(range(1, 13))
    assert (MONTHS["agustus"], MONTHS["august"], MONTHS["oktober"], MONTHS["october"]) == (8, 8, 10, 10)


BOX = st.one_of(st.text(max_size=12), st.integers().map(str), st.none(), st.just("9" * 5000))


@given(st.lists(BOX, max_size=4))
def test_anything_else_is_one_message(boxes: list[str | None]) -> None:
    try:
        found = FIELD.clean(boxes)
    except ValidationError as error:
        assert error.code in {"incomplete", "year", "impossible"}
        assert len(error.messages) == 1
    else:
        assert found is None or isinstance(found, date)


@pytest.mark.parametrize("missing", [None, [], ["", " ", None]])
def test_nothing_is_nothing_unless_it_is_required(missing: list[str | None] | None) -> None:
    assert FIELD.clean(missing) is None
    with pytest.raises(ValidationError, match="Isi tanggal"):
        DatePartsField(error_messages={"required": "Isi tanggal"}).clean(missing)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("0812-3456-7890 (anak)", "Tulis nomornya saja, tanpa \u201c(anak)\u201d. Misalnya 0812 3456 7890."),
        (
            "081234567890/081345678901",
            "Ada 2 nomor. Tulis satu saja, yang paling mudah dihubungi: 0812-3456-7890 atau 0813-4567-8901.",
        ),
        ("anak", "Nomor telepon itu keliru. Tulis lengkap, misalnya 0812 3456 7890."),
    ],
)
def test_a_phone_number_that_is_more_than_one_says_what_to_leave_out(typed: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        clean_phone_number(typed)
    assert caught.value.messages == [sentence]


def test_no_phone_number_is_none() -> None:
    assert clean_phone_number("\u200b ") == ""
