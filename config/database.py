"""The database as the product needs it: SQLite made safe for several processes, PostgreSQL as it is."""

from typing import Any


def database(parsed: dict[str, Any]) -> dict[str, Any]:
    """Complete what `DATABASE_URL` says.

    SQLite: a write lock is taken when a transaction begins, not in its middle, so that processes wait
    for one another instead of failing; deleted personal data is overwritten (`secure_delete`). The
    rollback journal stays: SQLite before 3.51.3 can reset a write-ahead log under a reader.
    """
    if parsed["ENGINE"].endswith("sqlite3"):
        parsed.setdefault("OPTIONS", {}).update(
            transaction_mode="IMMEDIATE",
            timeout=30,
            init_command="PRAGMA secure_delete=ON; PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL;",
        )
    else:
        parsed.setdefault("CONN_MAX_AGE", 60)
        parsed.setdefault("CONN_HEALTH_CHECKS", True)
    return parsed
