"""`manage.py demo` as somebody who tries the product starts it."""

import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import requests
from django.conf import settings

from outreach.enums import NeedState
from outreach.models import Need, VisitRequest
from tests.factories.outreach import ResidentFactory
from tests.support.stack import Stack, free_port_pair
from tests.support.wait import stretch_s, wait_until
from visits.models import Visit

pytestmark = pytest.mark.journey
SMALL = ["--needs", "30", "--teams", "2", "--days", "3", "--seconds", "1"]


@pytest.fixture(scope="module")
def laid(make_stack: Callable[[], Stack]) -> Stack:
    return make_stack()


def test_the_demo_fills_plans_publishes_and_prints(laid: Stack):
    said = laid.run("demo", "--no-serve", *SMALL)
    assert "Made-up people: 30 new, 12 requests wait for the coordinator." in said
    found = re.search(r"Needs 30, served (\d+), left (\d+); score \d+", said)
    assert found
    served = int(found[1])
    assert served > 20
    assert served + int(found[2]) == 30
    assert re.search(r"Login of the office: koordinator  password: \S{10,}", said)
    with laid.orm():
        assert Visit.objects.count() == served
        assert Need.objects.filter(state=NeedState.PLANNED).count() == served


def test_a_repeat_keeps_what_is_there(laid: Stack):
    said = laid.run("demo", "--no-serve", *SMALL)
    assert "Made-up people: 0 new" in said
    assert "Published by an earlier demo:" in said


def test_it_serves_until_one_signal_ends_everything(laid: Stack, tmp_path: Path):
    port = free_port_pair()
    log = tmp_path / "log"
    with log.open("w") as out:
        demo = subprocess.Popen(
            [sys.executable, "manage.py", "demo", *SMALL, "--port", str(port)],
            cwd=settings.BASE_DIR,
            env={name: value for name, value in laid.environment.items() if name != "STAFF_TWO_FACTOR_FROM"},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    wait_until(
        lambda: "Ctrl-C ends everything." in log.read_text(), seconds=60, what="the addresses are printed"
    )
    everything = [psutil.Process(demo.pid), *psutil.Process(demo.pid).children(recursive=True)]
    page = requests.get(f"http://127.0.0.1:{port}/", timeout=10)
    assert page.ok
    assert "Peragaan: semua orang di sini rekaan." in page.text
    assert requests.get(f"http://127.0.0.1:{port + 1}/", timeout=10).ok
    _sign_in_as_told(f"http://127.0.0.1:{port}/admin/", said=log.read_text())
    demo.send_signal(signal.SIGINT)
    assert demo.wait(stretch_s(30)) == 0
    assert not [process for process in everything if process.is_running()]


def _sign_in_as_told(office: str, *, said: str) -> None:
    """Name and password are enough in a demo; an office asks for a second step."""
    password = re.search(r"koordinator  password: (\S+)  \(a demo asks for no second step\)", said)
    assert password
    browser = requests.Session()
    browser.get(f"{office}login/", timeout=10)
    form = {"username": "koordinator", "password": password[1], "next": "/admin/"}
    page = browser.post(
        f"{office}login/", form | {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}, timeout=30
    )
    assert (page.status_code, page.url) == (200, office)
    assert "Pekerjaan hari ini" in page.text


def test_it_refuses_a_database_with_real_people(laid: Stack):
    with laid.orm():
        ResidentFactory(made_up=False)
        before = VisitRequest.objects.count()
    with pytest.raises(AssertionError, match="holds people who are not made up"):
        laid.run("demo", "--no-serve", "--needs", "40")
    with laid.orm():
        assert VisitRequest.objects.count() == before


def test_a_port_in_use_is_said_before_anything_is_done(laid: Stack, make_stack: Callable[[], Stack]):
    busy = make_stack()
    busy.start()
    port = busy.web.rpartition(":")[2]
    with pytest.raises(AssertionError, match=rf"127.0.0.1:{port} cannot be used"):
        laid.run("demo", "--port", port)
