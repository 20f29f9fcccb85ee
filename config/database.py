"""The database as the product needs it: SQLite made safe for several processes, no endless waits on
PostgreSQL."""

from typing import Any

LOCK_SECONDS = 30
IDLE_SECONDS = 300  # in the middle of a transaction


def complete_database_settings(parsed: dict[str, Any]) -> dict[str, Any]:
    """Complete what `DATABASE_URL` says.

    SQLite: a write lock is taken when a transaction begins, not in its middle, so that processes wait for one
    another instead of failing; deleted personal data is overwritten (`secure_delete`). The rollback journal
    stays: SQLite before 3.51.3 can reset a write-ahead log under a reader.

    Nobody waits longer than half a minute for a lock, on PostgreSQL either: it would wait for ever, and one
    stuck transaction would take every thread of the web process. A machine that lost its power gives its
    locks back.
    """
    if parsed["ENGINE"].endswith("sqlite3"):
        parsed.setdefault("OPTIONS", {}).update(
            transaction_mode="IMMEDIATE",
            timeout=LOCK_SECONDS,
            init_command="PRAGMA secure_delete=ON; PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL;",
        )
    else:
        parsed.setdefault("CONN_MAX_AGE", 60)
        parsed.setdefault("CONN_HEALTH_CHECKS", True)
        limits = f"-c lock_timeout={LOCK_SECONDS}s -c idle_in_transaction_session_timeout={IDLE_SECONDS}s"
        parsed.setdefault("OPTIONS", {}).setdefault("options", limits)
    return parsed
