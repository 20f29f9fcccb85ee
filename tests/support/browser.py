"""Debian's Chromium, and what the tests look at in it: accessibility, errors, foreign hosts, pictures."""

import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Playwright, Request

from tests.support import clock

ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
]
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PERSON = {"locale": "id-ID", "timezone_id": "Asia/Jakarta"}
OFFICE_PC = {"width": 1366, "height": 768}
TABLET = {"width": 1024, "height": 768}
OLD_PHONE = {"width": 320, "height": 640}


def chromium() -> str:
    """Where Debian put it, or where the environment says."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)


def new_context(browser: Browser, size: dict[str, int], **options: Any) -> BrowserContext:
    """A window of this size on a machine of its own, at the office, whose clock stands where the run's does."""
    return set_clock(browser.new_context(viewport=size, **PERSON | options))  # type: ignore[arg-type]


def set_clock(context: BrowserContext) -> BrowserContext:
    """Pages of this context take the run's moment for now; their timers stay as they are."""
    if ahead := clock.ahead_ms():
        context.add_init_script(f"({_SHIFT_DATE})({ahead})")
    return context


def turn_clock(page: Page, by: timedelta) -> None:
    """As somebody does who sets the machine's clock while the page is open."""
    page.evaluate(f"({_SHIFT_DATE})({by // timedelta(milliseconds=1)})")


_SHIFT_DATE = """ahead => {
    const now = Date.now.bind(Date), later = () => now() + ahead;
    globalThis.Date = new Proxy(Date, {
        construct: (real, given, as) => Reflect.construct(real, given.length ? given : [later()], as),
        apply: real => String(new real(later())),
        get: (real, name) => name === "now" ? later : Reflect.get(real, name),
    });
}"""


def axe_violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it stands: rule, and where. Runs past the page's own CSP."""
    axe = settings.ASSETS_DIR / "npm" / "axe-core" / "axe.min.js"  # the fixture `libraries` puts it there
    page.evaluate(axe.read_text() + "; null")
    found: list[dict[str, Any]] = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}}).then(result => result.violations)",
        AXE_TAGS,
    )
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]
    ]


def scrolls_sideways(page: Page) -> bool:
    wider: bool = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return wider


class Watch:
    """Everything that should not happen on a page: errors, refused content, requests to foreign hosts."""

    def __init__(self, page: Page, *, own: tuple[str, ...] = ("127.0.0.1", "localhost")) -> None:
        self.problems: list[str] = []
        self._own = own
        page.on("pageerror", self._error)
        page.on("console", self._console)
        page.on("request", self._request)

    def _error(self, error: Error) -> None:
        self.problems.append(f"error: {error}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.hostname not in self._own:
            self.problems.append(f"foreign host: {parts.hostname}")


def picture(page: Page, name: str) -> Path:
    """A screenshot of the whole page, where `SHOTS_DIR` says or under the run's data; for people to look at."""
    folder = Path(os.environ.get("SHOTS_DIR") or settings.DATA_DIR / "shots")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return path
