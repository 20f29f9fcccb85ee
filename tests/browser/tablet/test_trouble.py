"""The tablet when things break: no server, half an upload, a stranger who answers, a poisoned report."""

import base64
import hashlib
import json
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.support import clock, officer
from tests.support.browser import turn_clock
from tests.support.field import TeamsDay, team_day
from tests.support.stack import Stack
from visits.enums import KeyRole, KeyState
from visits.lib import jose
from visits.models import Capture, Event, PublicKey, Receipt, Visit

pytestmark = pytest.mark.browser

API = "**/api/v1/**"
RECORD = re.compile(r"/api/v1/captures/[0-9a-f]{8}-")  # whole, or its manifest
# A redirect is refused by the browser itself, which does not say more than "no answer".
NOT_US = re.compile("Yang menjawab bukan server kantor|Kantor tidak terjangkau")


def _portal(route: Route) -> None:
    route.fulfill(status=200, content_type="text/html", body="<html><title>Wi-Fi</title>Masuk dulu</html>")


def _echo(route: Route) -> None:
    route.fulfill(status=200, content_type="application/json", body=route.request.post_data or "{}")


def _moved(route: Route) -> None:
    route.fulfill(status=302, headers={"Location": "/masuk"})


def _login_needed(route: Route) -> None:
    route.fulfill(status=511, content_type="text/html", body="Masuk dulu")


def _empty(route: Route) -> None:
    route.fulfill(status=201, content_type="application/json", body="{}")


STRANGERS = [_portal, _echo, _moved, _login_needed, _empty]


def _wait_for_verified(page: Page) -> None:
    page.locator("#sync-link").click()
    expect(page.locator("main .card").first).to_contain_text("Diperiksa kantor", timeout=40_000)


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda found: found.__name__.strip("_"))
def test_a_stranger_who_answers_gets_no_token_and_marks_nothing_as_sent(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay, stranger: Callable[[Route], None]
):
    officer.pair(page, shared_stack.tablet, day)
    told: list[str] = []

    def listen(route: Route) -> None:
        told.append(route.request.headers.get("authorization", ""))
        stranger(route)

    context.route(API, listen)
    officer.arrive(page)
    officer.record(page)
    officer.sync(page)
    expect(page.locator("#sync-link")).to_contain_text(NOT_US, timeout=20_000)
    officer.reload(page)
    officer.sync(page)
    expect(page.locator("#sync-link")).to_contain_text(NOT_US, timeout=20_000)
    assert officer.figures(page) == "1 rumah di tablet · 0 terkirim · 0 ditolak"
    assert len(told) >= 2
    assert set(told) == {""}

    context.unroute(API)
    officer.sync(page)
    _wait_for_verified(page)
    with shared_stack.orm():
        assert Capture.objects.filter(visit_id=day.visits[0]).count() == 1


@pytest.mark.parametrize("stranger", [_portal, _echo], ids=lambda found: found.__name__.strip("_"))
def test_a_stranger_between_two_answers_marks_nothing_as_sent(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay, stranger: Callable[[Route], None]
):
    """The portal begins right after the server has shown itself."""
    officer.pair(page, shared_stack.tablet, day)
    for path in ("events", "captures/**", "devices/me/blobs/*", "days"):
        context.route(f"**/api/v1/{path}", stranger)
    officer.arrive(page)
    officer.record(page)
    officer.sync(page)
    expect(page.locator("#sync-link")).to_contain_text(NOT_US, timeout=20_000)
    assert officer.figures(page) == "1 rumah di tablet · 0 terkirim · 0 ditolak"
    context.unroute_all()
    officer.sync(page)
    _wait_for_verified(page)


def _manifest_of(route: Route) -> str:
    body = route.request.post_data_buffer or b""
    if body.startswith(b"{"):
        return str(json.loads(body)["manifest"])
    return body[4 : 4 + int.from_bytes(body[:4], "big")].decode()


