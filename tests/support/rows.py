"""How many rows the database gave: what a page reads must not grow with what it does not show."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.utils import CursorWrapper

FETCHES = ("fetchone", "fetchmany", "fetchall")


class RowCount:
    """`rows` read within the block."""

    rows = 0

    def count(self, found: Any) -> Any:
        self.rows += len(found) if isinstance(found, list) else found is not None
        return found


@contextmanager
def count_rows() -> Iterator[RowCount]:
    """Count the rows that are read through Django's cursors."""
    counted, plain = RowCount(), CursorWrapper.__getattr__

    def watched(self: CursorWrapper, name: str) -> Any:
        found = plain(self, name)
        return (lambda *given: counted.count(found(*given))) if name in FETCHES else found

    CursorWrapper.__getattr__ = watched  # type: ignore[method-assign]
    try:
        yield counted
    finally:
        CursorWrapper.__getattr__ = plain  # type: ignore[method-assign]
