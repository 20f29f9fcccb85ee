"""The whole chain over real HTTP: asked on a phone, accepted, planned, published, recorded on a tablet, told."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from outreach.enums import NeedState
from outreach.models import Need, Village
from tests.support import clock, officer
from tests.support.browser import OFFICE_PC, OLD_PHONE, TABLET, Watch, new_context, picture
from tests.support.field import TeamsDay
from tests.support.stack import Stack
from visits.demo import accounts, teams
from visits.enums import CaptureStage, KeyRole, Outcome
from visits.keys import office_keys
from visits.models import Capture, Team, Visit
from visits.workforce import calendar_exceptions, team_shifts

pytestmark = pytest.mark.journey
DAWN = 5
NAME = "Warga Contoh Sarinem"
PHONE = "0890 0000 4321"


def _zone_at_dawn() -> str:
    """A time zone where it is five in the morning, so that today's teams have not left yet."""
    east = (DAWN - clock.now().hour + 11) % 24 - 11
    return f"Etc/GMT{-east:+d}" if east else "Etc/GMT"


@pytest.fixture
def dawn() -> str:
    return _zone_at_dawn()


@pytest.fixture
def office(make_stack: Callable[[], Stack], dawn: str) -> Iterator[tuple[Stack, str]]:
    """An office with one team, at five in the morning of a working day: the stack and the coordinator's password.
    Everything after this goes through the doors."""
    stack = make_stack()
    stack.environment |= {"TIME_ZONE": dawn, "FORM_MINIMUM_SECONDS": "0"}
    with stack.orm(), timezone.override(dawn):
        login = accounts.ensure_coordinator(keys_dir=stack.data_dir / "keys")
        office_keys.current_key(KeyRole.WORKER)
        office_keys.current_key(KeyRole.CAPTURE)
        today = clock.today()
        (team,) = teams.make_teams(count=1)
        calendar_exceptions.set_day(date=today, is_open=True, reason="Uji", actor="system")
        team_shifts.make_shifts(teams=[team], first=today, last=today, actor="system")
    stack.start()
    yield stack, login.password
    stack.stop()


@pytest.fixture
def people(browser: Browser, dawn: str) -> Iterator[Callable[[dict[str, int]], Page]]:
    """Pages of different people on different machines, in the zone of the office."""
    contexts: list[BrowserContext] = []

    def page(size: dict[str, int]) -> Page:
        context = new_context(browser, size, timezone_id=dawn)
        contexts.append(context)
        return context.new_page()

    yield page
    for context in contexts:
        context.close()


def _ask(page: Page, address: str, village: Village) -> str:
    """A daughter fills the form for her mother, on an old phone; the reference."""
    page.goto(address)
    page.get_by_role("button", name="Ajukan permohonan").click()
    _answer(page, lambda: page.get_by_label("Keluarga", exact=True).check())
    page.get_by_label("Nama lengkap").fill(NAME)
    page.get_by_label("Saya tidak tahu NIK-nya").check()
    page.get_by_label("Hari", exact=True).fill("5")
    page.get_by_label("Bulan", exact=True).fill("3")
    page.get_by_label("Tahun", exact=True).fill("1948")
    _answer(page)
    _answer(page, lambda: page.get_by_label("Lanjut usia").check())
    _answer(page, lambda: page.get_by_label(village.district.name, exact=True).check())
    page.get_by_label(village.name, exact=True).check()
    _answer(page, lambda: page.get_by_label("Alamat atau patokan rumah").fill("Dusun Contoh, sebelah musala"))
    _answer(page)
    _answer(page, lambda: page.get_by_label("Nomor telepon yang bisa dihubungi").fill(PHONE))
    page.get_by_role("button", name="Setuju dan kirim permohonan").click()
    expect(page.get_by_role("heading", name="Permohonan terkirim")).to_be_visible()
    return page.locator(".reference").first.inner_text().strip()


def _answer(page: Page, answer: Callable[[], object] = lambda: None) -> None:
    answer()
    answered = page.url
    page.get_by_role("button", name="Lanjut", exact=True).click()
    page.wait_for_url(lambda url: url != answered)  # with scripts it comes some time after the click


def _status(page: Page, address: str, reference: str) -> str:
    """What the status page says to the daughter."""
    page.goto(f"{address}/status/lihat/")
    if page.get_by_label("Nomor permohonan").count():
        page.get_by_label("Nomor permohonan").fill(reference)
        page.get_by_label("Empat angka terakhir nomor telepon").fill(PHONE[-4:])
        page.get_by_role("button", name="Lihat status").click()
    expect(page.get_by_role("heading", name="Status permohonan")).to_be_visible()
    return page.locator("main").inner_text()


