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
    kinds: dict[str, list[list[pytest.Item]]] = {"waits": [], "computes": [], "short": []}
    for tests in files.values():
        marks = {mark.name for test in tests for mark in test.iter_markers()}
        kind = "waits" if "crash" in marks else "computes" if marks & {"browser", "journey"} else "short"
        kinds[kind].append(tests)
    in_turn = chain.from_iterable(zip_longest(kinds["waits"], kinds["computes"], fillvalue=[]))
    by_length = sorted(kinds["short"], key=len, reverse=True)
    return [test for tests in [*in_turn, *by_length] for test in tests]
