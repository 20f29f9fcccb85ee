"""References and printed codes that people read aloud, copy by hand and type on small keys.

Crockford's base 32 (no I, L, O, U; typed O is 0, typed I and L are 1; case, spaces and dashes do not matter)
with one check character. The check is a weighted sum over GF(32), weights 2^i (x^5 + x^2 + 1): as all weights
differ, any one wrong character and any two swapped characters are found, not only neighbours.
"""

import re
import secrets

from outreach.lib.text import clean_line

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX = "JB"
REFERENCE_RANDOM = 9  # characters, 45 random bits
CODE_RANDOM = 7  # characters, 35 random bits; tries are limited
_TYPED = str.maketrans({"O": "0", "I": "1", "L": "1"})


class BadReferenceError(ValueError):
    """The text is not a reference or code; `code` says why: characters, length, check."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _double_weight(value: int) -> int:
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value


def check_character(text: str) -> str:
    """The check character of a text over the alphabet."""
    total = 0
    for character in text:
        total = _double_weight(total ^ ALPHABET.index(character))
    return ALPHABET[total]


def _draw_characters(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _group_characters(text: str) -> str:
    half = (len(text) + 1) // 2
    return f"{text[:half]}-{text[half:]}"


def new_reference() -> str:
    """A new reference, "JB-7K3QX-9M2D4": 45 random bits and a check character at the end."""
    text = _draw_characters(REFERENCE_RANDOM)
    return f"{PREFIX}-{_group_characters(text + check_character(text))}"


def derive_code(seed: bytes) -> str:
    """The printed code derived from 5 or more secret bytes, "4F7K-2M9Q"."""
    value = int.from_bytes(seed[:5], "big")
    text = "".join(ALPHABET[value >> 5 * place & 31] for place in range(CODE_RANDOM))
    return _group_characters(text + check_character(text))


def _read_typed(typed: str, length: int) -> str:
    plain = re.sub(r"[\s\-._/]", "", clean_line(typed).upper()).translate(_TYPED)
    if len(plain) == length + len(PREFIX) and plain.startswith(PREFIX):
        plain = plain[len(PREFIX) :]
    if not re.fullmatch(f"[{ALPHABET}]*", plain):
        raise BadReferenceError("characters")
    if len(plain) != length:
        raise BadReferenceError("length")
    if check_character(plain[:-1]) != plain[-1]:
        raise BadReferenceError("check")
    return _group_characters(plain)


def parse_reference(typed: str) -> str:
    """The reference in stored form. Raises `BadReferenceError`."""
    return f"{PREFIX}-{_read_typed(typed, REFERENCE_RANDOM + 1)}"


def parse_code(typed: str) -> str:
    """The printed code in stored form. Raises `BadReferenceError`."""
    return _read_typed(typed, CODE_RANDOM + 1)
