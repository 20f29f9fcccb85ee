"""The coordinator's pages of plans in Chromium: they look right, are accessible, and work with and without script."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Browser, Page

from outreach.models import Need, Village
from tests.factories.outreach import NeedFactory
from tests.factories.visits import OfficerFactory, PlanRunFactory, ShiftFactory, TeamFactory, VisitFactory
from tests.support import clock
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
from tests.visits.planned import draft
from visits.enums import RunState
from visits.models import Plan, PlanRun, Shift
from visits.schedule.plans.publishing import publish_plan
from visits.workforce import calendar

pytestmark = pytest.mark.browser

NAME, PASSWORD = "koordinator-uji", "sandi-uji-yang-panjang"


class Office:
    """A stack with a week of plans: one published, one draft that changes it, one run that failed."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        with stack.orm():
            User.objects.create_superuser(NAME, password=PASSWORD)
            now = clock.now()
            first, second = calendar.next_working_days(after=clock.today(), count=2)
            teams = [TeamFactory(name=f"Tim {place} (contoh)") for place in ("Saradan", "Kare", "Geger")]
            shifts: list[Shift] = [
                ShiftFactory(team=team, date=day) for day in (first, second) for team in teams
            ]
            villages = list(Village.objects.order_by("pk")[:60:2])
            needs: list[Need] = [NeedFactory(resident__village=village) for village in villages]
            before = {shift: needs[at * 4 : at * 4 + 4] for at, shift in enumerate(shifts)}
            self.published: Plan = draft(before, left=needs[24:], first=first, last=second, now=now)
            publish_plan(plan=self.published, user=None)
            order = [
                0,
                1,
                2,
                5,
                3,
                4,
            ]  # the second day's routes go to other teams, all begin with their second home
            after = {shift: needs[at * 4 + 1 : at * 4 + 4] for at, shift in zip(order, shifts, strict=True)}
            self.draft: Plan = draft(after, left=needs[:1], first=first, last=second, now=now)
            self.failed: PlanRun = PlanRunFactory(state=RunState.FAILED, message="too_often", attempts=3)
            at_work = ShiftFactory(team=teams[1], date=clock.today())
            for number, need in enumerate(needs[27:], start=1):
                VisitFactory(shift=at_work, need=need, sequence=number)
            self.places = reverse("admin:visits_need_places", args=[needs[24].pk])
            self.shift = shifts[0]
            OfficerFactory(team=teams[0])
            self.day = reverse("admin:visits_teamday_page", args=[shifts[0].team_id, first.isoformat()])

    def page(self, browser: Browser, *, scripts: bool = True) -> Page:
        context = new_context(browser, OFFICE_PC, java_script_enabled=scripts, base_url=self.stack.web)
        page = context.new_page()
        page.goto("/admin/login/")
        page.get_by_label("Nama pengguna").fill(NAME)
        page.get_by_label("Sandi", exact=False).fill(PASSWORD)
        page.locator("[type=submit]").click()
        return page


@pytest.fixture(scope="module")
def office(make_stack: Callable[[], Stack]) -> Office:
    stack = make_stack()
    office = Office(stack)
    stack.start()
    return office


@pytest.fixture(scope="module")
def page(office: Office, browser: Browser) -> Iterator[Page]:
    page = office.page(browser)
    yield page
    page.context.close()


def _addresses(office: Office) -> dict[str, str]:
    def plan(name: str, of: Plan) -> str:
        return reverse(f"admin:visits_plan_{name}", args=[of.pk])

    return {
        "index": reverse("admin:index"),
        "plans": reverse("admin:visits_plan_changelist"),
        "plan-new": reverse("admin:visits_plan_add"),
        "plan-run-failed": reverse("admin:visits_planrun_page", args=[office.failed.pk]),
        "plan-draft": plan("change", office.draft),
        "plan-published": plan("change", office.published),
        "plan-left": plan("left", office.published),
        "plan-publish": plan("publish", office.draft),
        "plan-told": plan("told", office.published),
        "sessions": reverse("admin:visits_plan_sessions"),
        "days": reverse("admin:visits_teamday_changelist"),
        "day": office.day,
        "today": reverse("admin:visits_today"),
        "places": office.places,
        "calendar": reverse("admin:visits_calendarday_changelist"),
        "shifts-make": reverse("admin:visits_shift_make"),
        "team": reverse("admin:visits_team_change", args=[office.shift.team_id]),
        "shift": reverse("admin:visits_shift_change", args=[office.shift.pk]),
        "hours-new": reverse("admin:visits_workinghours_add"),
        "called-off": reverse("admin:visits_teamday_called_off"),
    }


PAGES = (
    *("index", "plans", "plan-new", "plan-run-failed", "plan-draft", "plan-published", "plan-left"),
    *("plan-publish", "plan-told", "sessions", "days", "day", "today", "places", "calendar", "shifts-make"),
    "called-off",
)
DJANGOS = ("team", "shift", "hours-new")  # with jQuery, whose inline styles the policy refuses, aloud


