"""Several reads in one database snapshot, without waiting for writers."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_moment() -> Iterator[None]:
    """Reads inside see one state of the database. Inside a transaction of the caller it changes nothing."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        # a plain BEGIN: it takes no write lock, where our `atomic` would
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
