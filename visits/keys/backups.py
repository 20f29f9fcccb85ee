"""Notes of backups: somebody has taken one and says so."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from outreach.services import log
from visits.models import Backup


@transaction.atomic
def note_backup(*, began_at: datetime, actor: str) -> Backup:
    """Note that a backup that began then has succeeded. Raises `ValueError` for a moment in the future."""
    if began_at > timezone.now():
        raise ValueError("a backup that has not begun yet")
    row = Backup.objects.create(began_at=began_at)
    log.write_log(actor=actor, action="backup_noted", subject=row)
    return row
