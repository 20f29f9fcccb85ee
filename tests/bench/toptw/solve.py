"""One run in a process of its own: python -m tests.bench.toptw.solve WHO VARIANT FILE TEAMS SECONDS SEED OUT

The libraries get the instance through the same adapters as planning cases; what matters to PyVRP is how many
steps of travel one profit weighs, so several weights are its variants (per tenth of a unit; ten
times that where the clock runs in hundredths). OUT is JSON: team -> point numbers in order.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

from tests.bench.toptw.instance import Instance, read
from visits.planning import plan
from visits.planning.types import orders_of_plan

VARIANTS: dict[str, tuple[str, ...]] = {
    "ours": ("plan",),
    "pyvrp": ("100", "500", "2000", "5000", "20000", "100000"),
    "vroom": ("whole",),
    "ortools": ("cold", "greedy"),
}


def solve(who: str, variant: str, instance: Instance, seconds: float, seed: int) -> dict[str, list[str]]:
    problem = instance.problem()
    if who == "ours":
        return {
            shift: list(ids)
            for shift, ids in orders_of_plan(plan(problem, seconds=seconds, seed=seed)).items()
        }
    library = importlib.import_module(f"tests.bench.planning.{who}_adapter")
    if who == "pyvrp":
        profit = problem.visits[0].priority / instance.points[int(problem.visits[0].id)].profit
        scale = int(variant) * instance.steps / 10 / profit
        return dict(library.solve_scaled(problem, seconds, seed, scale))
    return dict(library.solve(problem, seconds, seed, variant))


def main() -> None:
    who, variant, file, teams, seconds, seed, out = sys.argv[1:]
    routes = solve(who, variant, read(Path(file), int(teams)), float(seconds), int(seed))
    Path(out).write_text(json.dumps(routes))


if __name__ == "__main__":
    main()
