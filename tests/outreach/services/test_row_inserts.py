"""Rows of several tables inserted at once: as by `save`, all or none."""

from contextlib import nullcontext

import pytest
from django.db import IntegrityError, connection, transaction

from outreach import vault
from outreach.models import LogEntry, PersonKey
from outreach.services import log
from outreach.services.row_inserts import insert_rows

pytestmark = pytest.mark.django_db


def _entry(key: PersonKey, action: str) -> LogEntry:
    return log.build_entry(actor="system", action=action, subject=key, detail={"number": 1})


def test_rows_of_several_tables_are_as_saved_ones(django_assert_num_queries):
    keys = [vault.build_person_key() for _ in range(2)]
    statements = 1 if connection.vendor == "postgresql" else 4  # one a table, in a savepoint
    with django_assert_num_queries(statements):
        insert_rows([*keys, _entry(keys[0], "first"), _entry(keys[1], "second")])

    stored = PersonKey.objects.in_bulk()
    assert [bytes(stored[key.pk].wrapped) for key in keys] == [key.wrapped for key in keys]
    assert all(stored[key.pk].made_at and stored[key.pk].destroyed_at is None for key in keys)
    rows = LogEntry.objects.order_by("pk")
    assert [(row.action, row.subject_id, row.detail) for row in rows] == [
        ("first", str(keys[0].pk), {"number": 1}),
        ("second", str(keys[1].pk), {"number": 1}),
    ]


def test_none_is_there_where_one_cannot_be():
    key = vault.create_person_key()
    # PostgreSQL takes the one statement back by itself, and with it the test's transaction
    outside = transaction.atomic() if connection.vendor == "postgresql" else nullcontext()
    with pytest.raises(IntegrityError), outside:
        insert_rows([_entry(key, "first"), vault.build_person_key(), key])
    assert (PersonKey.objects.count(), LogEntry.objects.count()) == (1, 0)


def test_nothing_to_insert_is_nothing_done(django_assert_num_queries):
    with django_assert_num_queries(0):
        insert_rows([])
