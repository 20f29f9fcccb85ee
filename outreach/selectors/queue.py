"""The coordinator's lists of requests, residents and needs, each in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from operator import and_
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import Case, IntegerField, Model, Q, Value, When
from django.utils import timezone

from outreach import vault
from outreach.enums import NeedState, RequestState
from outreach.lib.names import fold_search
from outreach.lib.nik import NumberError, strip_separators
from outreach.lib.phone import PhoneError, parse_phone
from outreach.lib.reference import BadReferenceError, parse_reference
from outreach.lib.text import clean_line
from outreach.models import District, LogEntry, Need, Resident, VisitRequest
from outreach.selectors import duplicates
from outreach.selectors.keyset import (
    FIRST_PAGE,
    KeysetPage,
    PlaceInList,
    count_by_value,
    describe_count,
    load_page,
)

PER_PAGE = 25
RECALLED_S = 60
MOST_NAMED = 1000
SOON = timedelta(days=14)  # a deadline this near goes before the longer wait


@dataclass(frozen=True)
class FilteredPage:
    """A page of rows, and what the filters offer: states with counts in words, districts. `is_partial`: more names
    have what was searched for than were looked at."""

    page: KeysetPage
    states: list[tuple[str, str, str]]
    districts: list[District]
    marked: set[object]
    is_partial: bool = False


def _list_districts() -> list[District]:
    return list(District.objects.only("code", "name").order_by("name"))


def _count_by_state(model: type[Model], choices: Iterable[tuple[str, Any]]) -> list[tuple[str, str, str]]:
    labels = {value: str(label) for value, label in choices}
    counts = count_by_value(model, "state", labels)
    return [(value, label, describe_count(counts[value])) for value, label in labels.items()]


def list_requests(*, state: str, district: str = "", place: PlaceInList = FIRST_PAGE) -> FilteredPage:
    """Requests of a state: near deadlines first, then the longest wait; decided ones newest first."""
    every = VisitRequest.objects.all()
    order: tuple[str, ...] = ("-decided_at", "-pk")
    if state == RequestState.RECEIVED:
        every = every.annotate(soon=_rank_deadline())
        order = ("soon", "received_at", "pk")
    rows = every.filter(state=state).select_related("village__district", "need")
    rows = rows.defer("village__boundary", "village__district__boundary")
    if district:
        rows = rows.filter(village__district=district)
    page = load_page(rows, order=order, place=place, size=PER_PAGE, among=every)
    marked = _recall_marked_ids(page.object_list) if state == RequestState.RECEIVED else set()
    return FilteredPage(page, _count_by_state(VisitRequest, RequestState.choices), _list_districts(), marked)


def _recall_marked_ids(listed: list[VisitRequest]) -> set[object]:
    """The ids of those that may be duplicates, recalled for `RECALLED_S` seconds while nothing new stands in the log,
    where every arrival, decision and correction does."""
    last = LogEntry.objects.order_by("-pk").values_list("pk", flat=True).first()
    keys = {f"marked:{last}:{row.pk}": row for row in listed}
    known: dict[str, bool] = cache.get_many(keys)
    unknown = [row for key, row in keys.items() if key not in known]
    found = duplicates.find_marked_ids(unknown) if unknown else set()
    cache.set_many({f"marked:{last}:{row.pk}": row.pk in found for row in unknown}, RECALLED_S)
    return found | {keys[key].pk for key, marked in known.items() if marked}


def find_requests(typed: str) -> FilteredPage:
    """Requests by reference, NIK, phone, or words of the name: the newest `PER_PAGE`."""
    rows = VisitRequest.objects.select_related("village__district", "need")
    rows = rows.defer("village__boundary", "village__district__boundary")
    found = _filter_by_number(typed)
    if found is None:
        # few names are found by themselves; many stand everywhere in the order of arrival
        named, are_many = _find_named(VisitRequest, typed)
        found = _filter_by_name(typed) if are_many else Q(pk__in=named)
    rows = rows.filter(found)
    page = load_page(rows, order=("-received_at", "-pk"), size=PER_PAGE)
    waiting = [row for row in page.object_list if row.state == RequestState.RECEIVED]
    marked = _recall_marked_ids(waiting) if waiting else set()
    return FilteredPage(page, _count_by_state(VisitRequest, RequestState.choices), _list_districts(), marked)


def _filter_by_number(typed: str, *, prefix: str = "", reference: str = "reference") -> Q | None:
    """Filter for a typed reference, NIK or phone; None for any other text.

    `prefix` leads to the row with the name, `reference` to the request's reference.
    """
    try:
        return Q(**{reference: parse_reference(typed)})
    except BadReferenceError:
        pass
    try:
        return Q(**{f"{prefix}nik_index": vault.blind_index("nik", strip_separators(typed))})
    except NumberError:
        pass
    try:
        return Q(**{f"{prefix}phone_index": vault.blind_index("phone", parse_phone(typed))})
    except PhoneError:
        return None


def _filter_by_name(typed: str) -> Q:
    """Filter for words of a name in any order."""
    as_written = Q(name__icontains=clean_line(typed))
    words = [Q(name_key__contains=word) for word in fold_search(typed)]
    return as_written | reduce(and_, words) if words else as_written


def _find_named(model: type[Model], typed: str, *, district: str = "") -> tuple[list[UUID], bool]:
    """The residents or requests (of a district) whose name has these words, and whether there are more than
    `MOST_NAMED`, which are not looked at. By themselves, so that a search reads what it finds and no list in the
    order of names."""
    rows = model._default_manager.filter(_filter_by_name(typed)).order_by()
    if district:
        rows = rows.filter(village__district=district)
    found = list(rows.values_list("pk", flat=True)[: MOST_NAMED + 1])
    return found[:MOST_NAMED], len(found) > MOST_NAMED


def next_request(*, after: VisitRequest | None = None) -> VisitRequest | None:
    """The next waiting request, after `after` if given; None if there is none."""
    waiting = VisitRequest.objects.filter(state=RequestState.RECEIVED)
    if after is not None:
        waiting = waiting.exclude(pk=after.pk)
    return waiting.order_by(_rank_deadline(), "received_at", "pk").first()


def _rank_deadline() -> Case:
    """0 for a near deadline, else 1."""
    near = When(deadline__lte=timezone.localdate() + SOON, then=Value(0))
    return Case(near, default=Value(1), output_field=IntegerField())


def list_residents(*, typed: str = "", district: str = "", place: PlaceInList = FIRST_PAGE) -> FilteredPage:
    """Residents by name, with their needs loaded; `typed` as in `find_requests`."""
    rows = Resident.objects.select_related("village__district").prefetch_related("needs")
    rows = rows.defer("village__boundary", "village__district__boundary")
    is_partial = False
    if typed:
        found = _filter_by_number(typed, reference="requests__reference")
        if found is None:
            named, is_partial = _find_named(Resident, typed, district=district)
            found = Q(pk__in=named)
        rows = rows.filter(found)
        place = FIRST_PAGE  # a search is posted to the address of the page on which it is typed
    if district:
        rows = rows.filter(village__district=district)
    page = load_page(rows, order=("name", "pk"), place=place, size=PER_PAGE)
    return FilteredPage(page, [], _list_districts(), set(), is_partial=is_partial)


def list_needs(
    *, state: str, district: str = "", typed: str = "", place: PlaceInList = FIRST_PAGE
) -> FilteredPage:
    """Needs of a state ("" for all), the most urgent and longest waiting first."""
    rows = Need.objects.select_related("resident__village__district")
    rows = rows.defer("resident__village__boundary", "resident__village__district__boundary")
    if state:
        rows = rows.filter(state=state)
    if district:
        rows = rows.filter(resident__village__district=district)
    is_partial = False
    if typed:
        found = _filter_by_number(typed, prefix="resident__", reference="requests__reference")
        if found is None:
            named, is_partial = _find_named(Resident, typed, district=district)
            found = Q(resident__in=named)
        rows = rows.filter(found)
        place = FIRST_PAGE
    page = load_page(rows, order=("urgency_rank", "waiting_since", "pk"), place=place, size=PER_PAGE)
    counts = _count_by_state(Need, NeedState.choices)
    return FilteredPage(page, counts, _list_districts(), set(), is_partial=is_partial)
