"""Tasks of the queue as rows that are inserted together with others."""

from typing import Any

from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.tasks import async_task


class _RowBroker(ORM):  # type: ignore[misc]  # django-q2 has no types
    """Keeps the row instead of inserting it."""

    row: OrmQ

    @staticmethod
    def get_connection(list_key: str | None = None) -> None:
        """The queue's own broker would let go of the connection of the request."""

    def enqueue(self, task: str) -> None:
        self.row = OrmQ(key=self.list_key or Conf.CLUSTER_NAME, payload=task, lock=timezone.now())


def build_task(name: str, *arguments: Any) -> OrmQ:
    """The row of a task that calls the function of this name, not saved."""
    broker = _RowBroker(list_key=Conf.CLUSTER_NAME)
    async_task(name, *arguments, broker=broker)
    return broker.row
