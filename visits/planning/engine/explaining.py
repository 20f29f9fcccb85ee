"""Explain the unserved visits of a plan, whoever made it.

The idea: the arrays of the search are taken over with the hours that its shifts truly have, so that a plan is explained
once, after the last of several searches, and not after each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from visits.planning.engine.data import Model, follow_shifts
from visits.planning.engine.ejections import explain_open_visits
from visits.planning.engine.worker import Worker
from visits.planning.types import Problem, Reason


def explain_orders(
    problem: Problem,
    orders: Mapping[str, Sequence[str]],
    model: Model,
    threads: int,
    has_time: Callable[[], bool],
) -> dict[str, Reason]:
    """Visit id -> reason, for all visits that these orders leave out and sets of a few stops explain, as far as there
    is time. `model` are the arrays of the problem, whatever its shifts' hours were."""
    engine_of = {problem.visits[v].id: i for i, v in enumerate(model.visit_of)}
    released = {v.id for v in problem.visits if v.locked and v.id not in orders.get(v.locked, ())}
    worker = Worker(follow_shifts(model, problem, released), 0, 0)
    worker.load_orders([[engine_of[v] for v in orders.get(shift.id, ())] for shift in problem.shifts])
    return explain_open_visits(
        problem, worker.model, worker.state, threads=threads, is_over=lambda: not has_time()
    )
