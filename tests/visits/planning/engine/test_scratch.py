"""Random numbers of the engine: xorshift64 as published, in range, the same everywhere."""

import numpy as np
import pytest

from tests.support.engine_state import make_filled
from visits.planning.engine.scratch import draw_below, draw_chance

MASK = 2**64 - 1


def xorshift(state):
    """One step of Marsaglia's xorshift64 with the shifts 13, 7 and 17."""
    state ^= state << 13 & MASK
    state ^= state >> 7
    return state ^ state << 17 & MASK


@pytest.mark.parametrize("seed", range(5))
def test_draws_follow_the_published_generator(seed):
    _, worker = make_filled(seed)
    state = int(worker.scratch.random[0])
    for n in (1, 2, 7, 1000, 2**31 - 1):
        state = xorshift(state)
        assert draw_below(worker.scratch, n) == (state >> 33) * n >> 31
        assert int(worker.scratch.random[0]) == state


def test_draws_are_spread_evenly():
    _, worker = make_filled(1)
    counts = np.bincount([draw_below(worker.scratch, 10) for _ in range(20_000)], minlength=10)
    assert counts.min() > 1800 and counts.max() < 2200
    shares = [draw_chance(worker.scratch) for _ in range(2000)]
    assert min(shares) > 0 and max(shares) < 1
    assert sum(shares) / 2000 == pytest.approx(0.5, abs=0.03)
