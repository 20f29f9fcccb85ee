"""NIK and family-card numbers: 16 digits, six of area, DDMMYY (day + 40 for women), four of serial.

A NIK is permanent and may disagree with a birth date that was corrected later, so a disagreement is a warning
to the coordinator, never a reason to refuse. Source: Permendagri 62/2015 on the NIK's structure.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from outreach.lib.text import clean_line
from outreach.lib.times import OLDEST, age_on


class NumberError(ValueError):
    """The text is not a NIK or family-card number; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Nik:
    """A well-formed NIK. `births`: the dates that its two digits of a year allow, the later first; two for a
    child and somebody very old."""

    text: str
    area: str
    births: tuple[date, ...]
    female: bool


def strip_separators(text: str) -> str:
    """`text` without spaces, dots and dashes. Raises `NumberError`."""
    plain = re.sub(r"[\s.\-]", "", clean_line(text))
    if not re.fullmatch(r"[0-9]*", plain):
        raise NumberError("not_digits")
    if len(plain) != 16:
        raise NumberError("length")
    return plain


def parse_nik(text: str, *, today: date) -> Nik:
    """Parse a NIK. Raises `NumberError`: not_digits, length, area, birth_date, serial."""
    plain = strip_separators(text)
    if plain[:2] < "11" or plain[2:4] == "00" or plain[4:6] == "00":
        raise NumberError("area")
    if plain[12:] == "0000":
        raise NumberError("serial")
    day, month, year = int(plain[6:8]), int(plain[8:10]), int(plain[10:12])
    female = day > 40
    day -= 40 if female else 0
    century = today.year // 100 * 100
    births = []
    for base in (century, century - 100):
        with suppress(ValueError):  # 29 February may exist in the other century only
            births.append(date(base + year, month, day))
    births = [born for born in births if born <= today and age_on(born, today) <= OLDEST]
    if not births:
        raise NumberError("birth_date")
    return Nik(plain, plain[:6], tuple(births), female)


def parse_family_card(text: str) -> str:
    """Parse a family-card number (KK). Raises `NumberError`: not_digits, length, area."""
    plain = strip_separators(text)
    if plain[:2] < "11":
        raise NumberError("area")
    return plain


def list_disagreements(nik: Nik, *, birth_date: date | None, female: bool | None) -> list[str]:
    """Which facts disagree with the NIK: any of "birth_date", "sex"."""
    found = []
    if birth_date and (nik.births[0].day, nik.births[0].month, nik.births[0].year % 100) != (
        birth_date.day,
        birth_date.month,
        birth_date.year % 100,
    ):
        found.append("birth_date")
    if female is not None and nik.female != female:
        found.append("sex")
    return found


def mask_nik(text: str) -> str:
    """A NIK for display: the first four and the last four digits."""
    return (
        f"{text[:4]}\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022{text[-4:]}"
        if len(text) == 16
        else "\u2022" * len(text)
    )
