"""The product as it runs: web, tablets' origin and worker in real processes, on a database of their own."""

import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import environ
import psutil
import requests
from django.conf import settings
from django.db import connections
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from config.database import complete_database_settings
from outreach import vault
from tests.support.databases import Template, drop, manage, process_environment
from tests.support.postgres import OwnPostgres
from tests.support.wait import stretch_s, wait_until


def free_port_pair() -> int:
    """A port that is free together with the next one."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


class Stack:
    """`web` and `tablet` are the two addresses; `run` calls manage.py; `orm` looks into the database."""

    def __init__(self, folder: Path, *, template: Template | OwnPostgres, blocker: DjangoDbBlocker) -> None:
        self.data_dir = folder / "data"
        self.log_file = folder / "stack.log"
        self.database_url = template.copy(self.data_dir)
        self.environment = process_environment(data_dir=self.data_dir, database_url=self.database_url)
        self._blocker = blocker
        self._process: subprocess.Popen[bytes] | None = None
        port = free_port_pair()
        self.web, self.tablet = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}"
        self._port = port

    # --- processes

    def start(self, *, seconds: float = 60) -> None:
        self.start_only()
        wait_until(self.is_up, seconds=seconds, what="web, tablets and worker are up")

    def start_only(self) -> None:
        """Start without waiting until it is up."""
        command = [sys.executable, "manage.py", "serve", "--port", str(self._port)]
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=settings.BASE_DIR,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def lives(self) -> bool:
        """Whether the supervisor is running."""
        return self._process is not None and self._process.poll() is None

    def is_up(self) -> bool:
        assert self.lives(), f"the stack ended:\n{self.log()}"
        try:
            ready = requests.get(f"{self.web}/readyz", timeout=5).json()["status"] == "ready"
            return ready and requests.get(f"{self.tablet}/healthz", timeout=5).ok
        except (requests.ConnectionError, requests.Timeout):
            return False

    def stop(self) -> None:
        """As by Ctrl-C; fails if anything is left running."""
        if self._process is None:
            return
        everything = self.processes()
        self._process.send_signal(signal.SIGINT)
        self._process.wait(stretch_s(60))
        self._process = None
        wait_until(lambda: not [p for p in everything if _lives(p)], what="no process is left")

    def processes(self, name: str = "") -> list[psutil.Process]:
        """All processes of the tree, or those of "web", "tablet" or "worker", main process first."""
        assert self._process is not None
        supervisor = psutil.Process(self._process.pid)
        if not name:
            return [supervisor, *supervisor.children(recursive=True)]
        mark = {"web": self.web, "tablet": self.tablet}.get(name, "qcluster").removeprefix("http://")
        with suppress(psutil.NoSuchProcess):  # one that ends while we look
            for leash in supervisor.children():
                if mark in leash.cmdline():
                    return leash.children(recursive=True)
        return []

    def kill(self, name: str) -> None:
        """kill -9 of every process of "web", "tablet" or "worker" at once; the supervisor sees to the rest."""
        for process in self.processes(name):
            with suppress(psutil.NoSuchProcess):
                process.kill()

    @contextmanager
    def full_disk(self, name: str, *, room: int = 200_000) -> Iterator[None]:
        """Within, these processes can make no file longer than `room` bytes, and let none grow that is."""
        running = self.processes(name)
        try:
            for process in running:
                process.rlimit(psutil.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
            yield
        finally:
            for process in running:
                process.rlimit(psutil.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def kill_supervisor(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait(5)
        self._process = None

    def log(self, *, lines: int = 80) -> str:
        if not self.log_file.exists():
            return "never started"
        return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-lines:])

    # --- what is inside

    def run(self, *arguments: str, seconds: float = 400) -> str:
        """A manage.py command on this stack's database, in a process of its own; its output."""
        return manage(*arguments, environment=self.environment, seconds=seconds)

    @contextmanager
    def orm(self) -> Iterator[None]:
        """Within, the test's own models, services and factories work on this stack's database and keys."""
        ours, our_settings = connections["default"], connections.settings["default"]
        parsed: dict[str, Any] = dict(environ.Env.db_url_config(self.database_url))
        # In the handler's settings, so that threads that open a connection of their own open this one.
        connections.settings["default"] = {**our_settings, **complete_database_settings(parsed)}
        theirs = connections["default"] = connections.create_connection("default")
        vault.load_key_ring.cache_clear()
        try:
            with self._blocker.unblock(), override_settings(**self._paths()):
                yield
        finally:
            theirs.close()
            connections["default"], connections.settings["default"] = ours, our_settings
            vault.load_key_ring.cache_clear()

    def _paths(self) -> dict[str, Path]:
        """The settings that name a place in the data directory, as this stack has them."""
        shared = {"ASSETS_DIR", "NUMBA_CACHE_DIR"}
        names = [
            name
            for name in dir(settings)
            if name.isupper() and name not in shared and isinstance(getattr(settings, name), Path)
        ]
        inside = {name: getattr(settings, name) for name in names}
        paths = {
            name: self.data_dir / path.relative_to(settings.DATA_DIR)
            for name, path in inside.items()
            if path.is_relative_to(settings.DATA_DIR)
        }
        return paths | {
            "KEYS_DIR": self.data_dir / "keys",
            "FIELD_KEYS_FILE": self.data_dir / "keys" / "field_keys.json",
            "RECORDS_DIR": self.data_dir / "records",
        }

    def end(self) -> None:
        try:
            self.stop()
        finally:
            drop(self.database_url)


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
