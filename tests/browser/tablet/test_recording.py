"""A record in steps, by the way of the team's kit: counted taps, what is left and found again, how it looks."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support import officer
from tests.support.browser import TABLET, Watch, axe_violations_at, new_context
from tests.support.field import TeamsDay, team_day
from tests.support.stack import Stack
from tests.support.wait import wait_until
from visits.enums import RecordingWay
from visits.models import Capture, CaptureContent, Team
from visits.records import reviews

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
# What the test does without a tap: the photo's button, the shutter and "keep" in the camera; and the signature, which
# is not counted on the page, for the test may need a second try.
PHOTO_TAPS, SIGNING_TAPS = 3, 1
COUNT_TAPS = """addEventListener("click", ({ isTrusted, target }) => {
  globalThis.taps = (globalThis.taps ?? 0) + Number(isTrusted && !target.matches("canvas"));
}, true)"""
WAYS = """import("/static/visits/tablet/days.js").then(async (days) => {
  const held = await Promise.all((await days.heldDates()).map(days.day));
  return held.map((day) => day.team.recording_way);
})"""
STEPS = ["Identitas", "Persetujuan", "Foto wajah", "Tanda tangan", "Jari dan mata", "Periksa dan simpan"]
# A detector of codes as Android's Chromium has it; this machine's has none.
DETECTOR = """globalThis.codes = []; globalThis.BarcodeDetector = class {
  async detect() { return globalThis.codes.splice(0, 1).map((rawValue) => ({ rawValue })); }
};"""


@pytest.fixture
def official(shared_stack: Stack) -> TeamsDay:
    with shared_stack.orm():
        return team_day(way=RecordingWay.OFFICIAL_KIT)


@pytest.fixture
def taps(context: BrowserContext) -> Iterator[None]:
    """Pages count what is tapped, signing included, in `globalThis.taps`."""
    context.add_init_script(COUNT_TAPS)
    yield


def _form(stack: Stack, visit: str) -> dict[str, object]:
    with stack.orm():
        return reviews.unseal_form(Capture.objects.get(visit_id=visit))


def _begin(page: Page) -> None:
    officer.arrive(page)
    page.get_by_role("link", name="Rekam sekarang").click()
    expect(page.get_by_role("heading", name="Identitas")).to_be_visible()


def _main_button_in_sight(page: Page) -> None:
    """The one main button lies whole above the bar, below the head, over nothing that can be tapped."""
    for size in (TABLET, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.evaluate("scrollTo(0, 0)")
        main = page.locator("form.capture .button.primary")
        expect(main).to_have_count(1)
        box, bar = main.bounding_box(), page.locator("#bar").bounding_box()
        assert box and bar
        assert box["y"] > size["height"] / 3, size
        assert box["y"] + box["height"] <= bar["y"] + 0.5, size
        assert bar["y"] + bar["height"] <= size["height"] + 0.5, size
        assert box["height"] >= 56
    page.set_viewport_size(TABLET)  # type: ignore[arg-type]


@pytest.mark.usefixtures("taps")
def test_a_normal_visit_takes_twelve_taps_with_the_camera(shared_stack: Stack, page: Page, day: TeamsDay):
    officer.pair(page, shared_stack.tablet, day)
    before = page.evaluate("globalThis.taps")
    officer.arrive(page)
    assert page.evaluate("globalThis.taps") == before + 1
    officer.record(page)
    tapped = page.evaluate("globalThis.taps") - before - 1 + PHOTO_TAPS + SIGNING_TAPS
    print(f"normal visit: {tapped} taps with the camera")
    assert tapped <= 12
    expect(page.locator("#capture-state")).to_have_text("Diperiksa kantor", timeout=40_000)
    assert _form(shared_stack, day.visits[0])["way"] == "tablet_only"


@pytest.mark.usefixtures("taps")
def test_ten_worn_fingers_take_two_taps(shared_stack: Stack, page: Page, day: TeamsDay):
    officer.pair(page, shared_stack.tablet, day)
    _begin(page)
    officer.go_to(page, "Jari dan mata")
    before = page.evaluate("globalThis.taps")
    page.get_by_role("button", name="Pilih semua jari").click()
    page.get_by_role("button", name="Sidik jari aus", exact=True).click()
    expect(page.locator("#exception-list")).to_have_text("Sidik jari aus: semua jari")
    assert page.evaluate("globalThis.taps") - before == 2
    page.get_by_role("button", name="Kelingking kiri: Sidik jari aus").click()  # can be taken after all
    page.get_by_role("button", name="Mata kanan").click()
    page.get_by_role("button", name="Mata tertutup", exact=True).click()
    assert axe_violations_at(page, "tablet-step-worn", TABLET, PHONE) == []
    officer.reload(page)
    expect(page.get_by_role("button", name="Mata kanan: Mata tertutup")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(page.get_by_role("button", name="Kelingking kiri", exact=True)).to_have_attribute(
        "aria-pressed", "false"
    )
    expect(page.get_by_role("button", name="Ibu jari kanan: Sidik jari aus")).to_have_attribute(
        "aria-pressed", "true"
    )


def test_steps_are_left_and_found_again(shared_stack: Stack, page: Page, day: TeamsDay):
    watch = Watch(page)
    officer.pair(page, shared_stack.tablet, day)
    _begin(page)
    page.get_by_role("button", name="Lanjut").click()
    expect(page.get_by_role("alert").filter(has_text="Pilih dengan apa identitas dicek.")).to_be_focused()
    page.get_by_label("Akta kelahiran").check()
    officer.go_on(page)
    page.get_by_label("Orang lain mewakili").check()
    page.get_by_role("button", name="Setuju, lanjut").click()
    expect(page.get_by_role("alert").filter(has_text="Tulis nama yang mewakili.")).to_be_focused()
    page.get_by_label("Nama yang mewakili").fill("Contoh Anak")
    page.get_by_label("Hubungan dengan warga").select_option("Keluarga")
    page.wait_for_timeout(300)
    officer.reload(page)  # the address names the step
    expect(page.get_by_label("Nama yang mewakili")).to_have_value("Contoh Anak")
    page.get_by_label("Nama saksi").fill("Contoh Tetangga")
    page.locator("#next").click()
    expect(page.get_by_role("heading", name="Foto wajah")).to_be_visible()
    page.go_back()  # as the tablet's own button does
    expect(page.get_by_text("Sudah setuju.")).to_be_visible()
    page.get_by_role("button", name="Lanjut").click()
    officer.take_photo(page)
    expect(page.get_by_text("Foto siap")).to_be_visible()
    page.locator("a.back").click()
    page.get_by_role("link", name="Lanjutkan rekaman").click()
    expect(page.get_by_text("Foto siap")).to_be_visible()  # where it was left
    officer.go_to(page, "Periksa dan simpan")
    page.get_by_role("button", name="Simpan rekaman").click()
    page.get_by_role("alert").get_by_role("button", name="Minta tanda tangan").click()
    expect(page.get_by_role("heading", name="Tanda tangan")).to_be_visible()
    expect(page.locator("#signature-reason")).to_be_focused()
    expect(page.get_by_text("Yang menandatangani: Contoh Anak")).to_be_visible()
    officer.sign(page)
    officer.go_to(page, "Periksa dan simpan")
    officer.save(page)
    expect(page.locator("#capture-state")).to_have_text("Diperiksa kantor", timeout=40_000)
    form = _form(shared_stack, day.visits[0])
    assert form["attorney"] == {"name": "Contoh Anak", "relation": "family", "witness": "Contoh Tetangga"}
    assert form["identity"] == "birth_certificate"
    assert watch.problems == []


def test_the_official_kit_leaves_a_number_and_nothing_biometric(
    shared_stack: Stack, page: Page, official: TeamsDay
):
    officer.pair(page, shared_stack.tablet, official)
    _begin(page)
    officer.fill_first_steps(page)
    expect(page.get_by_role("heading", name="Alat rekam resmi")).to_be_visible()
    expect(page.locator("canvas.signature, #photo")).to_have_count(0)
    expect(page.get_by_role("button", name="Pindai kode")).to_have_count(0)  # no detector here: typed
    officer.go_on(page)
    expect(page.get_by_role("alert").filter(has_text="Tulis nomor pendaftaran")).to_be_focused()
    page.get_by_label("Nomor pendaftaran").fill("reg 3519/77")
    page.locator("#handover").set_input_files(
        {"name": "serah.jpg", "mimeType": "image/jpeg", "buffer": officer.jpeg()}
    )
    expect(page.get_by_text("Foto siap")).to_be_visible()
    officer.reload(page)
    expect(page.get_by_label("Nomor pendaftaran")).to_have_value("REG3519/77")
    expect(page.get_by_text("Foto siap")).to_be_visible()
    officer.go_on(page)
    officer.save(page)
    expect(page.locator("#capture-state")).to_have_text("Diperiksa kantor", timeout=40_000)
    form = _form(shared_stack, official.visits[0])
    assert (form["way"], form["registration_number"]) == ("official_kit", "REG3519/77")
    assert list(form["parts"]) == ["handover"]  # type: ignore[call-overload]
    with shared_stack.orm():
        assert CaptureContent.objects.get(capture__visit_id=official.visits[0]).face_sealed


def test_a_kits_number_is_scanned_where_the_browser_can(
    shared_stack: Stack, context: BrowserContext, page: Page, official: TeamsDay
):
    context.add_init_script(DETECTOR)
    officer.pair(page, shared_stack.tablet, official)
    _begin(page)
    officer.fill_first_steps(page)
    expect(page.get_by_role("button", name="Pindai kode")).to_be_visible()
    picture = {"name": "kode.jpg", "mimeType": "image/jpeg", "buffer": officer.jpeg()}
    page.locator("#registration-picture").set_input_files(picture)  # type: ignore[arg-type]
    expect(page.get_by_text("Kode tidak terbaca.")).to_be_visible()
    page.evaluate("globalThis.codes.push(' reg-3519-000777 ')")
    page.locator("#registration-picture").set_input_files(picture)  # type: ignore[arg-type]
    expect(page.get_by_label("Nomor pendaftaran")).to_have_value("REG-3519-000777")
    expect(page.get_by_text("Cocokkan dengan layar alat.")).to_be_visible()
    page.get_by_label("Nomor pendaftaran").fill("")
    page.get_by_label("Tidak ada nomornya").select_option("Alat bermasalah")
    officer.go_on(page)
    officer.save(page)
    expect(page.locator("#capture-state")).to_have_text("Diperiksa kantor", timeout=40_000)
    form = _form(shared_stack, official.visits[0])
    assert form["registration_number"] is None
    assert form["exceptions"] == [{"what": "registration_number", "reason": "device", "note": ""}]


def test_a_record_that_was_begun_keeps_its_way(shared_stack: Stack, page: Page, day: TeamsDay):
    officer.pair(page, shared_stack.tablet, day)
    _begin(page)
    officer.go_to(page, "Foto wajah")
    officer.take_photo(page)
    expect(page.get_by_text("Foto siap")).to_be_visible()
    page.locator("a.back").click()
    with shared_stack.orm():
        Team.objects.filter(pk=day.team).update(recording_way=RecordingWay.OFFICIAL_KIT)
    officer.sync(page)
    wait_until(
        lambda: set(page.evaluate(WAYS)) == {"official_kit"}, seconds=30, what="the office's change has come"
    )
    page.goto(f"{shared_stack.tablet}/#/rekam/{day.visits[1]}")
    expect(page.get_by_role("navigation", name="Langkah rekaman").get_by_role("link")).to_have_count(4)
    page.goto(f"{shared_stack.tablet}/#/rekam/{day.visits[0]}")
    expect(page.get_by_role("navigation", name="Langkah rekaman").get_by_role("link")).to_have_count(6)
    expect(page.get_by_text("Foto siap")).to_be_visible()


def test_each_step_looks_right_with_its_button_in_sight(
    shared_stack: Stack, browser: Browser, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    _begin(page)
    for number, step in enumerate(STEPS):
        officer.go_to(page, step)
        _main_button_in_sight(page)
        assert axe_violations_at(page, f"tablet-step-{number}", TABLET, PHONE) == [], step
    with shared_stack.orm():
        other = team_day(way=RecordingWay.OFFICIAL_KIT)
    second = new_context(browser, TABLET)
    try:
        page = second.new_page()
        officer.pair(page, shared_stack.tablet, other)
        _begin(page)
        for number, step in enumerate(["Identitas", "Persetujuan", "Alat rekam resmi", "Periksa dan simpan"]):
            officer.go_to(page, step)
            _main_button_in_sight(page)
            assert axe_violations_at(page, f"tablet-official-{number}", TABLET, PHONE) == [], step
    finally:
        second.close()
