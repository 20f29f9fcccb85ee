"""The installation that is filled and measured: its keys and its database, kept in a folder for the next run."""

import os
import secrets
import shutil
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

from tests.support.postgres import FORGETFUL, find_programs, run_as

# An office's small server: the planner must know that its disk is quick, and what fits into memory.
TUNED = "-c shared_buffers=1GB -c work_mem=32MB -c maintenance_work_mem=512MB -c random_page_cost=1.1 -c max_wal_size=8GB"


class Installation:
    """Keys, and a PostgreSQL cluster or an SQLite file, in `folder`. `is_new`: nothing was filled in yet."""

    def __init__(self, folder: Path, *, database: str) -> None:
        self.folder, self._database = folder, database
        self._data, self._marker = folder / "postgres", folder / "filled"
        (folder / "keys").mkdir(parents=True, exist_ok=True)
        self.url = f"sqlite:///{folder / 'scale.sqlite3'}"

    @property
    def is_new(self) -> bool:
        return not self._marker.exists()

    def note_filled(self, told: str) -> None:
        self._marker.write_text(told)

    def start(self) -> None:
        """Start the cluster, where there is one; and set the environment of the product for it."""
        if self._database == "postgres":
            self._start_cluster()
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        assets = Path(os.environ.get("DATA_DIR", "var")).absolute() / "assets"  # translations and styles
        if assets.exists() and not (data / "assets").exists():
            (data / "assets").symlink_to(assets)
        os.environ |= {
            "DATABASE_URL": self.url,
            "DATA_DIR": str(data),
            "KEYS_DIR": str(self.folder / "keys"),
            "STAFF_TWO_FACTOR_FROM": "9999-12-31",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }

    def stop(self) -> None:
        if self._database == "postgres":
            with suppress(subprocess.CalledProcessError):
                self._call("pg_ctl", "-w", "-m", "fast", "stop")

    def _start_cluster(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        password = self.folder / "password"
        if not self._data.exists():
            password.write_text(secrets.token_hex(16))
            if run_as():
                self._data.mkdir()
                for path in (self._data, password):
                    shutil.chown(path, run_as())
            self._call(
                "initdb", "-U", "postgres", "--auth=scram-sha-256", f"--pwfile={password}", "--no-sync"
            )
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' {FORGETFUL} {TUNED}"
        self._call("pg_ctl", "-w", "-t", "60", "-l", str(self._data / "log"), "-o", options, "start")
        self.url = f"postgres://postgres:{password.read_text()}@127.0.0.1:{port}/postgres"

    def _call(self, program: str, *arguments: str) -> None:
        command = [str(find_programs() / program), "-D", str(self._data), *arguments]
        subprocess.run(
            command, user=run_as(), cwd="/", check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
