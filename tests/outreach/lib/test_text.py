import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.lib.text import clean_line, clean_text, clean_values
from tests.support.pasted import paste


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("3519\u200b0170\ufeff5550\u20600001", "3519017055500001"),  # nothing to see
        ("\u202a+62 812\u202c", "+62 812"),  # marks of direction
        ("Nur\u00a0Hayati\u3000\u2003", "Nur Hayati"),  # spaces of other kinds
        ("08.00\u201309.00 \u22127,6 a\u2011b \uff0d", "08.00-09.00 -7,6 a-b -"),  # dashes and the minus
        ("\u0660\u0661\u0662 \uff13\uff14 \ua9d5\ua9d6 \u06f7", "012 34 56 7"),  # digits of other scripts
        ("\uff2a\uff22\uff0d\uff17\uff2b", "JB-7K"),  # fullwidth, as some keyboards write
        ("soft\u00adhyphen, null\0, bell\a", "softhyphen, null, bell"),
        ("satu\r\ndua\u2028tiga\r", "satu\ndua\ntiga"),  # lines stay lines
        ("e\u0301", "\u00e9"),  # one letter, composed
        ("\u3164 \u2800", ""),  # letters without a mark
        ("M\u00e9 \u1e24 \ua98f \u2019", "M\u00e9 \u1e24 \ua98f \u2019"),  # letters stay what they are
    ],
)
def test_a_text_is_read_as_it_looks(typed: str, read: str) -> None:
    assert clean_text(typed) == read


def test_a_line_has_single_spaces_and_no_breaks() -> None:
    assert clean_line(" Siti\t\u00a0 Aminah\n ") == "Siti Aminah"


@given(st.text())
def test_clean_text_stays_as_it_is(typed: str) -> None:
    cleaned = clean_text(typed)
    assert clean_text(cleaned) == cleaned
    assert "\0" not in cleaned


@given(st.text(alphabet="0123456789 -abcXYZ.,:", max_size=30).map(str.strip))
def test_what_was_pasted_is_what_was_typed(text: str) -> None:
    assert clean_text(paste(text)) == text


def test_texts_in_a_value_of_json_are_cleaned_and_the_rest_stays() -> None:
    value = {"a\u200b": ["\u200bb", 1, None, True, 1.5, {"c": "\u00a0d"}]}
    assert clean_values(value) == {"a\u200b": ["b", 1, None, True, 1.5, {"c": "d"}]}
