"""Moments as the tablet protocol writes them."""

from datetime import UTC, datetime


def utc(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: 2026-11-24T04:50:00.123Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(text: str) -> datetime | None:
    """An RFC 3339 moment with its offset; None for anything else.

    Any year that a clock may show is taken, 1970 after an empty battery too: a record is not lost for its clock.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if at.tzinfo is None or not 1900 <= at.year <= 9998:
        return None
    return at.astimezone(UTC)
