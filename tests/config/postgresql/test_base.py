"""A connection that the server ended is replaced by whoever uses it next."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from config.postgresql import base

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="connections to a server"),
]


@pytest.fixture
def own() -> Iterator[Any]:
    """A connection beside the one of the test, as a process of ours has it."""
    own = connection.copy()
    yield own
    own.close()


def _session(own: Any) -> int:
    with own.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _end_session(pid: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_after_one_failure_the_next_use_is_served_anew(own):
    _end_session(before := _session(own))

    with pytest.raises(OperationalError):
        _session(own)
    assert _session(own) != before


def test_what_was_not_used_for_a_while_is_tried_first(own, monkeypatch):
    _end_session(before := _session(own))
    monkeypatch.setattr(base, "TRUSTED_SECONDS", -1.0)

    assert _session(own) != before


def test_a_transaction_goes_to_no_other_session(own, monkeypatch):
    own.set_autocommit(False)
    _end_session(_session(own))
    monkeypatch.setattr(base, "TRUSTED_SECONDS", -1.0)

    for _ in range(2):
        with pytest.raises(OperationalError):
            _session(own)


def test_a_connection_in_use_is_not_tried_before_every_query(own, monkeypatch):
    _session(own)
    tried: list[bool] = []

    def try_it() -> bool:
        tried.append(True)
        return True

    monkeypatch.setattr(own, "is_usable", try_it)
    with CaptureQueriesContext(own) as asked:
        assert _session(own) == _session(own)
    assert (len(asked), tried) == (2, [])
