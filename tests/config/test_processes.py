"""What `serve` sees to before anything starts."""

import time
from io import StringIO
from threading import Event

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from config import processes
from config.processes import make_keys, wait_for_database
from outreach import vault
from outreach.lib.crypto import KeyRingError, load_ring
from visits.enums import KeyRole
from visits.keys import key_files, office_keys
from visits.models import PublicKey
from visits.ops import heartbeat

pytestmark = pytest.mark.django_db


def test_a_fresh_office_gets_the_keys_that_open_records_once(settings):
    said: list[str] = []
    for _ in range(2):
        make_keys(say=said.append)

    roles = sorted(PublicKey.objects.values_list("role", flat=True))
    assert roles == [KeyRole.CAPTURE, KeyRole.SERVER, KeyRole.WORKER]
    keys = settings.KEYS_DIR
    assert said == [
        f"Made keys: {keys / 'field_keys.json'}, {keys / 'server'}, {keys / 'worker'}. "
        "Keep a copy apart from this machine; without it nothing sealed can be read."
    ]
    assert settings.FIELD_KEYS_FILE.is_file()
    assert key_files.load_private_key(KeyRole.CAPTURE, office_keys.current_key(KeyRole.CAPTURE).kid)


def test_where_another_user_holds_the_keys_the_command_is_named(settings, tmp_path):
    settings.CAPTURE_PRIVATE_KEYS_DIR = str(tmp_path / "worker")
    said: list[str] = []
    make_keys(say=said.append)

    assert list(PublicKey.objects.values_list("role", flat=True)) == [KeyRole.SERVER]
    assert "manage.py capture_keys create" in said[0]


@pytest.fixture
def moments(monkeypatch) -> list[float]:
    """The seconds that pass for the supervisor's check; the last one is now."""
    now = [1000.0]
    monkeypatch.setattr("config.processes.time.monotonic", lambda: now[-1])
    return now


def test_a_worker_that_never_answers_hangs(moments):
    hangs = processes._worker_hangs()
    assert hangs() is True


def test_silence_counts_from_when_the_database_was_back(moments, monkeypatch):
    hangs = processes._worker_hangs()

    def away() -> None:
        raise OperationalError

    with monkeypatch.context() as broken:
        broken.setattr(heartbeat, "request_sign_of_life", away)
        with pytest.raises(OperationalError):
            hangs()
    said = [(moments.append(moments[-1] + 10), hangs())[1] for _ in range(8)]

    assert said == [False] * 6 + [True] * 2, "a minute in which it could have answered"


def test_serve_waits_for_the_database_and_says_so_once(monkeypatch):
    said: list[str] = []
    tries: list[float] = []

    def connect() -> None:
        tries.append(time.monotonic())
        if len(tries) < 4:
            raise OperationalError("connection refused\nIs the server running?")

    monkeypatch.setattr(connection, "vendor", "postgresql")
    monkeypatch.setattr(connection, "ensure_connection", connect)
    monkeypatch.setattr(processes, "WAIT_SECONDS", 0.01)
    wait_for_database(stop=Event(), say=said.append)

    assert len(tries) == 4
    assert said == [
        "Waiting for the database (setting DATABASE_URL): connection refused",
        "The database answers.",
    ]


def test_a_file_that_cannot_be_opened_is_not_waited_for(monkeypatch):
    def connect() -> None:
        raise OperationalError("unable to open database file")

    monkeypatch.setattr(connection, "vendor", "sqlite")
    monkeypatch.setattr(connection, "ensure_connection", connect)
    with pytest.raises(processes.CannotServeError, match="DATABASE_URL"):
        wait_for_database(stop=Event(), say=print)


def test_serve_refuses_a_database_whose_field_keys_are_lost_or_anothers(settings):
    vault.create_person_key()
    settings.FIELD_KEYS_FILE.unlink()
    vault.load_key_ring.cache_clear()
    with pytest.raises(processes.CannotServeError, match="put back the copy"):
        processes.require_keys()
    with pytest.raises(KeyRingError):
        make_keys(say=print)
    assert not settings.FIELD_KEYS_FILE.exists(), "a new ring would open nothing"

    load_ring(settings.FIELD_KEYS_FILE)
    vault.load_key_ring.cache_clear()
    with pytest.raises(processes.CannotServeError, match="does not open this database"):
        processes.require_keys()


def test_serve_says_what_will_be_missed(settings):
    make_keys(say=print)
    kid = office_keys.current_key(KeyRole.CAPTURE).kid
    key_files.key_path(KeyRole.CAPTURE, kid).unlink()
    settings.HTTPS, settings.CLIENT_ADDRESS_HEADER = True, ""
    said: list[str] = []
    processes.say_what_is_missing(say=said.append)

    assert said == [
        f"Warning: worker/capture-{kid}.json is missing: put back the copy that was kept apart.",
        "Warning: a proxy hides the browsers' addresses: it has to send the header that CLIENT_ADDRESS_HEADER names.",
    ]


def test_migrating_makes_the_keys_before_the_first_backup_and_says_so(settings):
    out = StringIO()
    call_command("migrate", stdout=out)
    assert settings.FIELD_KEYS_FILE.is_file()
    assert "Keep a copy apart from this machine" in out.getvalue()

    vault.create_person_key()
    settings.FIELD_KEYS_FILE.unlink()
    vault.load_key_ring.cache_clear()
    with pytest.raises(CommandError, match="put back the copy"):
        call_command("migrate", stdout=out)


def test_looking_at_migrations_makes_nothing(settings):
    for look in ({"plan": True}, {"check_unapplied": True}):
        call_command("migrate", stdout=StringIO(), **look)
    assert not settings.FIELD_KEYS_FILE.exists()
    assert not PublicKey.objects.exists()
