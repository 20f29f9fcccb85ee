"""Which failed tests may run once more: few, and all of live processes, in which chance has a part (tests/run)."""

from pathlib import Path

import pytest

LIVE = {"browser", "crash", "journey"}
MOST = 3


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--once-more", metavar="FILE", type=Path, help="note here which failed tests may run once more"
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Note the failed tests, or nothing if they are too many or one of them is of another kind."""
    file: Path | None = config.getoption("--once-more")
    if file is None:
        return
    reports = [one for kind in ("failed", "error") for one in terminalreporter.stats.get(kind, [])]
    tests = list(dict.fromkeys(one.nodeid for one in reports))
    chance = len(tests) <= MOST and all(LIVE & set(getattr(one, "keywords", ())) for one in reports)
    file.write_text("".join(f"{test}\n" for test in tests if chance))
