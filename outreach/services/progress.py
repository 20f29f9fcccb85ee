"""Progress rows that residents read. `visits` reports here; the status page reads only these rows."""

from datetime import datetime

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
