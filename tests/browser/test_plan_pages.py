"""The coordinator's pages of plans, days and calendar, in Chromium: accessible, calm, as wide as the screen."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from outreach.models import Village
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory
from tests.support.browser import OFFICE_PC, TABLET, Watch, axe_violations, picture, scrolls_sideways
from tests.support.stack import Stack
from tests.visits.planned import NOW, TUESDAY, draft
from visits.services.publishing import publish

pytestmark = pytest.mark.browser
NAME, PASSWORD = "koordinator", "sandi-uji-yang-panjang"


@pytest.fixture(scope="module")
def plans(shared_stack: Stack) -> dict[str, str]:
    """A published plan and a draft, with homes that lie on one point; the addresses of the pages."""
    with shared_stack.orm():
        User.objects.create_superuser(NAME, password=PASSWORD)
        villages = list(Village.objects.order_by("code")[:6])

        def needs(count: int):
            return [NeedFactory(resident__village=villages[number // 3]) for number in range(count)]

        one, two = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY)
        out = draft({one: needs(6), two: needs(5)}, left=needs(2))
        publish(plan=out, user=None, now=NOW)
        again = draft({one: [stop.need for stop in out.stops.filter(shift=one)], two: needs(3)})
    plan, new = f"/admin/visits/plan/{out.pk}", f"/admin/visits/plan/{again.pk}"
    return {
        "index": "/admin/",
        "plans": "/admin/visits/plan/",
        "plan": f"{plan}/change/",
        "left": f"{plan}/belum/",
        "told": f"{plan}/kabar/",
        "draft": f"{new}/change/",
        "publish": f"{new}/terbitkan/",
        "make": "/admin/visits/plan/add/",
        "days": "/admin/visits/teamday/",
        "day": f"/admin/visits/teamday/{one.team_id}/{TUESDAY}/",
        "calendar": "/admin/visits/calendarday/",
        "teams": "/admin/visits/team/",
        "shifts": "/admin/visits/shift/",
        "log": "/admin/outreach/logentry/",
    }


@pytest.mark.parametrize("size", [OFFICE_PC, TABLET], ids=["1366", "1024"])
def test_pages_are_accessible_and_fit_the_screen(
    shared_stack: Stack, plans: dict[str, str], page: Page, size
):
    watch = Watch(page)
    page.set_viewport_size(size)
    page.goto(f"{shared_stack.web}/admin/")
    page.get_by_label("Nama pengguna").fill(NAME)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[type=submit], button[type=submit]").first.click()
    for name, address in plans.items():
        answer = page.goto(f"{shared_stack.web}{address}")
        assert answer is not None
        assert answer.ok, f"{name}: {answer.status}"
        if name in ("plan", "draft"):
            expect(page.locator("#map .map-mark").first).to_be_visible(timeout=20_000)
            expect(page.locator("#map-source")).not_to_be_empty(timeout=20_000)
        picture(page, f"office-{name}-{size['width']}")
        assert axe_violations(page) == [], name
        assert not scrolls_sideways(page), name
    assert watch.problems == []
