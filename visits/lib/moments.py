"""Timestamps in the format of the tablet protocol."""

from datetime import UTC, datetime


def format_utc(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: 2026-11-24T04:50:00.123Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_moment(text: str) -> datetime | None:
    """The datetime of an RFC 3339 text with an offset; None for anything else.

    Any year is accepted, also 1970 after an empty battery: a record is not refused because of its tablet's
    clock.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if at.tzinfo is None or not 1900 <= at.year <= 9998:
        return None
    return at.astimezone(UTC)
