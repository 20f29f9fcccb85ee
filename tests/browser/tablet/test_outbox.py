"""The list of what is on its way: names, a search, one record alone in a file; and a storage that fills up."""

import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.support import clock, officer
from tests.support.browser import OLD_PHONE, PHONE, TABLET, axe_violations_at
from tests.support.field import TeamsDay
from tests.support.stack import Stack
from visits.models import Backup, Capture
from visits.records import carry_bundles

pytestmark = pytest.mark.browser

STORAGE = """(() => {
  const told = {usage: 0, quota: 1000, kept: false};
  globalThis.fakeStorage = told;
  Object.assign(Object.getPrototypeOf(navigator.storage), {
    estimate: async () => ({usage: told.usage, quota: told.quota}),
    persisted: async () => told.kept,
    persist: async () => told.kept,
  });
})();"""


def _refuse_captures(route: Route) -> None:
    problem = {"type": "about:blank", "title": "Ditolak", "status": 422, "detail": "Rekaman ini tidak cocok."}
    body = json.dumps({**problem, "code": "content-differs", "retry": "never"})
    route.fulfill(status=422, content_type="application/problem+json", body=body)


def _captures_in(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as bundle:
        return {name.split("/")[1] for name in bundle.namelist() if name.startswith("captures/")}


def test_a_bad_record_is_found_by_its_name_and_saved_alone(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    context.route(re.compile(r"/api/v1/captures/[0-9a-f]{8}-"), _refuse_captures)  # whole, or its manifest
    for _home in range(2):
        officer.arrive(page)
        officer.record(page)
        page.get_by_role("link", name="Kembali ke daftar").click()
    officer.sync(page)
    expect(page.locator("#sync-link")).to_contain_text("2 ditolak", timeout=officer.SENT_BY_ITSELF_MS)
    page.locator("#sync-link").click()
    records = page.get_by_role("main").get_by_role("listitem")
    expect(records.filter(has_text="Contoh Suminah")).to_have_count(1)
    expect(records.filter(has_text="Contoh Karto Wiryo")).to_have_count(1)
    assert axe_violations_at(page, "tablet-outbox-refused", TABLET, PHONE, OLD_PHONE) == []

    seek = page.get_by_label("Cari nama, desa, atau nomor")
    seek.press_sequentially("karto")
    expect(records).to_have_count(1)
    expect(seek).to_be_focused()
    expect(records).to_contain_text("Rekaman ini tidak cocok.")
    with page.expect_download() as download:
        records.get_by_role("button", name="Simpan rekaman ini ke berkas").click()
    carried = download.value.path()
    assert len(_captures_in(carried)) == 1
    assert "Karto" not in download.value.suggested_filename
    with shared_stack.orm(), carried.open("rb") as file:
        (record,) = carry_bundles.take_bundle(file=file, actor="system")
        assert record.result == "stored"
        assert str(Capture.objects.get(pk=UUID(record.capture)).visit_id) == day.visits[1]

    seek.fill("tidak ada orang ini")
    expect(page.get_by_text("Tidak ada yang cocok.").first).to_be_visible()
    seek.fill("")
    with page.expect_download() as download:
        page.get_by_role("button", name="Simpan ke berkas", exact=True).click()
    assert len(_captures_in(download.value.path())) == 2


def test_a_storage_that_fills_up_is_told_and_takes_no_photo_in_the_end(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay
):
    context.add_init_script(STORAGE)
    officer.pair(page, shared_stack.tablet, day)
    told = page.locator("#storage-full")
    expect(told).to_have_count(0)
    page.evaluate("fakeStorage.usage = 799")
    page.locator("#to-tablet").click()
    expect(page.get_by_text("Peramban menolak menjamin penyimpanan")).to_be_visible()
    expect(told).to_have_count(0)
    page.evaluate("fakeStorage.usage = 800")
    page.locator(".head .home").click()
    expect(told).to_contain_text("hampir penuh")
    assert axe_violations_at(page, "tablet-storage-tight", TABLET, PHONE) == []
    officer.arrive(page)
    page.get_by_role("link", name="Rekam sekarang").click()
    officer.go_to(page, "Foto wajah")
    officer.take_photo(page)
    expect(page.get_by_text("Foto siap")).to_be_visible()

    page.evaluate("fakeStorage.usage = 950")
    officer.take_photo(page)
    expect(page.get_by_text("foto tidak bisa diambil dulu")).to_be_visible()
    expect(page.get_by_text("Foto siap")).to_be_visible()  # the one before stays
    page.locator("#to-tablet").click()
    expect(told).to_contain_text("Penyimpanan penuh")
    page.evaluate("fakeStorage.kept = true")
    page.get_by_role("button", name="Minta jaminan penyimpanan").click()
    expect(page.get_by_text("Dijaga: peramban tidak menghapus data sendiri.")).to_be_visible()


def test_a_record_that_a_backup_holds_makes_room_where_the_storage_is_tight(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay
):
    context.add_init_script(STORAGE)
    officer.pair(page, shared_stack.tablet, day)
    officer.arrive(page)
    officer.record(page)
    page.locator("#sync-link").click()
    record = page.get_by_role("main").get_by_role("listitem").filter(has_text="Nomor ")
    expect(record).to_contain_text("Diperiksa kantor", timeout=officer.SENT_BY_ITSELF_MS)
    page.evaluate("fakeStorage.usage = 850")
    officer.sync(page)
    page.wait_for_timeout(1500)
    expect(record).not_to_contain_text("dihapus dari tablet")  # no backup holds it

    with shared_stack.orm():
        backup = Backup.objects.create(began_at=clock.now() + timedelta(hours=1))
    officer.sync(page)
    expect(record).to_contain_text("dihapus dari tablet", timeout=officer.SENT_BY_ITSELF_MS)
    with shared_stack.orm():
        backup.delete()
