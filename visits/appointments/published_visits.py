"""Published visits of a range of days, and when a team sets out to them."""

from datetime import date, datetime

from django.utils import timezone

from visits.enums import VisitState
from visits.models import Shift, Visit

BEGUN = (VisitState.TRAVELLING, VisitState.ARRIVED, VisitState.FINISHED)


def list_published_visits(*, first: date, last: date) -> list[Visit]:
    """Visits from `first` to `last` (inclusive) that are neither cancelled nor called off, by date, team and sequence; with
    shift, team, need and resident."""
    rows = Visit.objects.filter(shift__date__range=(first, last)).exclude(state=VisitState.CANCELLED)
    rows = rows.exclude(state=VisitState.PUBLISHED, called_off__gt="")
    rows = rows.select_related("shift__team", "need__resident")
    return list(rows.order_by("shift__date", "shift__team__code", "sequence", "pk"))


def departure_time(shift: Shift) -> datetime:
    """When the team leaves its base, in the office's time zone."""
    return timezone.make_aware(datetime.combine(shift.date, shift.starts))
