"""The tablet's app in Chromium, against live processes: the whole way of a record, and how it looks."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support import officer
from tests.support.browser import (
    OFFICE_PC,
    OLD_PHONE,
    PHONE,
    TABLET,
    Watch,
    axe_violations,
    picture,
    scrolls_sideways,
)
from tests.support.field import TeamsDay, team_day
from tests.support.stack import Stack
from tests.support.wait import wait_until
from visits.enums import CaptureStage, Outcome, VisitState
from visits.models import Capture, Event, Visit

pytestmark = pytest.mark.browser


def _too_small(page: Page) -> list[str]:
    """Controls below 48 px (primary: 56 px), or closer than 8 px to the next one in their row of buttons."""
    found: list[str] = page.evaluate(
        """() => {
          const shown = (e) => e.checkVisibility() && !e.closest('.leaflet-marker-pane, .sr-only, .skip') && !e.classList.contains('sr-only');
          const bad = [];
          for (const e of document.querySelectorAll('button, a.button, a.back, summary, select, textarea, input:not([type=radio], [type=checkbox])')) {
            if (!shown(e) || e.classList.contains('link')) continue;
            const box = e.getBoundingClientRect(), least = e.classList.contains('primary') ? 56 : 48;
            if (box.height < least - 0.5 || box.width < 48 - 0.5) bad.push(`${e.textContent || e.id}: ${box.width}x${box.height}`);
          }
          for (const row of document.querySelectorAll('.actions, .head, .bar')) {
            const boxes = [...row.querySelectorAll('button, a')].filter(shown).map((e) => e.getBoundingClientRect());
            for (const a of boxes) for (const b of boxes) {
              if (a === b) continue;
              const x = Math.max(a.left, b.left) - Math.min(a.right, b.right), y = Math.max(a.top, b.top) - Math.min(a.bottom, b.bottom);
              if (Math.max(x, y) < 7.5) bad.push(`gap ${x} ${y}`);
            }
          }
          return bad;
        }"""
    )
    return found


def _covered(page: Page) -> list[str]:
    """What takes the focus and then lies under the head or the bar, coming from above or from below (WCAG 2.4.11)."""
    found: list[str] = page.evaluate(
        """() => {
          const bad = [];
          const stops = 'a[href], button, summary, select, textarea, input, [tabindex="0"]';
          const bar = document.querySelector('.foot') ?? document.getElementById('bar');
          for (const e of document.querySelectorAll(stops)) {
            if (!e.checkVisibility() || e.disabled || e.closest('.head, .foot, .bar, .skip, .sr-only, .leaflet-container')) continue;
            for (const from of [0, document.documentElement.scrollHeight]) {
              document.activeElement.blur();
              window.scrollTo(0, from);
              e.focus();
              const box = e.getBoundingClientRect();
              const top = document.getElementById('head').getBoundingClientRect().bottom;
              const bottom = bar.checkVisibility() ? bar.getBoundingClientRect().top : innerHeight;
              if (box.height > bottom - top) continue;
              if (box.top < top - 0.5 || box.bottom > bottom + 0.5)
                bad.push(`${e.textContent.trim() || e.id}: ${box.top}-${box.bottom} in ${top}-${bottom}`);
            }
          }
          document.activeElement.blur();
          window.scrollTo(0, 0);
          return bad;
        }"""
    )
    return found


def _looks_right(page: Page, name: str) -> None:
    for size in (OFFICE_PC, TABLET, OLD_PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.wait_for_timeout(150)  # the map and the list follow the width
        picture(page, f"tablet-{name}-{size['width']}")
        assert not scrolls_sideways(page), f"{name} at {size['width']}"
        assert _too_small(page) == [], f"{name} at {size['width']}"
        assert _covered(page) == [], f"{name} at {size['width']}"
        # As tall as the page, so that no button lies half under the bar, which axe takes for a small one.
        tall = page.evaluate("document.documentElement.scrollHeight") + 200
        page.set_viewport_size({"width": size["width"], "height": tall})
        assert axe_violations(page) == [], f"{name} at {size['width']}"
    page.set_viewport_size(TABLET)  # type: ignore[arg-type]


def _ours(stack: Stack, day: TeamsDay, read: Callable[[], object]) -> object:
    with stack.orm():
        return read()


def test_a_record_goes_from_pairing_to_verified(shared_stack: Stack, page: Page, day: TeamsDay):
    watch = Watch(page)
    officer.pair(page, shared_stack.tablet, day)
    assert "kode=" not in page.url
    officer.arrive(page)
    officer.record(page)
    expect(page.locator("#capture-state")).to_have_text("Diperiksa kantor", timeout=30_000)
    page.locator("#sync-link").click()
    expect(page.get_by_text("Semua kabar sudah terkirim.")).to_be_visible(timeout=20_000)
    assert officer.figures(page) == "0 rumah di tablet · 1 terkirim · 0 ditolak"

    with shared_stack.orm():
        capture = Capture.objects.get(visit_id=day.visits[0])
        assert capture.status.stage not in (CaptureStage.INCOMPLETE, CaptureStage.STORED)
        assert capture.status.reasons == []
        assert capture.receipts.count() == 2
        visit = Visit.objects.get(pk=day.visits[0])
        assert (visit.state, visit.outcome) == (VisitState.FINISHED, Outcome.RECORDED)
        events = list(Event.objects.filter(device=capture.device).order_by("sequence"))
        assert [(event.sequence, event.kind) for event in events] == [(1, "arrived"), (2, "outcome")]
    assert watch.problems == []


def test_another_day_takes_the_heading_the_title_and_the_focus(shared_stack: Stack, page: Page):
    with shared_stack.orm():
        free = team_day(stops=0)
    page.goto(f"{shared_stack.tablet}/#kode={free.code}")
    officer.join(page)
    page.get_by_role("button", name="Buka ").click()
    expect(page.locator("#heading")).to_contain_text("Besok")
    expect(page.locator("#heading")).to_be_focused()
    assert page.title().startswith("Besok, ")


def test_a_failed_visit_takes_three_taps_and_can_be_undone(shared_stack: Stack, page: Page, day: TeamsDay):
    officer.pair(page, shared_stack.tablet, day)
    page.get_by_role("link", name="Contoh Karto Wiryo").click()
    page.get_by_role("link", name="Tidak bisa direkam").click()
    page.get_by_role("button", name="Tidak ada di rumah").click()
    expect(page.get_by_text("Contoh Karto Wiryo: Tidak ada di rumah. Masih bisa diurungkan.")).to_be_visible()
    page.get_by_role("button", name="Urungkan").click()
    expect(page.get_by_text("1 dari 3 selesai")).to_have_count(0)
    expect(page.get_by_role("button", name="Urungkan")).to_have_count(0)

    page.get_by_role("link", name="Contoh Sri Rahayu").click()
    page.get_by_role("link", name="Tidak bisa direkam").click()
    page.get_by_role("button", name="Menolak hari ini").click()
    expect(page.get_by_role("button", name="Urungkan")).to_be_visible()

    def arrived() -> object:
        with shared_stack.orm():
            return Visit.objects.get(pk=day.visits[2]).outcome

    wait_until(arrived, seconds=30, what="the outcome has arrived by itself")
    expect(page.get_by_role("button", name="Urungkan")).to_have_count(0)
    with shared_stack.orm():
        assert Visit.objects.get(pk=day.visits[2]).outcome == Outcome.REFUSED_TODAY
        assert Visit.objects.get(pk=day.visits[1]).outcome == ""
        device = Event.objects.get(visit_id=day.visits[2]).device
        assert list(device.events.values_list("sequence", flat=True)) == [1]  # the undone one left no gap


def test_nothing_typed_is_lost_by_a_bad_photo_or_a_reload(shared_stack: Stack, page: Page, day: TeamsDay):
    officer.pair(page, shared_stack.tablet, day)
    officer.arrive(page)
    page.get_by_role("link", name="Rekam sekarang").click()
    page.get_by_label("NIK").fill("3519")
    page.get_by_label("Tahun").fill("19")
    officer.go_to(page, "Foto wajah")
    officer.take_photo(page, b"\xff\xd8\xff" + b"\x00" * (20 * 1024 * 1024))
    expect(page.get_by_text("terlalu besar (paling besar 15 MB)")).to_be_visible()
    officer.take_photo(page, b"bukan foto", name="surat.jpg")
    expect(page.get_by_text("tidak bisa dibaca sebagai foto")).to_be_visible()
    officer.take_photo(page)
    expect(page.get_by_text("Foto siap")).to_be_visible()
    officer.go_to(page, "Tanda tangan")
    officer.sign(page)
    page.wait_for_timeout(900)  # the draft is written soon after the last stroke

    officer.reload(page)
    expect(page.get_by_text("Tanda tangan ada.")).to_be_visible()
    officer.go_to(page, "Foto wajah")
    expect(page.get_by_text("Foto siap")).to_be_visible()
    officer.go_to(page, "Identitas")
    expect(page.get_by_label("NIK")).to_have_value("3519")
    expect(page.get_by_label("Tahun")).to_have_value("19")

    officer.go_to(page, "Periksa dan simpan")
    page.get_by_role("button", name="Simpan rekaman").click()
    summary = page.get_by_role("alert").filter(has_text="Ada yang perlu dilengkapi")
    expect(summary).to_be_focused()
    assert [line.strip() for line in summary.get_by_role("listitem").all_inner_texts()] == [
        "Pilih dengan apa identitas dicek.",
        "NIK ada 16 angka. Periksa lagi, atau kosongkan bila tidak diketahui.",
        "Tanggal lahir belum benar. Isi tanggal, bulan dan tahun, misalnya 5 Maret 1948.",
        "Bacakan pernyataannya, lalu ketuk “Setuju, lanjut”. Bila tidak setuju, ketuk “Tidak setuju”.",
    ]
    summary.get_by_role("button", name="NIK ada 16 angka").click()
    expect(page.get_by_label("NIK")).to_be_focused()
    with shared_stack.orm():
        assert not Capture.objects.filter(visit_id=day.visits[0]).exists()


def test_somebody_who_cannot_sign_is_recorded_with_a_reason(shared_stack: Stack, page: Page, day: TeamsDay):
    officer.pair(page, shared_stack.tablet, day)
    officer.arrive(page)
    page.get_by_role("link", name="Rekam sekarang").click()
    page.get_by_label("Dikenal RT/RW").check()
    officer.go_on(page)
    page.get_by_role("button", name="Setuju, lanjut").click()
    page.get_by_label("Tidak bisa difoto").select_option("Menolak")
    page.get_by_role("button", name="Lanjut").click()
    page.get_by_label("Tidak bisa tanda tangan").select_option("Tidak mampu")
    page.get_by_role("button", name="Lanjut").click()
    page.get_by_role("button", name="Ibu jari kiri").click()
    page.get_by_role("button", name="Lanjut").click()
    expect(page.get_by_role("alert").filter(has_text="Pilih sebabnya untuk jari")).to_be_focused()
    page.get_by_role("button", name="Sidik jari aus", exact=True).click()
    page.get_by_role("button", name="Lanjut").click()
    page.get_by_role("button", name="Simpan rekaman").click()
    expect(page.locator("#capture-state")).to_have_text("Diperiksa kantor", timeout=30_000)


BAR = """() => {
  const box = (one) => one.getBoundingClientRect();
  const link = document.querySelector("#sync-link");
  const pieces = [...link.querySelectorAll(".tag, .sync-short")].filter((one) => box(one).width > 0);
  return {
    height: box(document.querySelector("#bar")).height,
    right: box(document.querySelector("#sync-button")).right,
    cut: pieces.filter((one) => box(one).right > box(link).right).map((one) => one.textContent),
  };
}"""


def test_the_bar_stays_one_line_and_covers_nothing_that_takes_the_focus(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    officer.arrive(page)
    page.set_viewport_size(OLD_PHONE)  # type: ignore[arg-type]
    wifi = "<html><title>Wi-Fi</title>Masuk dulu</html>"
    context.route("**/api/v1/**", lambda route: route.fulfill(content_type="text/html", body=wifi))
    page.locator("#sync-button").click()
    for size in (TABLET, PHONE, OLD_PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        expect(page.locator("#sync-link .tag")).to_have_text("Bukan kantor")
        shown = page.evaluate(BAR)  # at once: the bar may be drawn anew
        assert shown["height"] < 70, f"more than one line at {size}"
        assert shown["right"] <= size["width"], f"the button is cut at {size}"
        assert shown["cut"] == [], size
    page.locator("#sync-link").click()  # what has no room in the bar
    expect(page.get_by_role("main").get_by_text("Yang menjawab bukan server kantor")).to_be_visible()
    page.goto(f"{shared_stack.tablet}/#/rekam/{day.visits[0]}")
    page.get_by_role("button", name="Lanjut").click()
    expect(page.get_by_role("alert").filter(has_text="Ada yang perlu dilengkapi")).to_be_visible()
    assert _covered(page) == []


def test_a_wrong_code_says_what_to_do(shared_stack: Stack, page: Page, day: TeamsDay):
    page.goto(shared_stack.tablet)
    page.get_by_label("Kode pemasangan").fill("abc")
    page.get_by_role("button", name="Pasangkan").click()
    expect(page.get_by_text("Kode ada 10 huruf dan angka.")).to_be_visible()
    page.get_by_label("Kode pemasangan").fill("ABCD EFGH JK")
    page.get_by_role("button", name="Pasangkan").click()
    expect(page.get_by_text("Terlalu pendek: paling sedikit 8")).to_be_visible()
    officer.choose_pin(page)
    page.get_by_role("button", name="Pasangkan").click()
    expect(page.get_by_text("kedaluwarsa")).to_be_visible()
    page.get_by_label("Kode pemasangan").fill(day.code.lower())
    page.get_by_role("button", name="Pasangkan").click()
    expect(page.get_by_role("list", name="Kunjungan")).to_be_visible()


def test_pages_look_right_and_are_accessible(shared_stack: Stack, page: Page):
    with shared_stack.orm():
        day = team_day(stops=4, officers=2)
    watch = Watch(page)
    page.goto(shared_stack.tablet)
    expect(page.get_by_role("button", name="Pasangkan")).to_be_visible()
    _looks_right(page, "pair")
    officer.pair(page, shared_stack.tablet, day)
    _looks_right(page, "officer")
    page.get_by_role("button", name="Petugas B").click()
    _looks_right(page, "list")
    officer.arrive(page)
    page.set_viewport_size(OLD_PHONE)  # type: ignore[arg-type]
    page.get_by_role("button", name="Peta", exact=True).click()
    expect(page.locator(".map .stop-mark")).to_have_count(4)
    _looks_right(page, "map")
    page.goto(f"{shared_stack.tablet}/#/kunjungan/{day.visits[2]}")
    expect(page.get_by_role("heading", name="Contoh Sri Rahayu")).to_be_visible()
    _looks_right(page, "visit")
    page.get_by_role("link", name="Tidak bisa direkam").click()
    _looks_right(page, "fail")
    page.get_by_role("button", name="Pindah").click()
    expect(page.get_by_role("button", name="Urungkan")).to_be_visible()
    _looks_right(page, "undo")
    page.goto(f"{shared_stack.tablet}/#/rekam/{day.visits[0]}")
    page.get_by_role("button", name="Lanjut").click()
    _looks_right(page, "errors")
    officer.fill(page)
    _looks_right(page, "capture")
    page.get_by_role("button", name="Simpan rekaman").click()
    expect(page.locator("#capture-state")).to_have_text("Diperiksa kantor", timeout=30_000)
    _looks_right(page, "saved")
    page.locator("#sync-link").click()
    _looks_right(page, "outbox")
    page.locator("#to-tablet").click()
    _looks_right(page, "about")
    page.get_by_role("button", name="Malam").click()
    _looks_right(page, "about-night")
    page.goto(f"{shared_stack.tablet}/#/")
    _looks_right(page, "list-night")
    page.goto(f"{shared_stack.tablet}/#/tablet")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="This tablet")).to_be_visible()
    assert watch.problems == []
