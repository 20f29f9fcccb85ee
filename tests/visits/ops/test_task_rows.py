"""A task as a row: what the queue's own broker would have inserted."""

from typing import Any

import pytest
from django import db
from django_q.models import OrmQ
from django_q.tasks import async_task

from visits.ops import task_rows

pytestmark = pytest.mark.django_db


def _describe(row: OrmQ) -> dict[str, Any]:
    task = {key: value for key, value in row.task.items() if key not in ("id", "name", "started")}
    return {"key": row.key, **task}


def test_the_row_is_the_one_that_the_queue_inserts(django_assert_num_queries):
    with django_assert_num_queries(0):
        built = task_rows.build_task("visits.tasks.verify_capture", "1")
    async_task("visits.tasks.verify_capture", "1")

    assert _describe(built) == _describe(OrmQ.objects.get())
    assert built.task["id"] != OrmQ.objects.get().task["id"]


def test_the_connection_of_the_request_stays(monkeypatch):
    def close() -> None:
        raise AssertionError("closed")

    monkeypatch.setattr(db, "close_old_connections", close)
    monkeypatch.setattr("django_q.brokers.orm.transaction.get_autocommit", lambda using: True)
    task_rows.build_task("visits.tasks.verify_capture", "1")
