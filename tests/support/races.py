"""Two people press at the same moment: threads with connections of their own, lined up behind a held lock."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from tests.support.wait import wait_until

SQLITE_BEGIN_SECONDS = 0.05  # nobody can see that a thread waits for SQLite's lock; this is when it does


def _in_thread(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except Exception as error:
        return error
    finally:
        connection.close()


def _waiting() -> int:
    """How many connections to this PostgreSQL database wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"
        )
        return int(cursor.fetchone()[0])


@contextmanager
def _held(rows: "QuerySet[Any]") -> Iterator[None]:
    with transaction.atomic():
        assert list(rows.select_for_update())
        yield


def line_up(*calls: Callable[[], Any], behind: "QuerySet[Any]") -> list[Any]:
    """Start the calls in this order while `behind` is locked, and let go once all have begun.

    On PostgreSQL each has then read what it reads without a lock, and waits. SQLite knows one writer at a time:
    each waits at its beginning. What each returned, or the exception that it raised.
    """
    with ThreadPoolExecutor(len(calls)) as threads:
        running: list[Future[Any]] = []
        with _held(behind):
            for number, call in enumerate(calls, start=1):
                running.append(threads.submit(_in_thread, call))
                if connection.vendor == "sqlite":
                    time.sleep(SQLITE_BEGIN_SECONDS)
                    continue
                wait_until(
                    lambda number=number: _waiting() + sum(call.done() for call in running) >= number,  # type: ignore[misc]
                    what="all calls wait or are done",
                )
        return [call.result(60) for call in running]
