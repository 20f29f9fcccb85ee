import pytest
from django.db import DatabaseError, connection, transaction

from outreach.models import LogEntry
from outreach.services import log
from tests.factories.outreach import RegencyFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "sql", ["UPDATE outreach_logentry SET action = 'forged'", "DELETE FROM outreach_logentry"]
)
def test_the_database_refuses_to_change_the_log(sql: str) -> None:
    log.write_log(actor="system", action="tested", subject=RegencyFactory())

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)

    assert list(LogEntry.objects.values_list("action", flat=True)) == ["tested"]
