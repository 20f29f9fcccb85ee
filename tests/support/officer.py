"""What an officer does with the tablet, in a real browser."""

import io
from typing import Any

from PIL import Image
from playwright.sync_api import Page, expect

from tests.support.field import TeamsDay

expect.set_options(timeout=60_000)  # two cores may have much else to do

PIN = "27182845"
SENT_BY_ITSELF_MS = 40_000  # an outcome may be taken back for 10 s before it leaves


def jpeg(width: int = 1600, height: int = 1200) -> bytes:
    """A photo with much to see in it, so that it is neither blurred nor small."""
    out = io.BytesIO()
    grain = Image.effect_noise((width // 4, height // 4), 80).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    grain.convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


def pair(page: Page, address: str, day: TeamsDay) -> None:
    """By the link of the coordinator's QR code, until the day's list is there."""
    page.goto(f"{address}/#kode={day.code}")
    join(page)
    expect(page.get_by_role("list", name="Kunjungan")).to_be_visible()


def choose_pin(page: Page, pin: str = PIN) -> None:
    page.get_by_label("PIN atau kata sandi").fill(pin)
    page.get_by_label("Tulis sekali lagi").fill(pin)


def join(page: Page) -> None:
    """The code is there: a PIN is chosen, and the tablet paired."""
    choose_pin(page)
    page.get_by_role("button", name="Pasangkan").click()


def unlock(page: Page, pin: str = PIN) -> None:
    """On the number pad, as with a thumb."""
    pad = page.get_by_role("group", name="Angka")
    for digit in pin:
        pad.get_by_role("button", name=digit, exact=True).click()
    expect(page.locator("#pin")).to_have_count(0)


def reload(page: Page) -> None:
    """The page starts anew, and with it the lock."""
    page.reload()
    unlock(page)


def open_app(page: Page, address: str) -> None:
    """A paired tablet is opened again, at this address, in a page that was not there before or is left for it."""
    page.goto("about:blank")
    page.goto(address)
    unlock(page)


def arrive(page: Page) -> None:
    page.get_by_role("button", name="Saya sudah tiba").click()
    expect(page.get_by_role("link", name="Rekam sekarang")).to_be_visible()


def sign(page: Page) -> None:
    canvas = page.locator("canvas.signature")
    done = page.get_by_text("Tanda tangan ada.")
    for _try in range(4):  # as a person does: the box may still move while they sign
        canvas.scroll_into_view_if_needed()
        box: Any = canvas.bounding_box()
        page.mouse.move(box["x"] + 40, box["y"] + 100)
        page.mouse.down()
        for step in range(12):
            page.mouse.move(box["x"] + 40 + step * 15, box["y"] + 90 + step % 4 * 15)
        page.mouse.up()
        page.wait_for_timeout(400)
        if done.is_visible():
            break
    expect(done).to_be_visible()


def take_photo(page: Page, content: bytes | None = None, name: str = "foto.jpg") -> None:
    page.locator("#photo").set_input_files(
        {"name": name, "mimeType": "image/jpeg", "buffer": jpeg() if content is None else content}
    )


def go_on(page: Page) -> None:
    """The main button of a step."""
    page.locator("#next").click()


def go_to(page: Page, step: str) -> None:
    """To a step of the record by its link, as "Foto wajah"."""
    page.get_by_role("navigation", name="Langkah rekaman").get_by_role("link", name=f": {step}").click()
    expect(page.get_by_role("heading", name=step, level=1)).to_be_visible()


def fill_first_steps(page: Page) -> None:
    """Identity and consent, whatever the kit."""
    page.get_by_label("Kartu Keluarga (KK)").check()
    go_on(page)
    page.get_by_role("button", name="Setuju, lanjut").click()


def fill(page: Page) -> None:
    """The record of a normal visit with the tablet alone, up to the button that saves it."""
    fill_first_steps(page)
    expect(page.get_by_role("button", name="Ambil foto")).to_be_visible()
    take_photo(page)
    expect(page.get_by_text("Foto siap")).to_be_visible()
    go_on(page)
    sign(page)
    go_on(page)
    expect(page.get_by_role("heading", name="Jari dan mata")).to_be_visible()
    go_on(page)
    expect(page.get_by_role("button", name="Simpan rekaman")).to_be_visible()


def fill_official(page: Page, number: str = "REG-3519-000123") -> None:
    """The same with the ministry's kit."""
    fill_first_steps(page)
    page.get_by_label("Nomor pendaftaran").fill(number)
    go_on(page)
    expect(page.get_by_role("button", name="Simpan rekaman")).to_be_visible()


def record(page: Page) -> None:
    """From an arrived visit to "Tersimpan di tablet", by the tablet alone."""
    page.get_by_role("link", name="Rekam sekarang").click()
    fill(page)
    save(page)


def record_with_kit(page: Page) -> None:
    """From an arrived visit to "Tersimpan di tablet", with the ministry's kit."""
    page.get_by_role("link", name="Rekam sekarang").click()
    fill_official(page)
    save(page)


def finish(page: Page) -> None:
    """A record that has its photo already, to "Tersimpan di tablet"."""
    go_to(page, "Identitas")
    fill_first_steps(page)
    expect(page.get_by_text("Foto siap")).to_be_visible()
    go_on(page)
    sign(page)
    go_to(page, "Periksa dan simpan")
    save(page)


def save(page: Page) -> None:
    page.get_by_role("button", name="Simpan rekaman").click()
    expect(page.get_by_role("heading", name="Tersimpan di tablet")).to_be_visible()


def sync(page: Page) -> None:
    page.locator("#sync-button").click()


def figures(page: Page) -> str:
    """ "2 rumah di tablet · 5 terkirim · 0 ditolak" as the bar shows it."""
    return page.locator("#sync-link .sync-figures").inner_text()
