"""Tries in several processes at the same moment: each is counted, and no more than the limit get through."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from outreach.models import Throttle
from outreach.services import limits
from tests.support.races import line_up

if TYPE_CHECKING:
    from tests.support.stack import Stack

FIVE = limits.TryLimit("race", tries=5, minutes=15)
TOGETHER = 12


@pytest.fixture(scope="module")
def copied(make_stack: "Callable[[], Stack]") -> "Stack":
    return make_stack()


@pytest.fixture(autouse=True)
def _database_of_its_own(copied: "Stack") -> Iterator[None]:
    with copied.orm():
        Throttle.objects.all().delete()
        yield


def test_tries_that_wait_for_one_another_are_all_counted() -> None:
    limits.count_try(FIVE, "somebody")

    answers = line_up(
        *[partial(limits.count_try, FIVE, "somebody")] * TOGETHER, behind=Throttle.objects.all()
    )

    assert Throttle.objects.get().count == 1 + TOGETHER
    assert sum(answer.allowed for answer in answers) == FIVE.tries - 1


def test_first_tries_at_the_same_moment_make_one_counter() -> None:
    barrier = Barrier(TOGETHER)

    def try_once(_number: int) -> bool:
        barrier.wait(30)
        try:
            return limits.count_try(FIVE, "somebody").allowed
        finally:
            connection.close()

    with ThreadPoolExecutor(TOGETHER) as threads:
        allowed = list(threads.map(try_once, range(TOGETHER)))

    assert Throttle.objects.get().count == TOGETHER
    assert sum(allowed) == FIVE.tries
