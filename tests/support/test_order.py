"""The order of files in a run: what takes minutes begins first, what waits beside what computes."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.order import order_for_workers


def _items(file: str, *marks: str, count: int = 1) -> list[Any]:
    made = [getattr(pytest.mark, mark) for mark in marks]
    return [SimpleNamespace(path=Path(file), iter_markers=lambda: iter(made)) for _ in range(count)]


def _order(*files: list[Any]) -> list[str]:
    return [item.path.name for item in order_for_workers([item for items in files for item in items])]


def test_what_takes_minutes_comes_first_and_short_files_last():
    one, many = _items("one"), _items("many", "django_db", count=3)
    killed, also_killed = _items("killed", "crash"), _items("also killed", "crash")
    page, pages, journey = (
        _items("page", "browser"),
        _items("pages", "browser", count=2),
        _items("way", "journey"),
    )
    assert _order(one, page, pages, journey, many, killed, also_killed) == [
        *("killed", "page", "also killed", "pages", "pages", "way"),
        *("many", "many", "many", "one"),
    ]


def test_a_file_stays_together_in_its_own_order():
    first, second = _items("both"), _items("both", "crash")
    other = _items("other", "browser")
    assert order_for_workers([*first, *other, *second]) == [*first, *second, *other]
