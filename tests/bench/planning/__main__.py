"""Ours against PyVRP, VROOM and OR-Tools at the same seconds; and every row of the targets table.

python -m tests.bench.planning --shared ../shared --seconds 10,60 --sizes 60x2x1,300x5x1,1000x6x5 --seeds 1-3 \
    [--locked 0.05] [--decay] [--only ours,pyvrp] [--out runs.csv] [--table table.md]
python -m tests.bench.planning --shared ../shared --targets --out runs.csv --table targets.md
    # all sizes, 10 s and 60 s, 3 seeds, all libraries, and the other rows: about 8 hours, unattended
python -m tests.bench.planning --shared ../shared --targets --only ours --table targets.md     # 1 hour

Cases come from the folder's make_case.py, every plan is judged by its check_plan.py, and our test referee
must agree with it on ours. The best feasible variant of a library counts. best.csv keeps the best score
ever seen per case. Runs are appended to --out, and what it holds is not run again.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench.planning import report, targets
from tests.bench.planning.adapter import LIBRARIES
from tests.bench.planning.runs import Cases, Runs, run

SIZES = "60x2x1,300x5x1,1000x6x5"
LARGE = ",5000x10x5,5000x15x20"


def numbers(text: str) -> list[int]:
    low, _, high = text.partition("-")
    return list(range(int(low), int(high or low) + 1))


def words(text: str) -> list[str]:
    return text.split(",")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--shared", required=True, type=Path, help="has planning/make_case.py and check_plan.py"
    )
    parser.add_argument("--seconds", type=words, help="10, with --targets 10,60")
    parser.add_argument("--sizes", type=words, help=f"{SIZES}, with --targets also {LARGE[1:]}")
    parser.add_argument("--seeds", type=numbers, default=numbers("1-3"))
    parser.add_argument("--locked", type=float, default=0.0)
    parser.add_argument("--decay", action="store_true")
    parser.add_argument("--only", default=["ours", *LIBRARIES], type=words)
    parser.add_argument("--targets", action="store_true", help="also the rows that are not scores")
    parser.add_argument("--no-scores", action="store_true", help="of the targets only those rows")
    parser.add_argument("--huge-seconds", type=float, default=200, help="search of 32703x20x20")
    parser.add_argument("--out", type=Path, help="CSV of all runs; appended to, and gone on with")
    parser.add_argument("--table", type=Path, help="write the tables here too")
    options = parser.parse_args()
    sizes = options.sizes or words(SIZES + LARGE * options.targets)
    seconds = [float(s) for s in options.seconds or (("10", "60") if options.targets else ("10",))]
    run(["-c", "import visits.planning as p; p.warm()"], 120)
    with tempfile.TemporaryDirectory() as folder:
        cases = Cases(options.shared, Path(folder), locked=options.locked, decay=options.decay)
        runs = Runs(cases, options.out)
        for seed in [] if options.no_scores else options.seeds:
            for size in sizes:
                for many in seconds:
                    runs.case(size, seed, many, options.only)
        found = report.cells(runs.rows, runs.best.scores)
        lines = report.table(found)
        if options.targets:
            rows = [targets.Row(*row) for row in report.score_rows(found)]
            for row in targets.rows(cases, sizes, options.seeds, options.huge_seconds):
                print(row, file=sys.stderr, flush=True)
                rows.append(row)
            lines += ["", *targets.lines(rows)]
    print("\n".join(lines))
    if options.table:
        options.table.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
