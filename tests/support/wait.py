"""Waiting for another process, with an end."""

import time
from collections.abc import Callable


def wait_until(true: Callable[[], object], *, seconds: float = 10, what: str = "") -> None:
    """Look again until `true()` holds; fails with `what` after `seconds`."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, f"not within {seconds} s: {what or true.__name__}"
        time.sleep(0.05)
