"""Ours against PyVRP, VROOM and OR-Tools at the same seconds, in one table.

python -m tests.bench.planning --shared ../shared --seconds 10 --sizes 60x2x1,300x5x1,1000x6x5 --seeds 1-3 \
    [--locked 0.05] [--decay] [--only ours,pyvrp] [--out table.md]

Cases come from the folder's make_case.py, every plan is judged by its check_plan.py, and our test referee
must agree with it on ours. Every library variant gets the full seconds, on a core of its own (VROOM
on both); the best feasible variant counts. best.csv keeps the best score ever seen per case.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.bench.planning.adapter import LIBRARIES, variants
from tests.support.referee import judge

ROOT = Path(__file__).parents[3]
BEST = Path(__file__).with_name("best.csv")
GRACE_S = 600  # a library may take this much longer than its seconds before it is given up


def numbers(text: str) -> list[int]:
    low, _, high = text.partition("-")
    return list(range(int(low), int(high or low) + 1))


def run(arguments: list[str], seconds: float, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=seconds + GRACE_S,
        check=False,
        **more,
    )


class Bench:
    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options, self.folder = options, folder
        self.tools = Path(options.shared).resolve() / "planning"
        self.best = (
            {row["case"]: float(row["score"]) for row in csv.DictReader(BEST.open())} if BEST.exists() else {}
        )

    def case(self, size: str, seed: int) -> tuple[str, Path]:
        visits, teams, days = size.split("x")
        name = f"{size}-{seed}" + (f"-locked{self.options.locked:g}" if self.options.locked else "")
        name += "-decay" if self.options.decay else ""
        path = self.folder / f"{name}.json"
        command = [str(self.tools / "make_case.py"), "--visits", visits, "--teams", teams, "--days", days]
        command += ["--seed", str(seed), "--locked", str(self.options.locked)]
        made = run(command + (["--decay"] if self.options.decay else []), 60)
        path.write_text(made.stdout)
        return name, path

    def judged(self, case: Path, plan: Path) -> dict[str, Any]:
        if not plan.exists():
            return {"feasible": False, "score": None, "visits": 0, "faults": "no plan"}
        told = run([str(self.tools / "check_plan.py"), str(case), str(plan)], 60)
        return dict(json.loads(told.stdout)) if told.stdout else {"feasible": False, "faults": told.stderr}

    def ours(self, case: Path, seed: int) -> dict[str, Any]:
        plan = case.with_suffix(".ours.plan")
        command = ["manage.py", "plan_case", str(case), "--seconds", str(self.options.seconds)]
        done = run([*command, "--seed", str(seed), "--output", str(plan)], self.options.seconds)
        if done.returncode:
            print(done.stderr, file=sys.stderr)
        verdict = self.judged(case, plan)
        mine = judge(json.loads(case.read_text()), json.loads(plan.read_text()))
        if bool(mine["faults"]) == verdict["feasible"] or mine["score"] != verdict["score"]:
            raise SystemExit(f"{case.name}: our referee disagrees: {mine} against {verdict}")
        return verdict

    def rival(self, name: str, variant: str, case: Path, seed: int) -> dict[str, Any]:
        plan = case.with_suffix(f".{name}.{variant}.plan")
        try:
            done = run(
                [
                    "-m",
                    "tests.bench.planning.adapter",
                    name,
                    variant,
                    str(case),
                    str(self.options.seconds),
                    str(seed),
                    str(plan),
                ],
                self.options.seconds,
            )
            if done.returncode:
                print(f"{name} {variant}: {done.stderr[-500:]}", file=sys.stderr)
        except subprocess.TimeoutExpired:
            print(f"{name} {variant}: gave up after {self.options.seconds + GRACE_S} s", file=sys.stderr)
        return self.judged(case, plan) | {"who": f"{name} {variant}"}

    def libraries(self, case: Path, seed: int) -> list[dict[str, Any]]:
        """Verdicts of every variant; one core each, except VROOM, which takes both."""
        out = []
        for name in LIBRARIES:
            if name in self.options.only:
                with ThreadPoolExecutor(1 if name == "vroom" else 2) as pool:
                    jobs = [pool.submit(self.rival, name, v, case, seed) for v in variants(name)]
                    out += [job.result() for job in jobs]
        return out

    def rows(self) -> Iterator[list[str]]:
        for size in self.options.sizes.split(","):
            for seed in numbers(self.options.seeds):
                name, case = self.case(size, seed)
                ours = (
                    self.ours(case, seed)
                    if "ours" in self.options.only
                    else {"feasible": False, "score": None}
                )
                others = self.libraries(case, seed)
                feasible = [row for row in others if row["feasible"]]
                rival = max(feasible, key=lambda row: row["score"], default=None)
                scores = [r["score"] for r in (ours, rival) if r and r["feasible"]]
                self.best[name] = max([*scores, self.best.get(name, float("-inf"))])
                yield [
                    name,
                    f"{ours['score']:,}" if ours["score"] is not None else "-",
                    f"{ours.get('visits', 0)}",
                    "yes" if ours["feasible"] else f"NO: {ours.get('first_faults', '')}",
                    f"{rival['score']:,}" if rival else "none",
                    rival["who"] if rival else "-",
                    f"{ours['score'] / rival['score']:.4f}" if rival and ours["feasible"] else "-",
                    f"{ours['score'] / self.best[name]:.4f}" if ours["feasible"] else "-",
                    "; ".join(
                        f"{r['who']} {r['score']:,}" if r["feasible"] else f"{r['who']} -" for r in others
                    ),
                ]

    def keep_best(self) -> None:
        with BEST.open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["case", "score"])
            writer.writerows([case, f"{score:.0f}"] for case, score in sorted(self.best.items()))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shared", required=True, help="folder with planning/make_case.py and check_plan.py")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--sizes", default="60x2x1,300x5x1,1000x6x5")
    parser.add_argument("--seeds", default="1-3")
    parser.add_argument("--locked", type=float, default=0.0)
    parser.add_argument("--decay", action="store_true")
    parser.add_argument("--only", default=",".join(("ours", *LIBRARIES)), type=lambda text: text.split(","))
    parser.add_argument("--out", type=Path, help="write the table here too")
    options = parser.parse_args()
    heads = [
        "case",
        "ours",
        "served",
        "feasible",
        "best library",
        "which",
        "ours/library",
        "ours/best ever",
        "all",
    ]
    lines = [" | ".join(["", *heads, ""]).strip(), "|" + "---|" * len(heads)]
    print("\n".join(lines), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options, Path(folder))
        warm = "import visits.planning as p; p.warm()"
        run(["-c", warm], 120, env=os.environ | {"PYTHONPATH": str(ROOT)})
        for row in bench.rows():
            lines.append("| " + " | ".join(row) + " |")
            print(lines[-1], flush=True)
            bench.keep_best()
    if options.out:
        options.out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
