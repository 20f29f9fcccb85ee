"""A PostgreSQL of a test's own, to be stopped and started while others use the one of the run."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

import psutil
from django.conf import settings

from tests.support.databases import manage, process_environment
from tests.support.wait import stretch_s

OPTIONS = "-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=100"
FORGETFUL = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


def find_programs() -> Path:
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))


def run_as() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


class OwnPostgres:
    """A throw-away cluster with one migrated database in it; a template for a `Stack`. `durable`: it waits for
    the disk as an office's does."""

    def __init__(self, *, durable: bool = False) -> None:
        self._options = OPTIONS if durable else f"{OPTIONS} {FORGETFUL}"
        self._programs, self._user = find_programs(), run_as()
        # not in pytest's folder, which is for its user alone
        self._home, self._password = (
            Path(tempfile.mkdtemp(prefix="jemput-bola-postgres.")),
            secrets.token_hex(16),
        )
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        (password := self._home / "password").write_text(self._password)
        if self._user:
            for path in (self._home, password):
                shutil.chown(path, self._user)
        self._call("initdb", "-U", "postgres", "--auth=scram-sha-256", f"--pwfile={password}", "--no-sync")
        self.url = f"postgres://postgres:{self._password}@127.0.0.1:{self._port}/postgres"

    def _call(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), "-D", str(self._home / "data"), *arguments]
        done = subprocess.run(
            command, user=self._user, cwd="/", stdin=subprocess.DEVNULL, capture_output=True
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        log = self._home / "log"
        options = f"-p {self._port} {self._options}"
        self._call("pg_ctl", "-w", "-t", "60", "-l", str(log), "-o", options, "start")

    def stop(self, *, mode: str = "fast") -> None:
        """ "fast" ends all sessions, as a restart of the service does."""
        self._call("pg_ctl", "-w", "-m", mode, "stop")

    def processes(self) -> list[psutil.Process]:
        """Its main process first."""
        main = psutil.Process(int((self._home / "data" / "postmaster.pid").read_text().split()[0]))
        return [main, *main.children(recursive=True)]

    def end(self) -> None:
        """Stop it if it runs, and delete it."""
        with suppress(AssertionError):
            self.stop(mode="immediate")
        shutil.rmtree(self._home)

    def copy(self, target: Path) -> str:
        """Make keys and database of a new installation in `target`; the URL of its database."""
        target.mkdir(parents=True)
        (target / "assets").symlink_to(settings.ASSETS_DIR)
        environment = process_environment(data_dir=target, database_url=self.url)
        manage("migrate", "-v0", environment=environment, seconds=stretch_s(120))
        manage("load_region", environment=environment, seconds=stretch_s(120))
        return self.url
