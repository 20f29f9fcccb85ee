"""The request form in a real browser: two tabs, Back, the language, a broken connection, a phone handed on."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.browser import OLD_PHONE, axe_violations, new_context, scrolls_sideways
from tests.support.stack import Stack

pytestmark = pytest.mark.browser


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def phone(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    context = new_context(browser, OLD_PHONE, java_script_enabled=request.param)
    yield context
    context.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = new_context(browser, OLD_PHONE)
    yield context.new_page()
    context.close()


def _begin(page: Page, web: str) -> Page:
    """A form at the page that asks for the person."""
    page.goto(web)
    page.get_by_role("button", name="Ajukan permohonan").or_(
        page.get_by_role("button", name="Mulai untuk orang lain")
    ).click()
    page.get_by_label("Keluarga").check()
    _next(page)
    page.get_by_label("Nama lengkap").wait_for()
    return page


def _next(page: Page) -> None:
    page.get_by_role("main").get_by_role("button", name="Lanjut", exact=True).click()


def _name(page: Page, name: str) -> None:
    page.get_by_label("Nama lengkap").fill(name)
    page.get_by_label("Saya tidak tahu NIK-nya").check()
    page.get_by_label("Tidak tahu tanggal lahir").check()


def test_two_tabs_hold_two_people_and_back_loses_nothing(lasting_stack: Stack, phone: BrowserContext) -> None:
    one, two = _begin(phone.new_page(), lasting_stack.web), _begin(phone.new_page(), lasting_stack.web)
    _name(one, "Siti Contoh")
    _name(two, "Budi Rekaan")
    for page in (one, two):
        _next(page)
        page.get_by_label("Lanjut usia").wait_for()

    for page, name in ((one, "Siti Contoh"), (two, "Budi Rekaan")):
        page.go_back()
        expect(page.get_by_label("Nama lengkap")).to_have_value(name)


def test_what_is_typed_outlives_the_language_and_the_button_back(
    lasting_stack: Stack, phone: BrowserContext
) -> None:
    page = _begin(phone.new_page(), lasting_stack.web)
    _name(page, "Siti Contoh")

    page.get_by_role("button", name="English").click()
    expect(page.get_by_label("Full name")).to_have_value("Siti Contoh")
    page.get_by_role("button", name="Bahasa Indonesia").click()
    page.get_by_role("button", name="Kembali").click()
    page.get_by_label("Keluarga").wait_for()
    _next(page)

    expect(page.get_by_label("Nama lengkap")).to_have_value("Siti Contoh")
    expect(page.locator(".error-summary")).to_have_count(0)


def test_enter_goes_on(lasting_stack: Stack, phone: BrowserContext) -> None:
    page = _begin(phone.new_page(), lasting_stack.web)
    _name(page, "Siti Contoh")

    page.get_by_label("Nama lengkap").press("Enter")

    page.get_by_label("Lanjut usia").wait_for()


def test_the_browsers_back_key_keeps_half_a_page(lasting_stack: Stack, page: Page) -> None:
    _begin(page, lasting_stack.web)
    page.get_by_label("Nama lengkap").fill("Siti Seteng")

    page.go_back()
    page.get_by_label("Keluarga").wait_for()
    page.go_forward()

    expect(page.get_by_label("Nama lengkap")).to_have_value("Siti Seteng")


def test_a_lost_connection_and_a_busy_office_leave_the_text_in_the_page(
    lasting_stack: Stack, page: Page
) -> None:
    _begin(page, lasting_stack.web)
    _name(page, "Siti Contoh")
    page.context.set_offline(True)

    _next(page)

    page.get_by_text("Isian masih ada di halaman ini.").wait_for()
    assert axe_violations(page) == []
    assert not scrolls_sideways(page)
    page.context.set_offline(False)
    page.route("**/warga/", lambda route: route.fulfill(status=503, body="sibuk"), times=1)
    _next(page)
    page.get_by_text("Isian masih ada di halaman ini.").wait_for()
    expect(page.get_by_label("Nama lengkap")).to_have_value("Siti Contoh")
    _next(page)
    page.get_by_label("Lanjut usia").wait_for()


def test_a_phone_that_is_handed_on_shows_nothing_of_the_person_before(
    lasting_stack: Stack, phone: BrowserContext
) -> None:
    page = _begin(phone.new_page(), lasting_stack.web)
    _name(page, "Siti Contoh")
    _next(page)
    page.get_by_label("Lanjut usia").wait_for()
    page.goto(lasting_stack.web)
    page.get_by_role("button", name="Buang isian itu").click()
    page.get_by_role("button", name="Ajukan permohonan").wait_for()

    for _ in range(3):
        page.go_back()
        expect(page.locator("body")).not_to_contain_text("Siti Contoh")
        assert "Siti Contoh" not in page.content()
