"""Debian's Chromium, and what the tests look at in it: accessibility, errors, foreign hosts, pictures."""

import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    Request,
)

from tests.support import clock
from tests.support.wait import stretch_s

ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
]
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PERSON = {"locale": "id-ID", "timezone_id": "Asia/Jakarta"}
OFFICE_PC = {"width": 1366, "height": 768}
TABLET = {"width": 1024, "height": 768}
PHONE = {"width": 360, "height": 740}
OLD_PHONE = {"width": 320, "height": 640}


def chromium() -> str:
    """Where Debian put it, or where the environment says."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)


def new_context(browser: Browser, size: dict[str, int], **options: Any) -> BrowserContext:
    """A window of this size on a machine of its own, at the office, whose clock stands where the run's does."""
    context = browser.new_context(viewport=size, **PERSON | options)  # type: ignore[arg-type]
    context.set_default_timeout(stretch_s(20) * 1000)
    return set_clock(context)


def set_clock(context: BrowserContext) -> BrowserContext:
    """Pages of this context take the run's moment for now; their timers stay as they are."""
    if ahead := clock.ahead_ms():
        context.add_init_script(f"({_SHIFT_DATE})({ahead})")
    return context


def derive_quickly(context: BrowserContext) -> None:
    """Pages of this context make the key of a PIN in one round, instead of as many as the machine does in 0.7 s."""
    context.add_init_script(f"({_ONE_ROUND})()")


_ONE_ROUND = """() => {
    if (!globalThis.SubtleCrypto) return;  // a page that came from nowhere
    const real = SubtleCrypto.prototype.deriveKey;
    SubtleCrypto.prototype.deriveKey = function (how, ...rest) {
        return real.call(this, how.name === "PBKDF2" ? { ...how, iterations: 1 } : how, ...rest);
    };
}"""


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
    if not page.evaluate("'axe' in globalThis"):
        axe = settings.ASSETS_DIR / "npm" / "axe-core" / "axe.min.js"  # the fixture `libraries` puts it there
        page.evaluate(axe.read_text() + "; null")
    found: list[dict[str, Any]] = page.evaluate(_RUN_AXE, AXE_TAGS)
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]
    ]


# What is right is looked at all the same, but not described node by node.
_RUN_AXE = """tags => axe.run(document, {
    runOnly: {type: "tag", values: tags}, resultTypes: ["violations"],
}).then(result => result.violations)"""


def axe_violations_at(page: Page, name: str, *sizes: dict[str, int]) -> list[str]:
    """Pictures of the page at these sizes, and what is wrong with it there: axe's findings, a sideways scroll.

    axe sees the page as tall as it is: it takes a button half under a fixed bar for a small one.
    """
    wrong = []
    for size in sizes:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        picture(page, f"{name}-{size['width']}")
        if scrolls_sideways(page):
            wrong.append(f"{name} scrolls sideways at {size['width']}")
        tall = page.evaluate("document.documentElement.scrollHeight") + 300
        page.set_viewport_size({"width": size["width"], "height": tall})
        wrong += axe_violations(page)
    page.set_viewport_size(sizes[0])  # type: ignore[arg-type]
    return wrong


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


def picture(page: Page, name: str) -> None:
    """A screenshot of the whole page for people to look at, where `SHOTS_DIR` says; none without it.

    A loaded Chromium now and then draws no frame until it is asked again. A picture that never comes is
    said and left out: no test judges a page by it.
    """
    if not os.environ.get("SHOTS_DIR"):
        return
    folder = Path(os.environ["SHOTS_DIR"])
    folder.mkdir(parents=True, exist_ok=True)
    for timeout_ms, whole in ((10_000, True), (20_000, True), (20_000, False)):
        try:
            page.bring_to_front()
            page.screenshot(path=folder / f"{name}.png", full_page=whole, timeout=timeout_ms)
            return
        except Error as problem:
            print(f"no screenshot of {name}: {problem.message.splitlines()[0]}")
