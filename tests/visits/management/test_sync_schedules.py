from io import StringIO

import pytest
from django.core.management import call_command
from django_q.models import Schedule

from visits.ops.schedules import DECLARED


@pytest.mark.django_db
def test_it_says_what_it_did() -> None:
    first, second = StringIO(), StringIO()

    call_command("sync_schedules", stdout=first)
    call_command("sync_schedules", stdout=second)

    count = len(DECLARED)
    assert first.getvalue() == f"{count} jobs declared, {count} rows changed.\n"
    assert second.getvalue() == f"{count} jobs declared, 0 rows changed.\n"
    assert Schedule.objects.count() == count
