"""Slots for one resident in a published week of 400 stops: milliseconds, beside walking every insertion.

python -m tests.bench.slots --shared ../shared [--stops 400] [--asked 200] [--seed 1]

A week of 12 teams x 5 days is planned first; then residents whom the plan leaves waiting, and residents
whose published visit is to move, ask for their places. Both answers are compared, place by place.
`with prepare` is what one request of the product pays. Target: p95 <= 20 ms.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from visits.planning import Problem, Visit, plan, walk_route
from visits.planning.case import read_problem
from visits.planning.types import orders_of_plan
from visits.planning.week import slots


def week(shared: Path, stops: int, seed: int) -> Problem:
    """A case whose teams do about `stops` visits in the week, and half as many more that wait."""
    command = [sys.executable, str(shared / "planning" / "make_case.py"), "--visits", str(stops * 3 // 2)]
    command += ["--teams", "12", "--days", "5", "--seed", str(seed), "--locked", "0.2"]
    made = subprocess.run(command, capture_output=True, text=True, check=True)
    problem = read_problem(json.loads(made.stdout))
    each = -(-stops // len(problem.shifts))
    return replace(problem, shifts=tuple(replace(s, max_visits=each) for s in problem.shifts))


def naive(problem: Problem, published: dict[str, tuple[str, ...]], visit: Visit) -> set[tuple[str, int]]:
    """Every insertion, walked from the base."""
    found = set()
    for shift in problem.shifts:
        if visit.locked not in (None, shift.id):
            continue
        rest = [problem.visit_by_id[i] for i in published.get(shift.id, ()) if i != visit.id]
        for position in range(len(rest) + 1):
            if not walk_route(problem, shift, [*rest[:position], visit, *rest[position:]]).faults:
                found.add((shift.id, position))
    return found


def quantiles(rows: list[float]) -> str:
    rows = sorted(rows)
    return f"{rows[len(rows) // 2]:7.2f} {rows[len(rows) * 95 // 100]:7.2f} {rows[-1]:7.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--stops", type=int, default=400)
    parser.add_argument("--asked", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    problem = week(asked.shared, asked.stops, asked.seed)
    published = orders_of_plan(plan(problem, iterations=20_000, seed=asked.seed))
    problem = replace(problem, shifts=tuple(replace(s, max_visits=s.max_visits + 3) for s in problem.shifts))
    served = [visit for order in published.values() for visit in order]
    who = random.Random(asked.seed).choices(problem.visits, k=asked.asked)
    preparing, asking, walking, offered = [], [], [], 0
    for visit in who:
        began = time.perf_counter()
        ready = slots.prepare_lines(problem, published)
        prepared = time.perf_counter()
        found = slots.find_slots(ready, visit)
        answered = time.perf_counter()
        known = naive(problem, published, visit)
        walked = time.perf_counter()
        assert {(slot.shift, slot.position) for slot in found} == known, visit.id
        preparing.append(1000 * (answered - began))
        asking.append(1000 * (answered - prepared))
        walking.append(1000 * (walked - answered))
        offered += len(found)
    print(
        f"{len(served)} stops on {len(published)} team-days, {len(who)} asked, {offered} places, none missed"
    )
    print("ms                  p50     p95     max")
    for name, rows in (("slots", asking), ("with prepare", preparing), ("every walk", walking)):
        print(f"{name:14} {quantiles(rows)}")
    print(f"ratio of medians: {sorted(walking)[len(who) // 2] / sorted(asking)[len(who) // 2]:.1f}")


if __name__ == "__main__":
    main()
