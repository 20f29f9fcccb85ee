"""Which life of the database this is; a restored backup begins a new one."""

import secrets

from django.db import transaction

from outreach.services import log
from visits.models import Epoch


def current() -> str:
    """The epoch's value; the first call of an installation begins it."""
    row = Epoch.objects.first() or begin(actor="system")
    return row.value


@transaction.atomic
def begin(*, actor: str) -> Epoch:
    """A new epoch: every tablet asks what we hold, and offers again what is unknown here."""
    row = Epoch.objects.create(value=secrets.token_hex(8))
    log.write(actor=actor, action="epoch_began", subject=row)
    return row
