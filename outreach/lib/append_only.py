"""A migration operation that makes a table, or some of its columns, append-only in the database itself.

What was received or published is evidence: neither our code nor a slip at the console may change it. State
that must change lives in a row of another table. Works on SQLite and PostgreSQL.
"""

from typing import Any

from django.db import migrations


def _sqlite_triggers(table: str) -> tuple[list[str], list[str]]:
    create = [
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in ("update", "delete")
    ]
    return create, [f"DROP TRIGGER {table}_no_{verb}" for verb in ("update", "delete")]


def _postgresql_triggers(table: str) -> tuple[list[str], list[str]]:
    create = [
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'restrict_violation'; END $$",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()",
    ]
    drop = [
        f"DROP TRIGGER {table}_no_truncate ON {table}",
        f"DROP TRIGGER {table}_append_only ON {table}",
        f"DROP FUNCTION {table}_append_only()",
    ]
    return create, drop


def append_only(table: str) -> migrations.RunPython:
    """The operation for one table; UPDATE, DELETE and TRUNCATE then fail with "... is append-only"."""
    statements = {"sqlite": _sqlite_triggers(table), "postgresql": _postgresql_triggers(table)}

    def forwards(_apps: Any, schema_editor: Any) -> None:
        for sql in statements[schema_editor.connection.vendor][0]:
            schema_editor.execute(sql)

    def backwards(_apps: Any, schema_editor: Any) -> None:
        for sql in statements[schema_editor.connection.vendor][1]:
            schema_editor.execute(sql)

    return migrations.RunPython(forwards, backwards)
