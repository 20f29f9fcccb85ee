"""One commit for many short writes at once, where the database waits for the disk at each: SQLite."""

from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction

T = TypeVar("T")


class _Turn:
    """One work that waits for its commit. `error` stands until it was committed."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.work = work
        self.answer: Any = None
        self.error: BaseException | None = None
        self.done = False


_guard, _leading = Lock(), Lock()
_waiting: list[_Turn] = []


def commit_together(work: Callable[[], T]) -> T:
    """Run `work` in a transaction and return its answer once that is committed.

    On SQLite, works that other threads of this process want committed meanwhile go into the same transaction,
    each in a savepoint of its own: one that raises is undone alone, and its caller gets what it raised. It may
    run in another thread than the caller's. Elsewhere, and within a transaction, it runs at once by itself.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            return work()
    turn = _Turn(work)
    with _guard:
        _waiting.append(turn)
    with _leading:
        if not turn.done:
            with _guard:
                turns = _waiting.copy()
                _waiting.clear()
            _commit_turns(turns)
    if turn.error is not None:
        raise turn.error
    answer: T = turn.answer
    return answer


def _commit_turns(turns: list[_Turn]) -> None:
    failed: BaseException = OperationalError("whoever wrote this ended before it was committed")
    committed = False
    try:
        with transaction.atomic():
            for turn in turns:
                _run_turn(turn)
        committed = True
    except Exception as error:
        failed = error
    finally:
        for turn in turns:
            turn.error = turn.error if committed else failed
            turn.done = True


def _run_turn(turn: _Turn) -> None:
    try:
        with transaction.atomic():
            turn.answer = turn.work()
    except Exception as error:
        turn.error = error
