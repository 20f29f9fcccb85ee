"""Phone numbers as Indonesians write them (0812..., 62812..., +62 812-...), stored as E.164."""

import phonenumbers


class PhoneError(ValueError):
    """The text is not a valid phone number."""


def parse_phone(text: str) -> str:
    """The number as E.164, "+628123456789". Raises `PhoneError`."""
    try:
        number = phonenumbers.parse(text, "ID")
    except phonenumbers.NumberParseException as error:
        raise PhoneError("phone") from error
    if not phonenumbers.is_valid_number(number):
        raise PhoneError("phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


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
