"""Nobody else on the machine reads the office's files."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from config import private
from tests.support.databases import process_environment


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_new_database_and_its_journal_are_its_users_alone(settings, tmp_path: Path):
    """A real process under the usual umask of 022; a transaction is left open to see the journal."""
    script = """
import django; django.setup()
from django.db import connection, transaction
import os, sys
with transaction.atomic():
    connection.cursor().execute("CREATE TABLE a (b)")
    data = os.environ["DATA_DIR"]
    for name in sorted(os.listdir(data)):
        print(name, oct(os.stat(os.path.join(data, name)).st_mode & 0o777))
"""
    url = f"sqlite:///{tmp_path / 'data' / 'jemput-bola.sqlite3'}"
    environment = process_environment(data_dir=tmp_path / "data", database_url=url)
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=settings.BASE_DIR,
        env=environment | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        umask=0o022,
        capture_output=True,
        text=True,
        check=True,
    )
    modes = dict(line.split() for line in done.stdout.splitlines())
    assert modes["jemput-bola.sqlite3"] == modes["jemput-bola.sqlite3-journal"] == "0o600"
    assert _mode(tmp_path / "data") == 0o700


@pytest.fixture
def office(settings, tmp_path: Path) -> Path:
    """An installation made by hand, open to all."""
    for name in ("DATA_DIR", "KEYS_DIR", "RECORDS_DIR"):
        folder = tmp_path / name.lower()
        folder.mkdir()
        folder.chmod(0o755)
        setattr(settings, name, folder)
    return tmp_path


def test_what_lay_open_is_shut_at_the_start(office: Path, settings, monkeypatch):
    file = settings.DATA_DIR / "jemput-bola.sqlite3"
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": file}
    monkeypatch.setitem(settings.DATABASES, "default", database)
    sqlite3.connect(file).close()
    wal = Path(f"{file}-wal")
    for path in (file, wal):
        path.touch()
        path.chmod(0o664)

    private.keep()

    assert [_mode(path) for path in (settings.DATA_DIR, settings.KEYS_DIR, settings.RECORDS_DIR)] == [
        0o700
    ] * 3
    assert [_mode(path) for path in (file, wal)] == [0o600] * 2


def test_everybodys_folder_is_left_as_it_is(tmp_path: Path):
    tmp_path.chmod(0o1777)
    assert private.tighten([tmp_path]) == []
    assert tmp_path.stat().st_mode & 0o7777 == 0o1777


def test_what_belongs_to_another_user_is_named(office: Path, settings, monkeypatch, caplog):
    monkeypatch.setattr(os, "geteuid", lambda: settings.DATA_DIR.stat().st_uid + 1)
    caplog.set_level("WARNING", logger="config.private")

    private.keep()

    assert _mode(settings.DATA_DIR) == 0o755
    assert [record.args for record in caplog.records][:3] == [("data_dir",), ("keys_dir",), ("records_dir",)]


def test_a_place_that_is_not_there_is_no_matter(tmp_path: Path):
    assert private.tighten([tmp_path / "nowhere"]) == []
