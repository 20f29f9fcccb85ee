"""A week played in the browser by a coordinator, two families and a tablet: every page tells the same hours."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from outreach import vault
from outreach.models import VisitRequest
from tests.support import clock as clocks
from tests.support import officer
from tests.support.browser import OFFICE_PC, OLD_PHONE, TABLET, new_context, picture
from tests.support.field import TeamsDay
from tests.support.stack import Stack
from visits.demo import accounts
from visits.enums import OPEN_VISITS
from visits.models import DayVersion, TeamDay, Visit
from visits.tablets import devices
from visits.workforce import calendar

pytestmark = pytest.mark.journey

INTERVAL = re.compile(r"(\d\d)[.:](\d\d)(?:\s*[–-]\s*|\s+dan\s+)(\d\d)[.:](\d\d)")
EXPECTED = re.compile(r"(?:diperkirakan|[Ss]ekitar pukul|[Pp]erkiraan)\D{0,12}(\d\d)[.:](\d\d)")


class PlayedWeek:
    """The demo's installation, whose processes and pages stand at the moment that the test moves to."""

    def __init__(
        self, stack: Stack, browser: Browser, patch: pytest.MonkeyPatch, clock: clocks.Clock
    ) -> None:
        self.stack, self._browser, self._patch, self._clock = stack, browser, patch, clock
        self._real, self._began = clocks.now().timestamp() - clocks.ahead_ms() / 1000, time.monotonic()
        self.pages: list[Page] = []
        self.password = ""
        self.table: list[tuple[str, str, str, str, str]] = []  # when, whose, page, told, expected

    def stand_at(self, moment: datetime) -> None:
        """Processes and pages that begin from now on see this moment."""
        ahead = f"{moment.timestamp() - self._real - (time.monotonic() - self._began):.3f}"
        self._clock.move_to(moment)
        self._patch.setenv(clocks.AHEAD, ahead)
        self.stack.environment |= {clocks.AHEAD: ahead, "PYTHONPATH": str(clocks.CHILD)}

    def move_to(self, moment: datetime) -> None:
        for page in self.pages:
            page.context.close()
        self.pages = []
        self.stack.stop()
        self.stand_at(moment)
        self.stack.start()

    def page(self, size: dict[str, int]) -> Page:
        context = new_context(self._browser, size, base_url=self.stack.web)
        self.pages.append(context.new_page())
        return self.pages[-1]

    def coordinator(self) -> Page:
        page = self.page(OFFICE_PC)
        page.goto("/admin/")
        page.get_by_label("Nama pengguna").fill(accounts.NAME)
        page.locator("#id_password").fill(self.password)
        page.get_by_role("button", name="Masuk").click()
        expect(page.get_by_role("heading", name="Pekerjaan hari ini")).to_be_visible()
        return page

    def family(self, request: VisitRequest) -> Page:
        with self.stack.orm():
            secret = vault.unseal_field(request, "phone")[-4:] or vault.status_code(request)
        page = self.page(OLD_PHONE)
        page.goto("/status/lihat/")
        page.get_by_label("Nomor permohonan").fill(request.reference)
        page.get_by_label("Empat angka terakhir nomor").fill(secret)
        page.get_by_role("button", name="Lihat status").click()
        expect(page.get_by_role("heading", name="Status permohonan", exact=True)).to_be_visible()
        return page

    def look(
        self, when: str, name: str, request: VisitRequest, office: Page, tablet: Page | None
    ) -> set[str]:
        """Note what every page tells of a family's visit; the hours that they tell. Pages are read one after the
        other while the clock and the tablet go on: those that disagree are read again."""
        with self.stack.orm():
            visit = Visit.objects.select_related("shift", "need__resident").get(
                need=request.need_id, state__in=OPEN_VISITS
            )
            day = TeamDay.objects.get(team=visit.shift.team_id, date=visit.shift.date)
            plan = reverse("admin:visits_plan_change", args=[DayVersion.objects.get(live_for=day).plan_id])
        shift = visit.shift
        addresses = {
            "plan": f"{plan}?hari={shift.date}&tim={shift.team_id}",
            "day": reverse("admin:visits_teamday_page", args=[shift.team_id, shift.date.isoformat()]),
            "today": reverse("admin:visits_today"),
        }
        for _time in range(5):
            texts = {}
            for label, address in addresses.items():
                office.goto(address)
                texts[label] = _read_rows(office, visit.need.resident.name)
            office.goto(reverse("admin:outreach_need_change", args=[visit.need_id]))
            texts["need"] = office.locator("h2:has-text('Yang dibaca warga') + ul").inner_text()
            texts["family"] = self.read_status(request, f"{when}-{name}")
            if tablet is not None:
                texts["tablet"] = _read_rows(tablet, visit.need.resident.name)
            told = {label: _find_times(INTERVAL, "{}.{}-{}.{}", text) for label, text in texts.items()}
            expected = {label: _find_times(EXPECTED, "{}.{}", text) for label, text in texts.items()}
            if len(set.union(*told.values())) == 1 and len(set.union(*expected.values())) <= 1:
                break
            office.wait_for_timeout(2000)
        for label in texts:
            self.table.append((when, name, label, " ".join(told[label]), " ".join(expected[label])))
        assert all(told[label] for label in texts if label != "today"), self.as_text()
        assert len(set.union(*told.values())) == 1, self.as_text()
        assert len(set.union(*expected.values())) <= 1, self.as_text()
        return told["family"]

    def as_text(self) -> str:
        head = ("when", "family", "page", "told", "expected")
        return "\n".join(" | ".join(row) for row in [head, *self.table])

    def read_status(self, request: VisitRequest, name: str) -> str:
        page = self.family(request)
        picture(page, f"week-{name}".replace(" ", "-"))
        return page.locator("main").inner_text()


