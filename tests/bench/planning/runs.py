"""Cases, runs and verdicts: every run is a process of its own, judged by the folder's referee, noted at once.

The idea: what has been noted is not run again, so a long bench can be split, stopped and gone on with. Every
variant of a library gets the full seconds on a core of its own (VROOM both); ours takes both. PyVRP takes 16 GB
for the largest case, so there its variants run one after the other, beside OR-Tools on the other core.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from threading import Lock
from typing import Any

from tests.bench.planning.adapter import variants
from tests.support.referee import judge

ROOT = Path(__file__).parents[3]
BEST = Path(__file__).with_name("best.csv")
HUGE = 50_000  # visits x days from which PyVRP takes more than half of a 24 GiB machine
GRACE_S = 600  # a library may take this much longer than its seconds before it is given up
HEADS = ("case", "who", "variant", "seconds", "seed", "feasible", "score", "visits", "note")
KEY = ("case", "who", "variant", "seconds", "seed")


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


class Cases:
    """make_case.py and check_plan.py of the shared folder."""

    def __init__(self, shared: Path, folder: Path, *, locked: float = 0.0, decay: bool = False) -> None:
        self.tools, self.folder = shared.resolve() / "planning", folder
        self.locked, self.decay = locked, decay

    def make(self, size: str, seed: int) -> tuple[str, Path]:
        visits, teams, days = size.split("x")
        name = f"{size}-{seed}" + (f"-locked{self.locked:g}" if self.locked else "")
        name += "-decay" if self.decay else ""
        path = self.folder / f"{name}.json"
        if not path.exists():
            command = [str(self.tools / "make_case.py"), "--visits", visits, "--teams", teams, "--days", days]
            command += ["--seed", str(seed), "--locked", str(self.locked)]
            path.write_text(run(command + (["--decay"] if self.decay else []), 60).stdout)
        return name, path

    def judge(self, case: Path, plan: Path) -> dict[str, Any]:
        if not plan.exists():
            return {"feasible": False, "score": None, "visits": 0, "first_faults": "no plan"}
        told = run([str(self.tools / "check_plan.py"), str(case), str(plan)], 60)
        return (
            dict(json.loads(told.stdout)) if told.stdout else {"feasible": False, "first_faults": told.stderr}
        )


class Best:
    """best.csv: the best score ever seen per case, raised as soon as it is beaten."""

    def __init__(self) -> None:
        rows = csv.DictReader(BEST.open()) if BEST.exists() else []
        self.scores = {row["case"]: float(row["score"]) for row in rows}

    def see(self, case: str, score: float) -> None:
        if score > self.scores.get(case, float("-inf")):
            self.scores[case] = score
            with BEST.open("w", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(["case", "score"])
                writer.writerows([name, f"{found:.0f}"] for name, found in sorted(self.scores.items()))


class Runs:
    """Runs and their notes, in memory and, when a file is given, in it."""

    def __init__(self, cases: Cases, out: Path | None) -> None:
        self.cases, self.out, self.best, self.lock = cases, out, Best(), Lock()
        self.rows: list[dict[str, Any]] = list(csv.DictReader(out.open())) if out and out.exists() else []
        self.done = {tuple(str(row[name]) for name in KEY) for row in self.rows}

    def case(self, size: str, seed: int, seconds: float, who: list[str]) -> None:
        """Everybody in `who` on one case."""
        name, path = self.cases.make(size, seed)
        visits, _, days = map(int, size.split("x"))
        alone = {"pyvrp": Lock()} if visits * days >= HUGE else {}
        for group in (("ours",), ("vroom",), ("ortools", "pyvrp")):
            with ThreadPoolExecutor(2 if len(group) > 1 else 1) as pool:
                jobs = [
                    pool.submit(self._guarded, alone.get(one), name, path, one, variant, seconds, seed)
                    for one in group
                    if one in who
                    for variant in (["plan"] if one == "ours" else variants(one))
                ]
                for job in jobs:
                    job.result()

    def _guarded(self, lock: AbstractContextManager[Any] | None, *arguments: Any) -> None:
        with lock or nullcontext():
            self._one(*arguments)

    def _one(self, name: str, case: Path, who: str, variant: str, seconds: float, seed: int) -> None:
        if (name, who, variant, f"{seconds:g}", str(seed)) in self.done:
            return
        plan = case.with_suffix(f".{who}.{variant}.plan")
        plan.unlink(missing_ok=True)
        if who == "ours":
            command = ["manage.py", "plan_case", str(case), "--seconds", str(seconds)]
            command += ["--seed", str(seed), "--output", str(plan)]
        else:
            command = ["-m", "tests.bench.planning.adapter", who, variant, str(case)]
            command += [str(seconds), str(seed), str(plan)]
        note = ""
        try:
            done = run(command, seconds)
            note = (done.stderr[-200:] or f"ended by {done.returncode}") if done.returncode else ""
        except subprocess.TimeoutExpired:
            note = f"gave up after {seconds + GRACE_S:g} s"
        verdict = self.cases.judge(case, plan)
        if who == "ours" and plan.exists():
            mine = judge(json.loads(case.read_text()), json.loads(plan.read_text()))
            if bool(mine["faults"]) == verdict["feasible"] or mine["score"] != verdict["score"]:
                raise SystemExit(f"{case.name}: our referee disagrees: {mine['faults']} against {verdict}")
        note = note or ("" if verdict["feasible"] else str(verdict.get("first_faults", "")))
        self._note(name, who, variant, seconds, seed, verdict, " ".join(note.split()))

    def _note(
        self, name: str, who: str, variant: str, seconds: float, seed: int, verdict: dict[str, Any], note: str
    ) -> None:
        values = [name, who, variant, f"{seconds:g}", seed, int(bool(verdict["feasible"]))]
        row = dict(zip(HEADS, [*values, verdict.get("score"), verdict.get("visits", 0), note], strict=True))
        with self.lock:
            self.rows.append(row)
            print(*(row[head] for head in HEADS), file=sys.stderr, flush=True)
            if verdict["feasible"]:
                self.best.see(name, float(verdict["score"]))
            if self.out:
                append(self.out, HEADS, row)


def append(path: Path, heads: tuple[str, ...], row: dict[str, Any]) -> None:
    new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, heads, lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerow(row)
