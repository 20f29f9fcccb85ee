"""The office's view of tablets: last contact, missing event numbers, unfinished records."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce, Lag
from django.utils import timezone

from visits.enums import CaptureStage
from visits.models import CaptureState, Device, Event

GAP_LATE = timedelta(days=5)


@dataclass(frozen=True)
class NumberGap:
    """Event numbers `first` to `last` of a tablet that were never received; noticed at `since`."""

    first: int
    last: int
    since: datetime

    @property
    def late(self) -> bool:
        """Whether the events have been missing for `GAP_LATE`, so that a person should ask for them."""
        return timezone.now() - self.since > GAP_LATE


def find_number_gaps(device: Device) -> list[NumberGap]:
    """The gaps in a tablet's event numbers, oldest first."""
    rows = (
        Event.objects.filter(device=device)
        .annotate(before=Window(Lag("sequence", default=0), order_by="sequence"))
        .filter(sequence__gt=F("before") + 1)
        .values_list("before", "sequence", "received_at")
        .order_by("sequence")
    )
    return [NumberGap(before + 1, sequence - 1, received) for before, sequence, received in rows]


@dataclass(frozen=True)
class TabletRow:
    """A tablet in the office's list, with its counts of missing events and unfinished records."""

    device: Device
    missing: int
    incomplete: int
    review: int

    @property
    def silent_hours(self) -> float:
        """Hours since the last contact."""
        seen = self.device.last_seen_at
        return (timezone.now() - seen).total_seconds() / 3600 if seen else float("inf")


def _count_subquery(rows: QuerySet[Any], field: str) -> Coalesce:
    counted = rows.order_by().values(field).annotate(n=Count("*")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def list_tablets() -> list[TabletRow]:
    """All tablets, active ones first, in one query."""
    events = Event.objects.filter(device=OuterRef("pk"))
    states = CaptureState.objects.filter(capture__device=OuterRef("pk"))
    highest = events.order_by("-sequence").values("sequence")[:1]
    rows = (
        Device.objects.select_related("team")
        .annotate(
            highest=Coalesce(Subquery(highest), 0),
            received=_count_subquery(events, "device"),
            incomplete=_count_subquery(states.filter(stage=CaptureStage.INCOMPLETE), "capture__device"),
            review=_count_subquery(states.filter(stage=CaptureStage.REVIEW), "capture__device"),
        )
        .order_by("state", "team__name", "name")
    )
    return [TabletRow(row, row.highest - row.received, row.incomplete, row.review) for row in rows]
