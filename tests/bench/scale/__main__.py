"""An office of a million residents: fills a database with made-up people, and measures the pages on it.

python -m tests.bench.scale --folder FOLDER [--people 1000000] [--database postgres|sqlite] [--times 10] [--only WORDS]

The folder keeps keys and database: with another run there, only pages are measured (with `--refill`: all anew). The
pages are answered in this process, through all middleware; a bare Django view stands beside them. "first" is the first
request, for which nothing is cached. Then EXPLAIN (ANALYZE, BUFFERS) of the twenty slowest statements.
"""

import argparse
import os
import shutil
import signal
import sys
import time
from pathlib import Path

from tests.bench.scale.cluster import Installation


def _fill(installation: Installation, asked: argparse.Namespace) -> None:
    from tests.bench.scale.fill import fill_database, prepare_database

    begin = time.perf_counter()
    prepare_database()
    fill_database(size=asked.people, seed=asked.seed, processes=asked.processes)
    told = f"{asked.people} people, seed {asked.seed}, filled in {time.perf_counter() - begin:.0f} s"
    installation.note_filled(told)
    print(told, flush=True)


def _migrate() -> None:
    """Bring what was filled earlier up to the code of now, and say how long that took."""
    from django.core.management import call_command

    begin = time.perf_counter()
    call_command("migrate", verbosity=0)
    print(f"migrated in {time.perf_counter() - begin:.0f} s", flush=True)


def _measure(asked: argparse.Namespace) -> None:
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    from outreach.services import waits
    from tests.bench.scale import measure
    from tests.bench.scale.pages import list_pages

    settings.ROOT_URLCONF = "tests.bench.scale.bare_urls"
    settings.ALLOWED_HOSTS = ["testserver"]
    staff, public, watch = Client(), Client(), measure.Watch()
    staff.force_login(
        get_user_model().objects.get(username="kepala"), backend=settings.AUTHENTICATION_BACKENDS[-1]
    )
    pages = [
        page
        for page in list_pages()
        if not asked.only
        or page.name == "bare view"
        or any(words in page.name for words in asked.only.split(","))
    ]
    begin = time.perf_counter()
    waits.count_usual_waits()  # the worker does so every hour
    print(f"usual waits counted in {time.perf_counter() - begin:.1f} s\n", flush=True)
    staff.get("/polos/")  # modules and templates are loaded once a process
    results = measure.measure_pages(pages, staff=staff, public=public, times=asked.times, watch=watch)
    measure.print_table(results)
    print(f"{measure.peak_memory_mb():.0f} MB at the end\n")
    if asked.database == "postgres":
        measure.print_slowest(watch)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="postgres")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--only", default="", help="pages whose name has one of these in it, with commas")
    parser.add_argument("--refill", action="store_true")
    parser.add_argument("--fill-only", action="store_true")
    asked = parser.parse_args()
    if asked.refill:
        shutil.rmtree(asked.folder, ignore_errors=True)
    installation = Installation(asked.folder, database=asked.database)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the cluster stops with us
    installation.start()
    try:
        import django

        django.setup()
        if asked.database == "sqlite":
            asked.processes = 1
        if installation.is_new:
            _fill(installation, asked)
        else:
            _migrate()
        if not asked.fill_only:
            _measure(asked)
    finally:
        installation.stop()


if __name__ == "__main__":
    sys.exit(main())
