from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django.fixtures import Settings

from config import health
from config.processes import CannotServeError, require_keys
from outreach import vault
from tests.factories.visits import PlanRunFactory
from tests.support.stack import free_port_pair
from visits.enums import KeyRole, RunState
from visits.keys import key_files, office_keys
from visits.models import Heartbeat
from visits.ops import heartbeat


@pytest.fixture(autouse=True)
def _forget_what_was_applied() -> None:
    health._known_applied.cache_clear()


def test_healthz_needs_no_database(client: Client):
    answer = client.get("/healthz")  # without the db mark, a query would fail
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]
    assert "Set-Cookie" not in answer
    assert "default-src 'self'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_only_read(client: Client, path: str):
    assert client.post(path).status_code == 405


@pytest.mark.django_db
def test_ready_with_a_living_worker(client: Client):
    heartbeat.record_sign_of_life()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    body = answer.json()
    assert 0 <= body["jobs"].pop("worker_silent_seconds") < 30
    assert body == {
        "status": "ready",
        "database": "ok",
        "migrations": "applied",
        "jobs": {
            "worker": "alive",
            "oldest_waiting_seconds": 0,
            "runs_without_worker": 0,
        },
    }


@pytest.mark.django_db
def test_pages_stay_in_service_while_the_worker_is_silent(client: Client, clock):
    Heartbeat.objects.create(name="worker", at=clock.now() - timedelta(seconds=61))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert answer.json()["jobs"]["worker"] == "silent"
    assert 61 <= answer.json()["jobs"]["worker_silent_seconds"] < 90, "whole seconds, on a busy machine too"


@pytest.mark.django_db
def test_a_worker_never_seen_is_silent(client: Client):
    assert client.get("/readyz").json()["jobs"]["worker_silent_seconds"] is None


@pytest.mark.django_db
def test_not_ready_without_a_migration(client: Client):
    (last,) = MigrationLoader(connection).graph.leaf_nodes("visits")
    MigrationRecorder(connection).record_unapplied(*last)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == "missing: run manage.py migrate"


@pytest.mark.django_db
def test_health_is_not_redirected_to_https(client: Client, settings: Settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "lease_seconds", "seen"),
    [
        (RunState.RUNNING, 5, 0),
        (RunState.RUNNING, -1, 1),
        (RunState.INTERRUPTED, -1, 1),
        (RunState.DONE, -1, 0),
    ],
)
def test_a_planning_run_whose_worker_is_gone_is_seen(
    client: Client, state: RunState, lease_seconds: int, seen: int, clock
):
    PlanRunFactory(state=state, lease_until=clock.now() + timedelta(seconds=lease_seconds))
    assert client.get("/readyz").json()["jobs"]["runs_without_worker"] == seen


@pytest.mark.django_db
def test_a_lost_ring_of_keys_is_said_and_not_replaced(client: Client, settings: Settings):
    heartbeat.record_sign_of_life()
    vault.create_person_key()
    settings.FIELD_KEYS_FILE.unlink()
    vault.load_key_ring.cache_clear()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["keys"] == [
        "field_keys.json is missing: put back the copy that was kept apart (setting FIELD_KEYS_FILE)"
    ]
    with pytest.raises(CannotServeError, match="FIELD_KEYS_FILE"):
        require_keys()
    assert not settings.FIELD_KEYS_FILE.exists()


@pytest.mark.django_db
def test_serving_fetches_the_libraries_and_refuses_an_old_database(tmp_path: Path, settings: Settings):
    settings.ASSETS_DIR = tmp_path
    MigrationRecorder.Migration.objects.filter(app="visits").latest("id").delete()

    with pytest.raises(CommandError, match="Run `manage"):
        call_command("serve", port=free_port_pair())

    assert (tmp_path / "npm" / "leaflet" / "dist" / "leaflet-src.esm.js").is_file()


@pytest.mark.django_db
def test_keys_that_went_away_are_said_while_pages_still_work(client: Client, settings: Settings):
    heartbeat.record_sign_of_life()
    vault.create_person_key()
    kid = office_keys.current_key(KeyRole.CAPTURE).kid
    assert client.get("/readyz").json()["status"] == "ready"

    settings.FIELD_KEYS_FILE.rename(settings.FIELD_KEYS_FILE.with_suffix(".away"))
    key_files.key_path(KeyRole.CAPTURE, kid).unlink()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert [line.split(" is missing")[0] for line in answer.json()["keys"]] == [
        *("field_keys.json", f"worker/capture-{kid}.json")
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sender", "headers", "header", "status"),
    [
        ("127.0.0.1", {}, "", 200),
        ("127.0.0.1", {"host": "nobody.contoh.go.id"}, "", 200),
        ("::1", {}, "", 200),
        ("::ffff:127.0.0.1", {}, "", 200),
        ("10.1.2.3", {}, "", 200),
        ("10.1.3.3", {}, "", 404),
        ("", {}, "", 404),
        ("127.0.0.1", {"x-real-ip": "198.51.100.7"}, "X-Real-Ip", 404),
        ("127.0.0.1", {"x-real-ip": "10.1.2.3"}, "X-Real-Ip", 200),
        ("127.0.0.1", {"x-forwarded-for": "198.51.100.7"}, "", 404),
        ("127.0.0.1", {"x-forwarded-for": "198.51.100.7"}, "X-Real-Ip", 404),
        ("127.0.0.1", {}, "X-Real-Ip", 200),
    ],
)
def test_this_machine_and_named_networks_alone_may_ask(
    settings: Settings, sender: str, headers: dict[str, str], header: str, status: int
):
    settings.ALLOWED_HOSTS = ["jemput.contoh.go.id"]
    settings.READYZ_FROM = [ip_network("10.1.2.0/24")]
    settings.CLIENT_ADDRESS_HEADER = header
    answer = Client(headers={"host": "127.0.0.1:8000", **headers}, REMOTE_ADDR=sender).get("/readyz")
    assert answer.status_code == status


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sender", "headers", "header", "hidden"),
    [
        ("127.0.0.1", {"x-forwarded-for": "198.51.100.7"}, "", True),
        ("10.0.0.5", {"x-forwarded-proto": "https"}, "X-Real-Ip", True),
        ("127.0.0.1", {"x-forwarded-for": "1.2.3.4", "x-real-ip": "127.0.0.1"}, "X-Real-Ip", True),
        ("127.0.0.1", {"x-forwarded-for": "1.2.3.4", "x-real-ip": "1.2.3.4"}, "X-Real-Ip", False),
        ("127.0.0.1", {}, "X-Real-Ip", False),
        ("1.2.3.4", {"x-forwarded-for": "5.6.7.8"}, "", False),
    ],
)
def test_a_proxy_that_hides_the_browsers_address_is_said(
    settings: Settings, sender: str, headers: dict[str, str], header: str, hidden: bool
):
    heartbeat.record_sign_of_life()
    settings.CLIENT_ADDRESS_HEADER = header
    client = Client()
    client.get("/status/", headers=headers, REMOTE_ADDR=sender)
    body = client.get("/readyz").json()
    assert (body["status"], "client_address" in body) == (("degraded", True) if hidden else ("ready", False))
