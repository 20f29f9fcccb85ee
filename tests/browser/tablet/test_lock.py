"""The tablet's PIN in Chromium: locked at the start and after five minutes, never in the middle of a record."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support import officer
from tests.support.browser import (
    TABLET,
    axe_violations,
    axe_violations_at,
    picture,
    scrolls_sideways,
    turn_clock,
)
from tests.support.field import TeamsDay
from tests.support.stack import Stack
from tests.support.wait import wait_until
from visits.models import Capture, Team
from visits.records import carry_bundles
from visits.tablets import devices

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
REST = timedelta(minutes=6)
READ_TRIES = "import('/static/visits/tablet/pin.js').then((pin) => pin.readPin()).then((row) => row.tries)"


def _expect_locked(page: Page) -> None:
    expect(page.get_by_role("heading", name="Masukkan PIN")).to_be_visible()
    expect(page.get_by_text("Contoh Suminah")).to_have_count(0)
    expect(page.locator("#sync-link")).to_contain_text("Terkunci")


def test_the_lock_fits_one_thumb_and_the_keyboard(shared_stack: Stack, page: Page, day: TeamsDay):
    officer.pair(page, shared_stack.tablet, day)
    page.reload()
    _expect_locked(page)
    for size in (TABLET, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        picture(page, f"tablet-lock-{size['width']}")
        assert not scrolls_sideways(page)
        assert axe_violations(page) == []
        bar = page.locator("#bar").bounding_box()
        last = page.get_by_role("button", name="Buka").bounding_box()
        assert last is not None and bar is not None
        assert last["height"] >= 56
        assert last["y"] + last["height"] <= bar["y"], f"the pad is cut off at {size['width']}"
    officer.unlock(page)
    expect(page.get_by_role("list", name="Kunjungan")).to_be_visible()
    page.reload()
    _expect_locked(page)
    page.keyboard.type(officer.PIN)
    expect(page.get_by_role("list", name="Kunjungan")).to_be_visible()


def test_it_locks_after_five_minutes_but_never_in_the_middle_of_a_record(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    context.route("**/api/v1/**", lambda route: route.abort())
    officer.arrive(page)
    turn_clock(page, timedelta(minutes=4))
    page.wait_for_timeout(3_000)
    expect(page.get_by_role("list", name="Kunjungan")).to_be_visible()

    page.get_by_role("link", name="Rekam sekarang").click()
    page.get_by_label("NIK").fill("3519")
    turn_clock(page, REST)
    expect(page.locator("#bar")).to_contain_text("akan terkunci setelah rekaman ini ditinggalkan")
    officer.go_to(page, "Periksa dan simpan")
    page.get_by_label("Catatan").fill("Contoh rumah biru")
    page.locator("a.back").click()  # at once, before the note is on the disk
    _expect_locked(page)

    officer.unlock(page)
    page.get_by_role("link", name="Lanjutkan rekaman").click()
    expect(page.get_by_label("Catatan")).to_have_value("Contoh rumah biru")
    officer.go_to(page, "Identitas")
    expect(page.get_by_label("NIK")).to_have_value("3519")
    page.locator("a.back").click()
    turn_clock(page, 2 * REST)
    _expect_locked(page)


def test_a_locked_tablet_hands_in_what_is_sealed_and_reads_nothing(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    context.route("**/api/v1/**", lambda route: route.abort())
    officer.arrive(page)
    officer.record(page)
    turn_clock(page, REST)
    _expect_locked(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    context.unroute_all()
    expect(page.locator("#sync-link")).to_contain_text("0 rumah di tablet · 1 terkirim", timeout=60_000)
    assert not [url for url in asked if "/days" in url or url.endswith("/me")]
    with shared_stack.orm():
        assert Capture.objects.filter(visit_id=day.visits[0]).count() == 1

    page.reload()  # the token was in memory alone
    _expect_locked(page)
    asked.clear()
    page.wait_for_timeout(1_500)
    assert not [url for url in asked if "/api/" in url]


def test_wrong_pins_are_counted_before_they_are_tried(
    shared_stack: Stack,
    open_profile: Callable[[], BrowserContext],
    kill_browser: Callable[[], None],
    day: TeamsDay,
):
    page = open_profile().new_page()
    officer.pair(page, shared_stack.tablet, day)
    page.reload()
    for left in (4, 3, 2):
        page.locator("#pin").press_sequentially("99999999")
        expect(page.get_by_text(f"PIN salah. {left} kali lagi")).to_be_visible()
    # the fourth is counted, and the browser dies before anybody knows whether it was the right one
    page.evaluate("() => { SubtleCrypto.prototype.deriveKey = () => new Promise(() => {}); }")
    page.locator("#pin").press_sequentially("99999999")
    expect(page.get_by_text("Membuka…")).to_be_visible()
    wait_until(lambda: page.evaluate(READ_TRIES) == 4, seconds=20, what="the fourth try is on the disk")
    kill_browser()

    page = open_profile().new_page()
    page.goto(shared_stack.tablet)
    page.locator("#pin").press_sequentially("99999999")
    expect(page.get_by_text("PIN salah.")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Tunggu \d+ detik"))).to_be_visible()
    page.evaluate(
        "import('/static/visits/tablet/pin.js').then((pin) => pin.countWait(-600_000))"
    )  # as after more
    kill_browser()

    page = open_profile().new_page()
    page.goto(shared_stack.tablet)
    turn_clock(page, timedelta(days=1))
    expect(page.get_by_text(re.compile(r"Tunggu 1\d menit"))).to_be_visible()
    page.locator("#pin").press_sequentially(officer.PIN)
    expect(page.get_by_text("Tunggu")).to_be_visible()
    expect(page.locator("#pin")).to_have_value(officer.PIN)
    page.evaluate("import('/static/visits/tablet/pin.js').then((pin) => pin.countWait(900_000))")
    expect(page.get_by_text("Tunggu")).to_have_count(0)
    page.locator("#pin").fill("")
    officer.unlock(page)
    expect(page.get_by_role("list", name="Kunjungan")).to_be_visible()


def test_an_easy_or_mistyped_pin_is_refused(shared_stack: Stack, page: Page, day: TeamsDay):
    page.goto(f"{shared_stack.tablet}/#kode={day.code}")
    for pin, again, said in [
        ("1234567", "1234567", "Terlalu pendek"),
        ("12345678", "12345678", "Terlalu mudah ditebak"),
        ("77777777", "77777777", "Terlalu mudah ditebak"),
        ("27182845", "27182846", "Tidak sama dengan yang pertama"),
    ]:
        officer.choose_pin(page, pin)
        page.get_by_label("Tulis sekali lagi").fill(again)
        page.get_by_role("button", name="Pasangkan").click()
        expect(page.get_by_text(said)).to_be_visible()
    officer.choose_pin(page, "kuda hijau naik becak")
    page.get_by_role("button", name="Pasangkan").click()
    expect(page.get_by_role("list", name="Kunjungan")).to_be_visible()
    page.reload()
    page.get_by_label("Masukkan kata sandi").fill("kuda hijau naik becak")
    page.get_by_role("button", name="Buka").click()
    expect(page.get_by_role("list", name="Kunjungan")).to_be_visible()


def test_a_forgotten_pin_costs_no_record(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    context.route("**/api/v1/**", lambda route: route.abort())
    officer.arrive(page)
    officer.record(page)
    page.reload()
    page.get_by_role("button", name="Lupa PIN?").click()
    expect(page.get_by_text("1 rekaman di tablet ini sudah terkunci untuk kantor")).to_be_visible()
    assert axe_violations_at(page, "tablet-forgot", TABLET, PHONE) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="Simpan ke berkas").click()
    carried = download.value.path()
    page.get_by_role("button", name="Kembali").click()
    _expect_locked(page)
    page.get_by_role("button", name="Lupa PIN?").click()
    page.get_by_label("Saya mengerti").check()
    page.get_by_role("button", name="Hapus dan pasangkan lagi").click()
    expect(page.get_by_label("Kode pemasangan")).to_be_visible()

    context.unroute_all()
    with shared_stack.orm():
        code, _row = devices.make_pairing_code(team=Team.objects.get(pk=day.team), user=None, actor="system")
    officer.pair(page, shared_stack.tablet, replace(day, code=code))
    officer.sync(page)
    # signed by the pairing before: the office does not take it from this one, and it stays on the tablet
    expect(page.locator("#sync-link")).to_contain_text("1 ditolak", timeout=40_000)
    with shared_stack.orm(), carried.open("rb") as file:
        (record,) = carry_bundles.take_bundle(file=file, actor="system")
        assert record.result == "stored"
        assert Capture.objects.filter(visit_id=day.visits[0]).count() == 1
