"""Ours against the best known profits and against PyVRP, VROOM and OR-Tools, in one table.

python -m tests.bench.toptw --folder ../shared/planning/toptw --seconds 60 --out toptw.csv \
    [--instances pr05,pr10] [--seeds 1-3] [--only ours,pyvrp]

Every run is a process of its own, judged by instance.py. Every variant of a library gets the full
seconds on a core of its own (VROOM on both), ours both; the best variant counts for the library. --out
is appended to after every run, and what it holds already is not run again: a long run can be
split, stopped and gone on with, and the table is made of all rows in it.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import mean
from threading import Lock
from typing import Any

from tests.bench.toptw.instance import read
from tests.bench.toptw.solve import VARIANTS

ROOT = Path(__file__).parents[3]
GRACE_S = 300  # a library may take this much longer than its seconds before it is given up
HEADS = ("instance", "teams", "best_known", "who", "variant", "seconds", "seed", "profit", "note")
KEY = ("instance", "who", "variant", "seconds", "seed")


def numbers(text: str) -> list[int]:
    low, _, high = text.partition("-")
    return list(range(int(low), int(high or low) + 1))


class Bench:
    def __init__(self, options: argparse.Namespace, scratch: Path) -> None:
        self.options, self.scratch, self.lock = options, scratch, Lock()
        known = list(csv.DictReader((options.folder / "best_known.csv").open()))
        wanted = options.instances or [row["instance"] for row in known]
        self.known = {row["instance"]: row for row in known if row["instance"] in wanted}
        if set(wanted) - set(self.known):
            raise SystemExit(f"not in best_known.csv: {', '.join(sorted(set(wanted) - set(self.known)))}")
        self.rows: list[dict[str, Any]] = []
        if options.out and options.out.exists():
            self.rows = list(csv.DictReader(options.out.open()))
        self.done = {tuple(str(row[name]) for name in KEY) for row in self.rows}

    def one(self, name: str, who: str, variant: str, seed: int) -> None:
        """Run, judge and note one variant; nothing when it is noted already."""
        options, row = self.options, self.known[name]
        if (name, who, variant, f"{options.seconds:g}", str(seed)) in self.done:
            return
        file, out = options.folder / f"{name}.txt", self.scratch / f"{name}.{who}.{variant}.{seed}.json"
        arguments = [who, variant, str(file), row["teams"], str(options.seconds), str(seed), str(out)]
        command = [sys.executable, "-m", "tests.bench.toptw.solve", *arguments]
        profit, note = 0, ""
        try:
            told = subprocess.run(
                command, cwd=ROOT, capture_output=True, text=True, timeout=options.seconds + GRACE_S
            )
            profit = read(file, int(row["teams"])).profit(json.loads(out.read_text()))
        except subprocess.TimeoutExpired:
            note = f"gave up after {options.seconds + GRACE_S:g} s"
        except FileNotFoundError:
            note = f"no answer: {told.stderr[-200:]}"
        except ValueError as error:
            note = f"refused: {error}"
        self.note(name, who, variant, seed, profit, " ".join(note.split()))

    def note(self, name: str, who: str, variant: str, seed: int, profit: int, note: str) -> None:
        known = self.known[name]
        values = [name, known["teams"], known["best_known_2012"], who, variant, f"{self.options.seconds:g}"]
        row = dict(zip(HEADS, [*values, seed, profit, note], strict=True))
        with self.lock:
            self.rows.append(row)
            print(*(row[head] for head in HEADS), file=sys.stderr, flush=True)
            if self.options.out:
                new = not self.options.out.exists()
                with self.options.out.open("a", newline="") as file:
                    writer = csv.DictWriter(file, HEADS, lineterminator="\n")
                    if new:
                        writer.writeheader()
                    writer.writerow(row)

    def run(self) -> None:
        for name in self.known:
            for seed in self.options.seeds:
                for who in self.options.only:
                    with ThreadPoolExecutor(1 if who in ("ours", "vroom") else 2) as pool:
                        jobs = [pool.submit(self.one, name, who, v, seed) for v in VARIANTS[who]]
                        for job in jobs:
                            job.result()


def table(rows: Iterable[dict[str, Any]], seconds: str) -> list[str]:
    """Mean gap in per cent per instance and planner, over seeds; of a library the best variant of each seed."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    known: dict[str, int] = {}
    for row in rows:
        if row["seconds"] == seconds:
            seeds = found.setdefault((row["instance"], row["who"]), {})
            seeds[str(row["seed"])] = max(int(row["profit"]), seeds.get(str(row["seed"]), 0))
            known[row["instance"]] = int(row["best_known"])
    whos = [who for who in VARIANTS if any(w == who for _, w in found)]
    lines = ["| instance | best known | " + " | ".join(f"{w}, gap %" for w in whos) + " |"]
    lines.append("|" + "---|" * (2 + len(whos)))
    gaps: dict[str, list[float]] = {who: [] for who in whos}
    for name, best in known.items():
        cells = []
        for who in whos:
            seeds = found.get((name, who), {})
            if seeds:
                gaps[who].append(mean(100 * (best - profit) / best for profit in seeds.values()))
            profits = ", ".join(str(profit) for _, profit in sorted(seeds.items()))
            cells.append(f"{profits} ({gaps[who][-1]:.2f})" if seeds else "-")
        lines.append(f"| {name} | {best} | " + " | ".join(cells) + " |")
    means = [f"{mean(gaps[who]):.3f} over {len(gaps[who])}" for who in whos]
    return [*lines, "| mean gap | | " + " | ".join(means) + " |"]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--folder", required=True, type=Path, help="folder of the instances and best_known.csv"
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seeds", type=numbers, default=[1])
    parser.add_argument(
        "--instances", type=lambda text: text.split(","), help="all of best_known.csv if not given"
    )
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(VARIANTS))
    parser.add_argument("--out", type=Path, help="CSV of all runs; appended to, and gone on with")
    options = parser.parse_args()
    options.folder = options.folder.resolve()
    subprocess.run([sys.executable, "-c", "import visits.planning as p; p.warm()"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(options, Path(scratch))
        bench.run()
    print("\n".join(table(bench.rows, f"{options.seconds:g}")))


if __name__ == "__main__":
    main()
