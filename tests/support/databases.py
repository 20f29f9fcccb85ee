"""A database of its own for every stack of live processes: a copy of one migrated, loaded template.

Triggers and constraints hold in the copies as in the product, and nothing is ever emptied or switched off.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

import environ
import psycopg
from django.conf import settings
from psycopg import sql

SERVER = os.environ.get("DATABASE_URL", "")  # a PostgreSQL to make databases on; else SQLite files


def is_postgres() -> bool:
    return SERVER.startswith("postgres")


def manage(*arguments: str, environment: dict[str, str], seconds: float = 120) -> str:
    """Run manage.py as a process of its own; its output. Fails with what it said."""
    done = subprocess.run(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    assert done.returncode == 0, f"manage.py {arguments[0]}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
    return done.stdout


def process_environment(*, data_dir: Path, database_url: str) -> dict[str, str]:
    """What the product's own processes get: their own folder, database and keys, nothing of the test's."""
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
    return kept | {
        "NUMBA_CACHE_DIR": str(settings.NUMBA_CACHE_DIR),
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": database_url,
        "SECRET_KEY": settings.SECRET_KEY,
        "WORKER_NICE": "0",  # other tests keep the processors busy all the time
        "STAFF_TWO_FACTOR_FROM": "9999-12-31",
        "PYTHONUNBUFFERED": "1",
    }


_NOT_INHERITED = {"DJANGO_ALLOW_ASYNC_UNSAFE", "DJANGO_SETTINGS_MODULE", "KEYS_DIR", "DOORS", "DEBUG"}


def _url(name: str) -> str:
    return SERVER.rpartition("/")[0] + "/" + name


def _execute(statement: str, *names: str) -> None:
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _exists(name: str) -> bool:
    with psycopg.connect(SERVER, autocommit=True) as connection:
        return bool(connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())


class Template:
    """Migrated, with the region loaded; made once a run, by whichever test process comes first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "template"
        migrations = sorted(settings.BASE_DIR.glob("*/migrations/*.py"))
        digest = hashlib.sha256(b"".join(path.read_bytes() for path in migrations)).hexdigest()[:12]
        self._name = (
            f"jemput_bola_template_{digest}_{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"[:63]
        )

    def copy(self, target: Path) -> str:
        """Copy keys and database into the data directory `target`; the URL of the new database."""
        self._make()
        shutil.copytree(self.folder, target)
        (target / "assets").symlink_to(settings.ASSETS_DIR)
        if not is_postgres():
            return f"sqlite:///{target / 'jemput-bola.sqlite3'}"
        name = f"jemput_bola_{secrets.token_hex(6)}"
        _execute("CREATE DATABASE {} TEMPLATE {}", name, self._name)
        return _url(name)

    def _make(self) -> None:
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with (self.folder.parent / "template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self.folder.exists():
                return
            fresh = self.folder.with_suffix(".new")
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir()
            url = f"sqlite:///{fresh / 'jemput-bola.sqlite3'}"
            if is_postgres():
                url = _url(self._name)
                if _exists(self._name):
                    _execute("DROP DATABASE {} WITH (FORCE)", self._name)
                _execute("CREATE DATABASE {}", self._name)
            environment = process_environment(data_dir=fresh, database_url=url)
            manage("migrate", "-v0", environment=environment, seconds=600)
            manage("load_region", environment=environment, seconds=600)
            fresh.rename(self.folder)


def drop(database_url: str) -> None:
    """The end of a copy; a SQLite file goes with its folder."""
    if is_postgres():
        _execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", environ.Env.db_url_config(database_url)["NAME"])
