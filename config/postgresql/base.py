"""A connection that is looked at before it is used again, whoever uses it.

Django looks at the beginning of a web request alone. The supervisor, the worker's processes and the threads
that renew leases know no requests: once PostgreSQL had been restarted they would ask a dead connection for
ever.
"""

import time
from typing import Any

from django.db.backends.postgresql import base

TRUSTED_SECONDS = 5.0


class DatabaseWrapper(base.DatabaseWrapper):
    """Outside a transaction, a connection that failed or was not used for `TRUSTED_SECONDS` is tried first,
    and replaced if it is dead."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._used = 0.0

    def connect(self) -> None:
        self.autocommit = False  # until it is set, at the end of connecting
        super().connect()

    def close_if_health_check_failed(self) -> None:
        now = time.monotonic()
        if self.autocommit and (self.errors_occurred or now - self._used > TRUSTED_SECONDS):
            self.health_check_done = self.errors_occurred = False
        self._used = now
        super().close_if_health_check_failed()
