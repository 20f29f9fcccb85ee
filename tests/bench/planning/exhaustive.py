"""python -m tests.bench.planning.exhaustive: 100 made-up cases of 8 visits against trying everything."""

from __future__ import annotations

import sys

from tests.support.exhaustive import best_score
from tests.support.planning_case import make_problem
from visits.planning import plan


def main() -> None:
    missed = []
    for seed in range(100, 200):
        problem = make_problem(seed, visits=8, shifts=1 + seed % 3, locked=seed % 3, last=seed % 4 == 0)
        found, best = plan(problem, iterations=100_000, seed=seed).statistics.score, best_score(problem)
        if found != best:
            missed.append(seed)
            print(f"{problem.name}: {found:,.0f} of {best:,.0f}", file=sys.stderr)
    print(f"{100 - len(missed)} of 100 equal exhaustive search")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
