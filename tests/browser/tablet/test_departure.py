"""The first tap of a day in Chromium: without a network, through a reload, taken back, and handed in once."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support import officer
from tests.support.field import TeamsDay
from tests.support.stack import Stack
from tests.support.wait import wait_until
from visits.fieldwork import departures
from visits.models import Event

pytestmark = pytest.mark.browser


def test_a_team_leaves_without_a_network(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    context.route("**/api/v1/**", lambda route: route.abort())
    leave = page.get_by_role("button", name="Berangkat dari kantor")
    leave.click()
    expect(page.get_by_text("Masih bisa diurungkan.")).to_be_visible()
    expect(leave).to_have_count(0)

    officer.reload(page)
    expect(page.locator("#departed")).to_contain_text("Berangkat pukul")
    page.get_by_role("button", name="Urungkan").click()
    expect(page.locator("#departed")).to_have_count(0)
    assert officer.figures(page) == "0 rumah di tablet · 0 terkirim · 0 ditolak"
    leave.dblclick()
    expect(page.locator("#departed")).to_be_visible()
    officer.arrive(page)
    officer.reload(page)
    expect(page.locator("#departed")).to_contain_text("Berangkat pukul")
    assert officer.figures(page) == "1 rumah di tablet · 0 terkirim · 0 ditolak · 1 laporan tim"

    context.unroute_all()
    officer.sync(page)

    def kinds() -> list[str]:
        with shared_stack.orm():
            rows = Event.objects.filter(device__team=day.team).order_by("sequence")
            return [row.kind for row in rows]

    wait_until(lambda: len(kinds()) == 2, seconds=40, what="both taps have been handed in")
    assert kinds() == ["departed", "arrived"]
    with shared_stack.orm():
        left = Event.objects.select_related("status", "device").get(device__team=day.team, kind="departed")
        assert (left.sequence, left.visit, left.status.state) == (1, None, "applied")
        on = departures.event_moment(left).astimezone().date()
        assert list(departures.departures_on(on=on, teams=[day.team])) == [day.team]
    expect(page.get_by_role("button", name="Urungkan")).to_have_count(0)
    expect(page.locator("#departed")).to_be_visible()
