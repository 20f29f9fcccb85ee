"""The office's database is an older one again, or the browser has thrown the outbox away: no report is lost unsaid."""

from datetime import timedelta

import pytest
from django.db import connection
from playwright.sync_api import BrowserContext, Page, expect

from tests.support import clock, officer
from tests.support.browser import TABLET, axe_violations_at
from tests.support.databases import is_postgres
from tests.support.field import TeamsDay
from tests.support.stack import Stack
from tests.support.wait import wait_until
from visits.enums import EventState, VisitState
from visits.keys import epochs
from visits.models import Backup, Event, EventStatus, Visit

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
DELETE_OUTBOX = """() => new Promise((done, failed) => {
  const asked = indexedDB.deleteDatabase("jb-outbox");
  asked.onsuccess = () => done(null);
  asked.onerror = () => failed(asked.error);
})"""
OUTBOX = """const wait = (asked) => new Promise((done) => (asked.onsuccess = () => done(asked.result)));
  const db = await wait(indexedDB.open("jb-outbox"));"""
COUNT_EVENTS = f"""async () => {{ {OUTBOX}
  const count = await wait(db.transaction("events").objectStore("events").count());
  db.close();
  return count;
}}"""
BEGIN_AGAIN = f"""async () => {{ {OUTBOX}
  await wait(db.transaction("counters", "readwrite").objectStore("counters").put(0, "sequence"));
  db.close();
}}"""


def _forget_events(stack: Stack, day: TeamsDay) -> None:
    """As the database was before any report of this team."""
    with stack.orm(), connection.cursor() as cursor:
        mine = Event.objects.filter(device__team=day.team)
        if is_postgres():
            cursor.execute("ALTER TABLE visits_event DISABLE TRIGGER USER")
        else:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'visits_event_no_delete'")
            (trigger,) = cursor.fetchone()
            cursor.execute("DROP TRIGGER visits_event_no_delete")
        EventStatus.objects.filter(event__in=mine).delete()
        mine.delete()
        Visit.objects.filter(pk__in=day.visits).update(state=VisitState.PUBLISHED, arrived_at=None)
        cursor.execute("ALTER TABLE visits_event ENABLE TRIGGER USER" if is_postgres() else trigger)
        epochs.begin_epoch(actor="system")


def _reports(stack: Stack, day: TeamsDay) -> list[tuple[int, str, str]]:
    with stack.orm():
        rows = Event.objects.filter(device__team=day.team).order_by("sequence")
        return list(rows.values_list("sequence", "kind", "status__state"))


def _kept(page: Page) -> int:
    kept: int = page.evaluate(COUNT_EVENTS)
    return kept


def test_reports_are_kept_until_a_backup_holds_them_and_offered_again_after_a_restore(
    shared_stack: Stack, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    officer.arrive(page)
    expect(page.locator("#sync-link")).to_contain_text("0 rumah di tablet · 1 terkirim", timeout=40_000)
    arrived = [(1, "arrived", EventState.APPLIED)]
    assert _reports(shared_stack, day) == arrived
    assert _kept(page) == 1

    _forget_events(shared_stack, day)
    assert _reports(shared_stack, day) == []
    officer.sync(page)
    wait_until(lambda: _reports(shared_stack, day) == arrived, seconds=40, what="the report is back")
    with shared_stack.orm():
        assert Visit.objects.get(pk=day.visits[0]).state == VisitState.ARRIVED
    expect(page.locator("#sync-link")).to_contain_text("0 rumah di tablet · 1 terkirim")

    with shared_stack.orm():
        backup = Backup.objects.create(began_at=clock.now() + timedelta(hours=1))
    officer.reload(page)  # a new start asks who it is
    wait_until(lambda: _kept(page) == 0, seconds=40, what="the report is let go of")
    with shared_stack.orm():
        backup.delete()


def test_an_outbox_that_the_browser_threw_away_is_told_and_later_reports_pass(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    officer.arrive(page)
    expect(page.locator("#sync-link")).to_contain_text("0 rumah di tablet · 1 terkirim", timeout=40_000)
    context.route("**/api/v1/**", lambda route: route.abort())
    officer.record(page)
    page.wait_for_timeout(1000)  # the note of it is in the other database
    page.evaluate(DELETE_OUTBOX)
    page.goto(f"{shared_stack.tablet}/#/")
    officer.reload(page)

    loss = page.locator("#loss")
    expect(loss).to_contain_text("1 rekaman dan 1 kabar")
    expect(loss).to_contain_text("Contoh Suminah")
    assert axe_violations_at(page, "tablet-loss", TABLET, PHONE) == []
    officer.reload(page)
    loss.get_by_role("button", name="Sudah dibaca").click()
    expect(loss).to_have_count(0)

    context.unroute_all()
    page.goto(f"{shared_stack.tablet}/#/gagal/{day.visits[1]}")
    page.get_by_role("button", name="Tidak ada di rumah").click()
    wait_until(lambda: len(_reports(shared_stack, day)) == 2, seconds=60, what="the next report")
    assert _reports(shared_stack, day)[1] == (2, "outcome", EventState.APPLIED)
    assert "0 ditolak" in officer.figures(page)


def test_a_number_that_was_used_up_before_is_replaced(shared_stack: Stack, page: Page, day: TeamsDay):
    """The app before began again at 1 when its outbox was gone; its reports were refused one after the other."""
    officer.pair(page, shared_stack.tablet, day)
    officer.arrive(page)
    expect(page.locator("#sync-link")).to_contain_text("0 rumah di tablet · 1 terkirim", timeout=40_000)
    page.evaluate(BEGIN_AGAIN)
    page.goto(f"{shared_stack.tablet}/#/gagal/{day.visits[1]}")
    page.get_by_role("button", name="Tidak ada di rumah").click()
    wait_until(lambda: len(_reports(shared_stack, day)) == 2, seconds=60, what="the next report")
    assert _reports(shared_stack, day)[1] == (2, "outcome", EventState.APPLIED)
    expect(page.locator("#sync-link")).to_contain_text("0 rumah di tablet · 2 terkirim · 0 ditolak")
