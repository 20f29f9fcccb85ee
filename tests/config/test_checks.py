import grp
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import CheckMessage
from pytest_django.fixtures import Settings

from config import checks
from outreach import vault
from visits.enums import KeyRole
from visits.keys import key_files, office_keys


def _ids(found: list[CheckMessage]) -> list[str | None]:
    return [message.id for message in found]


def test_the_queue_as_we_set_it_is_safe():
    assert checks.queue_check(app_configs=None) == []


@pytest.mark.parametrize(("retry", "found"), [(1860, ["config.E001"]), (1861, [])])
def test_a_retry_within_the_time_a_task_may_take_is_an_error(
    settings: Settings, retry: int, found: list[str]
):
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"retry": retry, "timeout": 600, "workers": 2, "queue_limit": 2}
    assert _ids(checks.queue_check(app_configs=None)) == found


@pytest.mark.parametrize(("nice", "found"), [(-1, ["config.E028"]), (0, []), (19, []), (20, ["config.E028"])])
def test_a_worker_steps_back_and_never_forward(settings: Settings, nice: int, found: list[str]):
    settings.WORKER_NICE = nice
    assert _ids(checks.niceness_check(app_configs=None)) == found


@pytest.mark.parametrize(
    ("doors", "found"),
    [
        (["public", "admin"], []),
        (["tablet"], []),
        (["admin"], []),
        (["public", "tablet"], ["config.E003"]),
        (["public", "back"], ["config.E002"]),
        ([], ["config.E002"]),
    ],
)
def test_the_tablet_has_an_origin_of_its_own(settings: Settings, doors: list[str], found: list[str]):
    settings.DOORS = doors
    assert _ids(checks.doors_check(app_configs=None)) == found


@pytest.mark.parametrize(("name", "found"), [("KEYS_DIR", "config.W005"), ("DATA_DIR", "config.W011")])
def test_a_folder_that_others_can_read_is_a_warning(
    settings: Settings, tmp_path: Path, name: str, found: str
):
    for folder in ("KEYS_DIR", "DATA_DIR"):
        (tmp_path / folder).mkdir(mode=0o700)
        setattr(settings, folder, tmp_path / folder)
    (tmp_path / name).chmod(0o755)
    assert _ids(checks.data_dir_check(app_configs=None)) == [found]
    (tmp_path / name).chmod(0o700)
    assert checks.data_dir_check(app_configs=None) == []


def test_a_missing_data_folder_is_an_error(settings: Settings, tmp_path: Path):
    settings.DATA_DIR = tmp_path / "nowhere"
    assert "config.E004" in _ids(checks.data_dir_check(app_configs=None))


@pytest.mark.parametrize(("group", "found"), [("", []), ("no-such-group", ["config.W022"]), (None, [])])
def test_a_group_that_is_not_there_is_a_warning(settings: Settings, group: str | None, found: list[str]):
    settings.FILES_GROUP = grp.getgrgid(os.getegid()).gr_name if group is None else group
    assert _ids(checks.files_group_check(app_configs=None)) == found


def test_a_group_that_we_are_not_in_is_a_warning(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    mine = {os.getegid(), *os.getgroups()}
    settings.FILES_GROUP = next(row.gr_name for row in grp.getgrall() if row.gr_gid not in mine)
    assert _ids(checks.files_group_check(app_configs=None)) == ["config.W023"]


SQLITE = {"ENGINE": "django.db.backends.sqlite3"}
IMMEDIATE = {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=DELETE;"}


@pytest.mark.parametrize(
    ("database", "found"),
    [
        (SQLITE | {"OPTIONS": IMMEDIATE}, []),
        (SQLITE, ["config.E006"]),
        (SQLITE | {"OPTIONS": IMMEDIATE, "ATOMIC_REQUESTS": True}, ["config.E006"]),
        ({"ENGINE": "django.db.backends.postgresql"}, []),
    ],
)
def test_sqlite_must_take_turns(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, database: dict[str, Any], found: list[str]
):
    monkeypatch.setitem(settings.DATABASES, "default", database)
    assert _ids(checks.sqlite_check(app_configs=None)) == found


@pytest.mark.parametrize(("version", "found"), [((3, 51, 2), ["config.E007"]), ((3, 51, 3), [])])
def test_a_write_ahead_log_needs_a_safe_version(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int], found: list[str]
):
    monkeypatch.setattr("sqlite3.sqlite_version_info", version)
    options = IMMEDIATE | {"init_command": "PRAGMA journal_mode = WAL;"}
    monkeypatch.setitem(settings.DATABASES, "default", SQLITE | {"OPTIONS": options})
    assert _ids(checks.sqlite_check(app_configs=None)) == found


def test_before_going_live(settings: Settings):
    settings.DEBUG, settings.HTTPS, settings.ALLOWED_HOSTS = True, False, ["localhost"]
    assert _ids(checks.deploy_check(app_configs=None)) == [
        *("config.E008", "config.E009", "config.W010", "config.E021")
    ]
    settings.OFFICE_PHONE = "0351-000000"
    settings.DEBUG, settings.HTTPS, settings.ALLOWED_HOSTS = False, True, ["jemput.contoh.go.id"]
    assert checks.deploy_check(app_configs=None) == []


@pytest.mark.parametrize(
    ("https", "header", "proxies", "found"),
    [
        (False, "", 0, []),
        (True, "X-Real-IP", 1, []),
        (True, "", 1, ["config.W026"]),
        (True, "", 0, ["config.W026"] * 2),
    ],
)
def test_a_proxy_that_hides_addresses_is_a_warning(
    settings: Settings, https: bool, header: str, proxies: int, found: list[str]
):
    settings.HTTPS, settings.CLIENT_ADDRESS_HEADER = https, header
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": proxies}
    assert _ids(checks.proxy_check(app_configs=None)) == found


@pytest.mark.django_db
def test_missing_keys_are_errors_before_going_live(settings: Settings):
    row = office_keys.current_key(KeyRole.SERVER)
    vault.create_person_key()
    assert checks.keys_check(app_configs=None) == []
    key_files.key_path(KeyRole.SERVER, row.kid).unlink()
    settings.FIELD_KEYS_FILE.unlink()
    assert _ids(checks.keys_check(app_configs=None)) == ["config.E027"] * 2


@pytest.mark.django_db
def test_keys_of_another_system_user_are_not_asked_for(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    office_keys.current_key(KeyRole.CAPTURE)
    shutil.rmtree(settings.KEYS_DIR / "worker")

    def shut(folder: Path) -> None:
        raise PermissionError(folder)

    assert _ids(checks.keys_check(app_configs=None)) == ["config.E027"]
    monkeypatch.setattr(Path, "iterdir", shut)
    assert checks.keys_check(app_configs=None) == []
