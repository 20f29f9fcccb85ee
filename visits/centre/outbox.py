"""The outbox of accepted records for the national centre. Sending them is not implemented here."""

from datetime import datetime

from outreach.services import log
from visits.enums import OutboxState
from visits.models import Capture, OutboxItem


def enqueue_capture(*, capture: Capture, at: datetime, actor: str) -> OutboxItem:
    """Put a capture into the outbox, once, with the reference that it keeps at the centre. A repeat returns
    the first row."""
    row, made = OutboxItem.objects.get_or_create(
        capture=capture, defaults={"reference": f"JB-{capture.pk.hex}", "queued_at": at}
    )
    if made:
        log.write_log(actor=actor, action="outbox_queued", subject=row, to_state=OutboxState.QUEUED)
    return row
