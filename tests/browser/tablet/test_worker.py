"""The service worker of the tablet's app where the browser does not give it its files."""

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.support.stack import Stack

pytestmark = pytest.mark.browser

FAIL_ONCE = """() => {
  const open = caches.open.bind(caches);
  opened = null;
  caches.open = () => {
    caches.open = open;
    return Promise.reject(new DOMException("made up", "UnknownError"));
  };
}"""
ASK = "() => fetch('/static/visits/tablet/app.js').then((answer) => answer.status, (error) => String(error))"


def test_files_that_do_not_open_once_come_from_the_server_and_then_open(
    shared_stack: Stack, context: BrowserContext, page: Page
):
    page.goto(f"{shared_stack.tablet}/")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    (worker,) = context.service_workers
    worker.evaluate(FAIL_ONCE)

    assert page.evaluate(ASK) == 200
    assert worker.evaluate("() => opened") is None
    assert page.evaluate(ASK) == 200
    assert worker.evaluate("async () => (await opened) instanceof Cache")
