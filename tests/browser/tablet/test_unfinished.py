"""Half done at a home when the plan changes: it stays in a list of its own, and is handed in whatever the day says."""

from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support import officer
from tests.support.browser import TABLET, axe_violations_at, picture
from tests.support.field import TeamsDay
from tests.support.stack import Stack
from tests.visits.conftest import publish
from visits.enums import VisitState
from visits.models import Capture, Event, Shift, TeamDay, Visit

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}

# the database of the app, opened beside it
TABLET_DB = """const db = await new Promise((done) => {
  const asked = indexedDB.open("jb-vault");
  asked.onsuccess = () => done(asked.result);
});"""
FORGET_HOMES = f"""async () => {{ {TABLET_DB}
  const drafts = db.transaction("drafts", "readwrite").objectStore("drafts");
  const all = await new Promise((done) => {{ const asked = drafts.getAllKeys(); asked.onsuccess = () => done(asked.result); }});
  for (const key of all.filter((one) => one.startsWith("home:"))) drafts.delete(key);
  await new Promise((done) => (drafts.transaction.oncomplete = done));
  db.close();
}}"""


def _begin(page: Page) -> None:
    """Half a record: a NIK, the photo."""
    officer.arrive(page)
    page.get_by_role("link", name="Rekam sekarang").click()
    page.get_by_label("NIK").fill("3519015705500002")
    officer.go_to(page, "Foto wajah")
    officer.take_photo(page)
    expect(page.get_by_text("Foto siap")).to_be_visible()


def _cancel_and_publish(stack: Stack, day: TeamsDay) -> None:
    """The day as the office publishes it again, without its first visit."""
    with stack.orm():
        first, *others = [Visit.objects.get(pk=pk) for pk in day.visits]
        Visit.objects.filter(pk=first.pk).update(state=VisitState.CANCELLED)
        publish(first.shift, others, number=2)


def _put_back(stack: Stack, day: TeamsDay, days: int) -> None:
    """As if the team's day had been so many days ago."""
    with stack.orm():
        shift = Visit.objects.get(pk=day.visits[0]).shift
        TeamDay.objects.filter(team=day.team, date=shift.date).update(date=shift.date - timedelta(days=days))
        Shift.objects.filter(pk=shift.pk).update(date=shift.date - timedelta(days=days))


def _finish(page: Page) -> None:
    """From the bar to "Tersimpan" and into a person's hands at the office."""
    page.locator("#sync-link").click()
    page.get_by_role("link", name="Lanjutkan").click()
    expect(page.get_by_text("Foto siap")).to_be_visible()  # where it was left
    officer.go_to(page, "Identitas")
    expect(page.get_by_label("NIK")).to_have_value("3519015705500002")
    officer.finish(page)
    expect(page.locator("#capture-state")).to_have_text("Sampai, dilihat koordinator", timeout=40_000)
    expect(page.locator("#sync-link")).to_contain_text("Semua terkirim", timeout=officer.SENT_BY_ITSELF_MS)
    expect(page.locator("#sync-link")).not_to_contain_text("belum selesai")


def _reasons(stack: Stack, visit: str) -> list[str]:
    with stack.orm():
        reasons: list[str] = Capture.objects.get(visit_id=visit).status.reasons
        return reasons


