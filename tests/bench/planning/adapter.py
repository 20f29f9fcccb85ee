"""One library run in a process of its own: python -m tests.bench.planning.adapter LIBRARY VARIANT CASE SECONDS SEED OUT

The orders a library leaves are walked by our rules. Where its model of the rules was too loose (PyVRP
knows no breaks), the visit of least priority goes until the walk passes: a library is not thrown out for
what its model cannot say. What is written is judged by the folder's referee like any plan.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from visits.planning import Plan, Problem, Statistics, Unserved
from visits.planning.case import read_case, write_plan
from visits.planning.result import compute_figures, walk_orders

LIBRARIES = ("pyvrp", "vroom", "ortools")


def variants(library: str) -> list[str]:
    return list(importlib.import_module(f"tests.bench.planning.{library}_adapter").VARIANTS)


def as_plan(problem: Problem, orders: dict[str, list[str]]) -> Plan:
    routes = walk_orders(problem, orders)
    served = {stop.visit for route in routes for stop in route.stops}
    unserved = tuple(Unserved(v.id) for v in problem.visits if v.id not in served)
    return Plan(routes, unserved, Statistics(**compute_figures(problem, routes)))


def main() -> None:
    library, variant, case, seconds, seed, out = sys.argv[1:]
    problem = read_case(Path(case))
    module = importlib.import_module(f"tests.bench.planning.{library}_adapter")
    write_plan(as_plan(problem, module.solve(problem, float(seconds), int(seed), variant)), Path(out))


if __name__ == "__main__":
    main()
