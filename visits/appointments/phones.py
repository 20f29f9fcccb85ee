"""Logging of pages that show families' telephone numbers in the clear.

Like every look at sealed data (outreach/services/residents.py, visits/records/reviews.py) it leaves a log
row: who looked, at which plan or day, and how many numbers; not whose numbers.
"""

from collections.abc import Iterable

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Model

from outreach.services import log


def log_phone_look(*, subject: Model, numbers: Iterable[str], user: AbstractBaseUser | None) -> None:
    """Log that these numbers were shown, one a family. Writes nothing if there are none."""
    count = sum(1 for number in numbers if number)
    if count:
        log.write_log(
            actor=log.actor_of(user), action="phones_seen", subject=subject, detail={"families": count}
        )
