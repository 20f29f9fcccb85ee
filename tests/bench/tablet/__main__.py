"""The tablet in a real Chromium, on a profile that outlives its browser.

python -m tests.bench.tablet start [--runs 7] [--slowdown 4] [--stops 15]
python -m tests.bench.tablet kills [--kills 50] [--seed 1] [--stops 15]
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--template", type=Path, help="a folder that keeps the migrated SQLite file for the next run"
    )
    doing = parser.add_subparsers(dest="doing", required=True)
    start = doing.add_parser("start", help="cold starts offline")
    start.add_argument("--runs", type=int, default=7)
    start.add_argument("--slowdown", type=float, default=4.0)
    start.add_argument("--stops", type=int, default=15)
    kills = doing.add_parser("kills", help="a day under kills of the browser")
    kills.add_argument("--kills", type=int, default=50)
    kills.add_argument("--seed", type=int, default=1)
    kills.add_argument("--stops", type=int, default=15)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop lives in this thread
    import django

    django.setup()
    from tests.bench.tablet import cold_start
    from tests.bench.tablet import kills as killing

    if asked.doing == "start":
        cold_start.run(template=asked.template, runs=asked.runs, slowdown=asked.slowdown, stops=asked.stops)
    elif not killing.run(template=asked.template, kills=asked.kills, seed=asked.seed, stops=asked.stops):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
