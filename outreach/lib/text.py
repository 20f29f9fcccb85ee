"""The one door for text: what people type, paste and send, as the rest of the code may read it.

Phones, word processors and maps put characters into a text that nobody sees (zero-width spaces, byte order
marks, marks of direction), spaces and dashes of other kinds, and digits of other scripts. Every form, search,
import and API field is cleaned here, once, before anything compares or stores it.
"""

import unicodedata
from typing import Any

# Characters without a mark on the page that Unicode does not count as format characters (category Cf).
_INVISIBLE = frozenset(
    [
        0x034F,  # combining grapheme joiner
        *(0x115F, 0x1160, 0x3164, 0xFFA0),  # Hangul fillers
        *(0x17B4, 0x17B5),
        *range(0x180B, 0x1810),
        *range(0xFE00, 0xFE10),  # variation selectors
        *range(0xE0100, 0xE01F0),
    ]
)
_LINE_ENDS = frozenset("\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_DASHES = frozenset("\u2212\u2043\u02d7")  # minus and hyphens outside the category of dashes (Pd)
_BLANK = "\u2800"  # the empty Braille pattern
_FULLWIDTH = range(0xFF01, 0xFF5F)


def _clean_character(character: str) -> str:
    if character in _LINE_ENDS:
        return "\n"
    if character.isspace() or character == _BLANK:
        return " "
    kind = unicodedata.category(character)
    if kind in ("Cc", "Cf", "Cs") or ord(character) in _INVISIBLE:
        return ""
    if kind == "Nd":
        return str(unicodedata.decimal(character))
    if kind == "Pd" or character in _DASHES:
        return "-"
    return chr(ord(character) - 0xFEE0) if ord(character) in _FULLWIDTH else character


def clean_text(text: str) -> str:
    """The text without what nobody sees, with plain spaces, dashes and digits, and no space around it.

    Lines stay lines, and letters of every script stay what they are (in Unicode's composed form).
    """
    if not (text.isascii() and text.isprintable()):
        joined = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
        text = "".join(map(_clean_character, joined))
    return text.strip()


def clean_line(text: str) -> str:
    """The same for a text of one line, such as a name or a number: single spaces, no line breaks."""
    return " ".join(clean_text(text).split())


def clean_values(value: Any) -> Any:
    """A value of JSON with all its texts cleaned; names of members stay."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [clean_values(item) for item in value]
    if isinstance(value, dict):
        return {name: clean_values(item) for name, item in value.items()}
    return value
