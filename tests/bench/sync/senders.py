"""Tablets over HTTP, one thread and one kept-alive connection each, and what their requests took."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import psutil

from tests.bench.sync.office import FullTablet, used_megabytes, used_seconds
from tests.support.tablet import Sealed, join_items

PAUSE_S = 0.5  # of a tablet that was told to come again
TRIES = 40


@dataclass
class Measured:
    """Times of requests in seconds, bytes of records that were acknowledged, answers that were no success."""

    name: str
    seconds: float = 0.0
    bytes: int = 0
    times: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    memory: list[float] = field(default_factory=list)  # MB of the largest process, every half second
    cpu: Counter[str] = field(default_factory=Counter)  # seconds of processor time by kind of process

    @property
    def rate(self) -> float:
        """MB of acknowledged records a second."""
        return self.bytes / 1e6 / self.seconds if self.seconds else 0.0

    def quantile(self, part: float) -> float:
        """Milliseconds."""
        times = sorted(self.times)
        return times[min(len(times) - 1, int(part * len(times)))] * 1000 if times else 0.0


class Line:
    """One connection; opened again where the server has closed it."""

    def __init__(self, address: str, measured: Measured, token: str = "") -> None:
        self._connection = http.client.HTTPConnection(address, timeout=60)
        self._measured, self._token = measured, token

    def call(self, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> Any:
        """(status, JSON); tried again after 429, 503 and a closed line, as a tablet does."""
        headers = {"Authorization": f"Bearer {self._token}", "Jb-Client": "1", "Content-Type": kind}
        for _try in range(TRIES):
            began = time.perf_counter()
            try:
                self._connection.request(method, path, body=body, headers=headers)
                answer = self._connection.getresponse()
                said = answer.read()
            except (http.client.HTTPException, OSError) as error:
                self._connection.close()
                if not isinstance(
                    error, http.client.RemoteDisconnected | BrokenPipeError | ConnectionResetError
                ):
                    self._measured.refused[type(error).__name__] += 1
                continue
            self._measured.times.append(time.perf_counter() - began)
            if answer.status < 400:
                return answer.status, json.loads(said) if said else None
            self._measured.refused[str(answer.status)] += 1
            if answer.status not in (429, 503):
                raise RuntimeError(f"{method} {path}: {answer.status} {said[:300]!r}")
            time.sleep(PAUSE_S)
        raise RuntimeError(f"{method} {path}: no answer in {TRIES} tries")


def hand_in_by_chunks(line: Line, record: Sealed) -> None:
    """The loop of the protocol: manifest, what is missing, manifest."""
    offer = json.dumps({"manifest": record.manifest}).encode()
    path = f"/api/v1/captures/{record.id}"
    status, said = line.call("PUT", path, offer)
    while status == 202:
        for sha in said["missing"]:
            octets = "application/octet-stream"
            line.call("PUT", f"/api/v1/devices/me/blobs/{sha}", record.chunks[sha], octets)
        status, said = line.call("PUT", path, offer)
    assert said["receipt"]


def hand_in_whole(line: Line, record: Sealed) -> None:
    """The whole record in one request."""
    body = join_items([record.manifest.encode(), *record.chunks.values()])
    _status, said = line.call("PUT", f"/api/v1/captures/{record.id}/parts", body, "application/octet-stream")
    assert said["receipt"]


def hand_bare_chunks(line: Line, record: Sealed) -> None:
    """The same bytes, in as many pieces, to the bare app."""
    line.call("PUT", "/", record.manifest.encode())
    for data in record.chunks.values():
        line.call("PUT", "/", data)


def hand_bare_whole(line: Line, record: Sealed) -> None:
    """The same bytes in one request to the bare app."""
    line.call("PUT", "/", record.manifest.encode() + b"".join(record.chunks.values()))


def run_together(works: Iterable[Callable[[], None]]) -> list[BaseException]:
    """Run each in a thread of its own; what they raised."""
    failures: list[BaseException] = []

    def guard(work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # a bench tells, and goes on
            failures.append(error)

    threads = [threading.Thread(target=guard, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def send_records(
    name: str,
    address: str,
    tablets: list[FullTablet],
    hand_in: Callable[[Line, Sealed], None],
    processes: Callable[[], dict[str, list[psutil.Process]]],
    *,
    share: tuple[int, int] = (0, 1),
) -> Measured:
    """Hand in every tablet's records (those at `share[0]`, `share[0] + share[1]`, ...), all tablets at once. The
    memory is that of the "tablet" processes."""
    measured, over = Measured(name), threading.Event()

    def send(full: FullTablet) -> None:
        line = Line(address, measured, full.tablet.token)
        for record in full.records[share[0] :: share[1]]:
            hand_in(line, record)
            measured.bytes += sum(map(len, record.chunks.values()))

    def watch() -> None:
        while not over.wait(0.5):
            measured.memory.append(used_megabytes(processes().get("tablet", [])))

    watcher = threading.Thread(target=watch)
    watcher.start()
    began, before = time.perf_counter(), used_seconds(processes())
    failures = run_together([lambda full=full: send(full) for full in tablets])  # type: ignore[misc]
    measured.seconds = time.perf_counter() - began
    measured.cpu = used_seconds(processes())
    measured.cpu.subtract(before)
    over.set()
    watcher.join()
    for failure in failures:
        measured.refused[f"{type(failure).__name__}: {failure}"[:120]] += 1
    return measured


def post_events(
    address: str, tablets: list[FullTablet], *, rate: float, seconds: float
) -> tuple[Measured, Measured]:
    """`rate` posts of one event a second for `seconds`, due at fixed moments, while every tablet reads its day."""
    posts, reads = Measured(f"/events, {rate:g} a second"), Measured("the day's reads beside it")
    began = time.perf_counter()
    step = len(tablets) / rate

    def post(number: int, full: FullTablet) -> None:
        line, due = Line(address, posts, full.tablet.token), number / rate
        while due < seconds:
            time.sleep(max(0.0, began + due - time.perf_counter()))
            visit = full.visits[full.tablet.sequence % len(full.visits)]
            event = full.tablet.event("note", visit=visit, officer=full.officer, text="Catatan")
            _status, said = line.call("POST", "/api/v1/events", json.dumps({"events": [event]}).encode())
            if said["results"][0]["result"] != "applied":
                posts.refused[str(said["results"][0]["problem"])[:80]] += 1
            due += step

    def read(full: FullTablet) -> None:
        line = Line(address, reads, full.tablet.token)
        time.sleep(seconds * (tablets.index(full) + 0.5) / len(tablets) / 2)
        _status, said = line.call("GET", "/api/v1/days")
        for day in said["days"]:
            line.call("GET", f"/api/v1/days/{day}")
        line.call("GET", "/api/v1/me")

    works = [lambda at=at, full=full: post(at, full) for at, full in enumerate(tablets)]  # type: ignore[misc]
    works += [lambda full=full: read(full) for full in tablets]  # type: ignore[misc]
    failures = run_together(works)
    posts.seconds = reads.seconds = time.perf_counter() - began
    for failure in failures:
        posts.refused[f"{type(failure).__name__}: {failure}"[:120]] += 1
    return posts, reads
