"""T2: a whole day at homes during which the browser is killed again and again, at random moments.

An officer does the next thing that the tablet asks for; what the screen has shown as kept is noted here. After each
kill the browser starts on the same profile, and all that was noted must be there: arrivals, typed numbers (300 ms after
the last key), photos, signatures, records, outcomes. Half of the lives are offline. In the end everything is handed in,
and the office must have each record once. A kill is every process of the browser ended by SIGKILL: soon after the start,
some seconds after the unlocking, or in the moment in which something was shown as kept.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer
from typing import Any

from playwright.sync_api import Error, Page, sync_playwright

from tests.bench.tablet.profile import Profile, started_stack
from tests.support import officer
from tests.support.field import TeamsDay, team_day
from tests.support.stack import Stack

KEPT_WITHIN_MS = 300
PHOTO = officer.jpeg(800, 600)
FAILED = "Alamat tidak ditemukan", "address_not_found"
READ = """async visits => {
  const outbox = await import("/static/visits/tablet/outbox.js");
  const { readDraft } = await import("/static/visits/tablet/drafts.js");
  const [facts, captures] = [await outbox.facts(), await outbox.captures()];
  const found = {};
  for (const visit of visits) {
    const [fact, draft] = [facts.get(visit), await readDraft(visit)];
    found[visit] = {
      arrived: Boolean(fact?.arrived),
      outcome: fact?.outcome?.code ?? "",
      records: captures.filter((row) => row.visit === visit).length,
      nik: draft?.fields.nik ?? "",
      photo: draft?.photo?.size ?? 0,
      signature: draft?.signature?.size ?? 0,
    };
  }
  return found;
}"""
WAITING = "import('/static/visits/tablet/outbox.js').then((m) => m.figures()).then((one) => one.waiting)"


class KilledError(Exception):
    """The browser was killed where it had to be."""


@dataclass
class Shown:
    """What the screen has shown as kept of one home."""

    arrived: bool = False
    nik: str = ""
    photo: bool = False
    signature: bool = False
    outcome: str = ""

    def find_lost(self, there: dict[str, Any]) -> list[str]:
        """What of it is not there any more."""
        lost = ["arrived"] if self.arrived and not there["arrived"] else []
        if self.outcome and (
            there["outcome"] != self.outcome or there["records"] != (self.outcome == "recorded")
        ):
            lost.append(self.outcome)
        if there["records"] or there["outcome"]:
            return lost  # the draft has become a record
        lost += ["nik"] if self.nik and there["nik"] != self.nik else []
        return lost + [name for name in ("photo", "signature") if getattr(self, name) and not there[name]]


@dataclass
class Day:
    """A team's day under kills. `moments` left until the browser dies when something is shown as kept; 0: it does not."""

    stack: Stack
    profile: Profile
    visits: list[str]
    random: random.Random
    shown: dict[str, Shown] = field(default_factory=dict)
    moments: int = 0
    killed: bool = False
    over: bool = False
    lost: list[str] = field(default_factory=list)
    kept: int = 0
    ways: Counter[str] = field(default_factory=Counter)

    def live(self, *, dies: bool = True) -> None:
        """From a start of the browser to its end."""
        self.killed, self.moments = False, 0
        context = self.profile.open()
        timer = None
        try:
            context.set_offline(dies and self.random.random() < 0.5)
            way = self.random.choices(("start", "later", "shown"), (2, 4, 4))[0] if dies else ""
            if dies:
                self.ways[way] += 1
            if way == "start":
                timer = self._kill_in(self.random.uniform(0.2, 4))
            page = context.new_page()
            page.goto(self.stack.tablet)
            page.locator("#pin").press_sequentially(officer.PIN)
            page.get_by_role("list", name="Kunjungan").wait_for()
            self._compare(page)
            if way == "later":
                timer = self._kill_in(self.random.uniform(0.1, 9))
            self.moments = self.random.randint(1, 3) if way == "shown" else 0
            if not dies:
                return self._hand_in(page)
            while self._do_next(page):
                pass
        except (Error, AssertionError, KilledError):
            if not self.killed:
                raise
        finally:
            if timer is not None:
                timer.cancel()
            if dies and not self.killed:
                self.profile.kill()
            self.profile.close()

    def _kill_in(self, seconds: float) -> Timer:
        def kill() -> None:
            self.killed = True
            self.profile.kill_now()

        timer = Timer(seconds, kill)
        timer.start()
        return timer

    def _note(self, visit: str, **kept: Any) -> None:
        """Something was shown as kept just now."""
        self.kept += 1
        of = self.shown.setdefault(visit, Shown())
        for name, value in kept.items():
            setattr(of, name, value)
        if self.moments:
            self.moments -= 1
            if not self.moments:
                self.killed = True
                self.profile.kill_now()
                raise KilledError

    def _compare(self, page: Page) -> None:
        there = page.evaluate(READ, self.visits)
        for visit, shown in self.shown.items():
            for what in shown.find_lost(there[visit]):
                self.lost.append(f"life {self.ways.total()}: {what} at home {self.visits.index(visit) + 1}")

    def _do_next(self, page: Page) -> bool:
        """The next thing of the day; False when the day is over."""
        there = page.evaluate(READ, self.visits)
        visit = next((one for one in self.visits if not there[one]["outcome"]), None)
        if visit is None:
            self.over = True
            return False
        if self.visits.index(visit) % 4 == 3 and not there[visit]["arrived"]:
            page.evaluate(f"location.hash = '#/gagal/{visit}'")
            page.get_by_role("button", name=FAILED[0]).click()
            card = page.locator("li.stop", has=page.locator(f"#stop-{visit}"))
            card.get_by_text(FAILED[0]).first.wait_for(state="attached")
            self._note(visit, outcome=FAILED[1])
        elif not there[visit]["arrived"]:
            page.evaluate(f"location.hash = '#/kunjungan/{visit}'")
            page.get_by_role("button", name="Saya sudah tiba").click()
            page.get_by_role("link", name="Rekam sekarang").wait_for()
            self._note(visit, arrived=True)
        else:
            self._record(page, visit)
        return True

    def _record(self, page: Page, visit: str) -> None:
        """The record as far as it goes, from the step where it was left."""
        page.evaluate(f"location.hash = '#/rekam/{visit}'")
        page.locator("form.capture").wait_for()
        for _step in range(8):
            title = page.locator("#heading").inner_text()
            if page.locator("#save").count():
                page.locator("#save").click()
                page.get_by_role("heading", name="Tersimpan di tablet").wait_for()
                return self._note(visit, outcome="recorded")
            if title == "Identitas":
                self._identify(page, visit)
            elif title == "Foto wajah":
                officer.take_photo(page, PHOTO)
                page.get_by_text("Foto siap").wait_for()
                self._note(visit, photo=True)
            elif title == "Tanda tangan":
                officer.sign(page)
                page.wait_for_timeout(KEPT_WITHIN_MS)
                self._note(visit, signature=True)
            page.locator("#next").click()
            _wait(page, lambda before=title: page.locator("#heading").inner_text() != before, seconds=60)
        raise AssertionError("the record has no end")

    def _identify(self, page: Page, visit: str) -> None:
        if not page.get_by_label("NIK").input_value():
            typed = f"3519{self.random.randrange(10**12):012d}"
            page.get_by_label("NIK").fill(typed)
            page.wait_for_timeout(KEPT_WITHIN_MS)
            self._note(visit, nik=typed)
        page.get_by_label("Kartu Keluarga (KK)").check()

    def _hand_in(self, page: Page) -> None:
        officer.sync(page)
        _wait(page, lambda: page.evaluate(WAITING) == 0, seconds=300)
        self._compare(page)