def _log_in(page: Page, address: str, password: str) -> None:
    page.goto(f"{address}/admin/")
    page.get_by_label("Nama pengguna").fill(accounts.NAME)
    page.locator("#id_password").fill(password)
    page.get_by_role("button", name="Masuk").click()


def _accept(page: Page, address: str) -> None:
    page.goto(f"{address}/admin/outreach/visitrequest/")
    page.get_by_role("link", name=NAME).click()
    page.get_by_label("Urgensi").select_option(label="Mendesak")
    page.get_by_role("button", name="Setujui").click()
    expect(page.get_by_text("disetujui dan menunggu jadwal")).to_be_visible()


def _plan_and_publish(page: Page, address: str, today: str) -> None:
    page.goto(f"{address}/admin/visits/plan/add/")
    page.get_by_label("Dari tanggal").fill(today)
    page.get_by_label("Sampai tanggal").fill(today)
    page.get_by_label("Lama menghitung").fill("5")
    page.get_by_role("button", name="Hitung rencana").click()
    # The page follows the run by itself; a cold engine is compiled first.
    expect(page.get_by_role("link", name="Periksa dan terbitkan")).to_be_visible(timeout=120_000)
    expect(page.get_by_text(NAME).first).to_be_visible()
    picture(page, "journey-plan")
    page.get_by_role("link", name="Periksa dan terbitkan").click()
    page.get_by_role("button", name="Terbitkan sekarang").click()
    expect(page.get_by_text("Terbit", exact=True).first).to_be_visible()


def _pairing_code(page: Page, address: str) -> tuple[str, str]:
    """Where the tablet goes, and the code to type there."""
    page.goto(f"{address}/admin/visits/device/pasangkan/")
    page.get_by_label("Tim").select_option(index=1)
    page.get_by_role("button", name="Buat kode").click()
    code = page.locator("dl.figures dd").inner_text()
    return page.locator("ol strong").inner_text(), code.strip()


def test_from_the_form_to_the_status_page(
    office: tuple[Stack, str], people: Callable[[dict[str, int]], Page], dawn: str
):
    stack, password = office
    daughter, coordinator, tablet = people(OLD_PHONE), people(OFFICE_PC), people(TABLET)
    watches = [Watch(page) for page in (daughter, coordinator, tablet)]
    with stack.orm(), timezone.override(dawn):
        today = clock.today().isoformat()
        base = Team.objects.get().base_name.removeprefix("Kantor Kecamatan ")
        village = Village.objects.select_related("district").filter(district__name=base)[0]

    reference = _ask(daughter, stack.web, village)
    assert re.fullmatch(r"JB-\w{5}-\w{5}", reference)
    assert "Permohonan diterima" in _status(daughter, stack.web, reference)

    _log_in(coordinator, stack.web, password)
    _accept(coordinator, stack.web)
    assert "disetujui" in _status(daughter, stack.web, reference).lower()
    _plan_and_publish(coordinator, stack.web, today)
    told = _status(daughter, stack.web, reference)
    assert re.search(r"antara \d\d\.\d\d dan \d\d\.\d\d", told), told

    address, code = _pairing_code(coordinator, stack.web)
    assert address == stack.tablet
    officer.pair(tablet, address, TeamsDay(team=0, code=code, visits=[], officers=[]))
    tablet.get_by_role("button", name="Petugas 12 (contoh)").click()
    officer.arrive(tablet)
    officer.record_with_kit(tablet)
    expect(tablet.locator("#capture-state")).to_have_text("Diperiksa kantor", timeout=60_000)

    with stack.orm():
        need, visit, capture = Need.objects.get(), Visit.objects.get(), Capture.objects.get()
        assert (need.state, visit.outcome) == (NeedState.RECORDED, Outcome.RECORDED)
        assert (need.resident.name, need.resident.village_id) == (NAME, village.pk)
        assert capture.status.stage not in (CaptureStage.INCOMPLETE, CaptureStage.STORED)
        assert sorted(capture.receipts.values_list("kind", flat=True)) == ["stored", "verified"]
    told = _status(daughter, stack.web, reference)
    assert "sudah direkam" in told.lower(), told
    picture(daughter, "journey-status")
    assert [watch.problems for watch in watches] == [[], [], []]
