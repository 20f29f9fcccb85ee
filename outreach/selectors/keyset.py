"""Pages of tables that grow for years: a page begins behind a row, never after a number of rows to be skipped, and
what is counted is counted up to a bound. Both cost the same however long the table is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F, Model, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils.formats import localize
from django.utils.translation import gettext as _

MOST_COUNTED = 10_000


@dataclass(frozen=True)
class PlaceInList:
    """Where a page begins: behind the row with the id `after`, or ends: before that with the id `before`."""

    after: str = ""
    before: str = ""


FIRST_PAGE = PlaceInList()


@dataclass(frozen=True)
class KeysetPage:
    """Rows of a page. `after` is the id behind which the next page begins, `before` that before which the page
    before ends; empty where there is none."""

    object_list: list[Any]
    after: str
    before: str

    @property
    def has_other_pages(self) -> bool:
        return bool(self.after or self.before)


def load_page(
    rows: QuerySet[Any],
    *,
    order: tuple[str, ...],
    place: PlaceInList = FIRST_PAGE,
    size: int,
    among: QuerySet[Any] | None = None,
) -> KeysetPage:
    """The page at a place. `order` is total and all in one direction, by fields or annotations that are never null.

    A row that has left the list keeps its place in it while it is one of `among` (all of the model); a place that names
    none, or where no rows are any more, is the first page."""
    anchor = _find_anchor(rows.model._default_manager.all() if among is None else among, order, place)
    backwards = bool(place.before) and anchor is not None
    directed = tuple(map(_turn, order)) if backwards else order
    found = rows.order_by(*directed)
    if anchor is not None:
        found = found.filter(_lies_behind(directed, anchor))
    listed = list(found[: size + 1])
    if anchor is not None and not listed:
        return load_page(rows, order=order, size=size, among=among)
    more, listed = len(listed) > size, listed[:size]
    if backwards:
        listed.reverse()
    is_next, is_before = (True, more) if backwards else (more, anchor is not None)
    return KeysetPage(
        listed,
        after=str(listed[-1].pk) if listed and is_next else "",
        before=str(listed[0].pk) if listed and is_before else "",
    )


def _turn(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _find_anchor(rows: QuerySet[Any], order: tuple[str, ...], place: PlaceInList) -> tuple[Any, ...] | None:
    """The values of the row that a place names, in the order's fields."""
    text = place.before or place.after
    if not text:
        return None
    try:
        pk = rows.model._meta.pk.to_python(text)
    except ValidationError:  # no id of this table
        return None
    found = rows.filter(pk=pk).order_by().values_list(*(name.lstrip("-") for name in order)).first()
    return None if found is None or None in found else found


def _lies_behind(order: tuple[str, ...], values: tuple[Any, ...]) -> Any:
    """Filter for rows behind these values: one comparison of rows, which an index answers from where they begin."""
    assert len({name.startswith("-") for name in order}) == 1, "all fields in one direction"
    compare = TupleLessThan if order[0].startswith("-") else TupleGreaterThan
    return compare(Tuple(*(F(name.lstrip("-")) for name in order)), values)


def count_by_value(model: type[Model], field: str, values: Iterable[str]) -> dict[str, int]:
    """How many rows have each value of a plain field, `MOST_COUNTED` + 1 where they are more: in one statement that
    reads an index that begins with the field."""
    listed = list(values)
    column, table = map(connection.ops.quote_name, (field, model._meta.db_table))
    one = (
        f"(SELECT COUNT(*) FROM (SELECT 1 FROM {table} WHERE {column} = %s LIMIT {MOST_COUNTED + 1}) AS few)"  # noqa: S608
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(one for _value in listed)}", listed)
        (counts,) = cursor.fetchall()
    return dict(zip(listed, counts, strict=True))


def describe_count(count: int) -> str:
    """A count in words: "lebih dari 10.000" where it was not counted to its end."""
    if count <= MOST_COUNTED:
        return str(localize(count))
    return _("lebih dari %(count)s") % {"count": localize(MOST_COUNTED)}
