"""Do the database's doors keep what families were told? Counts over random walks through a small office.

python -m tests.bench.promises.doors [--drafts 5000] [--steps 120] [--first 1] [--processes 2]

Each walk (tests/support/walks) makes an office of two or three teams and some thirty families on a database of its own
and goes through random doors: plans, hand moves, places, publishing, re-plans, breakdowns, urgent visits, closed days,
moved shifts and breaks, teams, officers and kit that are missing, reports of tablets, requests with triage, and a copy
of the database that is put back. After each door a referee that shares no line with the product's rules looks at
everything that is told, listed, logged and shown. Walks go on until so many drafts and re-plans were made. Exit status
1 where anything is broken; a walk ends there, and its last doors are printed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from contextlib import nullcontext
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

SHOWN = 12  # doors before a breach


def begin_process() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.test.utils import setup_test_environment

    from visits.schedule.runs import engine

    setup_test_environment()
    settings.STAFF_TWO_FACTOR_FROM = date.max
    engine.warm_engine()


def make_template(folder: Path) -> None:
    from tests.support.databases import Template

    folder.mkdir(parents=True, exist_ok=True)
    Template(folder)._make()


def _walk_once(seed: int, *, base: Path, steps: int) -> Any:
    from tests.support.databases import Template
    from tests.support.walks.walk import walk

    folder = base / f"walk-{seed}"
    try:
        return seed, walk(
            seed, steps=steps, folder=folder, template=Template(base / "template"), unblocked=nullcontext
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _print_counts(counts: Counter[str]) -> None:
    """The doors as a table, the seldom ones first, and the other counts."""
    from tests.support.walks.walk import DOORS

    columns = ("door", "acted", "refused", "touched")
    print(f"{'':24}{'walked':>9}{'acted':>9}{'refused':>9}{'touched':>9}   acted a walk")
    for name in sorted((door.__name__ for door in DOORS), key=lambda name: counts[f"acted {name}"]):
        row = [counts.pop(f"{column} {name}", 0) for column in columns]
        print(f"{name:24}" + "".join(f"{count:9}" for count in row) + f"{row[1] / counts['walks']:15.2f}")
    for name, count in sorted(counts.items()):
        print(f"{count:8}  {name}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, default in (("drafts", 5000), ("steps", 120), ("first", 1), ("processes", 2), ("seconds", 0)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--folder", type=Path, help="for the databases; a folder in memory is fastest")
    asked = parser.parse_args()
    began = time.perf_counter()
    base = asked.folder or Path(tempfile.mkdtemp(prefix="walks-"))
    begin_process()
    make_template(base / "template")
    counts, broken = Counter[str](), 0
    context = multiprocessing.get_context("spawn")
    with context.Pool(asked.processes, initializer=begin_process) as pool:
        seeds = range(asked.first, asked.first + 100_000)
        for seed, walked in pool.imap_unordered(partial(_walk_once, base=base, steps=asked.steps), seeds):
            counts += walked.counts
            counts["walks"] += 1
            if walked.breaches:
                broken += 1
                counts.update(f"breach {row}"[:70] for row in walked.breaches[:1])
                print(f"walk {seed}:", *walked.trace[-SHOWN:], *walked.breaches[:5], sep="\n   ", flush=True)
            made = counts["drafts"] + counts["re-plans"]
            print(
                f"{counts['walks']} walks, {counts['steps']} doors, {made} drafts",
                file=sys.stderr,
                flush=True,
            )
            if made >= asked.drafts or (asked.seconds and time.perf_counter() - began > asked.seconds):
                break
        pool.terminate()
    _print_counts(counts)
    print(f"{time.perf_counter() - began:8.0f}  seconds")
    if asked.folder is None:
        shutil.rmtree(base, ignore_errors=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
