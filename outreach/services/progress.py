"""Progress rows that residents read. `visits` reports here; the status page reads only these rows."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from outreach.enums import Milestone
from outreach.models import Need, Progress


def record_progress(
    *,
    need: Need,
    milestone: Milestone,
    at: datetime,
    source: str,
    earliest: datetime | None = None,
    latest: datetime | None = None,
) -> Progress:
    """Add a milestone, once per `source` (a visit's id, a capture's id, ...). A repeat returns the first row."""
    row, _made = Progress.objects.get_or_create(
        need=need,
        milestone=milestone,
        source=source,
        defaults={"at": at, "earliest": earliest, "latest": latest},
    )
    return row


def record_intervals(
    *, milestone: Milestone, at: datetime, source: str, told: Iterable[tuple[UUID, tuple[datetime, datetime]]]
) -> None:
    """`record_progress` for many needs (by id) and their intervals, in few statements."""
    Progress.objects.bulk_create(
        [
            Progress(
                need_id=need, milestone=milestone, at=at, source=source, earliest=earliest, latest=latest
            )
            for need, (earliest, latest) in told
        ],
        batch_size=500,
        ignore_conflicts=True,
    )
