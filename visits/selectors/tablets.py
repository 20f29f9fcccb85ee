"""What the office wants to know about tablets: which numbers never came."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Window
from django.db.models.functions import Lag

from visits.models import Device, Event


@dataclass(frozen=True)
class Gap:
    """Events that a tablet has numbered and we never saw: from `first` to `last`, noticed at `since`."""

    first: int
    last: int
    since: datetime


def missing_numbers(device: Device) -> list[Gap]:
    """The gaps in a tablet's numbers, oldest first."""
    rows = (
        Event.objects.filter(device=device)
        .annotate(before=Window(Lag("sequence", default=0), order_by="sequence"))
        .filter(sequence__gt=F("before") + 1)
        .values_list("before", "sequence", "received_at")
        .order_by("sequence")
    )
    return [Gap(before + 1, sequence - 1, received) for before, sequence, received in rows]
