"""The browser's permission to reach devices on the same machine: asked, refused, given, taken back.

Chromium asks nobody where the page itself comes from this machine; here it is told that the tablets' origin does not,
and that has a name of its own, as in an office.
"""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.fakes.sbi import FakeDevices
from tests.support import officer, scanners
from tests.support.browser import ARGUMENTS, PHONE, TABLET, axe_violations_at, chromium, new_context
from tests.support.field import TeamsDay
from tests.support.scanners import TAKE, open_record
from tests.support.stack import Stack

NAME = "tablet.localhost"  # secure without a certificate, and no address
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("alone_with_devices")]


@pytest.fixture(scope="module")
def shared_stack(make_stack: Callable[[], Stack]) -> Stack:
    stack = make_stack()
    stack.environment["ALLOWED_HOSTS"] = f"127.0.0.1,localhost,{NAME}"
    stack.start()
    stack.tablet = stack.tablet.replace("127.0.0.1", NAME)
    return stack


@pytest.fixture
def context(browser: Browser, shared_stack: Stack) -> Iterator[BrowserContext]:
    """A window to which the tablets' origin is a host of the Internet."""
    port = urlsplit(shared_stack.tablet).port
    outside = f"--ip-address-space-overrides=127.0.0.1:{port}=public"
    apart = browser.browser_type.launch(executable_path=chromium(), args=[*ARGUMENTS, outside])
    context = new_context(apart, TABLET)
    yield context
    context.close()
    apart.close()


def _set_permission(page: Page, address: str, setting: str) -> None:
    """As a person does in the browser's site settings."""
    session = page.context.new_cdp_session(page)
    target = session.send("Target.getTargetInfo")["targetInfo"]
    session.send(
        "Browser.setPermission",
        {
            "permission": {"name": "loopback-network"},
            "setting": setting,
            "origin": address,
            "browserContextId": target["browserContextId"],
        },
    )
    state = page.evaluate("navigator.permissions.query({name: 'loopback-network'}).then((one) => one.state)")
    assert state == setting


def _looks_right(page: Page, name: str) -> None:
    assert scanners.main_button_in_sight(page), name
    assert axe_violations_at(page, name, TABLET, PHONE) == []


def test_the_browser_asks_once_and_what_is_given_later_counts_at_once(
    shared_stack: Stack, page: Page, kit_day: TeamsDay, devices: FakeDevices
):
    reached: list[str] = []
    page.on("request", lambda request: reached.append(request.url) if "127.0.0.1:4" in request.url else None)
    open_record(page, shared_stack, kit_day)  # nobody is there to ask, so Chromium takes it for a no
    expect(page.get_by_text("Peramban tidak mengizinkan halaman ini memakai alat.")).to_be_visible()
    assert reached == ["http://127.0.0.1:4501/device"]
    _looks_right(page, "tablet-devices-refused")
    _set_permission(page, shared_stack.tablet, "granted")
    expect(page.get_by_text("Alat siap.")).to_be_visible()  # by itself: the page hears of it
    devices.stop()
    page.get_by_role("button", name=TAKE).click()
    expect(page.get_by_text("Alat tidak ditemukan.")).to_be_visible()
    devices.start()
    page.get_by_role("button", name="Coba lagi").click()
    expect(page.get_by_text("10 jari dan 2 mata diambil")).to_be_visible()
    assert len(devices.asked()) == 4


def test_after_a_refusal_the_record_goes_on(
    shared_stack: Stack, page: Page, kit_day: TeamsDay, devices: FakeDevices
):
    page.goto(shared_stack.tablet)
    _set_permission(page, shared_stack.tablet, "denied")
    open_record(page, shared_stack, kit_day)
    expect(page.get_by_text("Peramban tidak mengizinkan halaman ini memakai alat.")).to_be_visible()
    page.get_by_role("button", name="Lanjut tanpa alat").click()
    officer.go_on(page)
    officer.save(page)
    expect(page.locator("#capture-state")).to_have_text("Diperiksa kantor", timeout=40_000)
    assert devices.asked() == []


def test_what_is_taken_back_in_the_middle_leaves_what_was_taken(
    shared_stack: Stack, page: Page, kit_day: TeamsDay, devices: FakeDevices
):
    page.goto(shared_stack.tablet)
    _set_permission(page, shared_stack.tablet, "granted")
    devices.set(delay=2)
    open_record(page, shared_stack, kit_day)
    page.get_by_role("button", name=TAKE).click()
    expect(page.get_by_text("Letakkan empat jari kanan di alat")).to_be_visible()
    _set_permission(page, shared_stack.tablet, "denied")
    expect(page.get_by_text("Izin memakai alat sudah dicabut di peramban.")).to_be_visible()
    expect(scanners.group(page, "Empat jari kiri")).to_contain_text("Diambil, mutu 80")
    _looks_right(page, "tablet-devices-withdrawn")
    _set_permission(page, shared_stack.tablet, "granted")
    expect(page.get_by_text("Alat siap.")).to_be_visible()
    page.get_by_role("button", name=TAKE).click()
    expect(page.get_by_text("10 jari dan 2 mata diambil")).to_be_visible()
