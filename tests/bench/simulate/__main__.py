"""Do intervals hold, and do days end in time, in worlds that are not our model? One table, a row a seed.

python -m tests.bench.simulate --seeds 1-8 [--seconds 5] [--teams 6] [--visits 400] [--most 14] [--reserve 0.95]

Each seed makes a world (truth.py). An office learns durations from 200 of its visits, plans a week with our
engine, tells intervals by our model, and 500 replays of the true world are the audit: "coverage before". Then
the arrivals of a few hundred visits of the true world calibrate the intervals, as the product does, and the
week is told and audited again. Exit status 1 where coverage then leaves 75-85 %, mean overtime exceeds 5 minutes,
more than 5 % of the team-days are more than 30 minutes over, or intervals are longer than promised (median 45
minutes, 95 % up to 90).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from tests.bench.planning.__main__ import numbers
from tests.bench.simulate import truth
from tests.support.told_days import tell_intervals
from visits.planning import plan
from visits.planning.types import orders_of_plan
from visits.planning.uncertainty.arrival import Promise, calibrate_stretch
from visits.planning.uncertainty.simulate import Report, SimulatedDay, report_week

HEAD = (
    "| seed | homes | own model | coverage before | stretch | coverage | late by | overtime mean | P95 | idle "
    "| width before | width | median | up to 90 min | replay |\n" + "|---" * 15 + "|"
)


def measure_widths(told: Sequence[SimulatedDay]) -> tuple[float, float]:
    """The median minutes of told intervals, and the share of up to 90."""
    widths = [(home.told[1] - home.told[0]) / 60 for day in told for home in day.homes if home.told]
    return median(widths), sum(width <= 90 for width in widths) / len(widths)


def list_minutes(before: Report, found: Report) -> list[float]:
    """The figures of both audits that are minutes, in the order of the table."""
    seconds = (
        *(found.late_mean_s, found.overtime_mean_s, found.overtime_p95_s),
        *(found.idle_mean_s, before.width_mean_s, found.width_mean_s),
    )
    return [value / 60 for value in seconds]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=numbers, default=numbers("1-8"))
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--teams", type=int, default=6)
    parser.add_argument("--visits", type=int, default=400)
    parser.add_argument("--most", type=int, default=8, help="visits of a team on a day (8)")
    parser.add_argument("--reserve", type=float, default=0.95, help="as PLAN_RESERVE (0.95)")
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
            known,
            share,
            seed,
            teams=options.teams,
            visits=options.visits,
            most=options.most,
            reserve=options.reserve,
        )
        routes = orders_of_plan(plan(problem, seconds=options.seconds, seed=seed))
        model = truth.model()
        planned, promise = truth.days(problem, routes, kinds, known, share), Promise(early=options.early)
        begun = time.perf_counter()
        told = tell_intervals(planned, world=model, promise=promise, seed=seed)
        own = report_week(told, world=model, seed=seed + 1)
        took = time.perf_counter() - begun
        before = report_week(told, world=world, seed=seed + 2)
        stretch = calibrate_stretch(truth.places(told, world, seed, options.audited), promise.coverage)
        told = tell_intervals(planned, world=model, promise=replace(promise, stretch=stretch), seed=seed)
        found = report_week(told, world=world, seed=seed + 3)
        middle, short = measure_widths(told)
        minutes = list_minutes(before, found)
        print(
            f"| {seed} | {found.homes} | {own.coverage:.1%} | {before.coverage:.1%} | {stretch:+.0%} | "
            f"{found.coverage:.1%} | "
            + " | ".join(f"{value:.1f}" for value in minutes)
            + f" | {middle:.0f} | {short:.1%} | {took:.2f} s |",
            flush=True,
        )
        missed += not (
            0.75 <= found.coverage <= 0.85
            and found.overtime_mean_s <= 300
            and found.overtime_p95_s <= 1800
            and middle <= 45
            and short >= 0.95
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
