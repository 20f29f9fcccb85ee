"""The officer's day in Chromium: the next home first, what to bring and mind, the way there, changes, the end."""

from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from outreach.enums import LocationSource
from outreach.models import Resident
from tests.support import officer
from tests.support.browser import OLD_PHONE, PHONE, TABLET, axe_violations_at
from tests.support.field import TeamsDay, team_day
from tests.support.stack import Stack
from tests.support.wait import wait_until
from tests.visits.conftest import publish
from visits.models import Event, TeamMessage, Visit

pytestmark = pytest.mark.browser


@pytest.fixture
def day(shared_stack: Stack) -> TeamsDay:
    with shared_stack.orm():
        return team_day(stops=4)


def _expect_in_sight(page: Page, control: Locator) -> None:
    """Between the head and the bar, without scrolling, on the tablet and on a phone."""
    for size in (TABLET, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.wait_for_timeout(200)  # list and map follow the width
        page.evaluate("window.scrollTo(0, 0)")
        expect(control).to_be_visible()
        boxes = [one.bounding_box() for one in (page.locator("#head"), control, page.locator("#bar"))]
        head, box, bar = boxes
        assert head and box and bar
        assert head["y"] + head["height"] <= box["y"], f"under the head at {size}"
        assert box["y"] + box["height"] <= bar["y"], f"under the bar at {size}: {box} {bar}"
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size["width"]
    page.set_viewport_size(TABLET)  # type: ignore[arg-type]


def _cards(page: Page) -> list[str]:
    """The names on the list as it is read, the folded ones last."""
    return page.locator(".stops .stop-name").all_text_contents()


def _fail(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).first.click()
    page.get_by_role("link", name="Tidak bisa direkam").click()
    page.get_by_role("button", name="Tidak ada di rumah").click()
    expect(page.get_by_role("list", name="Kunjungan")).to_be_visible()


def test_the_next_home_is_first_and_its_button_in_sight(shared_stack: Stack, page: Page, day: TeamsDay):
    with shared_stack.orm():
        TeamMessage.objects.create(team_id=day.team, text="Jembatan Contoh ditutup, lewat utara. " * 4)
        Resident.objects.filter(pk=Visit.objects.get(pk=day.visits[0]).need.resident_id).update(
            infectious=True, location_source=LocationSource.VILLAGE
        )
    officer.pair(page, shared_stack.tablet, day)
    arrive = page.get_by_role("button", name="Saya sudah tiba")
    expect(page.get_by_text("Jembatan Contoh ditutup").first).to_be_attached()
    _expect_in_sight(page, page.get_by_role("button", name="Berangkat dari kantor"))
    _expect_in_sight(page, arrive)
    assert axe_violations_at(page, "tablet-day-morning", TABLET, PHONE, OLD_PHONE) == []
    page.get_by_role("button", name="Berangkat dari kantor").click()
    expect(page.locator("#departed")).to_be_visible()
    _expect_in_sight(page, arrive)

    _fail(page, "Contoh Suminah")
    expect(page.get_by_role("button", name="Urungkan").first).to_be_visible()
    _expect_in_sight(page, page.get_by_role("button", name="Saya sudah tiba"))
    assert _cards(page)[0] == "Contoh Karto Wiryo"
    assert _cards(page)[-1] == "Contoh Suminah"
    done = page.locator("#finished .stop-name")
    expect(done).to_be_hidden()
    page.get_by_text("Selesai: 1 rumah").click()
    expect(done).to_have_text("Contoh Suminah")

    page.goto(f"{shared_stack.tablet}/#/kunjungan/{day.visits[2]}")  # another order than the plan's
    arrive.click()
    expect(page.get_by_role("link", name="Rekam sekarang")).to_be_visible()
    page.goto(f"{shared_stack.tablet}/#/")
    expect(page.get_by_role("list", name="Kunjungan")).to_be_visible()
    assert _cards(page)[0] == "Contoh Sri Rahayu"
    expect(done).to_be_visible()  # as it was left
    _expect_in_sight(page, page.get_by_role("link", name="Rekam sekarang"))
    assert axe_violations_at(page, "tablet-day", TABLET, PHONE, OLD_PHONE) == []

    page.get_by_role("link", name="Rekam sekarang").click()
    officer.fill(page)
    officer.save(page)
    following = page.get_by_role("link", name="Rumah berikutnya")
    expect(following).to_contain_text("Contoh Karto Wiryo")
    _expect_in_sight(page, following)
    following.click()
    expect(page.get_by_role("heading", name="Contoh Karto Wiryo")).to_be_visible()
    _expect_in_sight(page, page.get_by_role("button", name="Saya sudah tiba"))


def test_an_officer_reads_what_to_bring_and_mind_and_finds_the_way(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    page.get_by_text("Yang dibawa hari ini").click()
    bring = page.locator("#bring")
    for thing in ("masker dan sarung tangan", "papan landai kursi roda", "petugas perempuan"):
        expect(bring).to_contain_text(f"{thing} (untuk 1 rumah)")
    page.get_by_role("link", name="Contoh Paimin").click()
    expect(page.get_by_role("main")).to_contain_text("pakai masker dan sarung tangan, bersihkan alat")
    expect(page.get_by_role("main")).to_contain_text("Titik di peta hanya perkiraan")
    with shared_stack.orm():
        resident = Visit.objects.get(pk=day.visits[3]).need.resident
        place = f"{round(resident.latitude, 6)},{round(resident.longitude, 6)}"
    way = page.get_by_role("link", name="Navigasi").get_attribute("href") or ""
    assert way == f"geo:{place}?q={place}(Kunjungan%204)"  # no name goes to another app
    assert axe_violations_at(page, "tablet-visit-mind", TABLET, PHONE) == []

    page.get_by_role("link", name="Lihat di peta").click()
    here = page.get_by_role("button", name="Posisi saya")
    here.click()
    expect(page.get_by_text("Posisi belum ditemukan.")).to_be_visible()
    context.grant_permissions(["geolocation"], origin=shared_stack.tablet)
    context.set_geolocation({"latitude": -7.62, "longitude": 111.52, "accuracy": 12})
    here.click()
    expect(page.get_by_text("Anda di sini")).to_be_visible()
    expect(page.get_by_text("kira-kira 12 meter")).to_be_visible()
    assert axe_violations_at(page, "tablet-map-own", TABLET, PHONE) == []


def test_a_changed_plan_is_told_as_a_difference_and_leaves_an_open_record_alone(
    shared_stack: Stack, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    expect(page.locator("#plan-news")).to_have_count(0)
    officer.arrive(page)
    page.get_by_role("link", name="Rekam sekarang").click()
    page.get_by_label("NIK").fill("3519")
    with shared_stack.orm():
        first, second, third, fourth = [Visit.objects.get(pk=pk) for pk in day.visits]
        for name in ("planned_arrive", "planned_start", "planned_leave"):
            setattr(second, name, getattr(second, name) + timedelta(minutes=75))
        second.save()
        publish(first.shift, [third, second, fourth], number=2)  # the home where the team stands is gone, too
    with page.expect_response("**/api/v1/days/2*"):
        officer.sync(page)
    page.wait_for_timeout(500)
    expect(page.get_by_label("NIK")).to_have_value("3519")
    expect(page.locator("#plan-news")).to_have_count(0)
    page.locator(".head .home").click()

    news = page.locator("#plan-news")
    expect(news).to_contain_text("Contoh Suminah: tidak lagi di daftar tim ini")
    expect(news).to_contain_text("Contoh Karto Wiryo: ditunggu 09.40–10.50, tadinya 08.30–09.30.")
    expect(news).to_contain_text("Urutan rumah berubah.")
    expect(news).not_to_contain_text("Paimin")
    expect(page.locator("#unfinished")).to_contain_text("Contoh Suminah")
    assert axe_violations_at(page, "tablet-plan-news", TABLET, PHONE) == []
    officer.reload(page)
    expect(news).to_be_visible()
    news.get_by_role("button", name="Sudah dibaca").click()
    expect(news).to_have_count(0)
    officer.sync(page)
    officer.reload(page)
    expect(page.get_by_role("list", name="Kunjungan")).to_be_visible()
    expect(news).to_have_count(0)


def test_a_day_is_closed_in_homes_once_all_is_sent_or_carried(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    context.route("**/api/v1/**", lambda route: route.abort())
    officer.arrive(page)
    page.get_by_role("link", name="Tutup hari").click()
    closed, main = page.locator("#day-closed"), page.get_by_role("main")
    expect(main).to_contain_text("1 rumah belum selesai diisi")
    page.goto(f"{shared_stack.tablet}/#/")
    officer.record(page)
    page.goto(f"{shared_stack.tablet}/#/tutup")
    expect(main).to_contain_text("laporan 1 rumah masih menunggu dikirim")
    expect(closed).to_have_count(0)
    with page.expect_download():
        page.get_by_role("button", name="Simpan ke berkas").click()
    expect(closed).to_contain_text("1 rumah ada di berkas")
    expect(closed).to_contain_text("3 rumah tidak didatangi")
    assert officer.figures(page).startswith("1 rumah di tablet")  # it is here still
    close = page.get_by_role("button", name="Tutup hari ini")
    close.click()
    expect(closed).to_contain_text(
        "Hari ditutup pukul"
    )  # the word of it waits, too, and stands in nobody's way
    expect(page.locator("#announce")).to_have_text(
        "Hari ditutup. Kabarnya dikirim ke kantor begitu ada sinyal."
    )
    expect(close).to_have_count(0)
    officer.reload(page)
    expect(closed).to_contain_text("Hari ditutup pukul")
    assert axe_violations_at(page, "tablet-close-carried", TABLET, PHONE, OLD_PHONE) == []

    page.goto(f"{shared_stack.tablet}/#/")
    _fail(page, "Contoh Karto Wiryo")
    page.goto(f"{shared_stack.tablet}/#/tutup")
    expect(closed).to_have_count(0)  # what came after the file is not in it
    expect(close).to_have_count(0)
    context.unroute_all()
    officer.sync(page)
    expect(closed).to_contain_text("Semua sudah sampai di kantor.", timeout=officer.SENT_BY_ITSELF_MS)
    homes = page.locator("#day-homes")
    expect(closed).not_to_contain_text("Hari ditutup")  # one more home came after
    close.click()
    expect(closed).to_contain_text("Hari ditutup pukul")
    with shared_stack.orm():
        told = Event.objects.filter(device__team_id=day.team, kind="day_closed", status__state="applied")
        wait_until(lambda: told.count() == 2, seconds=30, what="the office knows that the day is closed")
    for line in ("Sudah direkam1 rumah", "Belum bisa direkam1 rumah", "Sampai di kantor2 rumah"):
        expect(homes).to_contain_text(line)
    assert axe_violations_at(page, "tablet-close", TABLET, PHONE) == []
