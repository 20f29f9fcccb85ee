"""The processes of the product: public and admin pages, the tablets' origin, the worker."""

import math
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

from config.health import HIDDEN
from config.supervisor import UNANSWERED_SECONDS, Program, Supervisor
from outreach import vault
from outreach.lib.crypto import KeyRingError
from visits.enums import KeyRole
from visits.keys import key_files, missing_keys, office_keys
from visits.ops import heartbeat

BELL_SECONDS = 10.0
SILENT_SECONDS = 60.0
START_SECONDS = 60.0
WAIT_SECONDS = 1.0


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
    minute in which the database was there to take its answer."""
    rung, silent = 0.0, False
    failed = -math.inf

    def hangs() -> bool:
        nonlocal rung, silent, failed
        now = time.monotonic()
        if now - rung >= BELL_SECONDS:
            rung, silent = now, False
            try:
                heartbeat.request_sign_of_life()
                silent = heartbeat.is_silent(name=settings.WORKER_NAME, seconds=SILENT_SECONDS)
            except DatabaseError:
                failed = now
                raise
        return silent and now - failed > SILENT_SECONDS

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
            nice=settings.WORKER_NICE,
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
    """Raise `CannotServeError` unless the ring of field keys opens what is sealed."""
    try:
        vault.load_key_ring()
        vault.check_key_ring()
    except KeyRingError as error:
        raise CannotServeError(f"{error} (setting FIELD_KEYS_FILE)") from None


def wait_for_database(*, stop: Event, say: Callable[[str], object]) -> None:
    """Return once the database answers, or `stop` is set; say what is waited for. A file that cannot be opened
    is not waited for: raises `CannotServeError`."""
    said = ""
    while not stop.is_set():
        try:
            connection.ensure_connection()
        except DatabaseError as error:
            reason = str(error).strip().partition("\n")[0]
            if connection.vendor == "sqlite":
                raise CannotServeError(f"The database cannot be opened (DATABASE_URL): {reason}") from None
            if reason != said:
                say(f"Waiting for the database (setting DATABASE_URL): {reason}")
                said = reason
            stop.wait(WAIT_SECONDS)
        else:
            if said:
                say("The database answers.")
            return


def require_tables() -> None:
    """Raise `CannotServeError` unless the database is migrated."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CannotServeError("The database is of another version. Run `manage.py migrate` first.")


def make_keys(*, say: Callable[[str], object]) -> None:
    """Make the keys that there are none of yet, but those that another user is to hold. Raises `KeyRingError`
    where the ring of field keys is lost."""
    made = [] if settings.FIELD_KEYS_FILE.exists() else [settings.FIELD_KEYS_FILE]
    vault.load_key_ring()
    roles = [KeyRole.SERVER, KeyRole.WORKER, KeyRole.CAPTURE]
    missing = [role for role in roles if not office_keys.key_exists(role)]
    for role in missing:
        if role != KeyRole.SERVER and settings.CAPTURE_PRIVATE_KEYS_DIR:
            say("No tablet can record yet: run `manage.py capture_keys create` as the worker's user.")
            break
        office_keys.current_key(role)
        made.append(key_files.key_directory(role))
    if made:
        places = ", ".join(dict.fromkeys(map(str, made)))
        say(
            f"Made keys: {places}. Keep a copy apart from this machine; without it nothing sealed can be read."
        )


def say_what_is_missing(*, say: Callable[[str], object]) -> None:
    """What does not keep pages from being served, but will be missed."""
    for sentence in missing_keys.list_missing_keys():
        say(f"Warning: {sentence}.")
    if settings.HTTPS and not settings.CLIENT_ADDRESS_HEADER:
        say(f"Warning: {HIDDEN}.")


def run_processes(where: Addresses, *, say: Callable[[str], object]) -> None:
    """Start all processes, print their addresses, and supervise them until Ctrl-C or SIGTERM."""
    require_free_ports(where)
    stop = Event()

    def ask_to_stop(signum: int, frame: FrameType | None) -> None:
        stop.set()

    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, ask_to_stop)
    wait_for_database(stop=stop, say=say)
    if stop.is_set():
        return
    require_tables()
    require_keys()
    make_keys(say=say)
    say_what_is_missing(say=say)
    supervise_processes(where, stop=stop, say=say)


def supervise_processes(where: Addresses, *, stop: Event, say: Callable[[str], object]) -> None:
    """Run the programs until `stop` is set."""
    # A server that is away says nothing of our worker; a SQLite file may be locked by one that hangs.
    unanswered = UNANSWERED_SECONDS if connection.vendor == "sqlite" else math.inf
    connection.close()  # the children open their own
    supervisor = Supervisor(list_programs(where), stop=stop, unanswered_seconds=unanswered)
    supervisor.start()
    try:
        _wait_until_up(where, supervisor=supervisor, stop=stop)
        if not stop.is_set():
            office = f"{settings.ADMIN_URL.rstrip('/') or where.web}/admin/"
            say(f"Residents and office: {where.web}/  (office: {office})")
            say(f"Tablets:              {where.tablet}/  (pairing codes: {office}visits/device/pasangkan/)")
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
