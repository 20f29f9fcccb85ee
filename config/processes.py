"""The processes of the product: public and admin pages, the tablets' origin, the worker."""

import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from types import FrameType
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from config.supervisor import Program, Supervisor
from outreach import vault
from outreach.lib.crypto import KeyRingError
from visits.enums import KeyRole
from visits.keys import key_files, office_keys
from visits.ops import heartbeat

BELL_SECONDS = 10.0
SILENT_SECONDS = 60.0
START_SECONDS = 60.0


class CannotServeError(Exception):
    """Why the product cannot start, in one sentence, with what to do."""


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Host and ports of the two origins."""

    host: str
    port: int
    tablet_port: int

    @property
    def web(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def tablet(self) -> str:
        return f"http://{self.host}:{self.tablet_port}"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="for residents and the office (8000)")
    parser.add_argument("--tablet-port", type=int, help="for the tablets, an origin of its own (port + 1)")


def parse_addresses(options: dict[str, Any]) -> Addresses:
    tablet_port = options["tablet_port"] or options["port"] + 1
    return Addresses(host=options["host"], port=options["port"], tablet_port=tablet_port)


def _worker_hangs() -> Callable[[], bool]:
    """A check that sends the worker a heartbeat request now and then; True if it has not answered for a
    minute."""
    rung, silent = 0.0, False

    def hangs() -> bool:
        nonlocal rung, silent
        if time.monotonic() - rung >= BELL_SECONDS:
            rung = time.monotonic()
            heartbeat.request_sign_of_life()
            silent = heartbeat.is_silent(name=settings.WORKER_NAME, seconds=SILENT_SECONDS)
        return silent

    return hangs


def list_programs(where: Addresses) -> list[Program]:
    """The server processes with the doors that each serves; tablets have a process and an origin of their
    own."""

    def gunicorn(name: str, *, port: int, doors: str) -> Program:
        settings_file = str(settings.BASE_DIR / "config" / "gunicorn_conf.py")
        listen = f"{where.host}:{port}"
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "-c",
            settings_file,
            "-b",
            listen,
            "config.wsgi:application",
        ]
        environment = os.environ | {"DOORS": doors, "TABLET_URL": tablet_url, "PUBLIC_URL": public_url}
        return Program(name=name, command=command, environment=environment)

    public_url = os.environ.get("PUBLIC_URL", where.web)
    tablet_url = os.environ.get("TABLET_URL", where.tablet)
    worker = [sys.executable, str(settings.BASE_DIR / "manage.py"), "qcluster"]
    return [
        gunicorn("web", port=where.port, doors="public,admin"),
        gunicorn("tablet", port=where.tablet_port, doors="tablet"),
        Program(
            name="worker",
            command=worker,
            environment=os.environ | {"TABLET_URL": tablet_url, "PUBLIC_URL": public_url},
            hangs=_worker_hangs(),
        ),
    ]


def require_free_ports(where: Addresses) -> None:
    for port in (where.port, where.tablet_port):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((where.host, port))
            except OSError as error:
                raise CannotServeError(
                    f"{where.host}:{port} cannot be used ({error.strerror}). Stop what listens there, "
                    "or choose another with --port and --tablet-port."
                ) from None


def _is_answering(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=2) as answer:  # noqa: S310  # our own address
            return bool(answer.status == 200)
    except urllib.error.HTTPError:  # for example a host name that is not allowed: it is up
        return True
    except OSError:
        return False


def require_keys() -> None:
    """Raise `CannotServeError` unless the ring of field keys is readable or nothing is sealed yet."""
    try:
        vault.load_key_ring()
    except KeyRingError as error:
        raise CannotServeError(f"{error} (setting FIELD_KEYS_FILE)") from None
    except DatabaseError:
        return  # no tables yet, so nothing is sealed; /readyz says what is missing


def require_tables() -> None:
    """Raise `CannotServeError` unless the database answers and is migrated."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        reason = str(error).strip().partition("\n")[0]
        raise CannotServeError(f"The database does not answer (setting DATABASE_URL): {reason}") from None
    if missing:
        raise CannotServeError("The database is of another version. Run `manage.py migrate` first.")


def make_capture_keys(*, say: Callable[[str], object]) -> None:
    """Make the first capture key, unless another user is to hold it."""
    if office_keys.key_exists(KeyRole.CAPTURE):
        return
    if settings.CAPTURE_PRIVATE_KEYS_DIR:
        say("No tablet can record yet: run `manage.py capture_keys create` as the worker's user.")
        return
    office_keys.current_key(KeyRole.WORKER)
    office_keys.current_key(KeyRole.CAPTURE)
    say(
        f"Made the keys that open records: {key_files.key_directory(KeyRole.CAPTURE)}. Keep a copy apart from this machine."
    )


def run_processes(where: Addresses, *, say: Callable[[str], object]) -> None:
    """Start all processes, print their addresses, and supervise them until Ctrl-C or SIGTERM."""
    require_free_ports(where)
    require_tables()
    require_keys()
    make_capture_keys(say=say)
    stop = Event()

    def ask_to_stop(signum: int, frame: FrameType | None) -> None:
        stop.set()

    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, ask_to_stop)
    connection.close()  # the children open their own
    supervisor = Supervisor(list_programs(where), stop=stop)
    supervisor.start()
    try:
        _wait_until_up(where, supervisor=supervisor, stop=stop)
        if not stop.is_set():
            say(f"Residents and office: {where.web}/  (office: {where.web}/admin/)")
            say(
                f"Tablets:              {where.tablet}/  (pairing codes: {where.web}/admin/visits/device/pasangkan/)"
            )
            say("Ctrl-C ends everything.")
    except CannotServeError:
        supervisor.end()
        raise
    supervisor.run()


def _wait_until_up(where: Addresses, *, supervisor: Supervisor, stop: Event) -> None:
    until = time.monotonic() + START_SECONDS
    for name, url in (("web", where.web), ("tablet", where.tablet)):
        while not stop.is_set() and not _is_answering(url):
            if supervisor.has_ended(name) or time.monotonic() > until:
                raise CannotServeError(f"{name} did not start; what it said is above.")
            stop.wait(0.2)
