"""What an officer does with the tablet, in a real browser."""

import io
from typing import Any

from PIL import Image
from playwright.sync_api import Page, expect

from tests.support.field import TeamsDay

expect.set_options(timeout=20_000)  # two cores may have much else to do

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
    page.get_by_role("button", name="Pasangkan").click()
    expect(page.get_by_role("list", name="Kunjungan")).to_be_visible()


def arrive(page: Page) -> None:
    page.get_by_role("button", name="Saya sudah tiba").click()
    expect(page.get_by_role("link", name="Rekam sekarang")).to_be_visible()


def sign(page: Page) -> None:
    canvas = page.locator("canvas.signature")
    done = page.get_by_text("Tanda tangan ada.")
    for _try in range(4):  # as a person does: the photo above may still move the box while they sign
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


def fill(page: Page) -> None:
    """The record of a normal visit, up to the button."""
    page.get_by_label("Kartu Keluarga (KK)").check()
    page.get_by_label("setuju datanya direkam").check()
    take_photo(page)
    expect(page.get_by_text("Foto siap")).to_be_visible()
    sign(page)


def record(page: Page) -> None:
    """From an arrived visit to "Tersimpan di tablet"."""
    page.get_by_role("link", name="Rekam sekarang").click()
    fill(page)
    page.get_by_role("button", name="Simpan rekaman").click()
    expect(page.get_by_role("heading", name="Tersimpan di tablet")).to_be_visible()


def sync(page: Page) -> None:
    page.locator("#sync-button").click()


def figures(page: Page) -> str:
    """ "2 di tablet · 14 terkirim · 0 ditolak" as the bar shows it."""
    return page.locator("#sync-link .sync-figures").inner_text()
