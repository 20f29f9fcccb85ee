"""Does planning keep its time, and what do publishing and the plan's pages cost?

python -m tests.bench.plan_time [--needs 20000] [--late 3000] [--sizes 6x5,60x20] [--seconds 20] [--seed 1] [--keep FOLDER]

For each size (teams x days) a database of made-up people is filled (on SQLite, or on the PostgreSQL of DATABASE_URL), a
run is asked for and worked on as the worker does, its draft is looked at, published and looked at again; each in a
process of its own, whose highest memory is its row's. `wall` and `CPU` are seconds; `within` are the phases of the run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import Any

STEPS = ("plan", "pages", "publish", "published")


def begin_process() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()


def run_step(step: str, environment: dict[str, str], **how: Any) -> list[dict[str, Any]]:
    """The rows that a step of `steps.py` prints, done in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.plan_time.steps", step, json.dumps(how)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def print_row(size: str, row: dict[str, Any]) -> None:
    figures = f"{row['wall_s']:9.2f}{row['cpu_s']:9.2f}{row.get('queries', 0):9}{row['peak_mb']:9.0f}"
    more = " ".join(f"{name}={value}" for name, value in row.get("more", {}).items())
    print(f"{size:7}{row['what']:24}{figures}  {more}", flush=True)
    for name, seconds in row.get("within", {}).items():
        print(f"{'':7}  {name:22}{seconds:9.2f}")


def main() -> int:
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reader.add_argument("--needs", type=int, default=20_000)
    reader.add_argument("--late", type=int, default=3_000)
    reader.add_argument("--sizes", default="6x5,60x20")
    reader.add_argument("--seconds", type=int, default=20)
    reader.add_argument("--seed", type=int, default=1)
    reader.add_argument("--steps", default=",".join(STEPS))
    reader.add_argument("--keep", type=Path, help="a folder that is left, and used again")
    asked = reader.parse_args()
    begin_process()
    from tests.support.databases import Template, drop, process_environment

    held = nullcontext(asked.keep) if asked.keep else tempfile.TemporaryDirectory()
    with held as kept:
        base = Path(kept)
        base.mkdir(parents=True, exist_ok=True)
        print(f"{'':7}{'':24}{'wall':>9}{'CPU':>9}{'queries':>9}{'MB':>9}")
        for size in asked.sizes.split(","):
            teams, days = map(int, size.split("x"))
            folder = base / f"{size}-{asked.needs}"
            known = folder.with_suffix(".url")
            if not known.exists():
                known.write_text(Template(base).copy(folder))
                environment = process_environment(data_dir=folder, database_url=known.read_text())
                (row,) = run_step(
                    "fill",
                    environment,
                    needs=asked.needs,
                    late=asked.late,
                    teams=teams,
                    days=days,
                    seed=asked.seed,
                )
                print_row(size, row)
            environment = process_environment(data_dir=folder, database_url=known.read_text())
            for step in filter(None, asked.steps.split(",")):
                for row in run_step(step, environment, seconds=asked.seconds, seed=asked.seed):
                    print_row(size, row)
            if not asked.keep:
                drop(known.read_text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
