"""A stolen tablet: what somebody with the image of its disk and this source can decrypt is nothing.

The carver is tried on a profile of the app before the vault first, so that it is known to find what is there.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support import carving, officer, old_profile
from tests.support.field import TeamsDay
from tests.support.stack import Stack
from tests.support.wait import wait_until
from visits.models import Capture, Device, DeviceToken

pytestmark = pytest.mark.browser

API = "**/api/v1/**"
WRAPPED = """async visit => {
  const { readRow } = await import("/static/visits/tablet/store.js");
  return Array.from((await readRow(`jb-draft-${visit}`, "key")).box.bytes);
}"""


def _tokens_known(values: list[bytes]) -> int:
    digests = [hashlib.sha256(token.encode()).hexdigest() for token in carving.carve_tokens(values)]
    return DeviceToken.objects.filter(digest__in=digests).count()


def _stolen(stack: Stack, profile: Path) -> dict[str, int]:
    """What the profile gives away: private keys that load, tokens that the office takes, boxes that open."""
    values = carving.stored_values(profile)
    boxes = carving.carve_boxes(values)
    assert len(boxes) > 5, "not the profile we mean"
    with stack.orm():
        return {
            "private keys": len(carving.carve_private_keys(values)),
            "tokens": _tokens_known(values),
            "opened": len(carving.open_boxes(carving.carve_keys(values), boxes)),
        }


NOTHING = {"private keys": 0, "tokens": 0, "opened": 0}


def _begin_record(page: Page, name: str, nik: str) -> None:
    page.get_by_role("link", name=name).click()
    page.get_by_role("button", name="Saya sudah tiba").click()
    page.get_by_role("link", name="Rekam sekarang").click()
    page.get_by_label("NIK").fill(nik)
    officer.go_to(page, "Foto wajah")
    officer.take_photo(page)
    expect(page.get_by_text("Foto siap")).to_be_visible()
    page.wait_for_timeout(900)


def test_a_stolen_tablet_tells_nothing(
    shared_stack: Stack, open_profile: Callable[[], BrowserContext], profile: Path, day: TeamsDay
):
    context = open_profile()
    page = context.new_page()
    officer.pair(page, shared_stack.tablet, day)
    context.route(API, lambda route: route.abort())
    _begin_record(page, "Contoh Suminah", "3519010101010001")
    key = bytes(page.evaluate(WRAPPED, day.visits[0]))
    assert any(key in value for value in carving.stored_values(profile)), "the key would not be found"
    officer.finish(page)
    page.get_by_role("link", name="Kembali ke daftar").click()
    _begin_record(page, "Contoh Karto Wiryo", "3519010101010002")
    # what was sealed is noise even for somebody who learns the PIN: its key is on the disk in no form
    carving.wait_until_gone(page, profile, key)
    context.close()

    assert _stolen(shared_stack, profile) == NOTHING
    assert not any(key in value for value in carving.stored_values(profile))
    files = b"".join(path.read_bytes() for path in profile.rglob("*") if path.is_file())
    for word in (officer.PIN, "3519010101010001", "3519010101010002"):
        assert word.encode() not in files, word
        assert word.encode("utf-16-le") not in files, word


def _make_old(page: Page, stack: Stack, day: TeamsDay, *, drafts: int) -> None:
    officer.pair(page, stack.tablet, day)
    page.context.route(API, lambda route: route.abort())
    officer.arrive(page)
    officer.record(page)
    page.get_by_role("link", name="Kembali ke daftar").click()
    page.get_by_role("link", name="Contoh Sri Rahayu").click()
    page.get_by_role("link", name="Kontak atau lokasi berbeda").click()
    page.get_by_label("Nama yang dihubungi").fill("Contoh Menantu")
    page.get_by_role("button", name="Simpan kontak").click()
    expect(page.get_by_text("Kontak baru dicatat")).to_be_visible()
    page.evaluate(old_profile.BUILD, {"drafts": drafts, "visits": day.visits[1:]})


def _choose_pin(page: Page, address: str) -> None:
    page.goto("about:blank")
    page.goto(f"{address}/#/")
    expect(page.get_by_role("heading", name="Buat PIN")).to_be_visible()
    officer.choose_pin(page)
    page.get_by_role("button", name="Kunci dan lanjutkan").click()


def _kill_twice(
    page: Page, address: str, *, open_profile: Callable[[], BrowserContext], kill_browser: Callable[[], None]
) -> None:
    # while drafts are moved: the old database still counts
    page.add_init_script(f"({_STALL_AT_DRAFT})()")
    _choose_pin(page, address)
    expect(page.locator("#pin-said")).to_contain_text("isian 3 dari 6")
    kill_browser()
    # when the wrap is written, before the old database goes
    page = open_profile().new_page()
    page.add_init_script(f"({_STALL_BURNING})()")
    _choose_pin(page, address)
    wait_until(lambda: page.evaluate("globalThis.stalled"), seconds=20, what="the old database is to go")
    kill_browser()


def test_a_tablet_of_before_moves_under_fresh_keys_through_kills(
    shared_stack: Stack,
    open_profile: Callable[[], BrowserContext],
    kill_browser: Callable[[], None],
    profile: Path,
    day: TeamsDay,
):
    page = open_profile().new_page()
    _make_old(page, shared_stack, day, drafts=6)
    before = _stolen(shared_stack, profile)
    assert min(before.values()) >= 1, before  # the carver finds what is there
    with shared_stack.orm():
        old_thumbprint = Device.objects.get(team_id=day.team).thumbprint

    _kill_twice(page, shared_stack.tablet, open_profile=open_profile, kill_browser=kill_browser)
    context = open_profile()
    page = context.new_page()
    context.route(API, lambda route: route.abort())
    page.goto(shared_stack.tablet)
    officer.unlock(page)
    page.goto(f"{shared_stack.tablet}/#/rekam/{day.visits[1]}")
    expect(page.get_by_label("NIK")).to_have_value("3519000000000000")
    officer.go_to(page, "Foto wajah")
    expect(page.get_by_text("Foto siap")).to_be_visible()
    page.locator("a.back").click()
    assert (
        page.evaluate("import('/static/visits/tablet/store.js').then((m) => m.readTablet().count('drafts'))")
        >= 6
    )

    context.unroute_all()
    officer.sync(page)

    def replaced() -> bool:
        with shared_stack.orm():
            return Device.objects.get(team_id=day.team).thumbprint != old_thumbprint

    wait_until(replaced, seconds=60, what="the office knows the tablet's new key")
    expect(page.locator("#sync-link")).to_contain_text("0 rumah di tablet")
    officer.sync(page)
    expect(page.locator("#sync-link")).to_contain_text("0 ditolak")
    wait_until(
        lambda: "jb-old-key" not in str(page.evaluate("indexedDB.databases()")),
        seconds=20,
        what="the old key is burnt",
    )
    with shared_stack.orm():
        assert Capture.objects.filter(visit_id=day.visits[0]).count() == 1
    context.close()
    assert _stolen(shared_stack, profile) == NOTHING


_STALL_AT_DRAFT = """() => {
  const real = SubtleCrypto.prototype.decrypt;
  let photos = 0;
  SubtleCrypto.prototype.decrypt = function (algorithm, ...rest) {
    const name = new TextDecoder().decode(algorithm.additionalData);
    if (name.startsWith("jb-box:photo:")) photos += 1;
    return photos === 4 ? new Promise(() => {}) : real.call(this, algorithm, ...rest);
  };
}"""
_STALL_BURNING = """() => {
  const real = IDBFactory.prototype.deleteDatabase;
  IDBFactory.prototype.deleteDatabase = function (name) {
    if (name !== "jb-tablet") return real.call(this, name);
    globalThis.stalled = true;
    return indexedDB.open("jb-stalled", 1);
  };
}"""
