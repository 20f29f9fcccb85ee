"""The rows of the targets table that are not scores: each is measured and told beside its target.

The idea: one function a row, each a fresh process where memory, compiling or imports are measured. A row that
raises is a row that fails, and the others go on.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tests.bench.planning.plan_mode import objections
from tests.bench.planning.runs import ROOT, Cases, run
from visits.planning import plan
from visits.planning.case import read_case, write_plan

PEAK = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
FIRST = """
import json, sys, time
from pathlib import Path
from visits.planning import plan, warm
from visits.planning.case import read_case
warm()
began = time.monotonic()
problem = read_case(Path(sys.argv[1]))
told = []
result = plan(problem, seconds=float(sys.argv[2]), seed=1,
              on_progress=lambda p: told.append((time.monotonic() - began, p.score)))
print(json.dumps(told))
"""
WHY = """
import sys, time
from pathlib import Path
from visits.planning import plan, warm
from visits.planning.case import read_case
from visits.planning.engine import search
problem, spent, inner = read_case(Path(sys.argv[1])), [], search.reasons
def timed(*arguments):
    began = time.monotonic()
    try:
        return inner(*arguments)
    finally:
        spent.append(time.monotonic() - began)
search.reasons = timed
warm()
result = plan(problem, seconds=10, seed=1)
print(spent[-1], len(result.unserved))
"""
IMPORTS = """
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
get_wsgi_application(); get_resolver().url_patterns; call_command("check")
sys.exit("numba" in sys.modules)
"""


class Row(NamedTuple):
    what: str
    measured: str
    target: str
    holds: bool


def _python(code: str, *arguments: str, seconds: float = 60, **environ: str) -> str:
    done = run(["-c", code, *arguments], seconds, env=os.environ | {"PYTHONPATH": str(ROOT)} | environ)
    if done.returncode:
        raise RuntimeError(done.stderr[-400:])
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


def feasible(cases: Cases, sizes: list[str], seeds: list[int]) -> Row:
    """Stopped after 0, 1, 100 and 5,000 iterations, with and without promises, by three referees."""
    wrong, asked = [], 0
    for locked in (0.0, 0.05):
        mine = Cases(cases.tools.parent, cases.folder, locked=locked, decay=bool(locked))
        for size in sizes:
            for seed in seeds:
                name, path = mine.make(size, seed)
                problem = read_case(path)
                for iterations in (0, 1, 100, 5000):
                    result = plan(problem, iterations=iterations, seed=seed)
                    file = path.with_suffix(f".{iterations}.plan")
                    write_plan(result, file)
                    asked += 1
                    verdict = mine.judge(path, file)
                    found = [] if verdict["feasible"] else [str(verdict)]
                    found += objections(problem, result) + [str(b) for b in result.broken_locks]
                    wrong += [f"{name} after {iterations}: {text}" for text in found[:1]]
    told = f"{asked - len(wrong)} of {asked} plans" + (f"; {wrong[0]}" if wrong else "")
    return Row("feasible in the referee's and VROOM's eyes, also stopped early", told, "always", not wrong)


def compiling() -> Row:
    with tempfile.TemporaryDirectory() as empty:
        code = "import time, visits.planning as p; print(p.warm(), time.process_time())"
        took, busy = map(float, _python(code, NUMBA_CACHE_DIR=empty).split())
        again, _ = map(float, _python(code, NUMBA_CACHE_DIR=empty).split())
    told = f"{took:.1f} s, {busy:.1f} s of CPU (from the cache {again:.1f} s)"
    return Row("cold compile, once an install", told, "<= 20 s", took <= 20)


def first_good(cases: Cases, seeds: list[int]) -> Row:
    """When a run of 60 s first holds a plan within 5 % of its last one."""
    whens = []
    for seed in seeds:
        _, path = cases.make("5000x10x5", seed)
        told = json.loads(_python(FIRST, str(path), "60"))
        whens.append(next(when for when, score in told if score >= 0.95 * told[-1][1]))
    what = "first plan within 5 % of the 60 s plan, 5000x10x5"
    return Row(what, ", ".join(f"{when:.1f} s" for when in whens), "<= 3 s", max(whens) <= 3)


def huge(cases: Cases, seconds: float) -> Row:
    """Everything counts: reading, planning, explaining, writing; the referee judges the plan."""
    _, path = cases.make("32703x20x20", 1)
    out = path.with_suffix(".plan")
    arguments = ["manage.py", "plan_case", str(path), "--seconds", str(seconds), "--output", str(out)]
    code = (
        "import os, runpy, sys, time; began = time.monotonic(); sys.argv = sys.argv[1:]\n"
        "try:\n    runpy.run_path('manage.py', run_name='__main__')\nexcept SystemExit as end:\n    assert not end.code\n"
        f"print(time.monotonic() - began, end=' '); {PEAK}"
    )
    wall, peak = map(float, _python(code, *arguments, seconds=seconds).split()[-2:])
    verdict = cases.judge(path, out)
    told = f"{wall:.0f} s, {peak / 1024:.2f} GiB, score {verdict['score']:,}"
    good = bool(verdict["feasible"]) and wall <= 300 and peak <= 2048
    return Row(
        "32703x20x20, whole", told + ("" if verdict["feasible"] else " REFUSED"), "<= 300 s, <= 2 GiB", good
    )


def why_not(cases: Cases) -> Row:
    _, path = cases.make("1000x6x5", 1)
    took, count = _python(WHY, str(path)).split()
    told = f"{float(took):.2f} s for {count} visits"
    return Row("why-not for all unserved, 1000x6x5", told, "<= 3 s", float(took) <= 3)


def _bench(module: str, *arguments: str) -> str:
    """What another bench prints."""
    done = run(["-m", f"tests.bench.{module}", *arguments], 600)
    if not done.stdout.strip():
        raise RuntimeError(done.stderr[-400:])
    return done.stdout


def slots(cases: Cases) -> Row:
    told = _bench("slots", "--shared", str(cases.tools.parent))
    found = re.search(r"^with prepare +(\S+) +(\S+) +(\S+)", told, re.MULTILINE)
    if found is None:
        raise RuntimeError(told)
    middle, p95, most = map(float, found.groups())
    what = "slots for one resident in a published week of 400 stops"
    return Row(what, f"p50 {middle:.1f} ms, p95 {p95:.1f} ms, max {most:.1f} ms", "p95 <= 20 ms", p95 <= 20)


def breakdown() -> Row:
    told = _bench("replan")
    found = re.search(r"max (\S+) s", told)
    if found is None:
        raise RuntimeError(told)
    counts = "; ".join(" ".join(line.split()) for line in told.splitlines()[-8:])
    what = "re-plan of a day after a breakdown, 12 teams x 12 stops"
    return Row(what, counts, "<= 2 s", float(found.group(1)) <= 2)


def imports() -> Row:
    try:
        _python(IMPORTS)
    except RuntimeError as error:
        return Row("check and the web process do not import numba", str(error) or "they do", "no", False)
    return Row("check and the web process do not import numba", "they do not", "do not", True)


def rows(cases: Cases, sizes: list[str], seeds: list[int], huge_s: float) -> Iterator[Row]:
    small = [size for size in sizes if int(size.split("x")[0]) <= 1000]
    measures: list[tuple[str, Callable[[], Row]]] = [
        ("feasible", lambda: feasible(cases, small, seeds)),
        ("cold compile", compiling),
        ("first plan", lambda: first_good(cases, seeds)),
        ("32703x20x20", lambda: huge(cases, huge_s)),
        ("slots", lambda: slots(cases)),
        ("re-plan", breakdown),
        ("why-not", lambda: why_not(cases)),
        ("imports", imports),
    ]
    for name, measure in measures:
        try:
            yield measure()
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            yield Row(name, " ".join(f"failed: {error}".split())[-200:], "-", False)


def lines(found: list[Row]) -> list[str]:
    out = ["| what | measured | target | holds |", "|---|---|---|---|"]
    return out + [f"| {r.what} | {r.measured} | {r.target} | {'yes' if r.holds else 'NO'} |" for r in found]
