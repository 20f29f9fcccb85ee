"""T1: how long the tablet takes offline, with a slowed processor, from a cold start to today's list.

The browser is started anew each time, on the same profile; the server is stopped. What is timed, in the page: from
the navigation to the pad for the PIN, and from the right PIN to the list, the derivation of the key left out and given
apart: it is made to take 0.7 s on the tablet that chooses the PIN, whatever it costs here.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.bench.tablet.profile import Profile, started_stack
from tests.support import officer
from tests.support.field import team_day

WATCH = """() => {
  const marks = (globalThis.marks = { derived: 0 });
  const note = (name) => { marks[name] ??= performance.now(); };
  const derive = SubtleCrypto.prototype.deriveKey;
  SubtleCrypto.prototype.deriveKey = async function (...given) {
    const before = performance.now();
    try { return await derive.apply(this, given); } finally { marks.derived += performance.now() - before; }
  };
  new MutationObserver(() => {
    if (document.getElementById("pin")) note("pad");
    if (document.querySelector("ol.stops li.stop")) requestAnimationFrame(() => note("list"));
  }).observe(document, { childList: true, subtree: true });
}"""
ENTER = """pin => {
  const input = document.getElementById("pin");
  marks.entered = performance.now();
  input.value = pin;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}"""


@dataclass(frozen=True)
class ColdStart:
    """Milliseconds: to the pad, from the PIN to the list without the derivation, the derivation itself."""

    pad: float
    unlocked: float
    derived: float

    @property
    def total(self) -> float:
        return self.pad + self.unlocked


def measure_start(context: BrowserContext, address: str, *, slowdown: float) -> ColdStart:
    """One cold start in a fresh page of a fresh browser."""
    page = context.new_page()
    page.add_init_script(f"({WATCH})()")
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    page.goto(address, wait_until="commit")
    _await_mark(page, "pad")
    page.evaluate(ENTER, officer.PIN)
    _await_mark(page, "list")
    marks = page.evaluate("globalThis.marks")
    page.wait_for_timeout(500)
    return ColdStart(marks["pad"], marks["list"] - marks["entered"] - marks["derived"], marks["derived"])


def _await_mark(page: Page, name: str) -> None:
    """Looked for seldom: a look takes time from the page."""
    for _look in range(300):
        if page.evaluate(f"globalThis.marks?.{name} ?? 0"):
            return
        page.wait_for_timeout(300)
    raise TimeoutError(name)


def run(*, template: Path | None, runs: int, slowdown: float, stops: int) -> list[ColdStart]:
    """`runs` cold starts of one tablet, printed as a table with their medians."""
    with started_stack(template) as (stack, folder), sync_playwright() as playwright:
        with stack.orm():
            day = team_day(stops=stops)
        profile = Profile(playwright, folder / "profile")
        page = profile.open().new_page()
        officer.pair(page, stack.tablet, day)
        page.evaluate("navigator.serviceWorker.ready.then(() => null)")
        page.reload()  # the worker serves from here on
        officer.unlock(page)
        page.wait_for_timeout(2_000)
        profile.close()
        stack.stop()
        found = []
        print(
            "| start | to the pad, ms | PIN to list, ms | together | key derivation |\n|---|---|---|---|---|",
            flush=True,
        )
        for number in range(runs):
            found.append(measure_start(profile.open(), stack.tablet, slowdown=slowdown))
            profile.close()
            time.sleep(1)
            print(_row(str(number + 1), found[-1]), flush=True)
        print(
            _row(
                f"median at {slowdown:g}x",
                ColdStart(
                    *(
                        statistics.median(getattr(one, name) for one in found)
                        for name in ("pad", "unlocked", "derived")
                    )
                ),
            )
        )
        print(f"median of the sums: {statistics.median(one.total for one in found):.0f} ms; target 2000 ms")
        return found


def _row(name: str, one: ColdStart) -> str:
    return f"| {name} | {one.pad:.0f} | {one.unlocked:.0f} | {one.total:.0f} | {one.derived:.0f} |"
