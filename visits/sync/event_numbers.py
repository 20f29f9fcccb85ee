"""The numbers of a tablet's events: the last one received, and up to which they are in a backup."""

from datetime import datetime

from django.db.models import Max, Min

from visits.models import Device, Event


def find_last_number(device: Device) -> int:
    """The highest number received from this tablet; 0 if none. A tablet that lost its outbox goes on from there."""
    highest: int | None = Event.objects.filter(device=device).aggregate(highest=Max("sequence"))["highest"]
    return highest or 0


def find_backed_up_number(device: Device, *, safe_until: datetime | None) -> int:
    """The highest number up to which everything received is in a backup; 0 if nothing is."""
    rows = Event.objects.filter(device=device)
    if safe_until is None:
        return 0
    first: int | None = rows.filter(received_at__gte=safe_until).aggregate(first=Min("sequence"))["first"]
    return find_last_number(device) if first is None else first - 1
