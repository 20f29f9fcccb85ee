"""The epoch of the database: a value that changes when a backup is restored."""

import secrets

from django.db import transaction

from outreach.services import log
from visits.models import Epoch


def current_epoch() -> str:
    """The current epoch's value; created at the first call."""
    row = Epoch.objects.first() or begin_epoch(actor="system")
    return row.value


@transaction.atomic
def begin_epoch(*, actor: str) -> Epoch:
    """Begin a new epoch, after which tablets offer again what the database does not have."""
    row = Epoch.objects.create(value=secrets.token_hex(8))
    log.write_log(actor=actor, action="epoch_began", subject=row)
    return row
