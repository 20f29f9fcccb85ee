"""Birth dates of which a part is not known or was guessed, and the ages that they leave open."""

from calendar import monthrange
from datetime import date
from enum import StrEnum

from outreach.lib.times import age_on


class BirthBasis(StrEnum):
    """How well a stored birth date is known; where only a part is, the date is the first that fits."""

    EXACT = "exact"
    NIK = "nik"  # read from the NIK; where both centuries fit, somebody chose the year
    MONTH = "month"
    YEAR = "year"  # about


DAY_KNOWN = (BirthBasis.EXACT, BirthBasis.NIK)


def birth_range(born: date, basis: str) -> tuple[date, date]:
    """The first and the last day that the birth may have been on."""
    if basis == BirthBasis.YEAR:
        return date(born.year, 1, 1), date(born.year, 12, 31)
    if basis == BirthBasis.MONTH:
        return born.replace(day=1), born.replace(day=monthrange(born.year, born.month)[1])
    return born, born


def ages_on(born: date, basis: str, day: date) -> tuple[int, int]:
    """The least and the greatest age in whole years on `day`."""
    first, last = birth_range(born, basis)
    return max(age_on(last, day), 0), age_on(first, day)
