"""Accepted records wait here for the centre. Sending them is a door of its own."""

from datetime import datetime

from outreach.services import log
from visits.enums import OutboxState
from visits.models import Capture, OutboxItem


def enqueue(*, capture: Capture, at: datetime, actor: str) -> OutboxItem:
    """One row a capture, with the one reference that it will ever have at the centre; a repeat finds the first."""
    row, made = OutboxItem.objects.get_or_create(
        capture=capture, defaults={"reference": f"JB-{capture.pk.hex}", "queued_at": at}
    )
    if made:
        log.write(actor=actor, action="outbox_queued", subject=row, to_state=OutboxState.QUEUED)
    return row
