"""Pages that begin behind a row, and counts up to a bound."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from outreach.models import Need, Resident
from outreach.selectors import keyset
from outreach.selectors.keyset import PlaceInList, count_by_value, describe_count, load_page
from tests.factories.outreach import NeedFactory, ResidentFactory

pytestmark = pytest.mark.django_db
NAMES = ["Ani", "Budi", "Budi", "Budi", "Cici", "Dewi"]


def _walk(size: int) -> list[list[Resident]]:
    """All pages from the first to the last."""
    page = load_page(Resident.objects.all(), order=("name", "pk"), size=size)
    found = [page.object_list]
    while page.after:
        page = load_page(
            Resident.objects.all(), order=("name", "pk"), place=PlaceInList(after=page.after), size=size
        )
        found.append(page.object_list)
    return found


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7])
def test_every_row_is_on_one_page_in_order_although_names_repeat(size: int) -> None:
    for name in NAMES:
        ResidentFactory(name=name)

    rows = [row for page in _walk(size) for row in page]

    assert rows == list(Resident.objects.order_by("name", "pk"))


def test_the_page_before_is_the_page_that_one_came_from() -> None:
    for name in NAMES:
        ResidentFactory(name=name)
    rows = Resident.objects.all()
    first = load_page(rows, order=("-name", "-pk"), size=2)
    second = load_page(rows, order=("-name", "-pk"), size=2, place=PlaceInList(after=first.after))
    third = load_page(rows, order=("-name", "-pk"), size=2, place=PlaceInList(after=second.after))

    back = load_page(rows, order=("-name", "-pk"), size=2, place=PlaceInList(before=third.before))
    begin = load_page(rows, order=("-name", "-pk"), size=2, place=PlaceInList(before=back.before))

    assert (back, begin) == (second, first)
    assert (first.before, third.after) == ("", "")


@pytest.mark.parametrize("odd", ["x", "9" * 30, "0198f5a2-0000-7000-8000-000000000000", "'"])
def test_a_place_that_names_no_row_is_the_first_page(odd: str) -> None:
    rows = [ResidentFactory(name="Ani")]

    for place in (PlaceInList(after=odd), PlaceInList(before=odd)):
        assert (
            load_page(Resident.objects.all(), order=("name", "pk"), size=2, place=place).object_list == rows
        )


def test_rows_are_counted_up_to_a_bound_in_one_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyset, "MOST_COUNTED", 2)
    for state in ("open", "open", "open", "review"):
        NeedFactory(state=state)

    with CaptureQueriesContext(connection) as seen:
        counts = count_by_value(Need, "state", ["open", "review", "planned"])

    assert (counts, len(seen)) == ({"open": 3, "review": 1, "planned": 0}, 1)
    assert [describe_count(count) for count in counts.values()] == ["lebih dari 2", "1", "0"]


def test_a_place_behind_which_nobody_is_any_more_is_the_first_page() -> None:
    for name in NAMES:
        ResidentFactory(name=name)
    waiting = Resident.objects.filter(name__lt="Cici")
    last = Resident.objects.get(name="Dewi")
    first = load_page(waiting, order=("name", "pk"), size=3)
    assert load_page(waiting, order=("name", "pk"), size=3, place=PlaceInList(after=str(last.pk))) == first
    head = Resident.objects.order_by("name", "pk")[0]
    assert load_page(waiting, order=("name", "pk"), size=3, place=PlaceInList(before=str(head.pk))) == first
