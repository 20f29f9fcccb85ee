"""What the office does meanwhile, and how the tablet takes it: revoked, tokens gone, keys renewed, messages."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support import officer
from tests.support.browser import Watch, picture
from tests.support.field import TeamsDay
from tests.support.stack import Stack
from visits.enums import KeyRole
from visits.keys import epochs, office_keys
from visits.models import Capture, Device, DeviceToken, Event, TeamMessage, Visit
from visits.tablets import devices

pytestmark = pytest.mark.browser


def test_a_revoked_tablet_hands_in_and_reads_nothing_more(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    context.route("**/api/v1/**", lambda route: route.abort())
    officer.arrive(page)
    officer.record(page)
    with shared_stack.orm():
        assert devices.revoke_device(device=Device.objects.get(team_id=day.team), actor="system")
    context.unroute("**/api/v1/**")

    officer.sync(page)
    expect(page.locator("#sync-link")).to_contain_text("Tablet ini sudah dicabut", timeout=40_000)
    expect(page.locator("#sync-link")).to_contain_text("0 di tablet · 3 terkirim", timeout=40_000)
    with shared_stack.orm():
        capture = Capture.objects.get(visit_id=day.visits[0])
        assert capture.status.revoked
        assert Event.objects.filter(device=capture.device).count() == 2
    page.goto(f"{shared_stack.tablet}/#/")
    expect(page.get_by_text("Contoh Suminah")).to_have_count(0)
    expect(page.get_by_role("list", name="Kunjungan")).to_have_count(0)
    picture(page, "tablet-revoked-1024")


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
    page.get_by_role("button", name="Sudah dibaca").click()
    expect(page.get_by_text("Jembatan Contoh ditutup, lewat utara.")).to_have_count(0)
    officer.sync(page)
    expect(page.locator("#sync-link")).to_contain_text("0 di tablet · 1 terkirim")
    page.reload()
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
    expect(page.locator("#sync-link")).to_contain_text("0 di tablet")
