"""Several workers on one problem: each searches a part of the map, or each the whole of it.

The idea: many routes improve twice as fast if each of two workers owns half of them. Each round the map is
cut along another direction; routes belong to a part by their middle, open visits by their door. Parts share
no visit, so both the current solutions and the best of the round can be combined again (parts searched side
by side, in the manner of Taillard, Networks 23(8), 1993). Few routes cannot be cut: then each worker searches
the whole, and at a few fixed points of the run those that lie behind continue from the leader.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from visits.planning.engine.data import LENGTH, PLACE, Model, State, copy_state
from visits.planning.engine.shapes import Array
from visits.planning.engine.worker import Worker

SPLIT_ROUTES = 12  # least routes per worker for the map to be cut
GOLDEN = math.pi * (3 - math.sqrt(5))  # angle between two cuts; directions never repeat


class WorkerPool:
    """The workers, and the best solution any of them has seen (the champion)."""

    def __init__(self, model: Model, seed: int, count: int) -> None:
        self.model = model
        self.workers = [Worker(model, seed, index) for index in range(count)]
        self.split = count > 1 and len(model.data.shift) >= SPLIT_ROUTES * count
        self.able: Array = np.asarray(model.data.may.any(axis=1))
        self.champion, self.score = self.workers[0].best, float("-inf")
        self.filled = True  # whether the first plan was finished
        self.open: Array = np.ones(len(model.data.shift), bool)  # routes that are filled

    def load_start(
        self,
        orders: Sequence[Sequence[int]],
        *,
        is_over: Callable[[], bool] = lambda: False,
        fill: Array | None = None,
    ) -> None:
        """Load the warm start (engine numbering), fill it greedily as far as it is not over (the routes of the mask
        `fill`, None: all), and hand it to every worker."""
        first = self.workers[0]
        first.load_orders(orders)
        if fill is not None:
            self.open = fill
        self.filled = self._fill_first(is_over)
        self.update_champion(first.best)
        for worker in self.workers[1:]:
            worker.take_state(first.best)

    def update_champion(self, state: State) -> None:
        """Make the state the champion if it is better than the present one."""
        score = self.workers[0].state_score(state)
        if score > self.score:
            self.champion, self.score = copy_state(state), score

    def assign_parts(self, number: int) -> None:
        """Give every worker its part of the map for round `number`; nothing if the map is not cut."""
        if not self.split:
            return
        owner_of_route, owner_of_visit = self._divide_map(self.workers[0].state, number)
        for index, worker in enumerate(self.workers):
            worker.own_parts(owner_of_route == index, (owner_of_visit == index), self.able)

    def _divide_map(self, state: State, number: int) -> tuple[Array, Array]:
        """The owners of routes, int64[r], and of visits, int64[n], after a cut at an angle that depends on
        `number`."""
        d = self.model.data
        angle = number * GOLDEN
        flat = d.vectors - d.vectors.mean(axis=0)
        _, _, axes = np.linalg.svd(flat[:: max(1, len(flat) // 500)], full_matrices=False)
        along = flat @ (math.cos(angle) * axes[0] + math.sin(angle) * axes[1])
        lengths = state.facts[:, LENGTH]
        middle = np.array(
            [along[state.stops[r, PLACE, : n + 2]].mean() for r, n in enumerate(lengths)], dtype=np.float64
        )
        order = np.argsort(middle, kind="stable")
        owner_of_route = np.empty(len(order), dtype=np.int64)
        owner_of_route[order] = np.arange(len(order)) * len(self.workers) // len(order)
        edges = [middle[owner_of_route == i].min() for i in range(1, len(self.workers))]
        owner_of_visit = np.searchsorted(np.array(edges), along[d.place], side="right")
        served = state.where >= 0
        owner_of_visit[served] = owner_of_route[state.where[served]]
        return owner_of_route, owner_of_visit

    def exchange_plans(self, exchange: bool) -> None:
        """After a round: combine the parts, or, with `exchange`, let workers that lie behind continue from
        the leader."""
        if self.split:
            self.update_champion(self._combine_parts([w.best for w in self.workers]))
            current = self._combine_parts([w.state for w in self.workers])
            for worker in self.workers:
                worker.take_state(current)
            return
        leader = max(self.workers, key=lambda w: w.best_score)
        self.update_champion(leader.best)
        if exchange:
            for worker in self.workers:
                if worker.best_score < leader.best_score:
                    worker.take_state(leader.best)

    def _combine_parts(self, states: list[State]) -> State:
        """One solution of the routes that each worker owns."""
        out = copy_state(states[0])
        for worker, state in zip(self.workers[1:], states[1:], strict=True):
            rows = worker.scratch.owned > 0
            for mine, theirs in zip(out[:-1], state[:-1], strict=True):  # all but `where`
                mine[rows] = theirs[rows]
        return out

    def finish_champion(self, is_over: Callable[[], bool] = lambda: False) -> Worker:
        """The first worker with the champion loaded, and whatever still fits inserted as far as it is not over."""
        self.workers[0].take_state(self.champion)
        if self.filled and self.iterations:
            self._fill_first(is_over)
        return self.workers[0]

    def _fill_first(self, is_over: Callable[[], bool]) -> bool:
        """Fill the first worker's open routes greedily, and let it own all; False where it is over before."""
        first, all_visits = self.workers[0], np.ones(len(self.able), bool)
        first.own_parts(self.open, all_visits, self.able)
        filled = first.fill_routes(threads=len(self.workers), is_over=is_over)
        first.own_parts(np.ones(len(self.open), bool), all_visits, self.able)
        return filled

    @property
    def iterations(self) -> int:
        """The iterations of all workers together."""
        return sum(w.iterations for w in self.workers)
