"""The coordinator's pages of triage in a real browser."""

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Browser, Page

from outreach.enums import NeedState
from outreach.models import Resident, Village, VisitRequest
from tests.factories.outreach import NeedFactory, ResidentFactory, VisitRequestFactory
from tests.support.browser import (
    OFFICE_PC,
    OLD_PHONE,
    TABLET,
    Watch,
    axe_violations,
    new_context,
    picture,
    scrolls_sideways,
)
from tests.support.stack import Stack

pytestmark = pytest.mark.browser
PASSWORD = "rahasia-contoh-1"


@pytest.fixture(scope="module")
def office(shared_stack: Stack) -> Stack:
    """A coordinator, a request with a likely duplicate, and a need in review."""
    with shared_stack.orm():
        get_user_model().objects.create_superuser("koordinator", password=PASSWORD)
        village = Village.objects.get(code="35.19.03.2017")
        NeedFactory(resident=ResidentFactory(name="Sulastri Contoh", village=village), state=NeedState.REVIEW)
        for number in range(3):
            VisitRequestFactory(name="Sulastri Contoh", village=village, address=f"Jl. Contoh {number}")
    return shared_stack


def _login(office: Stack, page: Page) -> None:
    page.goto(f"{office.web}/admin/")
    page.get_by_label("Nama pengguna").fill("koordinator")
    page.get_by_label("Sandi:").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()


@pytest.mark.parametrize("size", [OFFICE_PC, TABLET], ids=lambda size: str(size["width"]))
def test_every_page_is_accessible_and_fits(office: Stack, browser: Browser, size: dict[str, int]) -> None:
    context = new_context(browser, size)
    page = context.new_page()
    found: list[str] = []
    watch = Watch(page)
    _login(office, page)

    def look(name: str) -> None:
        picture(page, f"kantor-{size['width']}-{name}")
        found.extend(f"{name}: {problem}" for problem in axe_violations(page))
        if scrolls_sideways(page):
            found.append(f"{name}: scrolls sideways")
        page.set_viewport_size(OLD_PHONE)  # type: ignore[arg-type]
        if scrolls_sideways(page):
            found.append(f"{name}: scrolls sideways on a phone")
        page.set_viewport_size(size)  # type: ignore[arg-type]

    for name, path in (
        ("antrean", "visitrequest/"),
        ("warga", "resident/"),
        ("keperluan", "need/?keadaan=review"),
    ):
        page.goto(f"{office.web}/admin/outreach/{path}")
        look(name)
        page.locator("table.data tbody a").first.click()
        page.locator("text=Riwayat lengkap").click()
        if page.locator("[data-map-details]").count():
            page.get_by_text("Lokasi rumah").click()
        if page.locator(".pick-map").count():
            page.locator(".credit").wait_for()
        look(f"{name}-satu")
    context.close()
    assert found == []
    assert watch.problems == []


def test_a_request_is_accepted_with_a_home_picked_on_the_map(office: Stack, page: Page) -> None:
    _login(office, page)
    page.goto(f"{office.web}/admin/outreach/visitrequest/")
    page.get_by_role("link", name="Sulastri Contoh").first.click()
    address = page.url
    page.get_by_text("Lokasi rumah").click()
    page.locator(".credit").wait_for()
    page.locator(".pick-map").click(position={"x": 330, "y": 260})
    latitude, longitude = page.get_by_label("Lintang").input_value(), page.get_by_label("Bujur").input_value()

    page.get_by_role("button", name="Pakai tengah peta").press("Enter")
    assert page.get_by_label("Lintang").input_value() != latitude
    page.get_by_label("Lintang").fill(latitude)
    page.get_by_label("Bujur").fill(longitude)
    page.get_by_label("Warga baru").check()
    page.get_by_role("button", name="Setujui").click()

    assert page.locator(".errors").all_inner_texts() == []
    page.get_by_text("disetujui dan menunggu jadwal").wait_for()
    with office.orm():
        row = VisitRequest.objects.get(pk=address.rstrip("/").rsplit("/", 1)[1])
        assert isinstance(row.resident, Resident)
        assert (row.resident.latitude, row.resident.longitude) == (float(latitude), float(longitude))
        assert not row.resident.approximate


def test_ready_sentences_fill_the_reason(office: Stack, page: Page) -> None:
    _login(office, page)
    page.goto(f"{office.web}/admin/outreach/visitrequest/")
    page.get_by_role("link", name="Sulastri Contoh").last.click()
    page.get_by_text("Tidak dapat dilayani di rumah").click()
    page.get_by_role("button", name="Alamatnya di luar wilayah kami.").click()
    page.get_by_role("button", name="Tolak dengan alasan ini").click()

    page.get_by_text("ditolak dengan alasan").wait_for()
