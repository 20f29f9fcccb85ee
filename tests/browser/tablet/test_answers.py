"""Line 9 of the break list: whatever the office answers, and whatever is renewed meanwhile, nothing is let go."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.support import officer
from tests.support.field import TeamsDay
from tests.support.stack import Stack
from visits.models import Capture, Event

pytestmark = pytest.mark.browser

HANDED_IN = ("events", "captures/**", "devices/me/blobs/*")
STATUSES = [*range(400, 419), 421, 422, 423, 424, 425, 426, 428, 429, 431, 451, *range(500, 509), 510, 511]
PATIENT = ("retry", "retry-after", "resync")  # what parks an item is in test_trouble.py
STRANGE = (("text/html", "<html><title>Wi-Fi</title>Masuk dulu</html>"), ("application/json", ""))

# what is still in the outbox: records with all their bytes, and reports that the office has not named
HELD = """async () => {
  const outbox = await import("/static/visits/tablet/outbox.js");
  const { readOutbox } = await import("/static/visits/tablet/store.js");
  const rows = await outbox.captures();
  let whole = 0;
  for (const row of rows) {
    const found = await Promise.all(row.chunks.map((hash) => outbox.chunk(row.capture, hash)));
    if (!row.receipts?.stored && found.every((bytes) => bytes?.byteLength > 0)) whole += 1;
  }
  const events = await readOutbox().getAll("events");
  return [whole, events.filter((event) => !event.sent && !event.parked).length];
}"""


def _answers() -> Iterator[tuple[int, str, str]]:
    """(status, type, body): our own problem, and what no server of ours says."""
    for place, status in enumerate(STATUSES):
        retry = PATIENT[place % len(PATIENT)]
        problem = {"type": "about:blank", "title": "Contoh", "status": status, "code": "busy", "retry": retry}
        yield status, "application/problem+json", json.dumps(problem)
        yield status, *STRANGE[place % len(STRANGE)]


def _renew_worker(page: Page) -> None:
    """Another service worker takes over, as after an update of the app."""
    page.evaluate(
        """async () => {
          for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
          for (const name of await caches.keys()) await caches.delete(name);
        }"""
    )
    officer.reload(page)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def test_whatever_the_office_answers_nothing_is_let_go(
    shared_stack: Stack, context: BrowserContext, page: Page, day: TeamsDay
):
    officer.pair(page, shared_stack.tablet, day)
    context.route("**/api/v1/**", lambda route: route.abort())
    officer.arrive(page)
    officer.record(page)
    page.wait_for_timeout(11_000)  # an arrival may be taken back for ten seconds, and leaves after them
    held = page.evaluate(HELD)
    assert held[0] == 1
    assert held[1] >= 2
    context.unroute("**/api/v1/**")

    given: dict[str, object] = {"asked": 0}

    def answer(route: Route) -> None:
        given["asked"] = int(str(given["asked"])) + 1
        route.fulfill(
            status=int(str(given["status"])), content_type=str(given["type"]), body=str(given["body"])
        )

    for path in HANDED_IN:
        context.route(f"**/api/v1/{path}", answer)
    for place, (status, kind, body) in enumerate(_answers()):
        given.update(status=status, type=kind, body=body, asked=0)
        officer.sync(page)
        for _tenth in range(300):
            if given["asked"]:
                break
            page.wait_for_timeout(100)
        assert given["asked"], f"{status} {kind}: nothing was asked"
        page.wait_for_timeout(50)
        assert page.evaluate(HELD) == held, f"{status} {kind}"
        if place % 30 == 20:
            officer.reload(page)
            assert page.evaluate(HELD) == held, f"reload after {status} {kind}"
    _renew_worker(page)
    assert page.evaluate(HELD) == held, "a new service worker"

    for path in HANDED_IN:
        context.unroute(f"**/api/v1/{path}")
    officer.sync(page)
    expect(page.locator("#sync-link")).to_contain_text("Semua terkirim")
    with shared_stack.orm():
        assert Capture.objects.filter(visit_id=day.visits[0]).count() == 1
        assert Event.objects.filter(visit_named=day.visits[0], kind="arrived").count() == 1
