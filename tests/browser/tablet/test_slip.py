"""The slip for the family in Chromium: made without a network, with a QR code that reads, and no NIK on it."""

import re

import pytest
import segno
from playwright.sync_api import BrowserContext, Page, expect

from outreach.enums import RequestState
from tests.factories.outreach import VisitRequestFactory
from tests.support import officer
from tests.support.browser import OLD_PHONE, PHONE, TABLET, axe_violations_at, picture
from tests.support.field import TeamsDay
from tests.support.stack import Stack
from visits.models import Visit

pytestmark = pytest.mark.browser

NIK = "3519015705500002"
REFERENCE = "JB-7K3QX-9M2D4"
QUIET = 4


def _ask_for(stack: Stack, visit: str) -> None:
    """The family's own request, with the number that it was given."""
    with stack.orm():
        need = Visit.objects.get(pk=visit).need
        VisitRequestFactory(
            reference=REFERENCE,
            state=RequestState.ACCEPTED,
            need=need,
            resident=need.resident,
            village=need.resident.village,
        )


DRAW = """text => import("/static/visits/tablet/qr.js").then(({ qrCode }) =>
  qrCode(text, "").querySelector("path").getAttribute("d"))"""
FULL = 62  # characters that fill version 4 at level M: what follows a shorter text is padded differently by segno


def _dark_modules(drawn: str) -> set[tuple[int, int]]:
    return {(int(x) - QUIET, int(y) - QUIET) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", drawn)}


def _codes_of(text: str) -> list[set[tuple[int, int]]]:
    """The eight ways to write this text as a QR code."""
    codes = [segno.make(text, error="m", micro=False, mask=mask, boost_error=False) for mask in range(8)]
    return [
        {(x, y) for y, row in enumerate(code.matrix) for x, dark in enumerate(row) if dark} for code in codes
    ]


def test_a_family_gets_its_slip_without_a_network(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay
):
    _ask_for(shared_stack, day.visits[0])
    officer.pair(page, shared_stack.tablet, day)
    context.route("**/api/v1/**", lambda route: route.abort())
    officer.arrive(page)
    page.get_by_role("link", name="Rekam sekarang").click()
    page.get_by_label("NIK").fill(NIK)
    officer.fill(page)
    officer.save(page)
    page.get_by_role("link", name="Tanda terima keluarga").click()
    slip = page.locator("#slip")
    expect(slip).to_contain_text("Contoh Suminah")
    expect(slip).to_contain_text("Foto wajah")
    expect(slip).to_contain_text("gratis")
    expect(slip.locator("#slip-reference")).to_have_text(REFERENCE)
    address = f"{shared_stack.web}/status/"
    link = f"{address}#{REFERENCE}"
    assert _dark_modules(page.evaluate(DRAW, link.ljust(FULL, "-"))) in _codes_of(link.ljust(FULL, "-"))
    assert page.locator("svg.qr path").get_attribute("d") == page.evaluate(DRAW, link)
    expect(slip).to_contain_text(address)
    assert NIK not in page.content()
    assert NIK not in page.url
    assert axe_violations_at(page, "tablet-slip", TABLET, PHONE, OLD_PHONE) == []

    page.evaluate("globalThis.print = () => { document.body.dataset.printed = 'yes'; }")
    page.get_by_role("button", name="Cetak").click()
    expect(page.locator("body")).to_have_attribute("data-printed", "yes")
    page.emulate_media(media="print")
    expect(page.locator("#bar")).to_be_hidden()
    expect(page.get_by_role("button", name="Cetak")).to_be_hidden()
    expect(slip.locator("svg.qr")).to_be_visible()
    picture(page, "tablet-slip-printed")
    page.emulate_media(media="screen")

    officer.reload(page)  # it is found again, still without a network
    expect(slip.locator("#slip-reference")).to_have_text(REFERENCE)
    page.locator("#sync-link").click()
    page.get_by_role("link", name="Tanda terima keluarga").click()
    expect(slip).to_contain_text("Contoh Suminah")


def test_a_family_that_never_asked_gets_a_slip_with_the_records_number(
    shared_stack: Stack, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    officer.arrive(page)
    page.get_by_role("link", name="Rekam sekarang").click()
    officer.fill_first_steps(page)
    page.get_by_label("Tidak bisa difoto").select_option("Menolak")
    officer.go_to(page, "Tanda tangan")
    officer.sign(page)
    officer.go_to(page, "Periksa dan simpan")
    officer.save(page)
    page.get_by_role("link", name="Tanda terima keluarga").click()
    slip = page.locator("#slip")
    expect(slip).to_contain_text("menyebut nomor rekaman")
    expect(slip.get_by_role("list").nth(0)).not_to_contain_text("Foto wajah")
    expect(slip.get_by_role("list").nth(1)).to_contain_text("Foto wajah")
    expect(slip.locator("svg.qr")).to_have_count(0)
