import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.lib.reference import (
    ALPHABET,
    BadReferenceError,
    check_character,
    derive_code,
    new_reference,
    parse_code,
    parse_reference,
)
from tests.support.pasted import paste

BODIES = st.text(alphabet=ALPHABET, min_size=9, max_size=9)


def test_a_reference_reads_well_and_comes_back_as_typed() -> None:
    made = new_reference()

    assert len(made) == 14
    assert made[:3] + made[8] == "JB--"
    assert parse_reference(made) == made


def test_references_have_45_random_bits() -> None:
    many = {new_reference() for _ in range(2000)}

    assert len(many) == 2000
    for place in (3, 4, 5, 6, 7, 9, 10, 11, 12):
        assert {made[place] for made in many} == set(ALPHABET)


@given(BODIES, st.integers(0, 9), st.sampled_from(ALPHABET))
def test_any_one_wrong_character_is_found(body: str, place: int, wrong: str) -> None:
    right = body + check_character(body)
    typed = right[:place] + wrong + right[place + 1 :]
    if typed == right:
        assert parse_reference(typed) == f"JB-{right[:5]}-{right[5:]}"
    else:
        with pytest.raises(BadReferenceError, match="check"):
            parse_reference(typed)


@given(BODIES, st.integers(0, 9), st.integers(0, 9))
def test_any_two_swapped_characters_are_found(body: str, one: int, other: int) -> None:
    right = list(body + check_character(body))
    typed = right.copy()
    typed[one], typed[other] = typed[other], typed[one]
    if typed == right:
        return
    with pytest.raises(BadReferenceError, match="check"):
        parse_reference("".join(typed))


@given(BODIES, st.randoms())
def test_case_spaces_dashes_and_lookalikes_do_not_matter(body: str, random) -> None:
    plain = body + check_character(body)
    typed = "".join(
        random.choice({"0": "0Oo", "1": "1IiLl"}.get(character, character + character.lower()))
        + random.choice(["", "", " ", "-", "."])
        for character in plain
    )
    assert parse_reference(typed) == f"JB-{plain[:5]}-{plain[5:]}"
    assert parse_reference("jb " + typed) == f"JB-{plain[:5]}-{plain[5:]}"


@given(st.text(max_size=40))
def test_anything_else_is_refused_with_a_code(typed: str) -> None:
    try:
        assert parse_reference(typed).startswith("JB-")
    except BadReferenceError as error:
        assert error.code in {"characters", "length", "check"}


@pytest.mark.parametrize(
    ("typed", "code"), [("", "length"), ("JB-123", "length"), ("JB-7K3QX-9M2D!", "characters")]
)
def test_the_code_says_what_is_wrong(typed: str, code: str) -> None:
    with pytest.raises(BadReferenceError) as caught:
        parse_reference(typed)
    assert caught.value.code == code


def test_a_printed_code_belongs_to_its_secret() -> None:
    made = derive_code(bytes(range(32)))

    assert made == derive_code(bytes(range(32))) != derive_code(bytes(range(1, 33)))
    assert set(made) <= set(string.digits + string.ascii_uppercase + "-")
    assert parse_code(made.lower().replace("-", "")) == made
    assert len({derive_code(number.to_bytes(5, "big")) for number in range(3000)}) == 3000


def test_a_pasted_reference_is_read_as_it_looks():
    made = new_reference()
    assert parse_reference(paste(made)) == made
