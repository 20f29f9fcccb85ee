"""What the office does meanwhile, and how the tablet takes it: revoked, tokens gone, keys renewed, messages."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support import officer
from tests.support.browser import TABLET, Watch, axe_violations_at
from tests.support.field import TeamsDay
from tests.support.stack import Stack
from visits.enums import CaptureStage, DeviceState, KeyRole
from visits.keys import epochs, office_keys
from visits.models import Capture, Device, DeviceToken, Event, TeamMessage, Visit
from visits.tablets import devices

pytestmark = pytest.mark.browser

# how many rows the app's databases hold: the outbox in all, the other one by store
HELD = """async () => {
  const wait = (asked) => new Promise((done) => (asked.onsuccess = () => done(asked.result)));
  const held = { "jb-outbox": 0 };
  for (const name of ["jb-outbox", "jb-vault"]) {
    const db = await wait(indexedDB.open(name));
    for (const store of db.objectStoreNames) {
      const rows = await wait(db.transaction(store).objectStore(store).count());
      if (name === "jb-outbox") held[name] += rows;
      else if (store !== "state") held[store] = rows;
    }
    db.close();
  }
  return held;
}"""

# the key of a tablet from before the vault, whose office has not heard of the next one yet
LEAVE_OLD_KEY = """async () => {
  const [store, box] = await Promise.all(["store", "box"].map((name) => import(`/static/visits/tablet/${name}.js`)));
  const row = await store.readTablet().get("keys", "device");
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const privateKey = await crypto.subtle.importKey("pkcs8", await box.unlockBytes("device-key", row.box), curve, false, ["sign"]);
  const publicKey = await crypto.subtle.importKey("jwk", { ...row.jwk, ext: true }, curve, true, ["verify"]);
  await store.writeRows("jb-old-key", (rows) => rows.put({ privateKey, publicKey }, "device"));
  return indexedDB.databases();
}"""


def test_a_revoked_tablet_hands_in_what_is_half_done_and_is_emptied(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    context.route("**/api/v1/**", lambda route: route.abort())
    officer.arrive(page)
    officer.record(page)
    page.goto(f"{shared_stack.tablet}/#/gagal/{day.visits[2]}")
    page.get_by_text("Catatan (boleh kosong)").first.click()
    page.get_by_role("textbox").fill("anjing galak")
    page.goto(f"{shared_stack.tablet}/#/kunjungan/{day.visits[1]}")
    officer.arrive(page)
    page.get_by_role("link", name="Rekam sekarang").click()
    page.get_by_label("NIK").fill("3519")
    officer.go_to(page, "Foto wajah")
    officer.take_photo(page)
    expect(page.get_by_text("Foto siap")).to_be_visible()
    with shared_stack.orm():
        assert devices.revoke_device(device=Device.objects.get(team_id=day.team), actor="system")
    context.unroute("**/api/v1/**")
    context.route("**/devices/me/wiped", lambda route: route.abort())

    officer.sync(page)
    said = page.locator("#revoked")
    expect(said).to_contain_text("Tablet ini sudah dicabut", timeout=40_000)
    assert "jb-old-key" in str(page.evaluate(LEAVE_OLD_KEY))
    context.unroute("**/devices/me/wiped")
    expect(said).to_contain_text("sudah dikosongkan", timeout=60_000)
    expect(page.locator("#bar")).to_be_hidden()
    with shared_stack.orm():
        whole, half = (Capture.objects.get(visit_id=visit) for visit in day.visits[:2])
        assert whole.status.reasons == ["device_revoked"]
        assert half.status.stage == CaptureStage.REVIEW
        assert half.status.reasons == ["half_record", "device_revoked"]
        assert whole.device.state == DeviceState.WIPED
        kinds = Event.objects.filter(device=whole.device).order_by("kind").values_list("kind", flat=True)
        assert list(kinds) == ["arrived", "arrived", "note", "outcome", "outcome"]
    assert axe_violations_at(page, "tablet-revoked", TABLET, {"width": 360, "height": 740}) == []
    assert page.evaluate(HELD) == {"jb-outbox": 0, "keys": 0, "days": 0, "drafts": 0}
    assert "jb-old-key" not in str(page.evaluate("indexedDB.databases()"))
    page.reload()
    expect(said).to_contain_text("sudah dikosongkan")
    page.get_by_role("button", name="Pasangkan lagi").click()
    expect(page.get_by_label("Kode pemasangan")).to_be_visible()


def test_a_tablet_that_still_signs_with_its_key_of_before_learns_that_it_is_revoked(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    context.route("**/api/v1/**", lambda route: route.abort())
    assert "jb-old-key" in str(page.evaluate(LEAVE_OLD_KEY))
    with shared_stack.orm():
        assert devices.revoke_device(device=Device.objects.get(team_id=day.team), actor="system")
    context.unroute("**/api/v1/**")

    officer.sync(page)

    said = page.locator("#revoked")
    expect(said).to_contain_text("sudah dikosongkan", timeout=60_000)
    assert "jb-old-key" not in str(page.evaluate("indexedDB.databases()"))


def test_lost_tokens_and_renewed_keys_are_no_matter(shared_stack: Stack, page: Page, day: TeamsDay):
    watch = Watch(page)
    officer.pair(page, shared_stack.tablet, day)
    with shared_stack.orm():
        DeviceToken.objects.filter(device__team_id=day.team).delete()
        office_keys.rotate_key(KeyRole.SERVER, actor="system")
        office_keys.rotate_key(KeyRole.SERVER, actor="system")
    officer.arrive(page)
    officer.record(page)
    expect(page.locator("#capture-state")).to_have_text("Diperiksa kantor", timeout=40_000)
    refused = [problem for problem in watch.problems if "401" not in problem]
    assert refused == []


def test_after_a_restore_the_tablet_offers_again_what_it_holds(
    shared_stack: Stack, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    officer.arrive(page)
    officer.record(page)
    expect(page.locator("#capture-state")).to_have_text("Diperiksa kantor", timeout=40_000)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/api/v1/")[2]))
    with shared_stack.orm():
        epochs.begin_epoch(actor="system")
    with page.expect_request("**/captures/status"):
        officer.sync(page)
    expect(page.locator("#sync-link")).to_contain_text("Semua terkirim")
    expect(page.locator("#capture-state")).to_have_text("Diperiksa kantor")
    officer.sync(page)
    page.wait_for_timeout(1500)
    assert asked.count("captures/status") == 1  # once; then the new epoch is known


def test_a_message_of_the_coordinator_is_read_once(shared_stack: Stack, page: Page, day: TeamsDay):
    with shared_stack.orm():
        message = TeamMessage.objects.create(team_id=day.team, text="Jembatan Contoh ditutup, lewat utara.")
    officer.pair(page, shared_stack.tablet, day)
    expect(page.get_by_text("Jembatan Contoh ditutup, lewat utara.")).to_be_visible()
    with page.expect_response(lambda answer: "message_read" in (answer.request.post_data or "")) as reported:
        page.get_by_role("button", name="Sudah dibaca").click()
        expect(page.get_by_text("Jembatan Contoh ditutup, lewat utara.")).to_have_count(0)
        officer.sync(page)
    assert reported.value.ok
    expect(page.locator("#sync-link")).to_contain_text("0 rumah di tablet · 0 terkirim")
    officer.reload(page)
    expect(page.get_by_role("list", name="Kunjungan")).to_be_visible()
    expect(page.get_by_text("Jembatan Contoh ditutup, lewat utara.")).to_have_count(0)
    with shared_stack.orm():
        message.refresh_from_db()
        assert message.read_at is not None


def test_a_visit_that_the_office_cancelled_is_still_taken(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    context.route("**/api/v1/**", lambda route: route.abort())
    officer.arrive(page)
    officer.record(page)
    with shared_stack.orm():
        Visit.objects.filter(pk=day.visits[0]).update(state="cancelled")
    context.unroute("**/api/v1/**")
    officer.sync(page)
    expect(page.locator("#capture-state")).to_have_text("Sampai, dilihat koordinator", timeout=40_000)
    expect(page.locator("#sync-link")).to_contain_text("0 rumah di tablet")
