"""The database as the product needs it: SQLite made safe for several processes, PostgreSQL without endless
waits and without values in its log."""

from typing import Any

LOCK_SECONDS = 30
IDLE_SECONDS = 300  # in the middle of a transaction
SILENT_SECONDS = 30  # of a server that lost its power


def complete_database_settings(parsed: dict[str, Any]) -> dict[str, Any]:
    """Complete what `DATABASE_URL` says.

    SQLite: a write lock is taken when a transaction begins, not in its middle, so that processes wait for one
    another instead of failing; deleted personal data is overwritten (`secure_delete`). The rollback journal
    stays: SQLite before 3.51.3 can reset a write-ahead log under a reader.

    Nobody waits longer than half a minute for a lock, on PostgreSQL either: it would wait for ever, and one
    stuck transaction would take every thread of the web process. A machine that lost its power gives its
    locks back, and a server that lost its own is given up.

    PostgreSQL writes a statement that failed to its log. Values are sent apart from the statement and kept out
    of that line; a log of all statements would show them, so an office leaves `log_statement` as it is or sets
    `log_parameter_max_length` to 0 (config/settings.md).
    """
    options = parsed.setdefault("OPTIONS", {})
    if parsed["ENGINE"].endswith("sqlite3"):
        options.update(
            transaction_mode="IMMEDIATE",
            timeout=LOCK_SECONDS,
            init_command="PRAGMA secure_delete=ON; PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL;",
        )
        return parsed
    if parsed["ENGINE"].endswith("postgresql"):
        parsed["ENGINE"] = "config.postgresql"
    parsed.setdefault("CONN_MAX_AGE", 60)
    parsed.setdefault("CONN_HEALTH_CHECKS", True)
    limits = {
        "lock_timeout": f"{LOCK_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{IDLE_SECONDS}s",
        "log_parameter_max_length_on_error": "0",
        "jit": "off",  # it compiles for longer than the pages' short statements run
    }
    defaults = {
        "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
        "server_side_binding": True,
        "connect_timeout": 10,
        "keepalives_idle": SILENT_SECONDS,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": SILENT_SECONDS * 1000,
    }
    for name, value in defaults.items():
        options.setdefault(name, value)
    return parsed
