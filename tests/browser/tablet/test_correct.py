"""A contact and a place that the officer found to be others, in Chromium: from the home to the coordinator."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from outreach.enums import LocationSource
from tests.support import officer
from tests.support.browser import OLD_PHONE, TABLET, axe_violations, picture, scrolls_sideways
from tests.support.field import TeamsDay
from tests.support.stack import Stack
from tests.support.wait import wait_until
from visits.fieldwork import event_content
from visits.models import Event, Visit

pytestmark = pytest.mark.browser

# what a tablet has noted of a person cannot be opened the first time, though its key is there
DISK_FAILS_ONCE = """() => {
  const real = SubtleCrypto.prototype.decrypt;
  let failed = false;
  SubtleCrypto.prototype.decrypt = function (algorithm, ...rest) {
    const name = new TextDecoder().decode(algorithm.additionalData);
    if (failed || !name.startsWith("jb-box:event:")) return real.call(this, algorithm, ...rest);
    failed = true;
    return Promise.reject(new DOMException("made up", "UnknownError"));
  };
}"""


def _handed_in(stack: Stack, visit: str) -> dict[str, tuple[str, dict[str, object]]]:
    """What the office holds, by kind: what became of it, and what it says."""
    with stack.orm():
        rows = Event.objects.filter(visit_id=visit).select_related("status", "key")
        return {row.kind: (row.status.state, event_content.unseal_event(row)["data"]) for row in rows}


def test_a_contact_and_a_place_are_corrected_at_the_home(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay
):
    visit = day.visits[1]  # whose place is its village's
    with shared_stack.orm():
        village = Visit.objects.get(pk=visit).need.resident.village
        lat, lon = village.latitude + 0.01, village.longitude
    context.grant_permissions(["geolocation"])
    officer.pair(page, shared_stack.tablet, day)
    context.route("**/api/v1/**", lambda route: route.abort())
    page.get_by_role("link", name="Contoh Karto Wiryo").click()
    page.get_by_role("link", name="Kontak atau lokasi berbeda").click()

    send = page.get_by_role("button", name="Simpan kontak")
    send.click()
    expect(page.get_by_role("alert")).to_contain_text("Isi nomor telepon atau nama yang benar.")
    page.get_by_label("Nama yang dihubungi").fill("Contoh Menantu")
    page.get_by_label("Nomor telepon yang benar").fill("0812-99")
    send.click()
    expect(page.get_by_role("alert")).to_contain_text("Nomor telepon belum lengkap")
    expect(page.get_by_label("Nama yang dihubungi")).to_have_value("Contoh Menantu")
    for size in (TABLET, OLD_PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        picture(page, f"tablet-correct-{size['width']}")
        assert not scrolls_sideways(page)
        assert axe_violations(page) == []
    page.get_by_label("Nomor telepon yang benar").fill("0812-9999-0000")
    send.click()
    expect(page.get_by_text("Kontak baru dicatat")).to_be_visible()
    page.get_by_role("button", name="Urungkan").click()
    expect(page.get_by_text("Kontak baru dicatat")).to_have_count(0)
    page.get_by_role("link", name="Kontak atau lokasi berbeda").click()
    page.get_by_label("Nomor telepon yang benar").fill("0812-9999-0001")
    send.click()
    expect(page.get_by_text("Kontak baru dicatat")).to_be_visible()

    page.get_by_role("link", name="Kontak atau lokasi berbeda").click()
    context.set_geolocation({"latitude": lat, "longitude": lon, "accuracy": 900})
    here = page.get_by_role("button", name="Rumahnya di sini")
    here.click()
    expect(page.get_by_text("Lokasi belum cukup tepat (kira-kira 900 meter)")).to_be_visible()
    context.set_geolocation({"latitude": lat, "longitude": lon, "accuracy": 9})
    officer.reload(page)
    here.click()
    expect(page.get_by_text("Lokasi rumah dicatat")).to_be_visible()
    picture(page, "tablet-corrected-320")
    assert officer.figures(page) == "1 rumah di tablet · 0 terkirim · 0 ditolak"

    page.evaluate(DISK_FAILS_ONCE)
    context.unroute_all()
    officer.sync(page)
    wait_until(lambda: len(_handed_in(shared_stack, visit)) == 2, seconds=40, what="both are handed in")
    told = _handed_in(shared_stack, visit)
    assert told["contact_corrected"] == ("review", {"phone": "081299990001"})
    assert told["location_fixed"][0] == "applied"
    with shared_stack.orm():
        resident = Visit.objects.get(pk=visit).need.resident
        assert resident.location_source == LocationSource.OFFICER
        assert (resident.latitude, resident.longitude) == pytest.approx((lat, lon), abs=1e-5)