def test_a_receipt_that_somebody_else_signed_is_not_believed(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    forger = jose.new_ec_key()

    def forge(route: Route) -> None:
        manifest = _manifest_of(route)
        _kid, told = jose.peek_jws(manifest, typ="jb-manifest+jws")
        receipt = {
            "kind": "stored",
            "capture": told["capture"],
            "device": told["device"],
            "at": clock.now().isoformat(),
            "manifest_sha256": hashlib.sha256(manifest.encode()).hexdigest(),
        }
        jws = jose.sign_jws(payload=receipt, typ="jb-receipt+jws", key=forger, kid=str(forger.kid))
        body = json.dumps({"capture": told["capture"], "receipt": jws})
        route.fulfill(status=201, content_type="application/json", body=body)

    context.route(RECORD, forge)
    officer.arrive(page)
    officer.record(page)
    expect(page.locator("#sync-link")).to_contain_text("Yang menjawab bukan server kantor", timeout=20_000)
    expect(page.locator("#capture-state")).to_have_text("Sedang dikirim")
    context.unroute_all()
    officer.sync(page)
    expect(page.locator("#capture-state")).to_have_text("Diperiksa kantor", timeout=40_000)


def test_the_receipt_of_another_record_is_not_believed(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    officer.arrive(page)
    officer.record(page)
    expect(page.locator("#capture-state")).to_have_text("Diperiksa kantor", timeout=40_000)
    with shared_stack.orm():
        old = Receipt.objects.get(capture__visit_id=day.visits[0], kind="stored").jws

    def replay(route: Route) -> None:
        _kid, told = jose.peek_jws(_manifest_of(route), typ="jb-manifest+jws")
        body = json.dumps({"capture": told["capture"], "receipt": old})
        route.fulfill(status=201, content_type="application/json", body=body)

    context.route(RECORD, replay)
    page.get_by_role("link", name="Kembali ke daftar").click()
    officer.arrive(page)
    officer.record(page)
    expect(page.locator("#sync-link")).to_contain_text("Yang menjawab bukan server kantor", timeout=20_000)
    expect(page.locator("#capture-state")).to_have_text("Sedang dikirim")


def test_a_poisoned_report_is_parked_and_the_others_pass(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)

    def refuse(route: Route) -> None:
        events = json.loads(route.request.post_data or "{}")["events"]
        if any(event["kind"] == "arrived" for event in events):
            problem = {
                "type": "about:blank",
                "title": "Tidak bisa dibaca",
                "status": 400,
                "detail": "Laporan ini tidak bisa dibaca kantor.",
                "code": "bad-request",
                "retry": "never",
            }
            route.fulfill(status=400, content_type="application/problem+json", body=json.dumps(problem))
        else:
            route.continue_()

    context.route("**/api/v1/events", refuse)
    context.route("**/api/v1/ping*", lambda route: route.abort())  # nothing leaves before both are there
    officer.arrive(page)
    officer.record(page)
    context.unroute("**/api/v1/ping*")
    officer.sync(page)
    expect(page.locator("#capture-state")).to_have_text("Diperiksa kantor", timeout=40_000)
    officer.reload(page)
    page.locator("#sync-link").click()
    expect(page.get_by_text("Laporan ini tidak bisa dibaca kantor.")).to_be_visible()
    assert officer.figures(page) == "0 rumah di tablet · 0 terkirim · 1 ditolak"
    with shared_stack.orm():
        assert list(Event.objects.filter(visit_id=day.visits[0]).values_list("kind", flat=True)) == [
            "outcome"
        ]

    with page.expect_download() as download:
        page.get_by_role("button", name="Simpan ke berkas").click()
    with zipfile.ZipFile(download.value.path()) as bundle:
        assert bundle.testzip() is None
        held = json.loads(bundle.read("events.json"))["events"]
        assert [event["kind"] for event in held] == ["arrived"]
        assert any(name.endswith("/manifest.jws") for name in bundle.namelist())


def test_the_server_dies_in_mid_upload_and_comes_back(stack: Stack, context: BrowserContext, page: Page):
    with stack.orm():
        day = team_day()
    officer.pair(page, stack.tablet, day)
    officer.arrive(page)
    chunks: list[str] = []
    context.route("**/parts", lambda route: route.abort())  # the line is cut; from then on chunk by chunk

    def die(route: Route) -> None:
        chunks.append(route.request.url)
        if len(chunks) == 2:
            stack.stop()
        route.continue_()

    context.route("**/blobs/*", die)
    officer.record(page)
    expect(page.locator("#sync-link")).to_contain_text("Tidak ada sinyal", timeout=40_000)
    officer.sync(page)
    for _second in range(60):  # the page's requests come while it waits
        if len(chunks) >= 2:
            break
        page.wait_for_timeout(1000)
    assert len(chunks) >= 2
    expect(page.locator("#sync-link")).to_contain_text("Tidak ada sinyal", timeout=40_000)
    context.unroute("**/blobs/*")

    # The page opens without a server, and still knows the day and what is waiting.
    page.goto(stack.tablet)
    officer.unlock(page)
    expect(page.get_by_role("list", name="Kunjungan")).to_contain_text("Sudah direkam")
    expect(page.locator("#sync-link")).to_contain_text("Tidak ada sinyal", timeout=20_000)
    page.get_by_role("link", name="Contoh Karto Wiryo").click()
    page.get_by_role("link", name="Tidak bisa direkam").click()
    page.get_by_role("button", name="Alamat tidak ditemukan").click()
    expect(page.get_by_role("list", name="Kunjungan")).to_contain_text("Alamat tidak ditemukan")

    stack.start()
    officer.sync(page)
    _wait_for_verified(page)
    expect(page.get_by_text("Semua kabar sudah terkirim.")).to_be_visible(timeout=30_000)
    with stack.orm():
        capture = Capture.objects.get()
        assert (str(capture.visit_id), capture.receipts.count()) == (day.visits[0], 2)
        assert Visit.objects.get(pk=day.visits[1]).outcome == "address_not_found"
        assert Event.objects.count() == 3


def test_a_browser_killed_right_after_saved_has_lost_nothing(
    shared_stack: Stack,
    open_profile: Callable[[], BrowserContext],
    kill_browser: Callable[[], None],
    day: TeamsDay,
):
    context = open_profile()
    page = context.new_page()
    officer.pair(page, shared_stack.tablet, day)
    context.route(API, lambda route: route.abort())
    officer.arrive(page)
    officer.record(page)
    kill_browser()

    page = open_profile().new_page()
    page.goto(f"{shared_stack.tablet}/#/kotak")
    officer.unlock(page)
    _wait_for_verified(page)
    with shared_stack.orm():
        assert Capture.objects.filter(visit_id=day.visits[0]).count() == 1


def test_a_clock_that_is_set_back_holds_no_report_back(shared_stack: Stack, page: Page, day: TeamsDay):
    officer.pair(page, shared_stack.tablet, day)
    page.get_by_role("link", name="Contoh Sri Rahayu").click()
    page.get_by_role("link", name="Tidak bisa direkam").click()
    page.get_by_role("button", name="Menolak hari ini").click()
    expect(page.get_by_role("button", name="Urungkan")).to_be_visible()
    turn_clock(page, timedelta(days=-1))
    officer.sync(page)
    expect(page.locator("#sync-link")).to_contain_text("0 rumah di tablet · 1 terkirim", timeout=20_000)


def test_what_lies_on_the_disk_tells_nothing(
    shared_stack: Stack, open_profile: Callable[[], BrowserContext], profile: Path, day: TeamsDay
):
    context = open_profile()
    page = context.new_page()
    officer.pair(page, shared_stack.tablet, day)
    context.route(API, lambda route: route.abort())  # the record stays on the tablet
    officer.arrive(page)
    officer.record(page)
    page.get_by_role("link", name="Kembali ke daftar").click()
    page.get_by_role("link", name="Contoh Karto Wiryo").click()
    page.get_by_role("link", name="Kontak atau lokasi berbeda").click()
    page.get_by_label("Nomor telepon yang benar").fill("0812-9999-0000")
    page.get_by_label("Nama yang dihubungi").fill("Contoh Menantu")
    page.get_by_role("button", name="Simpan kontak").click()
    expect(page.get_by_text("Kontak baru dicatat")).to_be_visible()
    page.get_by_role("link", name="Tidak bisa direkam").click()
    page.get_by_text("Catatan (boleh kosong)").first.click()
    page.get_by_role("textbox").fill("Contoh rahasia tetangga")
    page.get_by_role("button", name="Menolak hari ini").click()
    expect(page.get_by_role("button", name="Urungkan").first).to_be_visible()
    page.wait_for_timeout(500)
    context.close()
    content = b"".join(path.read_bytes() for path in profile.rglob("*") if path.is_file())
    assert b"jb-outbox" in content or "jb-outbox".encode("utf-16-le") in content, "not the profile we mean"
    for secret in ("Suminah", "Karto Wiryo", "081200000001", "Menantu", "081299990000", "rahasia tetangga"):
        assert secret.encode() not in content, secret
        assert secret.encode("utf-16-le") not in content, secret
    held = b"".join(
        path.read_bytes() for path in (profile / "Default" / "IndexedDB").rglob("*") if path.is_file()
    )
    assert len(held) > 100_000, "the record is not there"
    for start in (b"\xff\xd8\xff\xe0\x00\x10JFIF", b"\x89PNG\r\n\x1a\n"):  # too long to come by chance
        for held_as in (start, base64.b64encode(start[:6]), base64.urlsafe_b64encode(start[:6])):
            assert held_as not in held, held_as


def test_a_tablet_says_that_the_office_has_no_key_for_records(
    page: Page, shared_stack: Stack, day: TeamsDay
) -> None:
    current = PublicKey.objects.filter(role=KeyRole.CAPTURE, state=KeyState.CURRENT)
    with shared_stack.orm():
        kids = list(current.values_list("pk", flat=True))
        current.update(state=KeyState.RETIRED)
    try:
        officer.pair(page, shared_stack.tablet, day)
        expect(page.get_by_role("alert")).to_contain_text("Kantor belum membuat kunci rekaman")
    finally:
        with shared_stack.orm():
            PublicKey.objects.filter(pk__in=kids).update(state=KeyState.CURRENT)
