"""A wrong day, a module that does not come, a disk that is full: the tablet asks, or says so."""

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.support import officer
from tests.support.browser import TABLET, axe_violations_at
from tests.support.field import TeamsDay
from tests.support.stack import Stack
from tests.support.wait import wait_until
from visits.models import Event

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
FULL_DISK = """() => {
  const real = IDBObjectStore.prototype.put;
  globalThis.emptyDisk = () => { IDBObjectStore.prototype.put = real; };
  IDBObjectStore.prototype.put = () => { throw new DOMException("made up", "QuotaExceededError"); };
}"""


def _arrivals(stack: Stack, day: TeamsDay) -> int:
    with stack.orm():
        return Event.objects.filter(device__team=day.team, kind="arrived").count()


def test_an_arrival_of_another_day_is_asked_for_and_can_be_taken_back(
    shared_stack: Stack, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    page.get_by_role("button", name="Hari berikutnya").click()
    expect(page.locator("#heading")).to_contain_text("Besok")
    arrive = page.get_by_role("button", name="Saya sudah tiba", exact=True)
    arrive.click()
    expect(page.get_by_text("bukan hari ini")).to_be_visible()
    assert officer.figures(page).startswith("0 rumah di tablet")
    assert axe_violations_at(page, "tablet-other-day", TABLET, PHONE) == []
    page.get_by_role("button", name="Belum", exact=True).click()
    arrive.click()
    page.get_by_role("button", name="Ya, saya sudah tiba").click()
    expect(page.get_by_role("link", name="Rekam sekarang")).to_be_visible()
    page.get_by_role("button", name="Urungkan").click()
    expect(arrive).to_be_visible()
    officer.sync(page)
    expect(page.locator("#sync-link")).to_contain_text("Semua terkirim")
    assert _arrivals(shared_stack, day) == 0

    arrive.click()
    page.get_by_role("button", name="Ya, saya sudah tiba").click()
    wait_until(lambda: _arrivals(shared_stack, day) == 1, seconds=60, what="the arrival is sent by itself")


def test_an_office_that_answers_again_is_not_called_out_of_reach(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    context.route("**/api/v1/**", lambda route: route.abort())
    officer.arrive(page)
    officer.sync(page)
    bar = page.locator("#sync-link")
    expect(bar).to_contain_text("Kantor tidak terjangkau")
    context.unroute_all()
    held: list[Route] = []
    context.route("**/api/v1/events", lambda route: held.append(route))  # what is sent takes its time

    with page.expect_request("**/api/v1/events", timeout=60_000):
        officer.sync(page)

    expect(bar).not_to_contain_text("Kantor tidak terjangkau")
    for route in held:
        route.continue_()
    expect(bar).to_contain_text("Semua terkirim")


@pytest.mark.parametrize("module", ["days", "texts/id", "screens/visit"])
def test_a_module_that_does_not_come_is_said(
    shared_stack: Stack, context: BrowserContext, page: Page, module: str
):
    context.route(f"**/visits/tablet/{module}.js", lambda route: route.fulfill(status=404, body="tidak ada"))
    page.goto(shared_stack.tablet)
    expect(page.get_by_role("alert")).to_contain_text("ada bagiannya yang tidak sampai")
    assert axe_violations_at(page, "tablet-module", TABLET, PHONE) == []
    context.unroute_all()
    page.get_by_role("button", name="Muat ulang").click()
    expect(page.get_by_label("Kode pemasangan")).to_be_visible()


def test_a_module_that_fails_while_it_runs_is_said(shared_stack: Stack, context: BrowserContext, page: Page):
    broken = "export default undefined.nothing;"
    context.route(
        "**/visits/tablet/texts/id.js",
        lambda route: route.fulfill(status=200, content_type="text/javascript", body=broken),
    )
    page.goto(shared_stack.tablet)
    expect(page.get_by_role("alert")).to_contain_text("Aplikasi belum terbuka")


def test_a_tap_that_a_full_disk_did_not_take_is_said(shared_stack: Stack, page: Page, day: TeamsDay):
    officer.pair(page, shared_stack.tablet, day)
    page.evaluate(FULL_DISK)
    page.get_by_role("button", name="Saya sudah tiba").click()
    expect(page.locator("#fault")).to_contain_text("ketukan terakhir mungkin belum tersimpan")
    assert axe_violations_at(page, "tablet-fault", TABLET, PHONE) == []
    page.evaluate("emptyDisk()")
    page.locator("#fault").get_by_role("button", name="Tutup").click()
    officer.arrive(page)
    page.get_by_role("link", name="Rekam sekarang").click()
    officer.go_to(page, "Foto wajah")
    page.evaluate(FULL_DISK)
    officer.take_photo(page)
    expect(page.get_by_text("Isian terakhir belum tersimpan").first).to_be_visible()
    expect(page.get_by_text("Foto siap")).to_have_count(0)
