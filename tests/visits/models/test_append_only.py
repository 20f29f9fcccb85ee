"""What a tablet handed in is evidence: the database itself refuses to change it."""

import pytest
from django.db import connection

TABLES = ["visits_event", "visits_capture", "visits_capturechunk", "visits_receipt", "visits_dayversion"]


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES)
def test_each_table_of_evidence_has_its_triggers(table):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name=%s", [table])
            expected = {f"{table}_no_update", f"{table}_no_delete"}
        else:
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid=%s::regclass AND NOT tgisinternal", [table]
            )
            expected = {f"{table}_append_only", f"{table}_no_truncate"}
        assert {name for (name,) in cursor.fetchall()} == expected
