"""Phone numbers as Indonesians write them (0812..., 62812..., +62 812-...), kept as E.164."""

import phonenumbers


class PhoneError(ValueError):
    """The text is no phone number that could ring."""


def parse_phone(text: str, *, region: str = "ID") -> str:
    """The number as E.164, "+628123456789". Raises `PhoneError`."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise PhoneError("phone") from error
    if not phonenumbers.is_valid_number(number):
        raise PhoneError("phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def masked(number: str) -> str:
    """A number as shown on screen: its last four digits."""
    return f"\u2022\u2022\u2022\u2022 {number[-4:]}"
