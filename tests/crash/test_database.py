"""PostgreSQL restarted, gone for half a minute, and down at the start: everything goes on without hands."""

import time
from collections.abc import Callable, Iterator

import pytest
import requests

from tests.support.databases import is_postgres
from tests.support.postgres import OwnPostgres
from tests.support.stack import Stack
from tests.support.wait import wait_until
from visits.models import Heartbeat
from visits.ops import heartbeat

pytestmark = [pytest.mark.crash, pytest.mark.skipif(not is_postgres(), reason="a restart of PostgreSQL")]


@pytest.fixture(scope="module")
def postgres() -> Iterator[OwnPostgres]:
    postgres = OwnPostgres()
    try:
        postgres.start()
        yield postgres
    finally:
        postgres.end()


@pytest.fixture(scope="module")
def installation(postgres: OwnPostgres, tmp_path_factory, django_db_blocker) -> Iterator[Stack]:
    stack = Stack(tmp_path_factory.mktemp("stack"), template=postgres, blocker=django_db_blocker)
    yield stack
    stack.stop()


def _measure(what: str, true: Callable[[], object], *, seconds: float) -> float:
    begin = time.monotonic()
    wait_until(true, seconds=seconds, what=what)
    took = time.monotonic() - begin
    print(f"{what}: {took:.1f} s")
    return took


def _opens_page(stack: Stack) -> bool:
    return requests.get(f"{stack.web}/status/", timeout=20).status_code == 200


def _works_since(stack: Stack) -> Callable[[], bool]:
    """Whether the worker does what is asked of it from now on, through the queue."""
    with stack.orm():
        since = Heartbeat.objects.get().at
        heartbeat.request_sign_of_life()

    def works() -> bool:
        with stack.orm():
            return Heartbeat.objects.get().at > since

    return works


def test_serve_waits_for_a_database_that_is_down_at_the_start(postgres: OwnPostgres, installation: Stack):
    postgres.stop()
    installation.start_only()
    wait_until(lambda: "Waiting for the database" in installation.log(), seconds=30)
    time.sleep(3)
    assert installation.lives()
    postgres.start()
    _measure("after a start without database, all is up", installation.is_up, seconds=60)


def test_after_a_restart_pages_and_worker_go_on_and_a_hung_worker_is_noticed(
    postgres: OwnPostgres, installation: Stack
):
    worker, web = installation.processes("worker"), installation.processes("web")
    postgres.stop()
    assert requests.get(f"{installation.web}/readyz", timeout=20).status_code == 503
    postgres.start()
    _measure("after a restart, a page opens", lambda: _opens_page(installation), seconds=20)
    _measure("after a restart, the worker works", _works_since(installation), seconds=40)
    assert installation.processes("worker")[0] == worker[0]
    assert {process.pid for process in installation.processes("web")} == {process.pid for process in web}

    for process in installation.processes("worker"):
        process.suspend()
    gone = worker[0]
    _measure("after a restart, a hung worker is replaced", lambda: not gone.is_running(), seconds=120)
    _measure("and the new one works", installation.is_up, seconds=60)


def test_half_a_minute_without_database_leaves_no_process_behind(postgres: OwnPostgres, installation: Stack):
    worker, web = installation.processes("worker")[0], installation.processes("web")[0]
    postgres.stop(mode="immediate")
    pages = [
        installation.web + path for path in ("/", "/status/", "/permohonan/mulai/", "/healthz", "/readyz")
    ]
    until = time.monotonic() + 30
    while time.monotonic() < until:
        answers = [requests.get(page, timeout=20).status_code for page in pages]
        assert answers[-2:] == [200, 503]
        assert set(answers) <= {200, 302, 503}
        time.sleep(2)
    postgres.start()
    _measure("after 30 s without database, a page opens", lambda: _opens_page(installation), seconds=20)
    _measure("after 30 s without database, the worker works", _works_since(installation), seconds=60)
    time.sleep(15)  # the supervisor asks again
    assert installation.processes("worker")[0] == worker, "nothing was killed that was well"
    assert installation.processes("web")[0] == web
