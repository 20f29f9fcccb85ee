"""Indexes for searches within names, where the database can have them: PostgreSQL with its extension pg_trgm.

Elsewhere (SQLite, a server without its contrib modules) a search reads the names one by one, as before.
"""

from typing import Any

from django.db import migrations

TABLES = ("outreach_resident", "outreach_visitrequest")


# installed, or one that this role may install: a trusted extension needs CREATE on the database, others a superuser
_MAY_HAVE = """
SELECT 1 FROM pg_available_extensions AS offered
  JOIN pg_available_extension_versions AS version
    ON version.name = offered.name AND version.version = offered.default_version
 WHERE offered.name = 'pg_trgm' AND (offered.installed_version IS NOT NULL
    OR (version.trusted AND has_database_privilege(current_database(), 'CREATE'))
    OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user))
"""


def _has_trigrams(schema_editor: Any) -> bool:
    if schema_editor.connection.vendor != "postgresql":
        return False
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(_MAY_HAVE)
        return cursor.fetchone() is not None


def make_indexes(_apps: Any, schema_editor: Any) -> None:
    if not _has_trigrams(schema_editor):
        return
    schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")  # trusted since PostgreSQL 13: no superuser
    for table in TABLES:
        schema_editor.execute(f"CREATE INDEX {table}_key_parts ON {table} USING gin (name_key gin_trgm_ops)")
        schema_editor.execute(f"CREATE INDEX {table}_name_parts ON {table} USING gin (UPPER(name) gin_trgm_ops)")


def drop_indexes(_apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in TABLES:
        schema_editor.execute(f"DROP INDEX IF EXISTS {table}_key_parts")
        schema_editor.execute(f"DROP INDEX IF EXISTS {table}_name_parts")


class Migration(migrations.Migration):
    dependencies = [("outreach", "0014_large_tables")]

    operations = [migrations.RunPython(make_indexes, drop_indexes)]