def _find_times(pattern: re.Pattern[str], shape: str, text: str) -> set[str]:
    return {shape.format(*found) for found in pattern.findall(text)}


def _read_rows(page: Page, name: str) -> str:
    """What a page says beside the name."""
    return "\n".join(page.locator("tr, li").filter(has_text=name).all_inner_texts())


@pytest.fixture
def week(
    make_stack: Callable[[], Stack], browser: Browser, monkeypatch: pytest.MonkeyPatch, clock: clocks.Clock
) -> Iterator[PlayedWeek]:
    week = PlayedWeek(make_stack(), browser, monkeypatch, clock)
    yield week
    for page in week.pages:
        page.context.close()
    week.stack.stop()


def _at(day: date, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=clocks.OFFICE)


def _choose_families(week: PlayedWeek, monday: date) -> list[Visit]:
    """The third homes of two teams on the first day."""
    with week.stack.orm():
        rows = Visit.objects.filter(shift__date=monday, sequence=3).select_related("shift__team")
        return list(rows.order_by("shift__team__code")[:2])


def test_every_page_tells_the_same_hours(week: PlayedWeek):
    with week.stack.orm():
        days = calendar.next_working_days(after=clocks.today() + timedelta(days=1), count=9)
        monday = next(day for day in days if day.weekday() < 3)
    week.stand_at(_at(monday, "05:00") - timedelta(hours=9))
    demo = ["demo", "--no-serve", "--needs", "60", "--teams", "3", "--days", "2", "--seconds", "2"]
    said = re.search(r"password: (\S+)", week.stack.run(*demo, seconds=500))
    assert said
    week.password = said[1]
    week.move_to(_at(monday, "05:00") - timedelta(hours=8))
    visits = _choose_families(week, monday)
    with week.stack.orm():
        a, b = [VisitRequest.objects.get(need=visit.need_id) for visit in visits]
        team = visits[0].shift.team
    office = week.coordinator()
    _tell_families(office, visits[0])
    before = {name: week.look("evening", name, one, office, None) for name, one in (("A", a), ("B", b))}

    week.move_to(_at(monday, "07:20"))
    with week.stack.orm():
        code, _ = devices.make_pairing_code(team=team, user=None, actor="system")
    office, tablet = week.coordinator(), week.page(TABLET)
    officer.pair(tablet, week.stack.tablet, TeamsDay(team=team.pk, code=code, visits=[], officers=[]))
    tablet.get_by_role("button", name=re.compile("Petugas")).first.click()
    tablet.get_by_role("button", name="Berangkat dari kantor").click()
    for name, one, screen in (("A", a, tablet), ("B", b, None)):
        assert week.look("morning", name, one, office, screen) == before[name]

    _break_down(office, visits[1].shift_id)
    officer.sync(tablet)
    assert week.look("after the breakdown", "A", a, office, tablet) == before["A"]  # a promise
    _look_after_breakdown(week, b, office)
    print(week.as_text())


def _tell_families(office: Page, visit: Visit) -> None:
    """The coordinator has called every family of the visit's team-day: their hours are promised."""
    shift = visit.shift
    office.goto(reverse("admin:visits_teamday_page", args=[shift.team_id, shift.date.isoformat()]))
    office.get_by_role("button", name="Semua keluarga sudah dikabari").click()
    expect(office.get_by_text("Dijanjikan").first).to_be_visible()


def _break_down(office: Page, shift: int) -> None:
    """The coordinator takes a team off the road, and publishes what the planner proposes for its families."""
    office.goto(reverse("admin:visits_today"))
    row = office.locator(f"#tim-{shift}")
    row.get_by_text("Tim tidak bisa lanjut").click()
    row.get_by_role("button", name="Ya, tim berhenti dan hitung lagi").click()
    review = office.get_by_role("link", name="Periksa dan terbitkan")
    expect(review).to_be_visible(timeout=120_000)
    review.click()
    picture(office, "week-publish")
    office.get_by_role("button", name="Terbitkan sekarang").click()
    expect(office.get_by_text("Terbit", exact=True).first).to_be_visible()


def _look_after_breakdown(week: PlayedWeek, request: VisitRequest, office: Page) -> None:
    """A family of the broken team has new hours, the same on all pages, or reads that new ones are looked for."""
    with week.stack.orm():
        served = Visit.objects.filter(need=request.need_id, state__in=OPEN_VISITS).exists()
    if served:
        week.look("after the breakdown", "B", request, office, None)
        return
    said = week.read_status(request, "after-the-breakdown-B")
    week.table.append(("after the breakdown", "B", "family", "none", ""))
    past, waiting, ahead = said.partition("Menunggu jadwal baru")
    assert waiting, said
    assert "Tidak jadi" in past, said
    assert not INTERVAL.search(ahead), said
