"""An office with tablets that come home with full outboxes, on a live stack; and the bare app beside it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings
from django.db import transaction

from tests.support.stack import Stack, free_port_pair
from tests.support.tablet import JPEG, PNG, Sealed, Tablet
from tests.support.wait import wait_until

PART = 970_000  # bytes of a photo that is 1.3 MB once it is sealed


class _Open:
    """What pytest-django's blocker is to a test; nothing blocks here."""

    unblock = staticmethod(nullcontext)


@dataclass
class FullTablet:
    """A paired tablet, its sealed records, and its visits."""

    tablet: Tablet
    officer: int
    visits: list[str]
    records: list[Sealed] = field(default_factory=list)


def make_stack(folder: Path, template: Any) -> Stack:
    stack = Stack(folder, template=template, blocker=_Open())  # type: ignore[arg-type]
    del stack.environment["WORKER_NICE"]  # as an office has it
    return stack


def fill_tablets(stack: Stack, *, tablets: int, records: int) -> list[FullTablet]:
    """Pair tablets, one to a team, with a published day; seal `records` for each. The stack is not up yet."""
    from outreach.enums import NeedState
    from tests.factories.outreach import NeedFactory, VillageFactory
    from tests.factories.visits import OfficerFactory, ShiftFactory, TeamFactory, VisitFactory
    from tests.visits.conftest import publish
    from visits.enums import KeyRole
    from visits.keys import office_keys
    from visits.tablets import devices

    made = []
    with stack.orm(), transaction.atomic():
        for role in KeyRole:
            office_keys.current_key(role)
        key = office_keys.current_key(KeyRole.CAPTURE)
        village = VillageFactory(code="35.19.99.2001")
        for number in range(tablets):
            team = TeamFactory(code=f"B{number}", name=f"Tim {number}")
            officer, shift = OfficerFactory(team=team, employee_number=f"B-{number}"), ShiftFactory(team=team)
            needs = [
                NeedFactory(state=NeedState.PLANNED, resident__village=village)
                for _ in range(max(records, 1))
            ]
            visits = [VisitFactory(shift=shift, need=need) for need in needs]
            publish(shift, visits)
            tablet = Tablet(send=_refuse_to_send)
            code, _row = devices.make_pairing_code(team=team, user=None, actor="system")
            issued = devices.pair_device(jws=tablet.pairing(code))
            tablet.device, tablet.token = str(issued.device.pk), issued.token
            made.append(FullTablet(tablet, officer.pk, [str(visit.pk) for visit in visits]))
    capture_key = {"kid": key.kid, "jwk": key.jwk}
    for one in made:
        for visit in one.visits[:records]:
            parts = {"photo": JPEG + os.urandom(PART), "signature": PNG}
            one.records.append(
                one.tablet.seal(visit=visit, officer=one.officer, capture_key=capture_key, parts=parts)
            )
    return made


def _refuse_to_send(*_call: Any, **_more: Any) -> Any:
    raise AssertionError("this tablet does not send by itself")


@contextmanager
def bare_server(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The bare app under the product's own gunicorn settings: its address and its main process."""
    port = free_port_pair()
    (folder / "bare").mkdir()
    command = [sys.executable, "-m", "gunicorn", "-c", str(settings.BASE_DIR / "config" / "gunicorn_conf.py")]
    with (folder / "bare.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "-b", f"127.0.0.1:{port}", "tests.bench.sync.bare_app:application"],
            cwd=settings.BASE_DIR,
            env=os.environ | {"BARE_FOLDER": str(folder / "bare"), "PYTHONPATH": str(settings.BASE_DIR)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        wait_until(lambda: _listens(port), seconds=30, what="the bare app is up")
        yield f"127.0.0.1:{port}", psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(20)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def used_megabytes(processes: list[psutil.Process]) -> float:
    """The largest resident size of these processes."""
    sizes = []
    for process in processes:
        try:
            sizes.append(process.memory_info().rss / 1e6)
        except psutil.NoSuchProcess:
            continue
    return max(sizes, default=0.0)


def used_seconds(kinds: dict[str, list[psutil.Process]]) -> Counter[str]:
    """Processor time so far of each kind of process, of those that ended meanwhile too where their parent lives;
    "client" is this process."""
    used: Counter[str] = Counter()
    for kind, processes in {**kinds, "client": [psutil.Process()]}.items():
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                used[kind] += times.user + times.system
                used[kind] += 0 if kind == "client" else times.children_user + times.children_system
    return used
