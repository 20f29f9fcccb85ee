from datetime import timedelta

import pytest

from outreach.models import Throttle
from outreach.services import limits

pytestmark = pytest.mark.django_db
FIVE = limits.TryLimit("test", tries=5, minutes=15)


def test_the_sixth_try_within_the_window_is_told_when_to_come_again(clock) -> None:
    now = clock.now()
    with clock.at(now, tick=False):
        answers = [limits.count_try(FIVE, "somebody") for _ in range(6)]

    assert [answer.allowed for answer in answers] == [True] * 5 + [False]
    assert answers[-1].again_at == now + timedelta(minutes=15)


def test_a_new_window_begins_with_the_first_try_after_the_old_one(clock) -> None:
    now = clock.now()
    with clock.at(now, tick=False):
        for _ in range(6):
            limits.count_try(FIVE, "somebody")
    with clock.at(now + timedelta(minutes=15), tick=False):
        assert limits.count_try(FIVE, "somebody").allowed
        assert Throttle.objects.get().count == 1


def test_a_clock_that_is_set_back_shuts_nobody_out_for_longer(clock) -> None:
    now = clock.now()
    with clock.at(now + timedelta(days=365), tick=False):
        for _ in range(6):
            limits.count_try(FIVE, "somebody")
    with clock.at(now, tick=False):
        # no free tries by it either
        assert limits.count_try(FIVE, "somebody") == limits.LimitAnswer(
            allowed=False, again_at=now + timedelta(minutes=15)
        )
    with clock.at(now + timedelta(minutes=15), tick=False):
        assert limits.count_try(FIVE, "somebody").allowed


def test_others_are_not_held_up() -> None:
    for _ in range(6):
        limits.count_try(FIVE, "somebody")

    assert limits.count_try(FIVE, "somebody else").allowed
    assert limits.count_try(limits.TryLimit("other", tries=1, minutes=1), "somebody").allowed


def test_a_right_try_begins_again() -> None:
    for _ in range(5):
        limits.count_try(FIVE, "somebody")
    limits.reset_count(FIVE, "somebody")

    assert limits.count_try(FIVE, "somebody").allowed


def test_no_address_is_stored_and_old_rows_go(clock) -> None:
    now = clock.now()
    with clock.at(now - timedelta(days=3), tick=False):
        limits.count_try(FIVE, "203.0.113.7")
    assert "203" not in Throttle.objects.get().key

    limits.count_try(FIVE, "somebody")

    assert Throttle.objects.count() == 1
