"""A record with biometric devices at the tablet's side, as an officer comes to it."""

from playwright.sync_api import Locator, Page, expect

from tests.fakes.sbi import FakeDevices
from tests.support import officer
from tests.support.browser import PHONE, TABLET
from tests.support.field import TeamsDay
from tests.support.stack import Stack

TAKE = "Ambil sidik jari dan mata"
TAPS_BEFORE = 2  # of `open_record`, before the record: pairing, and the arrival


def open_record(page: Page, stack: Stack, day: TeamsDay) -> None:
    """From pairing to the step of fingers and eyes of the first home."""
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


def group(page: Page, name: str) -> Locator:
    """The line of a group, as "Empat jari kiri"."""
    return page.locator("#scanner-groups li").filter(has_text=name)


def wait_for_captures(page: Page, devices: FakeDevices, count: int) -> None:
    """Until the devices have been asked for so many captures; the page goes on meanwhile."""
    for _try in range(600):
        if len(devices.asked()) >= count:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"not asked for {count} captures")


def main_button_in_sight(page: Page) -> bool:
    """Whether the one main button lies whole above the bar at both sizes."""
    whole = True
    for size in (PHONE, TABLET):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        main, bar = page.locator("form.capture .button.primary"), page.locator("#bar")
        expect(main).to_have_count(1)
        box, below = main.bounding_box(), bar.bounding_box()
        whole = whole and bool(box and below) and box["y"] + box["height"] <= below["y"] + 0.5  # type: ignore[index]
    return whole
