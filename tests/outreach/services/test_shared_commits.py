"""Short writes of several threads in one transaction: each stands or falls alone, until the commit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.db import OperationalError, transaction

from outreach.models import Throttle
from outreach.services import shared_commits
from outreach.services.shared_commits import _commit_turns, _Turn, commit_together
from tests.support import databases

UNTIL = datetime(2026, 12, 1, tzinfo=UTC)


def _write(key: str) -> Callable[[], str]:
    def work() -> str:
        Throttle.objects.create(key=key, until=UNTIL, count=1)
        return key

    return work


def _write_and_fail() -> None:
    _write("failed")()
    raise LookupError("of its own")


def _keys() -> set[str]:
    return set(Throttle.objects.values_list("key", flat=True))


@pytest.mark.django_db
def test_one_that_fails_is_undone_alone_and_gets_its_own_error() -> None:
    turns = [_Turn(_write("first")), _Turn(_write_and_fail), _Turn(_write("last"))]
    _commit_turns(turns)

    assert _keys() == {"first", "last"}
    assert [turn.answer for turn in turns] == ["first", None, "last"]
    assert [type(turn.error) for turn in turns] == [type(None), LookupError, type(None)]
    assert all(turn.done for turn in turns)


@pytest.mark.django_db
def test_where_the_commit_fails_nobody_is_told_that_it_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    real = transaction.atomic

    @contextmanager
    def full_disk() -> Iterator[None]:
        with real():
            monkeypatch.undo()  # only the outermost
            yield
            transaction.set_rollback(True)
        raise OperationalError("the disk is full")

    turns = [_Turn(_write("first")), _Turn(_write_and_fail)]
    monkeypatch.setattr("outreach.services.shared_commits.transaction.atomic", full_disk)
    _commit_turns(turns)

    assert _keys() == set()
    assert {type(turn.error) for turn in turns} == {OperationalError}
    assert all(turn.done for turn in turns)


@pytest.mark.skipif(databases.is_postgres(), reason="there each work is a transaction of its own")
@pytest.mark.django_db(transaction=True)
def test_the_caller_gets_the_answer_or_the_error_of_its_own_work() -> None:
    assert commit_together(_write("alone")) == "alone"
    with pytest.raises(LookupError):
        commit_together(_write_and_fail)
    assert _keys() == {"alone"}
    assert shared_commits._waiting == []
