"""The resident's pages in a real browser: with scripts off, on an old phone, light and accessible."""

import time
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.outreach.views.walk import answers, version_shown
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
NIK = "3519015705500001"


@pytest.fixture
def old_phone(browser: Browser) -> Iterator[Page]:
    """320 pixels wide and no scripts."""
    context = new_context(browser, OLD_PHONE, java_script_enabled=False)
    yield context.new_page()
    context.close()


def _next(page: Page) -> None:
    page.get_by_role("button", name="Lanjut", exact=True).click()


def _go_on(page: Page) -> None:
    """To the next page of the form, and there: with scripts it comes some time after the click."""
    answered = page.url
    _next(page)
    page.wait_for_url(lambda url: url != answered)


def _fill(page: Page, look=lambda name: None) -> None:
    """Answer all pages up to the check page; `look` is called on each."""
    with page.expect_navigation():
        page.get_by_role("button", name="Ajukan permohonan").click()
    look("pemohon")
    page.get_by_label("Keluarga").check()
    _go_on(page)
    look("warga")
    page.get_by_label("Nama lengkap").fill("Mbah Contoh Rekaan")
    page.get_by_label("NIK", exact=True).fill(NIK)
    page.get_by_label("Hari").fill("17")
    page.get_by_label("Bulan", exact=True).fill("5")
    page.get_by_label("Tahun", exact=True).fill("1950")
    _go_on(page)
    look("keadaan")
    page.get_by_label("Lanjut usia").check()
    _go_on(page)
    look("kecamatan")
    page.get_by_label("Geger").check()
    _go_on(page)
    look("alamat")
    page.get_by_label("Kaibon").check()
    page.get_by_label("Alamat atau patokan").fill("Jl. Contoh 3, utara masjid")
    _go_on(page)
    look("waktu")
    page.get_by_label("Pagi").check()
    _go_on(page)
    look("kontak")
    page.get_by_label("Nomor telepon yang bisa").fill("0812 3456 7890")
    _go_on(page)
    look("periksa")


def _send(page: Page) -> None:
    time.sleep(4.2)  # a person needs longer than the form allows
    page.get_by_role("button", name="Setuju dan kirim").click()


def test_the_whole_way_to_the_status_without_scripts(shared_stack: Stack, old_phone: Page) -> None:
    page = old_phone
    page.goto(shared_stack.web)
    _fill(page)
    page.get_by_role("link", name="Ubah Nama warga").click()
    page.get_by_label("Nama lengkap").fill("Mbah Contoh Karangan")
    page.get_by_role("button", name="Simpan dan kembali memeriksa").click()
    page.get_by_text("Mbah Contoh Karangan").wait_for()
    _send(page)
    reference = page.locator(".reference").inner_text()
    assert reference.startswith("JB-")

    page.get_by_role("link", name="Lihat status").click()
    page.get_by_role("textbox", name="Nomor permohonan").fill(reference)
    page.get_by_label("Empat angka terakhir").fill("7890")
    page.get_by_role("button", name="Lihat status").click()

    page.get_by_text("M. C. K., Kaibon").wait_for()
    page.get_by_role("heading", name="Menunggu diperiksa petugas kantor").wait_for()
    assert page.url == f"{shared_stack.web}/status/lihat/"


@pytest.mark.parametrize("size", [OFFICE_PC, TABLET, OLD_PHONE], ids=lambda size: str(size["width"]))
def test_every_page_is_accessible_and_fits(
    shared_stack: Stack, browser: Browser, size: dict[str, int]
) -> None:
    context = new_context(browser, size)
    page = context.new_page()
    found: list[str] = []
    watch = Watch(page)

    def look(name: str) -> None:
        picture(page, f"publik-{size['width']}-{name}")
        found.extend(f"{name}: {problem}" for problem in axe_violations(page))
        if scrolls_sideways(page):
            found.append(f"{name}: scrolls sideways")

    page.goto(shared_stack.web)
    look("beranda")
    _fill(page, look)
    _send(page)
    page.locator(".reference").wait_for()
    look("terkirim")
    reference = page.locator(".reference").inner_text()
    page.goto(f"{shared_stack.web}/status/#{reference}")
    expect(page.get_by_role("textbox", name="Nomor permohonan")).to_have_value(reference)
    page.get_by_label("Empat angka terakhir").fill("0000")
    page.get_by_role("button", name="Lihat status").click()
    page.locator(".error-summary").wait_for()
    look("status-salah")
    page.get_by_label("Empat angka terakhir").fill("7890")
    page.get_by_role("button", name="Lihat status").click()
    page.locator(".timeline").wait_for()
    look("status")
    page.goto(f"{shared_stack.web}/data-pribadi/")
    look("data-pribadi")
    context.close()
    assert found == []
    assert watch.problems == []


def test_an_error_takes_the_focus_and_is_named_in_the_title(shared_stack: Stack, page: Page) -> None:
    page.goto(shared_stack.web)
    page.get_by_role("button", name="Ajukan permohonan").click()
    _next(page)

    page.locator(".error-summary").wait_for()
    assert page.title().startswith("Kesalahan: ")
    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.get_by_role("link", name="Pilih salah satu.").click()
    assert page.evaluate("document.activeElement.id") == "id_relation"


def test_every_page_weighs_at_most_30_kilobytes_and_the_whole_way_120(shared_stack: Stack) -> None:
    web, browser = shared_stack.web, requests.Session()
    browser.headers["Accept-Encoding"] = "gzip"

    def weight(path: str) -> int:
        answer = browser.get(web + path, stream=True, timeout=10)
        assert answer.status_code == 200, path
        return len(answer.raw.read(decode_content=False))

    def post(path: str, data: dict[str, object]) -> str:
        token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        answer = browser.post(web + path, data=data | token, timeout=10)
        assert answer.ok
        return answer.url.removeprefix(web)

    names = ("tokens.css", "public.css", "icon.svg", "print.js", "form.js", "status.js")
    shared = sum(weight(f"/static/outreach/{name}") for name in names)
    weights = {path: weight(path) for path in ("/", "/status/", "/data-pribadi/")}
    way = post("/permohonan/mulai/", {}).removesuffix("pemohon/")
    for slug, given in answers(district="35.19.03", village="35.19.03.2017").items():
        weights[slug] = weight(f"{way}{slug}/")
        post(f"{way}{slug}/", given)
    time.sleep(4.2)
    weights["periksa"] = weight(f"{way}periksa/")
    shown = version_shown(browser.get(f"{web}{way}periksa/", timeout=10).text)
    post(f"{way}periksa/", {"versi": shown})
    weights["terkirim"] = weight(f"{way}terkirim/")

    assert {path: size for path, size in weights.items() if shared + size > 30_000} == {}
    assert shared + sum(weights.values()) <= 120_000
