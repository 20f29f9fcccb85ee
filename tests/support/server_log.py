"""Looks through PostgreSQL's log for values of persons: `python -m tests.support.server_log LOG`.

Tests make people up whose numbers and names are easy to tell. A row that a constraint refused would show all of
its values, so no such line may stand there either: the server is set as config/settings.md says.
"""

import re
import sys
from collections.abc import Iterable
from pathlib import Path

VALUES = {
    "a NIK or family card": re.compile(r"(?<![\w.-])\d{16}(?![\w-])"),
    "a phone": re.compile(r"(?<![\w.:-])(?:\+?62|0)8\d{7,11}(?![\w-])"),
    "a name": re.compile(r"\b(?:Warga|Ibu|Bapak|Mbah|Siti|Sri|Suparmi|Sukarno|Wahyuni|Budi) [A-Z][a-z]+"),
    "a row": re.compile(r"Failing row contains"),
    "parameters": re.compile(r"(?:unnamed portal|portal \"\w*\") with parameters: "),
}


def find_values(lines: Iterable[str]) -> list[str]:
    """Which line holds which kind of value; the value itself is not repeated."""
    found = []
    for number, line in enumerate(lines, start=1):
        found += [f"line {number}: {what}" for what, pattern in VALUES.items() if pattern.search(line)]
    return found


if __name__ == "__main__":
    with Path(sys.argv[1]).open(errors="replace") as log:
        hits = find_values(log)
    print("\n".join(hits[:50]) or "no value of a person")
    sys.exit(bool(hits))
