"""Build the routes that a search starts from: an earlier plan as far as it still holds, with this problem's
locks.

The idea: the locked visits of a shift are known to fit together in their order; the other visits of that
shift in the earlier plan are added one by one at their old position while the rules allow it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from visits.planning.rules import walk_route
from visits.planning.start.locks import KeptLocks
from visits.planning.types import Problem, Shift


def build_warm_start(
    problem: Problem, kept: KeptLocks, start: Mapping[str, Sequence[str]] | None = None
) -> list[list[str]]:
    """Visit ids per shift, in the order of problem.shifts; every route passes the rules."""
    start = start or {}
    used = {visit_id for order in kept.orders.values() for visit_id in order}
    routes = []
    for shift in problem.shifts:
        order = list(kept.orders.get(shift.id, ()))
        for visit_id in start.get(shift.id, ()):
            visit = problem.visit_by_id.get(visit_id)
            if visit is None or visit_id in used or (visit.locked and visit_id not in kept.broken):
                continue
            longer = _insert_if_feasible(problem, shift, order, visit_id, start[shift.id])
            if longer is not None:
                order = longer
                used.add(visit_id)
        routes.append(order)
    return routes


def _insert_if_feasible(
    problem: Problem, shift: Shift, order: list[str], visit_id: str, old: Sequence[str]
) -> list[str] | None:
    """`order` with the visit after all that preceded it in the `old` order; None if a rule forbids it."""
    before = set(old[: old.index(visit_id)])
    at = max((i + 1 for i, other in enumerate(order) if other in before), default=0)
    longer = [*order[:at], visit_id, *order[at:]]
    visits = [problem.visit_by_id[i] for i in longer]
    return None if walk_route(problem, shift, visits).faults else longer
