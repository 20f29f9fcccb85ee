"""Why not, at the size of a district: seconds for all reasons of a plan, and the share that is proved.

python -m tests.bench.whynot --shared ../shared [--sizes 1000x6x5,300x5x1] [--seeds 1-3] [--sample 1000]

Every tenth visit of a case is made hard first (another skill, a narrow hour, a place far out, no date), so
that blocks occur too. For every case a plan is made (`--seconds`), the reasons of all unserved are made anew and timed, and a
random sample over all cases is proved by relaxing and inserting (explain.verify_reasons). The last line of the
table is what issue and targets ask for: <= 3 s for 1000x6x5, every reason proved.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.bench.planning.__main__ import numbers
from visits.planning import Plan, Problem, Unserved, plan, warm
from visits.planning.case import read_problem
from visits.planning.engine import data
from visits.planning.engine.ejections import explain_open_visits
from visits.planning.engine.worker import Worker
from visits.planning.types import orders_of_plan
from visits.planning.why import explain


def case(shared: Path, size: str, seed: int, locked: float) -> Problem:
    visits, teams, days = size.split("x")
    command = [sys.executable, str(shared / "planning" / "make_case.py"), "--visits", visits]
    command += ["--teams", teams, "--days", days, "--seed", str(seed), "--locked", str(locked)]
    made = subprocess.run(command, capture_output=True, text=True, check=True)
    return hardened(read_problem(json.loads(made.stdout)), seed)


def hardened(problem: Problem, seed: int) -> Problem:
    """The case with every tenth free visit made hard or impossible."""
    rng, far = random.Random(seed), len(problem.locations)
    changes: tuple[dict[str, Any], ...] = (
        {"skills": frozenset({"iris", "ramp", "lift"})},
        {"windows": ((25200, 27600),)},
        {"windows": ((53000, 55800),), "service_s": 3600},
        {"location": far},
        {"dates": frozenset()},
        {"dates": frozenset({problem.horizon[0]}), "skills": frozenset({"ramp"}), "windows": ((0, 3600),)},
        {"service_s": 3 * 3600},
    )
    visits = [
        replace(v, **rng.choice(changes)) if v.locked is None and rng.random() < 0.1 else v
        for v in problem.visits
    ]
    lat, lon = problem.locations[0]
    return replace(problem, visits=tuple(visits), locations=(*problem.locations, (lat + 1.2, lon)))


def timed(problem: Problem, found: Plan) -> tuple[float, tuple[Unserved, ...]]:
    """Seconds that the reasons of all unserved take, from a plan alone."""
    began = time.perf_counter()
    model = data.build_model(problem)
    engine_of = {problem.visits[v].id: i for i, v in enumerate(model.visit_of)}
    worker, given = Worker(model, 0, 0), orders_of_plan(found)
    worker.load_orders([[engine_of[v] for v in given.get(shift.id, ())] for shift in problem.shifts])
    known = explain_open_visits(problem, model, worker.state)
    rows = explain.explain_unserved(problem, found.routes, known)
    return time.perf_counter() - began, rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--sizes", default="1000x6x5,300x5x1")
    parser.add_argument("--seeds", type=numbers, default=[1, 2, 3])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--sample", type=int, default=1000)
    parser.add_argument("--locked", type=float, default=0.05)
    options = parser.parse_args()
    warm()
    everybody: list[tuple[Problem, Plan, Unserved]] = []
    print("| case | unserved | seconds | reasons |\n|---|---|---|---|")
    for size in options.sizes.split(","):
        for seed in options.seeds:
            problem = case(options.shared, size, seed, options.locked)
            found = plan(problem, seconds=options.seconds, seed=seed)
            seconds, rows = timed(problem, found)
            codes = Counter(
                "+".join(r.relax) or f"{r.code} {len(r.visits) or ''}".strip()
                for row in rows
                for r in row.reasons
            )
            words = ", ".join(f"{count} {code}" for code, count in codes.most_common())
            print(f"| {size}-{seed} | {len(rows)} | {seconds:.2f} | {words} |", flush=True)
            everybody += [(problem, found, row) for row in rows]
    sample = random.Random(1).sample(everybody, min(options.sample, len(everybody)))
    faults = [fault for p, f, row in sample for fault in explain.verify_reasons(p, f.routes, row)[:1]]
    print(f"\n{len(sample)} random unserved, {len(sample) - len(faults)} proved {Counter(faults) or ''}")
    if faults:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
