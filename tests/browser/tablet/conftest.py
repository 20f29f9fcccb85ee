"""A day for a tablet to fetch, a page as large as the tablet, and a profile that outlives its browser."""

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests.fakes import sbi
from tests.fakes.sbi import FakeDevices
from tests.support.browser import ARGUMENTS, PERSON, TABLET, chromium, derive_quickly, set_clock
from tests.support.field import TeamsDay, team_day
from tests.support.stack import Stack
from tests.support.wait import wait_until
from visits.enums import RecordingWay

GUARD_PORT = 4600  # no device's: who holds it has the devices' ports of this machine for itself


@pytest.fixture(scope="session")
def shared_stack(lasting_stack: Stack) -> Stack:
    """Each test has a team and a tablet of its own."""
    return lasting_stack


@pytest.fixture
def day(shared_stack: Stack) -> TeamsDay:
    with shared_stack.orm():
        return team_day()


@pytest.fixture
def kit_day(shared_stack: Stack) -> TeamsDay:
    """The day of a team that takes fingers and eyes with devices of its own."""
    with shared_stack.orm():
        return team_day(way=RecordingWay.OUR_DEVICES)


@pytest.fixture
def alone_with_devices() -> Iterator[None]:
    """An app looks at every port, and would find the devices of a test in another process."""
    with socket.socket() as guard:

        def hold() -> bool:
            with suppress(OSError):
                guard.bind(("127.0.0.1", GUARD_PORT))
                return True
            return False

        wait_until(hold, seconds=600, what="no other test has devices")
        yield


@pytest.fixture
def devices(alone_with_devices: None) -> Iterator[FakeDevices]:
    with sbi.running(4537) as running:
        yield running


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    """Its PINs cost no time, unlike those of a profile (`open_profile`), which are as in the product."""
    derive_quickly(context)
    return context


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.set_viewport_size(TABLET)  # type: ignore[arg-type]
    return page


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """Where the tablet's browser keeps its files."""
    return tmp_path / "profile"


@pytest.fixture
def open_profile(browser: Browser, profile: Path) -> Iterator[Callable[[], BrowserContext]]:
    """Opens Chromium on a profile of its own, as often as asked; the same profile every time."""
    opened: list[BrowserContext] = []

    def start() -> BrowserContext:
        context = browser.browser_type.launch_persistent_context(
            profile,
            executable_path=chromium(),
            args=ARGUMENTS,
            viewport=TABLET,  # type: ignore[arg-type]
            **PERSON,  # type: ignore[arg-type]
        )
        opened.append(context)
        return set_clock(context)

    yield start
    for context in opened:
        with suppress(Error):  # killed
            context.close()


@pytest.fixture
def kill_browser(profile: Path) -> Callable[[], None]:
    """Ends the browser of the profile as a flat battery does."""

    def kill() -> None:
        for process in psutil.process_iter(["cmdline"]):
            if f"--user-data-dir={profile}" in (process.info["cmdline"] or []):
                with suppress(psutil.NoSuchProcess):
                    process.kill()

    return kill
