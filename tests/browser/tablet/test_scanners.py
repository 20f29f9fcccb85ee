"""Fingers and eyes taken through biometric devices on the same machine: a real Chromium, a real device server."""

import socket
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.fakes import sbi
from tests.fakes.sbi import FakeDevices
from tests.support import officer
from tests.support.field import TeamsDay, team_day
from tests.support.stack import Stack
from tests.support.wait import wait_until
from visits.enums import RecordingWay
from visits.models import Capture, CaptureState
from visits.records import reviews

pytestmark = pytest.mark.browser

GUARD = 4600  # no device's: who holds it has the ports of this machine for itself


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    """An app looks at every port, and would find the devices of a test beside this one."""
    with socket.socket() as guard:

        def hold() -> bool:
            try:
                guard.bind(("127.0.0.1", GUARD))
            except OSError:
                return False
            return True

        wait_until(hold, seconds=600, what="no other test has devices")
        yield


@pytest.fixture
def devices() -> Iterator[FakeDevices]:
    with sbi.running(4537) as running:
        yield running


@pytest.fixture
def kit_day(shared_stack: Stack) -> TeamsDay:
    with shared_stack.orm():
        return team_day(way=RecordingWay.OUR_DEVICES)


def _come_to_devices(page: Page, stack: Stack, day: TeamsDay) -> None:
    officer.pair(page, stack.tablet, day)
    officer.arrive(page)
    page.get_by_role("link", name="Rekam sekarang").click()
    officer.fill_first_steps(page)
    officer.take_photo(page)
    expect(page.get_by_text("Foto siap")).to_be_visible()
    officer.go_on(page)
    officer.sign(page)
    officer.go_on(page)
    expect(page.get_by_role("heading", name="Jari dan mata", level=1)).to_be_visible()


def _status(stack: Stack, visit: str) -> CaptureState:
    with stack.orm():
        return CaptureState.objects.get(capture__visit_id=visit)


@pytest.mark.parametrize(("version", "rule"), [(["0.9.5"], "text"), (["0.9.5", "1.0"], "digests")])
def test_all_fingers_and_eyes_are_taken_sealed_and_verified_by_the_office(
    shared_stack: Stack, page: Page, kit_day: TeamsDay, devices: FakeDevices, version: list[str], rule: str
):
    devices.set(version=version, rule=rule)
    _come_to_devices(page, shared_stack, kit_day)
    expect(page.get_by_text("Alat siap.")).to_be_visible()
    page.get_by_role("button", name="Ambil sidik jari dan mata").click()
    expect(page.get_by_role("heading", name="Periksa dan simpan")).to_be_visible()
    expect(page.get_by_text("10 jari dan 2 mata diambil")).to_be_visible()
    officer.save(page)
    expect(page.locator("#capture-state")).to_have_text("Diperiksa kantor", timeout=40_000)
    asked = devices.asked()
    assert [one["specVersion"] for one in asked] == [version[-1]] * 4
    assert [(one["verb"], one["bio"][0]["deviceSubId"]) for one in asked] == [
        ("RCAPTURE", number) for number in ("1", "2", "3", "3")
    ]
    assert len({one["transactionId"] for one in asked}) == 1
    status = _status(shared_stack, kit_day.visits[0])
    assert (status.stage, status.reasons) == ("accepted", [])
    with shared_stack.orm():
        form = reviews.unseal_form(Capture.objects.get(visit_id=kit_day.visits[0]))
    assert sorted(form["parts"]) == ["fingers", "irises", "photo", "signature"]
    assert form["biometrics"]["transaction"] == asked[0]["transactionId"]
    assert len(form["biometrics"]["links"]) == 4
