"""Version marks of pages: what others did to a page's rows while somebody had it open.

Everything that changes a row leaves a log row, so the log says which version a page showed. A page's forms carry
its mark; who writes checks it after locking the rows, and tells what happened since in the log's words.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Model

from outreach.selectors import actions, history
from outreach.selectors.history import HistoryLine

KNOWN = 20


class StalePageError(Exception):
    """The rows changed since the page was opened; `news` says who did what, oldest first."""

    def __init__(self, news: list[HistoryLine]) -> None:
        super().__init__(f"{len(news)} changes since")
        self.news = news


def page_mark(subjects: Iterable[Model | None]) -> str:
    """The mark of a page that shows these rows: the ids of their newest log rows.

    Not the highest id alone: a log row with a lower id may be committed after it.
    """
    rows = history.log_of(subjects).exclude(action__in=actions.LOOKS).order_by("-id")
    return ".".join(map(str, sorted(rows.values_list("id", flat=True)[:KNOWN]))) or "0"


def _read_mark(mark: str) -> list[int]:
    ids = mark.split(".")
    return (
        sorted(map(int, ids)) if all(id_.isascii() and id_.isdigit() and len(id_) < 19 for id_ in ids) else []
    )


@dataclass(frozen=True, kw_only=True)
class PageSeen:
    """The page that a form was sent from: its `mark`, its rows, and by whom it was sent.

    What the sender did meanwhile is no news, so that a form may be sent twice.
    """

    mark: str
    subjects: tuple[Model | None, ...]
    actor: str

    def list_news(self) -> list[HistoryLine]:
        """What happened to the rows since, oldest first; nothing if the form has no readable mark."""
        known = _read_mark(self.mark)
        if not known:
            return []
        # ids lower than all that the page knew are older than it
        oldest = known[0] if len(known) == KNOWN else 0
        rows = history.log_of(self.subjects).filter(id__gte=oldest).exclude(id__in=known)
        rows = rows.exclude(action__in=actions.LOOKS).exclude(actor=self.actor)
        return history.describe_rows(list(rows.order_by("id")))

    def require_fresh(self) -> None:
        """Raises `StalePageError` if others changed the rows since. Call it with the rows locked."""
        if news := self.list_news():
            raise StalePageError(news)
