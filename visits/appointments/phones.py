"""Telephones of families in the clear, on pages for calling them: that somebody looked is written down.

As with opened texts (outreach/services/residents.py) and records (reviews.py) every look is a row: who, at which
plan or day, how many numbers. Whose they are is not in it.
"""

from collections.abc import Iterable

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Model

from outreach.services import log


def seen(*, subject: Model, numbers: Iterable[str], user: AbstractBaseUser | None) -> None:
    """Note a look at these numbers, one a family. Nothing is written where there are none."""
    count = sum(1 for number in numbers if number)
    if count:
        log.write(actor=log.actor_of(user), action="phones_seen", subject=subject, detail={"families": count})