def test_half_a_record_outlives_a_day_published_without_its_visit(
    shared_stack: Stack, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    _begin(page)
    page.goto(f"{shared_stack.tablet}/#/")
    _cancel_and_publish(shared_stack, day)
    officer.sync(page)
    expect(page.locator("ol.stops .stop-name", has_text="Contoh Suminah")).to_have_count(0)
    expect(page.locator("#sync-link")).to_contain_text("1 belum selesai")
    expect(page.locator("#sync-link")).not_to_contain_text("Semua terkirim")
    officer.reload(page)
    expect(page.locator("#unfinished")).to_contain_text("Contoh Suminah")
    for path, name in (("#/", "list"), ("#/kotak", "outbox"), (f"#/kunjungan/{day.visits[0]}", "visit")):
        page.goto(f"{shared_stack.tablet}/{path}")
        expect(page.get_by_text("Contoh Suminah").first).to_be_visible()
        assert axe_violations_at(page, f"tablet-unfinished-{name}", TABLET, PHONE) == []
    _finish(page)
    assert _reasons(shared_stack, day.visits[0]) == ["visit_cancelled"]


def test_half_a_record_older_than_yesterday_is_still_handed_in(
    shared_stack: Stack, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    _begin(page)
    page.goto(f"{shared_stack.tablet}/#/")
    _put_back(shared_stack, day, days=4)
    officer.sync(page)
    expect(page.locator("#sync-link")).to_contain_text("1 belum selesai")
    _finish(page)
    assert _reasons(shared_stack, day.visits[0]) == ["day_over"]


def test_half_a_record_of_an_older_app_is_opened_without_its_home(
    shared_stack: Stack, page: Page, day: TeamsDay
):
    """The app before kept no home beside a draft, and its day may be gone before this one starts."""
    officer.pair(page, shared_stack.tablet, day)
    _begin(page)
    page.goto(f"{shared_stack.tablet}/#/tablet")
    _cancel_and_publish(shared_stack, day)
    officer.sync(page)
    expect(page.locator("#sync-link")).to_contain_text("1 belum selesai")
    page.evaluate(FORGET_HOMES)
    officer.reload(page)
    page.locator("#sync-link").click()
    expect(page.locator("#unfinished")).to_contain_text("Contoh Suminah")
    _finish(page)
    assert _reasons(shared_stack, day.visits[0]) == ["visit_cancelled"]


def test_a_visit_cancelled_while_the_team_is_at_the_door_is_recorded(
    shared_stack: Stack, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    officer.arrive(page)
    _cancel_and_publish(shared_stack, day)
    officer.sync(page)
    expect(page.locator("ol.stops .stop-name", has_text="Contoh Suminah")).to_have_count(0)
    expect(page.locator("#unfinished")).to_contain_text("Sudah tiba, belum ada hasil")
    page.get_by_role("link", name="Lanjutkan").click()
    expect(page.get_by_text("Kunjungan ini tidak ada lagi di daftar tim.")).to_be_visible()
    officer.record(page)
    expect(page.locator("#capture-state")).to_have_text("Sampai, dilihat koordinator", timeout=40_000)
    assert _reasons(shared_stack, day.visits[0]) == ["visit_cancelled"]


def test_what_is_typed_in_notes_and_corrections_survives_a_reload(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    page.goto(f"{shared_stack.tablet}/#/perbaiki/{day.visits[1]}")
    page.get_by_label("Nomor telepon yang benar").press_sequentially("0812-9999")
    page.wait_for_timeout(300)
    officer.open_app(page, f"{shared_stack.tablet}/#/gagal/{day.visits[2]}")
    page.get_by_text("Catatan (boleh kosong)").first.click()
    page.get_by_role("textbox").press_sequentially("anjing galak")
    page.wait_for_timeout(300)
    officer.open_app(page, f"{shared_stack.tablet}/#/kotak")
    expect(page.locator("#sync-link")).to_contain_text("2 belum selesai")
    page.locator("#unfinished li").filter(has_text="Contoh Karto").get_by_role("link").click()
    expect(page.get_by_label("Nomor telepon yang benar")).to_have_value("0812-9999")
    page.get_by_label("Nomor telepon yang benar").fill("0812-9999-0001")
    page.get_by_role("button", name="Simpan kontak").click()
    expect(page.get_by_text("Kontak baru dicatat")).to_be_visible()
    expect(page.locator("#sync-link")).to_contain_text("1 belum selesai")
    page.locator("#sync-link").click()
    page.locator("#unfinished").get_by_role("link").click()
    expect(page.get_by_role("textbox")).to_have_value("anjing galak")
    page.get_by_role("button", name="Tidak aman").click()
    expect(page.get_by_role("button", name="Urungkan").first).to_be_visible()
    expect(page.locator("#sync-link")).not_to_contain_text("belum selesai")


def test_a_draft_is_thrown_away_only_when_asked_twice(shared_stack: Stack, page: Page, day: TeamsDay):
    officer.pair(page, shared_stack.tablet, day)
    _begin(page)
    page.locator("#sync-link").click()
    page.get_by_role("button", name="Buang", exact=True).click()
    picture(page, "tablet-unfinished-discard")
    page.get_by_role("button", name="Jangan dibuang").click()
    expect(page.locator("#sync-link")).to_contain_text("1 belum selesai")
    page.get_by_role("button", name="Buang", exact=True).click()
    page.get_by_role("button", name="Ya, buang").click()
    expect(page.locator("#sync-link")).not_to_contain_text("belum selesai")
    officer.reload(page)
    expect(page.locator("#unfinished")).to_have_count(0)
    with shared_stack.orm():
        assert not Event.objects.filter(visit_id=day.visits[0], kind="outcome").exists()
