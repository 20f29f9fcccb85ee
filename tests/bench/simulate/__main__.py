"""Do intervals hold, and do days end in time, in worlds that are not our model? One table, a row a seed.

python -m tests.bench.simulate --seeds 1-8 [--seconds 5] [--teams 6] [--visits 400] [--quantile 0.8]

Each seed makes a world (truth.py). An office learns durations from 200 of its visits, plans a week with our
engine, tells intervals by our model, and 500 replays of the true world are the audit: "coverage before". Then
the arrivals of a few hundred visits of the true world calibrate the intervals, as the product does, and the
week is told and audited again. Exit status 1 where coverage then leaves 75-85 % or mean overtime reaches 5 minutes.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace

from tests.bench.planning.__main__ import numbers
from tests.bench.simulate import truth
from visits.planning import plan
from visits.planning.types import orders_of_plan
from visits.planning.uncertainty.arrival import Promise, calibrate_stretch
from visits.planning.uncertainty.simulate import report_week, tell_intervals

HEAD = (
    "| seed | homes | own model | coverage before | stretch | coverage | late by | overtime mean | P95 | idle "
    "| width before | width | replay |\n" + "|---" * 13 + "|"
)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=numbers, default=numbers("1-8"))
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--teams", type=int, default=6)
    parser.add_argument("--visits", type=int, default=400)
    parser.add_argument("--quantile", type=float, default=0.8)
    parser.add_argument("--early", type=float, default=Promise().early)
    parser.add_argument("--audited", type=int, default=800, help="visits whose arrivals calibrate (800)")
    options = parser.parse_args()
    print(HEAD)
    missed = 0
    for seed in options.seeds:
        world = truth.world(seed)
        known, share = truth.learned(world, seed)
        world.kind_of.update({duration: kind for kind, duration in known.items()})
        problem, kinds = truth.week(
            known, seed, teams=options.teams, visits=options.visits, quantile=options.quantile
        )
        routes = orders_of_plan(plan(problem, seconds=options.seconds, seed=seed))
        model = truth.model(share)
        planned, promise = truth.days(problem, routes, kinds, known, share), Promise(early=options.early)
        begun = time.perf_counter()
        told = tell_intervals(planned, world=model, promise=promise, seed=seed)
        own = report_week(told, world=model, seed=seed + 1)
        took = time.perf_counter() - begun
        before = report_week(told, world=world, seed=seed + 2)
        stretch = calibrate_stretch(truth.places(told, world, seed, options.audited), promise.coverage)
        told = tell_intervals(planned, world=model, promise=replace(promise, stretch=stretch), seed=seed)
        found = report_week(told, world=world, seed=seed + 3)
        minutes = [
            value / 60
            for value in (
                *(found.late_mean_s, found.overtime_mean_s, found.overtime_p95_s),
                *(found.idle_mean_s, before.width_mean_s, found.width_mean_s),
            )
        ]
        print(
            f"| {seed} | {found.homes} | {own.coverage:.1%} | {before.coverage:.1%} | {stretch:+.0%} | "
            f"{found.coverage:.1%} | "
            + " | ".join(f"{value:.1f}" for value in minutes)
            + f" | {took:.2f} s |",
            flush=True,
        )
        missed += not (0.75 <= found.coverage <= 0.85 and found.overtime_mean_s < 300)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
