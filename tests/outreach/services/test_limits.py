from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.models import Throttle
from outreach.services import limits

FIVE = limits.TryLimit("test", tries=5, minutes=15)
WINDOW = timedelta(minutes=15)


@pytest.mark.django_db
class TestCountTry:
    def test_the_sixth_try_within_the_window_is_told_when_to_come_again(self, clock) -> None:
        now = clock.now()
        with clock.at(now, tick=False):
            answers = [limits.count_try(FIVE, "somebody") for _ in range(6)]

        assert [answer.allowed for answer in answers] == [True] * 5 + [False]
        assert answers[-1].again_at == now + WINDOW

    def test_a_new_window_begins_with_the_first_try_after_the_old_one(self, clock) -> None:
        now = clock.now()
        with clock.at(now, tick=False):
            for _ in range(6):
                limits.count_try(FIVE, "somebody")
        with clock.at(now + WINDOW, tick=False):
            assert limits.count_try(FIVE, "somebody").allowed
            assert Throttle.objects.get().count == 1

    def test_a_clock_that_is_set_back_shuts_nobody_out_for_longer(self, clock) -> None:
        now = clock.now()
        with clock.at(now + timedelta(days=365), tick=False):
            for _ in range(6):
                limits.count_try(FIVE, "somebody")
        with clock.at(now, tick=False):
            # no free tries by it either
            assert limits.count_try(FIVE, "somebody") == limits.LimitAnswer(
                allowed=False, again_at=now + WINDOW
            )
        with clock.at(now + WINDOW, tick=False):
            assert limits.count_try(FIVE, "somebody").allowed

    def test_others_are_not_held_up(self) -> None:
        for _ in range(6):
            limits.count_try(FIVE, "somebody")

        assert limits.count_try(FIVE, "somebody else").allowed
        assert limits.count_try(limits.TryLimit("other", tries=1, minutes=1), "somebody").allowed

    def test_what_is_taken_back_is_a_try_more(self) -> None:
        for _ in range(5):
            limits.count_try(FIVE, "somebody")
        limits.take_back_try(FIVE, "somebody")

        assert limits.count_try(FIVE, "somebody").allowed
        assert not limits.count_try(FIVE, "somebody").allowed

    def test_nothing_is_taken_back_below_zero(self) -> None:
        limits.count_try(FIVE, "somebody")
        for _ in range(3):
            limits.take_back_try(FIVE, "somebody")

        assert Throttle.objects.get().count == 0

    def test_no_address_is_stored(self) -> None:
        limits.count_try(FIVE, "203.0.113.7")

        assert "203" not in Throttle.objects.get().key


@given(steps=st.lists(st.integers(min_value=-20, max_value=20), min_size=1, max_size=30))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.django_db
def test_tries_at_any_distances_are_counted_as_the_rule_says(steps: list[int], clock) -> None:
    """Also by a clock that is set back now and then: a window is never longer than the limit's."""
    Throttle.objects.all().delete()
    now, end, count = clock.now(), None, 0
    for step in steps:
        now += timedelta(minutes=step)
        if end is None or now >= end:
            end, count = now + WINDOW, 0
        end, count = min(end, now + WINDOW), count + 1
        with clock.at(now, tick=False):
            assert limits.count_try(FIVE, "somebody") == limits.LimitAnswer(allowed=count <= 5, again_at=end)
