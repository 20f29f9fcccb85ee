"""The rest of a day after a breakdown: seconds, promises kept, broken ones replaced.

python -m tests.bench.replan [--teams 12] [--stops 12] [--days 10] [--seconds 1.0] [--neighbours 0.3]

Made-up published days; at 09.00, 10.30 and 13.00 one team breaks down and another is 40 minutes late.
Target: 12 teams x 12 stops <= 2 s from facts to changes, promises of working teams unmoved (those of the
late team are counted apart), the failed team's re-placed or named. Of so many `neighbours` each is next door to the
visit before it: how many of such stops stay with one team.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter

from tests.support.working_day import at, published_day, stops_of
from visits.planning import check_plan, warm
from visits.planning.day.day_state import DayStopGroups
from visits.planning.day.replan import SECONDS, replan_day

TIMES = (9 * 3600, 10 * 3600 + 1800, 13 * 3600)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, default in (("teams", 12), ("stops", 12), ("days", 10)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--neighbours", type=float, default=0.0)
    asked = parser.parse_args()
    warm()
    took, counts, whats = [], Counter[str](), Counter[str]()
    for seed in range(1, asked.days + 1):
        day, published, told = published_day(
            seed, teams=asked.teams, stops=asked.stops, neighbours=asked.neighbours
        )
        for now_s in TIMES:
            facts = at(day, published, told, now_s, failed=frozenset({"t0d0"}), overrun_s={"t1d0": 40 * 60})
            problem, stops = stops_of(day, published, facts) if asked.neighbours else (day, DayStopGroups())
            began = time.perf_counter()
            result = replan_day(problem, published, facts, stops=stops, seconds=asked.seconds, seed=seed)
            took.append(time.perf_counter() - began)
            assert check_plan(result.problem, result.plan) == []
            counts["visits left"] += len(result.changes)
            for ids in stops.wanted:
                on = {result.plan.shift_of.get(visit) for visit in ids}
                counts[f"shared stops {'on one team' if len(on) == 1 else 'not all on one team'}"] += 1
            for change in result.changes:
                locked = problem.visit_by_id[change.visit].locked
                whats[change.what] += 1
                if locked == "t0d0":
                    assert change.cause is not None
                    where = "today" if change.now else "a later day" if change.offer else "named only"
                    counts[f"failed team's promises: {where}"] += 1
                elif locked == "t1d0" and change.cause is not None:
                    counts["late team's promises broken and named"] += 1
                elif locked:
                    low, high = told[change.visit]
                    assert change.now and change.now.shift == locked and low <= change.now.start_s <= high
                    counts["promises of working teams kept"] += 1
    took.sort()
    print(f"{len(took)} days: p50 {took[len(took) // 2]:.2f} s, max {took[-1]:.2f} s")
    for name, count in sorted(counts.items()):
        print(f"{count:6}  {name}")
    print(dict(whats))


if __name__ == "__main__":
    main()
