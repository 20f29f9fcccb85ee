"""Nobody else on the machine reads the office's files."""

import grp
import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
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

    private.secure_process_files()

    assert [_mode(path) for path in (settings.DATA_DIR, settings.KEYS_DIR, settings.RECORDS_DIR)] == [
        0o700
    ] * 3
    assert [_mode(path) for path in (file, wal)] == [0o600] * 2


def test_everybodys_folder_is_left_as_it_is(tmp_path: Path):
    tmp_path.chmod(0o1777)
    assert private.remove_others_access([tmp_path]) == []
    assert tmp_path.stat().st_mode & 0o7777 == 0o1777


def test_what_belongs_to_another_user_is_named(office: Path, settings, monkeypatch, caplog):
    monkeypatch.setattr(os, "geteuid", lambda: settings.DATA_DIR.stat().st_uid + 1)
    caplog.set_level("WARNING", logger="config.private")

    private.secure_process_files()

    assert _mode(settings.DATA_DIR) == 0o755
    assert [record.args for record in caplog.records][:3] == [("data_dir",), ("keys_dir",), ("records_dir",)]


def test_a_place_that_is_not_there_is_no_matter(tmp_path: Path):
    assert private.remove_others_access([tmp_path / "nowhere"]) == []


@pytest.fixture
def shared_office(office: Path, settings) -> Iterator[Path]:
    """The same, shared with the group that runs the tests."""
    settings.FILES_GROUP = grp.getgrgid(os.getegid()).gr_name
    before = os.umask(0o077)
    yield office
    os.umask(before)


def test_a_group_shares_all_but_the_keys(shared_office: Path, settings, monkeypatch):
    file = settings.DATA_DIR / "jemput-bola.sqlite3"
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": file}
    monkeypatch.setitem(settings.DATABASES, "default", database)
    file.touch()

    private.secure_process_files()

    modes = [stat.S_IMODE(folder.stat().st_mode) for folder in (settings.DATA_DIR, settings.RECORDS_DIR)]
    assert modes == [0o2770] * 2
    assert (_mode(file), file.stat().st_gid) == (0o660, os.getegid())
    assert _mode(settings.KEYS_DIR) == 0o700
    (settings.RECORDS_DIR / "new").mkdir()
    assert stat.S_IMODE((settings.RECORDS_DIR / "new").stat().st_mode) == 0o2770


def test_a_group_that_is_not_there_shares_nothing(shared_office: Path, settings):
    settings.FILES_GROUP = "no-such-group"
    private.secure_process_files()
    assert [_mode(folder) for folder in (settings.DATA_DIR, settings.RECORDS_DIR)] == [0o700] * 2


RECORD = """
import django; django.setup()
import os, sys
from visits.models import Device
from visits.records import blobs, stored_chunks
tablet = Device(pk=1)
target = stored_chunks.chunk_path(tablet, "sha")
if sys.argv[1] == "0":
    with blobs.ChunkBatch(tablet) as batch:
        batch.add("sha", b"sealed")
else:
    os.setgroups([int(sys.argv[1])])
    os.setgid(65534)
    os.setuid(65534)
    print(target.read_bytes().decode())
    target.unlink()
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
@pytest.mark.parametrize(("shared", "said"), [(True, "sealed"), (False, "PermissionError")])
def test_a_worker_of_another_user_reads_and_sweeps_the_records(settings, shared: bool, said: str):
    """Two real processes; the second one becomes a user who has nothing but the group."""
    group = next(row for row in grp.getgrall() if row.gr_gid not in (0, 65534))
    with tempfile.TemporaryDirectory() as folder:
        there = Path(folder)
        there.chmod(0o755)
        environment = process_environment(data_dir=there / "data", database_url=f"sqlite:///{there}/data/db")
        environment |= {
            "RECORDS_DIR": str(there / "records"),
            "FILES_GROUP": group.gr_name if shared else "",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        done = [
            subprocess.run(
                [sys.executable, "-c", RECORD, str(gid)],
                cwd=settings.BASE_DIR,
                env=environment,
                umask=0o022,
                capture_output=True,
                text=True,
            )
            for gid in (0, group.gr_gid)
        ]
    assert [one.returncode == 0 for one in done] == [True, shared], done
    assert said in done[1].stdout + done[1].stderr
