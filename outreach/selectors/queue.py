"""The coordinator's lists of requests, residents and needs, each in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from operator import and_
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, IntegerField, Model, Q, QuerySet, Value, When
from django.utils import timezone

from outreach import vault
from outreach.enums import NeedState, RequestState, Urgency
from outreach.lib.names import fold_search
from outreach.lib.nik import NumberError, strip_separators
from outreach.lib.phone import PhoneError, parse_phone
from outreach.lib.reference import BadReferenceError, parse_reference
from outreach.lib.text import clean_line
from outreach.models import District, Need, Resident, VisitRequest
from outreach.selectors import duplicates

PER_PAGE = 25
SOON = timedelta(days=14)  # a deadline this near goes before the longer wait


@dataclass(frozen=True)
class FilteredPage:
    """A page of rows, and what the filters offer: counts by state, districts."""

    page: "Page[Any]"
    states: list[tuple[str, str, int]]
    districts: list[District]
    marked: set[object]


def _paginate(rows: QuerySet[Any], number: int) -> "Page[Any]":
    return Paginator(rows, PER_PAGE).get_page(number)


def _list_districts() -> list[District]:
    return list(District.objects.only("code", "name").order_by("name"))


def _count_by_state(model: type[Model], choices: Iterable[tuple[str, Any]]) -> list[tuple[str, str, int]]:
    rows = model._default_manager.order_by().values_list("state").annotate(count=Count("pk"))
    counts: dict[str, int] = dict(rows)
    return [(value, str(label), counts.get(value, 0)) for value, label in choices]


def list_requests(*, state: str, district: str = "", number: int = 1) -> FilteredPage:
    """Requests of a state: near deadlines first, then the longest wait; decided ones newest first."""
    rows = VisitRequest.objects.filter(state=state).select_related("village__district", "need")
    rows = rows.defer("village__boundary", "village__district__boundary")
    if district:
        rows = rows.filter(village__district=district)
    if state == RequestState.RECEIVED:
        near = When(deadline__lte=timezone.localdate() + SOON, then=Value(0))
        soon = Case(near, default=Value(1), output_field=IntegerField())
        rows = rows.annotate(soon=soon).order_by("soon", "received_at", "pk")
    else:
        rows = rows.order_by("-decided_at", "pk")
    page = _paginate(rows, number)
    marked = duplicates.find_marked_ids(list(page.object_list)) if state == RequestState.RECEIVED else set()
    return FilteredPage(page, _count_by_state(VisitRequest, RequestState.choices), _list_districts(), marked)


def find_requests(typed: str) -> list[VisitRequest]:
    """Requests by reference, NIK, phone, or words of the name."""
    rows = VisitRequest.objects.select_related("village__district", "need")
    rows = rows.defer("village__boundary", "village__district__boundary")
    return list(rows.filter(_filter_by_text(typed)).order_by("-received_at")[:PER_PAGE])


def _filter_by_text(typed: str, *, prefix: str = "", reference: str = "reference") -> Q:
    """Filter for a typed text: a reference, a NIK or a phone exactly, else words of the name in any order.

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
        pass
    as_written = Q(**{f"{prefix}name__icontains": clean_line(typed)})
    words = [Q(**{f"{prefix}name_key__contains": word}) for word in fold_search(typed)]
    return as_written | reduce(and_, words) if words else as_written


def next_request(*, after: VisitRequest | None = None) -> VisitRequest | None:
    """The next waiting request, after `after` if given; None if there is none."""
    listed = list_requests(state=RequestState.RECEIVED).page.object_list
    return next((row for row in listed if after is None or row.pk != after.pk), None)


def list_residents(*, typed: str = "", district: str = "", number: int = 1) -> FilteredPage:
    """Residents by name, with their needs loaded; `typed` as in `find_requests`."""
    rows = Resident.objects.select_related("village__district").prefetch_related("needs")
    rows = rows.defer("village__boundary", "village__district__boundary").order_by("name", "pk")
    if typed:
        rows = rows.filter(_filter_by_text(typed, reference="requests__reference"))
    if district:
        rows = rows.filter(village__district=district)
    return FilteredPage(_paginate(rows, number), [], _list_districts(), set())


def list_needs(*, state: str, district: str = "", typed: str = "", number: int = 1) -> FilteredPage:
    """Needs of a state ("" for all), the most urgent and longest waiting first."""
    rows = Need.objects.select_related("resident__village__district")
    rows = rows.defer("resident__village__boundary", "resident__village__district__boundary")
    if state:
        rows = rows.filter(state=state)
    if district:
        rows = rows.filter(resident__village__district=district)
    if typed:
        rows = rows.filter(_filter_by_text(typed, prefix="resident__", reference="requests__reference"))
    order = [Urgency.HOSPITAL, Urgency.HIGH, Urgency.NORMAL]
    pressing = Case(
        *[When(urgency=value, then=Value(place)) for place, value in enumerate(order)],
        default=Value(9),
        output_field=IntegerField(),
    )
    rows = rows.order_by(pressing, "waiting_since", "pk")
    return FilteredPage(
        _paginate(rows, number), _count_by_state(Need, NeedState.choices), _list_districts(), set()
    )
