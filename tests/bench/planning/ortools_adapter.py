"""OR-Tools' routing solver on a planning case: disjunctions with the true prizes, guided local search.

Every shift is a vehicle with its own start, end, breaks and date; `VehicleVar` holds dates, skills and
locks; windows with holes are removed intervals; decay is added to the arcs into a visit on later days.
Cold from parallel cheapest insertion, or from our greedy plan.
"""

from __future__ import annotations

import itertools

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from visits.planning import Problem, plan
from visits.planning.rules import find_ban
from visits.planning.types import POINT_S, orders_of_plan

VARIANTS = ("cold", "greedy")


def solve(problem: Problem, seconds: float, seed: int, variant: str) -> dict[str, list[str]]:
    """Shift id -> visit ids in order; empty when it finds no plan."""
    n, r = len(problem.visits), len(problem.shifts)
    places = [v.location for v in problem.visits]
    places += [s.start_location for s in problem.shifts] + [s.end_location for s in problem.shifts]
    drive = problem.travel.matrix(problem.locations).astype(np.int64)[np.ix_(places, places)]
    manager = pywrapcp.RoutingIndexManager(
        n + 2 * r, r, [n + i for i in range(r)], [n + r + i for i in range(r)]
    )
    routing = pywrapcp.RoutingModel(manager)
    service = [v.service_s for v in problem.visits] + [0] * (2 * r)
    time = routing.RegisterTransitMatrix((drive + np.array(service)[:, None]).tolist())
    latest = max(86400, *(s.end_s for s in problem.shifts))
    routing.AddDimension(time, latest, latest, False, "time")
    _costs(problem, routing, drive, n)
    count = routing.RegisterUnaryTransitVector([1] * n + [0] * (2 * r))
    routing.AddDimensionWithVehicleCapacity(count, 0, [s.max_visits for s in problem.shifts], True, "count")
    clock = routing.GetDimensionOrDie("time")
    _visits(problem, routing, manager, clock)
    visit_transits = [0] * routing.Size()
    for i in range(n):
        visit_transits[manager.NodeToIndex(i)] = service[i]
    solver = routing.solver()
    for v, shift in enumerate(problem.shifts):
        clock.CumulVar(routing.Start(v)).SetValue(shift.start_s)
        clock.CumulVar(routing.End(v)).SetRange(shift.start_s, shift.end_s)
        rests = [
            solver.FixedDurationIntervalVar(a, a, b - a, False, f"break{v}.{i}")
            for i, (a, b) in enumerate(shift.breaks)
            if b > a
        ]
        if rests:
            clock.SetBreakIntervalsOfVehicle(rests, v, visit_transits)
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(int(seconds * 1000))
    start: dict[str, tuple[str, ...]] = {}
    if variant == "greedy":
        routing.CloseModelWithParameters(parameters)
        start = orders_of_plan(plan(problem, iterations=0, workers=1))
        index = {v.id: manager.NodeToIndex(i) for i, v in enumerate(problem.visits)}
        rows = [[index[i] for i in start.get(s.id, ())] for s in problem.shifts]
        solution = routing.SolveFromAssignmentWithParameters(
            routing.ReadAssignmentFromRoutes(rows, True), parameters
        )
    else:
        solution = routing.SolveWithParameters(parameters)
    if solution is None:  # nothing found in time: the start it was given stands
        return {k: list(v) for k, v in start.items()}
    return _read(problem, routing, manager, solution)


def _costs(problem: Problem, routing: pywrapcp.RoutingModel, drive: np.ndarray, n: int) -> None:
    decay = np.array([v.decay for v in problem.visits] + [0] * (len(drive) - n))
    by_day: dict[int, int] = {}
    for v, shift in enumerate(problem.shifts):
        day = problem.day_index[shift.date] if decay.any() else 0
        if day not in by_day:
            later = (decay * day * POINT_S).astype(np.int64)
            by_day[day] = routing.RegisterTransitMatrix((drive + later[None, :]).tolist())
        routing.SetArcCostEvaluatorOfVehicle(by_day[day], v)


def _visits(
    problem: Problem,
    routing: pywrapcp.RoutingModel,
    manager: pywrapcp.RoutingIndexManager,
    clock: pywrapcp.RoutingDimension,
) -> None:
    for i, visit in enumerate(problem.visits):
        index = manager.NodeToIndex(i)
        able = [
            v
            for v, s in enumerate(problem.shifts)
            if find_ban(visit, s) is None and visit.locked in (None, s.id)
        ]
        routing.VehicleVar(index).SetValues([-1, *able])
        if not visit.locked:
            routing.AddDisjunction([index], max(0, round(visit.priority * POINT_S)))
        spans = sorted(visit.windows)
        if spans:
            clock.CumulVar(index).SetRange(spans[0][0], max(b for _, b in spans))
            for (_, a), (b, _) in itertools.pairwise(spans):
                if a < b - 1:
                    clock.CumulVar(index).RemoveInterval(a + 1, b - 1)


def _read(
    problem: Problem,
    routing: pywrapcp.RoutingModel,
    manager: pywrapcp.RoutingIndexManager,
    solution: pywrapcp.Assignment,
) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for v, shift in enumerate(problem.shifts):
        ids, index = [], solution.Value(routing.NextVar(routing.Start(v)))
        while not routing.IsEnd(index):
            ids.append(problem.visits[manager.IndexToNode(index)].id)
            index = solution.Value(routing.NextVar(index))
        out[shift.id] = ids
    return out
