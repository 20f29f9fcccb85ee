"""Phone numbers as Indonesians write them (0812..., 62812..., +62 812-...), stored as E.164."""

import re

import phonenumbers

from outreach.lib.text import clean_line


class PhoneError(ValueError):
    """The text is not one valid phone number.

    `code` says why: "phone", "words" (`extra` is what to leave out), "several" (`numbers` are those found).
    """

    def __init__(self, code: str = "phone", *, extra: str = "", numbers: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code, self.extra, self.numbers = code, extra, numbers


def _write_e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _read_whole(text: str) -> str | None:
    """The number if the text is nothing else. Letters are no digits here, as on the keys of old phones."""
    if not re.fullmatch(r"[+0-9\s().\-]*", text):
        return None
    try:
        number = phonenumbers.parse(text, "ID")
    except phonenumbers.NumberParseException:
        return None
    return _write_e164(number) if phonenumbers.is_valid_number(number) else None


def parse_phone(text: str) -> str:
    """The number as E.164, "+628123456789". Raises `PhoneError`, which says what to leave out."""
    plain = clean_line(text)
    whole = _read_whole(plain)
    if whole:
        return whole
    matches = list(phonenumbers.PhoneNumberMatcher(plain, "ID", phonenumbers.Leniency.VALID))
    numbers = tuple(dict.fromkeys(_write_e164(match.number) for match in matches))
    if len(numbers) > 1:
        raise PhoneError("several", numbers=numbers)
    rest = plain
    for match in matches:
        rest = rest.replace(re.split(r"[^+0-9\s().\-]", match.raw_string)[0], " ", 1)
    extra = clean_line(rest).strip(" ,;:/-")
    if not numbers:
        raise PhoneError()
    if extra:
        raise PhoneError("words", extra=extra)
    return numbers[0]


def format_phone(number: str) -> str:
    """A stored number as written in Indonesia, "0812-3456-7890"; a foreign one with its country code."""
    try:
        read = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    home = phonenumbers.region_code_for_number(read) == "ID"
    style = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(read, style)


def mask_phone(number: str) -> str:
    """A number for display: its last four digits; empty if there is none."""
    return f"\u2022\u2022\u2022\u2022 {number[-4:]}" if number else ""
