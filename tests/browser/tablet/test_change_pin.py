"""Another PIN for a tablet: the old one is needed and counted, and of two PINs exactly one counts at every moment."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support import carving, officer
from tests.support.browser import TABLET, axe_violations_at
from tests.support.field import TeamsDay
from tests.support.stack import Stack
from tests.support.wait import wait_until

pytestmark = pytest.mark.browser

NEW = "31415926"
PHONE = {"width": 360, "height": 740}
WRAPS = "indexedDB.databases().then((all) => all.map((one) => one.name).filter((name) => name.startsWith('jb-pin-')))"
WRAPPED = """async () => {
  const { databases, readRow } = await import("/static/visits/tablet/store.js");
  return Array.from((await readRow((await databases("jb-pin-")).at(-1), "wrap")).box);
}"""
# the browser dies while the new key is derived: nothing is written yet
STALL_DERIVING = """() => {
  const real = SubtleCrypto.prototype.deriveKey;
  let times = 0;
  SubtleCrypto.prototype.deriveKey = function (...given) {
    times += 1; // the old PIN, the calibration, the new PIN
    if (times < 3) return real.apply(this, given);
    globalThis.stalled = true;
    return new Promise(() => {});
  };
}"""
# it dies when the new wrap is on the disk, before the old one goes
STALL_BURNING = """() => {
  const real = IDBFactory.prototype.deleteDatabase;
  IDBFactory.prototype.deleteDatabase = function (name) {
    if (!name.startsWith("jb-pin-")) return real.call(this, name);
    globalThis.stalled = true;
    return indexedDB.open("jb-stalled", 1);
  };
}"""


def _change(page: Page, old: str, new: str = NEW) -> None:
    page.evaluate("location.hash = '#/pin'")
    page.get_by_label("PIN atau kata sandi yang sekarang").fill(old)
    page.get_by_label("PIN atau kata sandi untuk tablet ini").fill(new)
    page.get_by_label("Tulis sekali lagi").fill(new)
    page.get_by_role("button", name="Ganti PIN").click()


def _expect_open(page: Page) -> None:
    expect(page.get_by_role("list", name="Kunjungan")).to_be_visible()


def test_the_new_pin_alone_opens_and_the_old_wrap_is_gone_from_the_disk(
    shared_stack: Stack, open_profile: Callable[[], BrowserContext], profile: Path, day: TeamsDay
):
    context = open_profile()
    page = context.new_page()
    officer.pair(page, shared_stack.tablet, day)
    old_wrap = bytes(page.evaluate(WRAPPED))
    assert any(old_wrap in value for value in carving.stored_values(profile)), "it would not be found"
    page.locator("#to-tablet").click()
    page.get_by_role("link", name="Ganti PIN").click()
    assert axe_violations_at(page, "tablet-change-pin", TABLET, PHONE) == []

    _change(page, officer.PIN, officer.PIN)
    expect(page.get_by_text("Sama dengan yang sekarang")).to_be_visible()
    _change(page, officer.PIN)
    expect(page.get_by_role("heading", name="PIN sudah diganti")).to_be_visible()

    page.reload()  # at once: what is still to be cleaned up on the disk is left to the next page
    page.locator("#pin").press_sequentially(officer.PIN)
    expect(page.get_by_text("PIN salah. 4 kali lagi")).to_be_visible()
    officer.unlock(page, NEW)
    new_wrap = bytes(page.evaluate(WRAPPED))
    carving.wait_until_gone(page, profile, old_wrap)
    context.close()
    values = carving.stored_values(profile)
    assert any(new_wrap in value for value in values)
    assert not any(old_wrap in value for value in values)


def test_wrong_old_pins_are_counted_and_the_fifth_locks_the_tablet(
    shared_stack: Stack, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    for left in (4, 3, 2, 1):
        _change(page, "99999999")
        expect(page.get_by_text(f"PIN salah. {left} kali lagi")).to_be_visible()
    _change(page, "99999999")
    expect(page.get_by_role("heading", name="Masukkan PIN")).to_be_visible()
    expect(page.get_by_text("Tunggu")).to_be_visible()
    page.evaluate("import('/static/visits/tablet/pin.js').then((pin) => pin.countWait(900_000))")
    expect(page.get_by_text("Tunggu")).to_have_count(0)
    officer.unlock(page)  # the PIN is the one of before
    expect(page.get_by_role("heading", name="Ganti PIN")).to_be_visible()


def test_a_kill_in_the_middle_leaves_one_pin_that_counts(
    shared_stack: Stack,
    open_profile: Callable[[], BrowserContext],
    kill_browser: Callable[[], None],
    day: TeamsDay,
):
    page = open_profile().new_page()
    officer.pair(page, shared_stack.tablet, day)

    def die_at(stall: str, old: str, new: str) -> Page:
        page.evaluate(f"({stall})()")
        _change(page, old, new)
        wait_until(lambda: page.evaluate("globalThis.stalled"), seconds=30, what="the page stands still")
        kill_browser()
        fresh = open_profile().new_page()
        fresh.goto(shared_stack.tablet)
        return fresh

    page = die_at(STALL_DERIVING, officer.PIN, NEW)
    officer.unlock(page)
    _expect_open(page)

    page = die_at(STALL_BURNING, officer.PIN, NEW)
    assert len(page.evaluate(WRAPS)) == 2
    page.locator("#pin").press_sequentially(officer.PIN)
    expect(page.get_by_text("PIN salah. 4 kali lagi")).to_be_visible()
    officer.unlock(page, NEW)
    _expect_open(page)
    wait_until(lambda: len(page.evaluate(WRAPS)) == 1, seconds=20, what="the old wrap is burnt")
