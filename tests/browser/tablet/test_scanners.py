"""Fingers and eyes taken through biometric devices on the same machine: a real Chromium, a real device server."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.fakes.sbi import FakeDevices
from tests.support import officer, scanners
from tests.support.browser import PHONE, TABLET, axe_violations_at, picture
from tests.support.field import TeamsDay
from tests.support.scanners import TAKE, open_record
from tests.support.stack import Stack
from visits.models import Capture, CaptureState
from visits.records import reviews

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("alone_with_devices")]

# What lies in the draft of a record, as text: the captures of the fingers.
KEPT = """async visit => {
  const { readDraft } = await import("/static/visits/tablet/drafts.js");
  return (await readDraft(visit))?.fingers?.text() ?? "";
}"""
# Whether a file of a draft is noise once the draft's own key is burnt.
NOISE = """async ([name, visit]) => {
  const box = await import("/static/visits/tablet/box.js");
  const { burnDraftKey } = await import("/static/visits/tablet/draft_keys.js");
  const locked = await box.lockBytes(`${name}:${visit}`, new Uint8Array([1]));
  await burnDraftKey(visit);
  return box.unlockBytes(`${name}:${visit}`, locked).then(() => false, () => true);
}"""
COUNT_TAPS = """addEventListener("click", ({ isTrusted, target }) => {
  globalThis.taps = (globalThis.taps ?? 0) + Number(isTrusted && !target.matches("canvas"));
}, true)"""
PHOTO_TAPS, SIGNING_TAPS = 3, 1  # as in test_recording.py: the photo's button and camera, the signature


def _status(stack: Stack, visit: str) -> CaptureState:
    with stack.orm():
        return CaptureState.objects.get(capture__visit_id=visit)


def _form(stack: Stack, visit: str) -> dict[str, object]:
    with stack.orm():
        return reviews.unseal_form(Capture.objects.get(visit_id=visit))


def _take(page: Page) -> None:
    page.get_by_role("button", name=TAKE).click()


def _save(page: Page) -> None:
    expect(page.get_by_role("heading", name="Periksa dan simpan")).to_be_visible()
    officer.save(page)
    expect(page.locator("#capture-state")).to_have_text("Diperiksa kantor", timeout=40_000)


@pytest.mark.parametrize(("version", "rule"), [(["0.9.5"], "text"), (["0.9.5", "1.0"], "digests")])
def test_all_fingers_and_eyes_are_taken_sealed_and_verified_by_the_office(
    shared_stack: Stack, page: Page, kit_day: TeamsDay, devices: FakeDevices, version: list[str], rule: str
):
    devices.set(version=version, rule=rule)
    page.add_init_script(COUNT_TAPS)
    open_record(page, shared_stack, kit_day)
    expect(page.get_by_text("Alat siap.")).to_be_visible()
    assert scanners.main_button_in_sight(page)
    assert axe_violations_at(page, "tablet-devices-ready", TABLET, PHONE) == []
    _take(page)
    expect(page.get_by_text("10 jari dan 2 mata diambil")).to_be_visible()
    assert axe_violations_at(page, "tablet-devices-check", TABLET, PHONE) == []
    _save(page)
    tapped = page.evaluate("globalThis.taps") + PHOTO_TAPS + SIGNING_TAPS - scanners.TAPS_BEFORE
    print(f"normal visit with devices: {tapped} taps with the camera")
    assert tapped <= 12
    asked = devices.asked()
    assert [one["specVersion"] for one in asked] == [version[-1]] * 4
    assert [(one["verb"], one["bio"][0]["deviceSubId"]) for one in asked] == [
        ("RCAPTURE", number) for number in ("1", "2", "3", "3")
    ]
    assert {one["transactionId"] for one in asked} == {kit_day.visits[0]}
    status = _status(shared_stack, kit_day.visits[0])
    assert (status.stage, status.reasons) == ("accepted", [])
    form = _form(shared_stack, kit_day.visits[0])
    assert sorted(form["parts"]) == ["fingers", "irises", "photo", "signature"]  # type: ignore[call-overload]
    assert form["biometrics"]["transaction"] == asked[0]["transactionId"]  # type: ignore[index]
    assert len(form["biometrics"]["links"]) == 4  # type: ignore[index]


def test_ten_worn_fingers_take_two_taps_and_the_eyes_are_taken(
    shared_stack: Stack, page: Page, kit_day: TeamsDay, devices: FakeDevices
):
    devices.set(verbs=["CAPTURE"])  # a service that does not know the registration's own verb
    open_record(page, shared_stack, kit_day)
    page.get_by_role("button", name="Pilih semua jari").click()
    page.get_by_role("button", name="Sidik jari aus", exact=True).click()
    _take(page)
    expect(page.get_by_text("0 jari dan 2 mata diambil · 10 tidak bisa diambil")).to_be_visible()
    _save(page)
    assert [(one["verb"], one["bio"][0]["type"]) for one in devices.asked()] == [("CAPTURE", "Iris")]
    assert _status(shared_stack, kit_day.visits[0]).reasons == []
    assert sorted(_form(shared_stack, kit_day.visits[0])["parts"]) == ["irises", "photo", "signature"]  # type: ignore[call-overload]


def test_a_finger_that_cannot_be_taken_is_told_to_the_device(
    shared_stack: Stack, page: Page, kit_day: TeamsDay, devices: FakeDevices
):
    open_record(page, shared_stack, kit_day)
    page.get_by_role("button", name="Kelingking kiri").click()
    page.get_by_role("button", name="Tidak ada", exact=True).click()
    _take(page)
    expect(page.get_by_text("9 jari dan 2 mata diambil · 1 tidak bisa diambil")).to_be_visible()
    (bio,) = devices.asked()[0]["bio"]
    assert (bio["count"], bio["exception"]) == ("3", ["Left LittleFinger"])
    officer.go_to(page, "Jari dan mata")  # marked after all was taken: that hand no longer fits
    page.get_by_role("button", name="Telunjuk kanan").click()
    page.get_by_role("button", name="Luka atau dibalut", exact=True).click()
    expect(scanners.group(page, "Empat jari kanan")).to_contain_text("Belum diambil")
    page.wait_for_timeout(300)
    officer.reload(page)
    expect(scanners.group(page, "Empat jari kiri")).to_contain_text("Diambil, mutu 80")
    _take(page)
    expect(page.get_by_text("8 jari dan 2 mata diambil · 2 tidak bisa diambil")).to_be_visible()
    assert devices.asked()[-1]["bio"][0]["exception"] == ["Right IndexFinger"]
    _save(page)
    assert _status(shared_stack, kit_day.visits[0]).reasons == []


def test_what_does_not_hold_is_said_and_nothing_of_it_is_kept(
    shared_stack: Stack, page: Page, kit_day: TeamsDay, devices: FakeDevices
):
    open_record(page, shared_stack, kit_day)
    expect(page.get_by_text("Alat siap.")).to_be_visible()
    for asked, fault in enumerate(("hash", "transaction", "signature", "parts", "garbage"), 1):
        devices.set(fault=fault)
        page.locator("#next").click()
        scanners.wait_for_captures(page, devices, asked)
        expect(
            page.get_by_text("tidak utuh atau bukan untuk rekaman ini, jadi tidak disimpan")
        ).to_be_visible()
        expect(scanners.group(page, "Empat jari kiri")).to_contain_text("Belum diambil")
        assert page.evaluate(KEPT, kit_day.visits[0]) == "", fault
    devices.set(fault="")
    page.get_by_role("button", name="Coba lagi").click()
    expect(page.get_by_text("10 jari dan 2 mata diambil")).to_be_visible()
    assert page.evaluate(KEPT, kit_day.visits[0]) != ""
    _save(page)
    assert _status(shared_stack, kit_day.visits[0]).reasons == []


def test_a_poor_capture_is_taken_again_or_kept_knowingly(
    shared_stack: Stack, page: Page, kit_day: TeamsDay, devices: FakeDevices
):
    devices.set(scores=[34, 72, 41, 80, 45])
    open_record(page, shared_stack, kit_day)
    _take(page)
    expect(page.get_by_text("Empat jari kiri: mutu 34, sebaiknya 60 atau lebih.")).to_be_visible()
    assert page.evaluate(KEPT, kit_day.visits[0]) == ""
    assert axe_violations_at(page, "tablet-devices-low", TABLET, PHONE) == []
    page.get_by_role("button", name="Ambil lagi").click()
    expect(page.get_by_text("Empat jari kanan: mutu 41")).to_be_visible()
    expect(scanners.group(page, "Empat jari kiri")).to_contain_text("Diambil, mutu 72")
    expect(page.get_by_text("Bersihkan dan keringkan jari dan alat")).to_be_visible()
    page.get_by_role("button", name="Pakai yang ini").click()
    expect(page.get_by_text("Kedua mata: mutu 45")).to_be_visible()
    expect(page.get_by_text("minta warga membuka mata lebar-lebar, lalu ambil lagi")).to_be_visible()
    expect(page.get_by_text("keringkan")).to_have_count(0)
    page.get_by_role("button", name="Pakai yang ini").click()
    expect(page.get_by_text("10 jari dan 2 mata diambil")).to_be_visible()
    _save(page)
    assert _status(shared_stack, kit_day.visits[0]).reasons == []
    assert len(_form(shared_stack, kit_day.visits[0])["biometrics"]["links"]) == 5  # type: ignore[index]


def test_a_slow_device_says_where_the_hand_goes_and_can_be_stopped(
    shared_stack: Stack, page: Page, kit_day: TeamsDay, devices: FakeDevices
):
    devices.set(delay=4)
    open_record(page, shared_stack, kit_day)
    _take(page)
    expect(page.get_by_text("Letakkan empat jari kiri di alat")).to_be_visible()
    picture(page, "tablet-devices-taking-1024")
    assert scanners.main_button_in_sight(page)
    page.get_by_role("button", name="Hentikan").click()
    expect(page.get_by_text("Pengambilan dihentikan.")).to_be_visible()
    devices.set(delay=1)
    page.get_by_role("button", name="Coba lagi").click()
    expect(page.get_by_text("Pegang alat mata di depan wajah.")).to_be_visible()
    expect(page.get_by_text("10 jari dan 2 mata diambil")).to_be_visible()


def test_a_device_that_vanishes_leaves_what_was_taken_and_comes_back(
    shared_stack: Stack, page: Page, kit_day: TeamsDay, devices: FakeDevices
):
    devices.set(delay=1)
    open_record(page, shared_stack, kit_day)
    _take(page)
    expect(page.get_by_text("Letakkan empat jari kanan di alat")).to_be_visible()
    devices.stop()
    expect(page.get_by_text("Sambungan ke alat putus.")).to_be_visible()
    expect(scanners.group(page, "Empat jari kiri")).to_contain_text("Diambil, mutu 80")
    assert axe_violations_at(page, "tablet-devices-gone", TABLET, PHONE) == []
    officer.reload(page)
    expect(page.locator("#scanner-trouble")).to_be_visible()
    expect(scanners.group(page, "Empat jari kiri")).to_contain_text("Diambil, mutu 80")
    devices.start()
    page.get_by_role("button", name="Coba lagi").click()
    expect(page.get_by_text("10 jari dan 2 mata diambil")).to_be_visible()
    assert [one["bio"][0]["deviceSubId"] for one in devices.asked()] == ["2", "3", "3"]
    _save(page)
    assert _status(shared_stack, kit_day.visits[0]).reasons == []


def test_each_state_of_a_device_says_what_to_do_and_the_record_goes_on_without(
    shared_stack: Stack, page: Page, kit_day: TeamsDay, devices: FakeDevices
):
    devices.set(status="Busy")
    open_record(page, shared_stack, kit_day)
    expect(page.get_by_text("Alat sedang dipakai program lain.")).to_be_visible()
    again = page.get_by_role("button", name="Coba lagi")
    states: list[tuple[dict[str, object], str]] = [
        ({"status": "Not Ready"}, "Alat belum siap."),
        ({"status": "Not Registered"}, "Alat ini belum terdaftar"),
        ({"status": "Ready", "version": ["0.9.2"]}, "versi yang belum dikenal aplikasi"),
        ({"version": ["1.0.0"], "present": ["Iris"]}, "Alat sidik jari tidak ditemukan."),
        (
            {"present": ["Finger", "Iris"], "fault": "error", "error": "701"},
            "Alat tidak melihat jari atau mata.",
        ),
        ({"error": "111"}, "Alat sedang dipakai program lain."),
        ({"error": "102"}, "Alat melaporkan kesalahan."),
    ]
    for settings, words in states:
        devices.set(**settings)
        again.click()
        expect(page.get_by_text(words)).to_be_visible()
        assert scanners.main_button_in_sight(page), words
    assert axe_violations_at(page, "tablet-devices-trouble", TABLET, PHONE) == []
    devices.stop()
    again.click()
    expect(page.get_by_text("Belum ada jawaban dari alat.")).to_be_visible()
    page.get_by_role("button", name="Lanjut tanpa alat").click()
    expect(page.locator("#exception-list")).to_have_text("Alat bermasalah: semua jari, Mata kiri, Mata kanan")
    officer.go_on(page)
    _save(page)
    assert _status(shared_stack, kit_day.visits[0]).reasons == []
    assert _form(shared_stack, kit_day.visits[0])["biometrics"] is None


def test_no_finger_lies_readable_on_the_disk(
    shared_stack: Stack,
    open_profile: Callable[[], BrowserContext],
    profile: Path,
    kit_day: TeamsDay,
    devices: FakeDevices,
):
    context = open_profile()
    page = context.new_page()
    open_record(page, shared_stack, kit_day)
    _take(page)
    expect(page.get_by_text("10 jari dan 2 mata diambil")).to_be_visible()
    kept = page.evaluate(KEPT, kit_day.visits[0])
    piece = kept[len(kept) // 2 :][:60].encode()
    assert [page.evaluate(NOISE, [name, kit_day.visits[1]]) for name in ("photo", "fingers", "irises")] == [
        True
    ] * 3
    context.close()

    files = [path.read_bytes() for path in profile.rglob("*") if path.is_file()]
    assert sum(map(len, files)) > len(kept)
    assert not any(piece in content or piece.decode().encode("utf-16-le") in content for content in files)
