"""17.00: tablets come home and hand in their records; and the bare app that writes the same bytes, in the same run.

python -m tests.bench.sync [--tablets 20] [--records 15] [--database sqlite|postgres] [--way whole|chunks]

The product's own `serve` runs with its worker. A record is 1.3 MB of really sealed parts. The bare app
(`bare_app.py`) runs under the product's gunicorn settings, reads, writes and fsyncs; ours and bare take turns over
the records (`--rounds`), since other work on the machine comes and goes. The ratio is of acknowledged bytes a second.
Then `/events` at 50 posts a second for 30 seconds, beside the day's reads of every tablet. The throw-away PostgreSQL
is durable, unlike that of the tests.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

EVENTS_PER_SECOND, EVENTS_SECONDS = 50.0, 30.0


def _begin_process() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()


def _make_template(database: str, folder: Path) -> Any:
    """The folder is where a migrated SQLite file is kept."""
    from tests.support.databases import Template
    from tests.support.postgres import OwnPostgres

    if database == "sqlite":
        return Template(folder)
    server = OwnPostgres(durable=True)
    server.start()
    return server


def _add_up(parts: list[Any]) -> Any:
    """One measure of all rounds of the same kind."""
    total = parts[0]
    for part in parts[1:]:
        total.seconds += part.seconds
        total.bytes += part.bytes
        total.times += part.times
        total.refused += part.refused
        total.memory += part.memory
        total.cpu.update(part.cpu)
    return total


def _row(name: str, found: Any, ratio: str = "") -> str:
    errors = ", ".join(f"{what} x {count}" for what, count in found.refused.items()) or "0"
    memory = f"{found.memory[0]:.0f} / {max(found.memory):.0f}" if found.memory else ""
    rate = f"{found.rate:.1f}" if found.bytes else f"{len(found.times) / found.seconds:.0f}/s"
    times = (
        f"{found.quantile(0.5):.0f} | {found.quantile(0.95):.0f} | {max(found.times, default=0) * 1000:.0f}"
    )
    cpu = ", ".join(f"{kind} {used / len(found.times) * 1000:.1f}" for kind, used in found.cpu.items())
    return f"| {name} | {len(found.times)} | {rate} | {ratio} | {times} | {errors} | {memory} | {cpu} |"


def run(asked: argparse.Namespace, folder: Path) -> None:
    from tests.bench.sync import office, senders

    ways = {
        "whole": (senders.hand_in_whole, senders.hand_bare_whole),
        "chunks": (senders.hand_in_by_chunks, senders.hand_bare_chunks),
    }
    hand_in, hand_bare = ways[asked.way]
    began = time.perf_counter()
    template = _make_template(asked.database, asked.template or folder)
    stack = office.make_stack(folder / "stack", template)
    try:
        tablets = office.fill_tablets(stack, tablets=asked.tablets, records=asked.records)
        print(f"made in {time.perf_counter() - began:.0f} s", file=sys.stderr)
        stack.start()
        address = stack.tablet.removeprefix("http://")
        ours, bare = [], []

        def processes() -> dict[str, list[psutil.Process]]:
            found = {kind: stack.processes(kind) for kind in ("tablet", "worker")}
            return found | ({"database": template.processes()} if asked.database == "postgres" else {})

        with office.bare_server(folder) as (beside, main):

            def bare_processes() -> dict[str, list[psutil.Process]]:
                return {"tablet": [main, *main.children()]}

            for turn in range(asked.rounds):
                share = (turn, asked.rounds)
                bare.append(
                    senders.send_records("bare", beside, tablets, hand_bare, bare_processes, share=share)
                )
                ours.append(senders.send_records("ours", address, tablets, hand_in, processes, share=share))
        sums = _add_up(ours), _add_up(bare)
        print(
            "| | requests | MB/s | ratio | p50 ms | p95 | worst | errors | MB of a process | CPU ms a request |"
        )
        print("|---|---|---|---|---|---|---|---|---|---|")
        print(_row("bare app", sums[1]))
        print(_row(f"ours, {asked.database}, {asked.way}", sums[0], f"{sums[0].rate / sums[1].rate:.2f}"))
        if asked.events:
            for found in senders.post_events(
                address, tablets, rate=EVENTS_PER_SECOND, seconds=EVENTS_SECONDS
            ):
                print(_row(found.name, found))
    except BaseException:
        print(stack.log(lines=30), file=sys.stderr)
        raise
    finally:
        stack.end()
        if asked.database == "postgres":
            template.end()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tablets", type=int, default=20)
    parser.add_argument("--records", type=int, default=15)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--way", choices=["whole", "chunks"], default="whole")
    parser.add_argument(
        "--template", type=Path, help="a folder that keeps the migrated SQLite file for the next run"
    )
    parser.add_argument("--no-events", dest="events", action="store_false")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-sync-"))
    _begin_process()
    try:
        run(asked, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
