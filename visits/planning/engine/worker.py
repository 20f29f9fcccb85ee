"""One worker: a solution, scratch memory and a random stream of its own.

The idea: everything a thread writes belongs to its worker, so workers run side by side without locks, and the
result does not depend on which of them was faster.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from visits.planning.engine import anneal, construct, data
from visits.planning.engine.data import DAY, LENGTH, TRAVEL, VISIT, Model, State
from visits.planning.engine.scratch import Scratch
from visits.planning.engine.shapes import Array
from visits.planning.engine.tuning import DETOUR, TUNING

PRICED, FILLED = 512, 2000  # visits priced, and steps of filling, between two looks at the clock
AT_ONCE = 16  # most routes one iteration may touch


class Worker:
    """State, best state and scratch memory of one thread."""

    def __init__(self, model: Model, seed: int, index: int) -> None:
        d, self.model = model.data, model
        r, n = len(d.shift), len(d.place)
        self.state = data.empty_state(model)
        self.best = data.empty_state(model)
        self.saved = data.allocate_state(AT_ONCE, model.longest, np.zeros(1, np.int32))
        self.scratch = Scratch(
            random=_seed_stream(seed, index),
            listed=np.zeros(n + AT_ONCE * (model.longest + 2), np.int32),
            offered=np.zeros(n + AT_ONCE * (model.longest + 2), np.int32),
            keys=np.zeros(n + AT_ONCE * (model.longest + 2)),
            touched=np.zeros(AT_ONCE, np.int32),
            mark=np.zeros(r, np.int64),
            dirty=np.zeros(r, np.uint8),
            owned=np.ones(r, np.uint8),
            pool=np.flatnonzero(d.may.any(axis=1)).astype(np.int32),
            mine=np.ones(n, np.uint8),
            luck=np.full(n, 0.5),
            totals=np.zeros(3),
        )
        self.tuning = TUNING.copy()

    def load_orders(self, orders: Sequence[Sequence[int]]) -> None:
        """Start from these routes (engine numbering); all must be feasible."""
        self.state.where[:] = -1
        for r, order in enumerate(orders):
            self.state.facts[r, LENGTH] = len(order)
            self.state.stops[r, VISIT, 1 : len(order) + 1] = order
        construct.refresh_all(self.model.data, self.state)

    def fill_routes(self, *, threads: int = 1, is_over: Callable[[], bool] = lambda: False) -> bool:
        """Insert greedily what fits into the routes it owns; False where it `is_over` before."""
        d, s, owned, n = self.model.data, self.state, self.scratch.owned, len(self.model.data.place)
        offers = construct.empty_offers(d)

        def price(first: int) -> None:
            if not is_over():
                construct.price_visits(d, s, offers, owned, first, min(first + PRICED, n))

        with ThreadPoolExecutor(max_workers=threads) as pool:
            list(pool.map(price, range(0, n, PRICED)))
        construct.find_tops(offers)
        goes_on = True
        while goes_on and not is_over():
            goes_on = construct.fill_greedily(d, s, offers, owned, FILLED) == 0
        self.settle_best()
        return not goes_on

    def settle_best(self) -> None:
        """Make the present state the best one."""
        copy_routes(self.state, self.best)
        self.scratch.dirty[:] = 0
        self.scratch.totals[:2] = self.state_score(self.state)

    def take_state(self, other: State) -> None:
        """Continue from another worker's solution (copied)."""
        copy_routes(other, self.state)
        self.state.where[:] = -1
        construct.refresh_all(self.model.data, self.state)
        self.settle_best()

    def own_parts(self, routes: Array, visits: Array, able: Array) -> None:
        """From now on change only these routes and visits (boolean masks); `able` are visits that some shift
        may serve."""
        self.scratch.owned[:] = routes
        self.scratch.mine[:] = visits
        self.scratch = self.scratch._replace(pool=np.flatnonzero(visits & able).astype(np.int32))

    def state_score(self, state: State) -> float:
        """What the search maximises: prizes, tiers and published places, less seconds of travel."""
        return float(state.worth.sum() - state.facts[:, TRAVEL].sum())

    def run_steps(self, hot: float, cold: float, steps: int, detour: float = TUNING[DETOUR]) -> None:
        """Anneal for `steps` iterations; temperatures in units of the score, `detour` the weight of a second
        of travel."""
        self.tuning[DETOUR] = detour
        if steps > 0:
            anneal.anneal(
                self.model.data,
                self.state,
                self.best,
                self.saved,
                self.scratch,
                self.tuning,
                hot,
                cold,
                steps,
            )

    def list_orders(self) -> list[list[int]]:
        """The routes, in engine numbering."""
        return routes_of(self.state)

    def true_score(self, state: State) -> tuple[float, int]:
        """(score as the plan will state it, without tiers and published places; visits served)."""
        d, routes = self.model.data, routes_of(state)
        worth = sum(
            d.prize[order, d.shift[r, DAY]].sum() - d.tier[order].sum() for r, order in enumerate(routes)
        )
        return float(worth - state.facts[:, TRAVEL].sum()), sum(map(len, routes))

    @property
    def best_score(self) -> float:
        """The score of `best`."""
        return float(self.scratch.totals[1])

    @property
    def iterations(self) -> int:
        """Done so far."""
        return int(self.scratch.totals[2])


def copy_routes(a: State, b: State) -> None:
    """Copy all routes of `a` to `b`; `where` is not changed."""
    for mine, theirs in zip(b[:-1], a[:-1], strict=True):
        mine[:] = theirs


def routes_of(state: State) -> list[list[int]]:
    """Visits per route, in engine numbering."""
    return [state.stops[r, VISIT, 1 : state.facts[r, LENGTH] + 1].tolist() for r in range(len(state.facts))]


def _seed_stream(seed: int, index: int) -> Array:
    """A nonzero xorshift state; seeds next to each other give unrelated streams."""
    return np.random.SeedSequence([seed & (2**63 - 1), index]).generate_state(1, np.uint64) | np.uint64(1)
