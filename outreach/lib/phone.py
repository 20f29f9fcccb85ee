"""Phone numbers as Indonesians write them (0812..., 62812..., +62 812-...), kept as E.164."""

import phonenumbers


class PhoneError(ValueError):
    """The text is no phone number that could ring."""


def parse_phone(text: str) -> str:
    """The number as E.164, "+628123456789". Raises `PhoneError`."""
    try:
        number = phonenumbers.parse(text, "ID")
    except phonenumbers.NumberParseException as error:
        raise PhoneError("phone") from error
    if not phonenumbers.is_valid_number(number):
        raise PhoneError("phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def shown(number: str) -> str:
    """A kept number as people here write it, "0812-3456-7890"; a foreign one with its country."""
    try:
        read = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    home = phonenumbers.region_code_for_number(read) == "ID"
    style = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(read, style)


def masked(number: str) -> str:
    """A number as shown on screen: its last four digits; empty where there is none."""
    return f"\u2022\u2022\u2022\u2022 {number[-4:]}" if number else ""