def _wait(page: Page, holds: Any, *, seconds: float) -> None:
    """Let the page go on until it holds."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        page.wait_for_timeout(100)


def _list_missing(stack: Stack, day: Day) -> list[str]:
    """What was shown as kept and is not at the office, or is there twice."""
    from visits.models import Capture, Event, Visit

    found = []
    with stack.orm():
        for number, visit in enumerate(day.visits, 1):
            shown, records = day.shown.get(visit, Shown()), Capture.objects.filter(visit=visit)
            if records.count() > 1 or (shown.outcome == "recorded" and not records.count()):
                found.append(f"home {number}: {records.count()} records")
            if records.exclude(receipts__kind="stored").exists():
                found.append(f"home {number}: a record without its receipt")
            if shown.outcome and Visit.objects.get(pk=visit).outcome != shown.outcome:
                found.append(f"home {number}: outcome")
            if shown.arrived and not Event.objects.filter(visit=visit, kind="arrived").exists():
                found.append(f"home {number}: arrival")
    return found


def _play_day(stack: Stack, profile: Profile, of_team: TeamsDay, rng: random.Random, kills: int) -> Day:
    """A team's day, until it is over or so many kills are done; then everything is handed in."""
    page = profile.open().new_page()
    officer.pair(page, stack.tablet, of_team)
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    profile.close()
    day = Day(stack, profile, of_team.visits, rng)
    while not day.over and day.ways.total() < kills:
        day.live()
    day.live(dies=False)
    return day


def run(*, template: Path | None, kills: int, seed: int, stops: int) -> bool:
    """Days with so many kills together. Prints what was lost; whether nothing was."""
    rng, ways, kept, homes, wrong = random.Random(seed), Counter[str](), 0, 0, list[str]()
    with started_stack(template) as (stack, folder), sync_playwright() as playwright:
        began, number = time.monotonic(), 0
        while ways.total() < kills:
            number += 1
            with stack.orm():
                of_team = team_day(stops=stops)
            profile = Profile(playwright, folder / f"profile-{number}")
            day = _play_day(stack, profile, of_team, rng, kills - ways.total())
            ways, kept = ways + day.ways, kept + day.kept
            homes += sum(bool(shown.outcome) for shown in day.shown.values())
            wrong += [f"day {number}: {what}" for what in [*day.lost, *_list_missing(stack, day)]]
            print(
                f"seed {seed}, day {number}: {ways.total()} kills {dict(ways)}, {homes} homes done, {kept} things shown as"
                f" kept, {time.monotonic() - began:.0f} s; lost: {wrong or 'nothing'}",
                flush=True,
            )
    return not wrong
