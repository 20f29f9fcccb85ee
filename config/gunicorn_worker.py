"""gunicorn's threads, with an end to waiting for slow senders."""

import socket
import time
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

# of a body that was refused unread gunicorn throws away no more than this, then it hangs up
DRAINED = 64 * 1024


def _ends_connection(req: Any, ends: Any) -> bool:
    """Whether the answer has to say that the line is closed after it; asked when the answer begins to leave."""
    return bool(ends()) or getattr(req.body.reader, "length", 0) > DRAINED


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A sender has `patience` seconds, and more for a long body; when threads run short, `haste` seconds.

    A thread reads its request by waiting for it, so a few senders of a byte now and then would hold all of
    them. What is cut is only the reading: a request that has come in whole is answered all the same.
    """

    patience = 30.0
    haste = 5.0
    slowest = 2048  # bytes a second of a long body: a tablet at the edge of a village

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._held: dict[Any, tuple[float, float]] = {}  # connection: (since, may read until)

    def handle(self, conn: Any) -> Any:
        now = time.monotonic()
        self._held[conn] = (now, now + self.patience)
        try:
            return super().handle(conn)
        finally:
            self._held.pop(conn, None)

    def handle_request(self, req: Any, conn: Any) -> Any:
        told = dict(req.headers).get("CONTENT-LENGTH", "0")
        length = int(told) if told.isdigit() else 0
        req.should_close = partial(_ends_connection, req, req.should_close)
        since, until = self._held[conn]
        self._held[conn] = (since, until + length / self.slowest)
        return super().handle_request(req, conn)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        super().wait_for_and_dispatch_events(timeout)
        now, held = time.monotonic(), self._held.copy()
        short = len(held) >= self.cfg.threads - 1
        for conn, (since, until) in held.items():
            if now > until or (short and now > since + self.haste):
                with suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RD)
