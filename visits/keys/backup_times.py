"""What is safe outside of this installation: tablets let go only of what a backup holds."""

from datetime import datetime, timedelta

from visits.models import Backup

# a row whose moment lies before the backup began may have been committed after it
MARGIN = timedelta(minutes=10)


def find_safe_until() -> datetime | None:
    """What was stored before this moment is in a backup; None where no backup was ever noted."""
    row = Backup.objects.first()
    return row.began_at - MARGIN if row else None
