"""What other apps add to the pages of needs and requests. Outreach names the places and knows no other app."""

from collections.abc import Callable, Iterable
from enum import StrEnum

from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from outreach.models import Need


class PagePlace(StrEnum):
    """Where something may be added."""

    LIST_CELL = "list_cell"  # one cell for each need of the list
    REASONS = "reasons"  # below the facts of one need
    ACTIONS = "actions"  # the buttons of one need
    REQUEST = "request"  # the buttons of an accepted request
    NEXT_STEP = "next_step"  # a link in the message that a request was accepted


Render = Callable[[HttpRequest, Need], str]
ListRows = Callable[[Need], Iterable[Model]]

_renders: dict[PagePlace, list[Render]] = {place: [] for place in PagePlace}

_lists: list[ListRows] = []


def add_extra(place: PagePlace, render: Render) -> None:
    """Show what `render` returns at the place: a `SafeString` is HTML, other text is escaped, empty shows
    nothing. Safe to repeat."""
    if render not in _renders[place]:
        _renders[place].append(render)


def render_extras(place: PagePlace, request: HttpRequest, need: Need) -> SafeString:
    """What all apps show at the place for this need, in the order in which they asked for it."""
    return format_html_join("", "{}", ((render(request, need),) for render in _renders[place]))


def add_rows(rows: ListRows) -> None:
    """Count what happens to these rows as news on the pages of a need. Safe to repeat."""
    if rows not in _lists:
        _lists.append(rows)


def list_rows(need: Need) -> list[Model]:
    """The rows of all apps that the pages of this need show."""
    return [row for rows in _lists for row in rows(need)]
