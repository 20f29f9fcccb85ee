"""Measures pages in this process, as a web worker answers them, and explains the slowest statements."""

import json
import random
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.test import Client

from tests.bench.scale.pages import Page

GOAL_MS = 300
BIG_TABLE = 10_000


@dataclass
class Statement:
    """One statement as it ran."""

    page: str
    sql: str
    params: Any
    seconds: float


@dataclass
class Found:
    """What requests for a page took: seconds, of which this process worked `cpu`, statements, rows that they returned,
    bytes, and how much the peak of memory rose above where it began."""

    page: Page
    status: int = 0
    times: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)
    size: int = 0
    memory_mb: float = 0.0

    def quantile_ms(self, share: float) -> float:
        if len(self.times) < 2:
            return self.times[0] * 1000
        return quantiles(self.times, n=100, method="inclusive")[round(share * 100) - 1] * 1000


class Watch:
    """Counts the statements of requests, and keeps the slowest run of each."""

    def __init__(self) -> None:
        self.count, self.slow = 0, {}  # type: ignore[var-annotated]
        self._page = ""

    @contextmanager
    def watch(self, page: str) -> Iterator[None]:
        self._page, self.count = page, 0
        with connection.execute_wrapper(self._run):
            yield

    def _run(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        begin = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            took = time.perf_counter() - begin
            self.count += 1
            known = self.slow.get(sql)
            if sql.startswith("SELECT") and (known is None or known.seconds < took):
                self.slow[sql] = Statement(self._page, sql, params, took)

    def slowest(self, count: int) -> list[Statement]:
        return sorted(self.slow.values(), key=lambda one: -one.seconds)[:count]


def _read_memory(name: str) -> float:
    """Megabytes: VmRSS is now, VmHWM the peak since it was reset."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _ask(page: Page, client: Client, rng: random.Random, watch: Watch, found: Found) -> None:
    Path("/proc/self/clear_refs").write_text("5")
    before = _read_memory("VmRSS")
    with watch.watch(page.name):
        begin, worked = time.perf_counter(), time.process_time()
        response = page.ask(client, rng)
        body = response.content
        found.times.append(time.perf_counter() - begin)
        found.cpu.append(time.process_time() - worked)
    found.status, found.size = response.status_code, len(body)
    found.statements.append(watch.count)
    found.memory_mb = max(found.memory_mb, _read_memory("VmHWM") - before)


def measure_pages(
    pages: list[Page], *, staff: Client, public: Client, times: int, watch: Watch
) -> Iterator[Found]:
    """Each page `times` times; before the first of them what is kept for a while is forgotten."""
    for page in pages:
        client, found, rng = public if page.public else staff, Found(page), random.Random(page.name)
        cache.clear()
        for _ in range(times):
            _ask(page, client, rng, watch, found)
        yield found


def peak_memory_mb() -> float:
    return _read_memory("VmHWM")


def print_table(results: Iterable[Found]) -> None:
    """A row for each page as soon as it is measured; the bare view is the first."""
    print(
        "| page | status | p50 ms | p95 ms | first ms | own CPU ms | x bare | statements | kB | peak MB | |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|", flush=True)
    bare, count, late = 0.0, 0, 0
    for one in results:
        half, most = one.quantile_ms(0.5), one.quantile_ms(0.95)
        bare, count, late = bare or half, count + 1, late + (most > GOAL_MS)
        cpu, first = sorted(one.cpu)[len(one.cpu) // 2] * 1000, one.times[0] * 1000
        counts = sorted(set(one.statements))
        told = str(counts[0]) if len(counts) == 1 else f"{counts[0]}-{counts[-1]}"
        print(
            f"| {one.page.name} | {one.status} | {half:.0f} | {most:.0f} | {first:.0f} | {cpu:.0f} | "
            f"{half / bare:.0f} | {told} | {one.size / 1000:.0f} | {one.memory_mb:.0f} | "
            f"{'over' if most > GOAL_MS else ''} |",
            flush=True,
        )
    print(f"\n{count - late} of {count} pages within {GOAL_MS} ms")


def _list_scans(node: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Sequential scans of the plan: table, and the rows read in all loops."""
    if node["Node Type"] == "Seq Scan":
        read = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        yield node["Relation Name"], round(read * node["Actual Loops"])
    for below in node.get("Plans", ()):
        yield from _list_scans(below)


def print_slowest(watch: Watch, *, count: int = 20) -> None:
    """EXPLAIN (ANALYZE, BUFFERS) of the slowest statements: time, buffers, and large tables read in sequence."""
    import psycopg

    for place, one in enumerate(watch.slowest(count), start=1):
        cursor = psycopg.ClientCursor(connection.connection)
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {one.sql}", one.params)
        (row,) = cursor.fetchone() or ([],)
        plan = (json.loads(row) if isinstance(row, str) else row)[0]
        top = plan["Plan"]
        scans = [f"{table} {read}" for table, read in _list_scans(top) if read > BIG_TABLE]
        buffers = top.get("Shared Hit Blocks", 0) + top.get("Shared Read Blocks", 0)
        print(
            f"{place}. {one.seconds * 1000:.0f} ms ({plan['Execution Time']:.0f} ms again), {buffers} buffers, "
            f"{one.page}: {'SEQUENTIAL ' + ', '.join(scans) if scans else 'no large sequential scan'}\n"
            f"   {one.sql[:60]} ... {_tail(one.sql)}"
        )


def _tail(sql: str) -> str:
    begin = sql.find(" WHERE ")
    return sql[begin if begin > 0 else 0 :][:400]