@pytest.mark.parametrize("size", [OFFICE_PC, TABLET], ids=["1366", "1024"])
@pytest.mark.parametrize("name", PAGES)
def test_pages_are_accessible_and_fit_the_screen(
    office: Office, page: Page, name: str, size: dict[str, int]
) -> None:
    watch = Watch(page)
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(_addresses(office)[name], wait_until="networkidle")
    picture(page, f"{name}-{size['width']}")

    assert axe_violations(page) == []
    assert not scrolls_sideways(page)
    page.set_viewport_size(OLD_PHONE)  # type: ignore[arg-type]
    assert not scrolls_sideways(page), "on a phone"
    assert watch.problems == []


@pytest.mark.parametrize("name", DJANGOS)
def test_forms_of_django_are_accessible_and_fit_the_screen(office: Office, page: Page, name: str) -> None:
    page.set_viewport_size(OFFICE_PC)  # type: ignore[arg-type]
    page.goto(_addresses(office)[name], wait_until="networkidle")
    assert axe_violations(page) == []

    page.set_viewport_size(OLD_PHONE)  # type: ignore[arg-type]
    picture(page, f"{name}-320")
    assert not scrolls_sideways(page)
    cut = page.evaluate(
        """() => [...document.querySelectorAll(".aligned input:not([type=hidden])")].map(
            one => [one.id, one.getBoundingClientRect().right, one.closest("fieldset").getBoundingClientRect().right]
        ).filter(([, right, edge]) => right > edge + 1)"""
    )
    assert cut == []


def test_the_names_of_all_districts_are_seen(office: Office, page: Page) -> None:
    page.set_viewport_size(OFFICE_PC)  # type: ignore[arg-type]
    page.goto(_addresses(office)["plan-published"], wait_until="networkidle")
    names = page.locator(".map-name.district span")

    drawing = page.locator(".leaflet-boundaries-pane svg").evaluate("e => +getComputedStyle(e).zIndex")
    labels = names.evaluate_all("all => all.map((e) => +getComputedStyle(e.parentElement).zIndex)")

    assert labels, "some district has its name on the map"
    assert min(labels) > drawing, "no name lies under the regency's drawing"


def test_the_map_draws_routes_stops_and_boundaries(office: Office, page: Page) -> None:
    page.set_viewport_size(OFFICE_PC)  # type: ignore[arg-type]
    page.goto(_addresses(office)["plan-published"], wait_until="networkidle")

    drawn = page.locator("#map .leaflet-overlay-pane path")
    assert drawn.count() == 6  # a white one under each of three routes
    assert all(box and box["height"] > 0 for box in (path.bounding_box() for path in drawn.all()))
    assert page.locator("#map .map-mark.stop").count() == 12
    assert page.locator("#map .leaflet-boundaries-pane path, #map .boundaries path").count() > 200
    page.locator("#map .leaflet-marker-icon").filter(has_text="2").first.click(force=True)
    page.locator(".leaflet-popup").wait_for()
    rows = page.locator("section table.data tbody tr")
    assert rows.count() == 12  # the same stops as a table


def test_day_and_team_are_chosen_without_script(office: Office, browser: Browser) -> None:
    page = office.page(browser, scripts=False)
    page.goto(_addresses(office)["plan-published"])
    page.get_by_label("Hari", exact=True).select_option(index=1)
    page.get_by_label("Tim", exact=True).select_option(index=2)
    page.get_by_role("button", name="Tampilkan").click()
    page.wait_for_url("**tim=**")

    assert page.locator("section table.data tbody tr").count() == 4
    page.context.close()


def test_a_run_is_followed_to_its_plan(office: Office, page: Page) -> None:
    """Asked for in the browser, computed by the real worker, stopped by the button."""
    page.goto(_addresses(office)["plan-new"])
    page.get_by_label("Lama menghitung (detik)").fill("120")
    page.get_by_role("button", name="Hitung rencana").click()
    page.locator("[data-served]").filter(has_text=re.compile("[1-9]")).wait_for(timeout=120_000)
    assert axe_violations(page) == []
    picture(page, "plan-run-1366")
    page.get_by_role("button", name="Berhenti, simpan hasil terbaik").click()
    page.wait_for_url("**/change/", timeout=30_000)

    assert page.get_by_text("Perhitungan dihentikan sebelum waktunya").is_visible()


def test_without_script_the_run_page_reloads_itself(office: Office, browser: Browser) -> None:
    with office.stack.orm():
        far = clock.today() + timedelta(weeks=150)
        run = PlanRunFactory(state=RunState.QUEUED, first_date=far, last_date=far)
    page = office.page(browser, scripts=False)
    page.goto(reverse("admin:visits_planrun_page", args=[run.pk]))
    assert page.locator('meta[http-equiv="refresh"]').count() == 1
    with office.stack.orm():
        PlanRun.objects.filter(pk=run.pk).update(state=RunState.FAILED, message="no_shifts")
    page.get_by_text("Buat hari tugas tim dulu").wait_for(timeout=15_000)
    page.context.close()
