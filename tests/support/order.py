"""The order in which files of tests are handed to the processes of a run."""

from collections import defaultdict
from itertools import chain, zip_longest
from pathlib import Path

import pytest


def order_for_workers(items: list[pytest.Item]) -> list[pytest.Item]:
    """Files that take minutes first, so that no process has one left when the others are done: killed processes, which
    are mostly waited for, between browsers and journeys, which compute; then the rest, the longest file first."""
    files: dict[Path, list[pytest.Item]] = defaultdict(list)
    for item in items:
        files[item.path].append(item)
    waiting, computing, short = [], [], []
    for tests in files.values():
        marks = {mark.name for test in tests for mark in test.iter_markers()}
        kind = waiting if "crash" in marks else computing if marks & {"browser", "journey"} else short
        kind.append(tests)
    mixed = chain.from_iterable(zip_longest(waiting, computing, fillvalue=[]))
    return list(chain.from_iterable(chain(mixed, sorted(short, key=len, reverse=True))))
