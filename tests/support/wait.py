"""Waiting for another process, with an end."""

import os
import time
from collections.abc import Callable


def wait_until(true: Callable[[], object], *, seconds: float = 60, what: str = "") -> None:
    """Look again until `true()` holds; fails with `what` after `seconds`, or later on a busy machine."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < stretch_s(seconds), (
            f"not within {seconds} s: {what or true.__name__}"
        )
        time.sleep(0.05)


def stretch_s(seconds: float) -> float:
    """As long as `seconds` are on a machine with nothing else to do: longer where several processes wait for a core."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
