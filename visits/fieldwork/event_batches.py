"""What the events of one call are compared with, read once for all of them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q

from visits.lib.shapes import list_errors
from visits.models import Device, Event, Officer, Visit
from visits.sync import shapes


class EventBatch:
    """Events that are known, visits of the tablet's team, its officers. The tablet's row is locked meanwhile."""

    def __init__(self, device: Device, items: list[Any]) -> None:
        self.device = device
        good = [item for item in items if not list_errors(shapes.EVENT_NUMBER, item)]
        self._by_id: dict[UUID, Event] = {}
        self._by_number: dict[int, Event] = {}
        self.look_again(good)
        self._named = {visit for item in good if (visit := _read_uuid(item.get("visit")))}
        self._visits: dict[UUID, Visit | None] | None = None
        officers = {
            pk for item in good if isinstance(pk := item.get("officer"), int | float) and 0 < pk < 2**53
        }
        self._officers = Officer.objects.filter(team=device.team_id).in_bulk(officers)

    def look_again(self, items: list[dict[str, Any]]) -> None:
        """Read which of these events are known; `items` have an id and a number."""
        if not items:
            return
        numbers = Q(device=self.device, sequence__in=[int(item["sequence"]) for item in items])
        ids = Q(pk__in=[UUID(item["id"]) for item in items])
        for row in Event.objects.filter(ids | numbers).only("device_id", "sequence", "sha256"):
            self.add_event(row)

    def add_event(self, event: Event) -> None:
        self._by_id[event.pk] = event
        if event.device_id == self.device.pk:
            self._by_number[event.sequence] = event

    def drop_event(self, pk: UUID, number: int) -> None:
        """Forget an event that was undone: neither its id nor its number had been known before."""
        self._by_id.pop(pk, None)
        self._by_number.pop(number, None)

    def find_event(self, pk: UUID, number: int) -> Event | None:
        """The event of this id, from whichever tablet; else this tablet's of this number."""
        return self._by_id.get(pk) or self._by_number.get(number)

    def find_officer(self, pk: int | None) -> Officer | None:
        return self._officers.get(pk) if pk else None

    def find_visit(self, pk: UUID) -> Visit | None:
        """A visit of the tablet's team."""
        if self._visits is None:
            self._visits = self._load_visits(self._named)
        if pk not in self._visits:
            self._visits |= {pk: None, **self._load_visits([pk])}
        return self._visits.get(pk)

    def forget_visits_like(self, visit: Visit | None) -> None:
        """An event of this visit was applied, and may have changed all that is of its resident: that is read again."""
        changed = visit and visit.need.resident_id
        kept = (self._visits or {}).items()
        self._visits = {pk: row for pk, row in kept if row is None or row.need.resident_id != changed}

    def _load_visits(self, ids: Iterable[UUID]) -> dict[UUID, Visit | None]:
        rows = Visit.objects.select_related("need__resident__key", "need__resident__village", "shift")
        rows = rows.defer("need__resident__village__boundary").filter(shift__team=self.device.team_id)
        return {row.pk: row for row in rows.filter(pk__in=list(ids))}


def _read_uuid(value: Any) -> UUID | None:
    try:
        return UUID(value)
    except (ValueError, AttributeError, TypeError):
        return None
