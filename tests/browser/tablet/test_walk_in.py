"""Somebody else at the home asks to be recorded: kept while typed, handed in as a request, never without consent."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from outreach import vault
from outreach.enums import RequestState
from outreach.models import VisitRequest
from tests.support import officer
from tests.support.browser import OLD_PHONE, PHONE, TABLET, axe_violations_at
from tests.support.field import TeamsDay
from tests.support.stack import Stack
from tests.support.wait import wait_until

pytestmark = pytest.mark.browser

NIK = "3519015705500002"


def _requests(stack: Stack) -> list[VisitRequest]:
    with stack.orm():
        return list(VisitRequest.objects.filter(name="Contoh Tetangga Suminah").select_related("village"))


def test_a_walk_in_reaches_the_queue_and_survives_a_reload(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    context.route("**/api/v1/**", lambda route: route.abort())
    page.get_by_role("link", name="Contoh Suminah").click()
    expect(page.get_by_role("link", name="Warga lain di rumah ini")).to_have_count(0)  # nobody is there yet
    officer.arrive(page)
    page.get_by_role("link", name="Warga lain di rumah ini").click()
    page.get_by_label("Nama lengkap").fill("Contoh Tetangga Suminah")
    page.get_by_label("NIK").fill(NIK)
    page.get_by_label("Lansia").check()
    page.wait_for_timeout(500)
    officer.reload(page)
    expect(page.get_by_label("Nama lengkap")).to_have_value("Contoh Tetangga Suminah")
    expect(page.get_by_label("Lansia")).to_be_checked()
    page.get_by_label("Keluarga").check()
    page.get_by_role("button", name="Simpan permohonan").click()
    expect(page.get_by_role("alert").filter(has_text="Ada yang perlu dilengkapi")).to_contain_text("Bacakan")
    assert axe_violations_at(page, "tablet-walk-in", TABLET, PHONE, OLD_PHONE) == []
    page.get_by_label("setuju datanya dipakai kantor").check()
    page.get_by_role("button", name="Simpan permohonan").click()
    expect(page.get_by_text("Permohonan warga lain dicatat pukul")).to_be_visible()
    expect(page.locator("#sync-link")).not_to_contain_text("belum disimpan")
    assert NIK not in page.content()

    context.unroute_all()
    officer.sync(page)
    wait_until(lambda: len(_requests(shared_stack)) == 1, seconds=60, what="the request is in the queue")
    (row,) = _requests(shared_stack)
    with shared_stack.orm():
        assert (row.state, row.kind, row.relation) == (RequestState.RECEIVED, "elderly", "family")
        assert row.nik_index == vault.blind_index("nik", NIK)
        assert row.rt == "003"  # the home is the visit's
    officer.sync(page)
    page.wait_for_timeout(500)
    assert len(_requests(shared_stack)) == 1


def _fill_in(page: Page, stack: Stack, day: TeamsDay, name: str) -> None:
    page.goto(f"{stack.tablet}/#/warga-lain/{day.visits[0]}")
    page.get_by_label("Nama lengkap").fill(name)
    page.get_by_label("Sakit").check()
    page.get_by_label("Orangnya sendiri").check()
    page.get_by_label("setuju datanya dipakai kantor").check()


@pytest.mark.parametrize("screen", ["walk-in", "contact", "failure"])
def test_tapped_twice_it_is_handed_in_once(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay, screen: str
):
    officer.pair(page, shared_stack.tablet, day)
    context.route("**/api/v1/**", lambda route: route.abort())
    officer.arrive(page)
    if screen == "walk-in":
        _fill_in(page, shared_stack, day, "Contoh Tetangga Dua Kali")
        page.get_by_role("button", name="Simpan permohonan").dblclick()
    elif screen == "contact":
        page.goto(f"{shared_stack.tablet}/#/perbaiki/{day.visits[0]}")
        page.get_by_label("Nama yang dihubungi").fill("Contoh Anak")
        page.get_by_role("button", name="Simpan kontak").dblclick()
    else:
        page.goto(f"{shared_stack.tablet}/#/gagal/{day.visits[0]}")
        page.get_by_role("button", name="Tidak ada di rumah").dblclick()
    page.wait_for_url(re.compile("#/(kunjungan/.*)?$"))

    page.goto(f"{shared_stack.tablet}/#/kotak")

    expect(page.locator("#homes")).to_be_visible()
    rows = page.get_by_role("heading", name="Laporan").locator("xpath=following-sibling::ul[1]/li")
    expect(rows).to_have_count(2)  # the arrival, and this


def test_a_walk_in_can_be_taken_back(shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay):
    officer.pair(page, shared_stack.tablet, day)
    context.route("**/api/v1/**", lambda route: route.abort())
    officer.arrive(page)
    _fill_in(page, shared_stack, day, "Contoh Salah Rumah")
    page.get_by_role("button", name="Simpan permohonan").click()
    note = page.get_by_text("Permohonan warga lain dicatat pukul")
    expect(note).to_be_visible()
    page.locator(".note.done").get_by_role("button", name="Urungkan").click()
    expect(note).to_have_count(0)
    assert officer.figures(page).startswith("1 rumah di tablet")  # the arrival
