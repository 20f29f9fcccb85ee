"""Recall and precision of triage's proposals over made pairs.

The rules were made while looking at pairs of seeds 1, 101 and 102, and at the sums of 2 to 14; the seeds from 21
are held out. The slips of `people` come from registers and forms, not from the product's folding.
"""

import argparse
import os
from collections import Counter

import django


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--seeds", default="21-25", help="first-last")
    parser.add_argument("--show", type=int, default=0, help="so many of the missed and the wrong pairs")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from tests.bench.names.measure import measure_pairs
    from tests.bench.names.people import make_pairs

    first, _dash, last = asked.seeds.partition("-")
    print("| seed | recall | precision | wrong of different people, by kind |\n|---|---|---|---|")
    for seed in range(int(first), int(last or first) + 1):
        measured = measure_pairs(make_pairs(count=asked.pairs, seed=seed))
        wrong = Counter(pair.kind for pair in measured.wrong)
        kinds = ", ".join(
            f"{kind} {wrong[kind]}/{count}" for kind, count in sorted(measured.different.items())
        )
        print(f"| {seed} | {measured.recall:.1%} | {measured.precision:.1%} | {kinds} |")
        for pair in [*measured.missed[: asked.show], *measured.wrong[: asked.show]]:
            print("  ", pair.kind, pair.first, pair.second, sep="\n     ")


if __name__ == "__main__":
    main()
