"""A walk: random doors of an office one after another, the clock going on, the referee looking after each."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.test import override_settings

from tests.support import clock as clocks
from tests.support.databases import Template
from tests.support.walks import books, field_doors, office_doors, planning_doors, readers, referee
from tests.support.walks.databases import WalkDatabase
from tests.support.walks.office import MONDAY, WalkOffice, seeded_ids
from tests.support.walks.refusals import REFUSALS
from visits.schedule.plans import publishing

Door = Callable[[WalkOffice], str]
DOORS: dict[Door, int] = {
    planning_doors.plan_ahead: 50,
    planning_doors.publish: 60,
    planning_doors.replan_today: 90,
    planning_doors.add_urgent: 20,
    planning_doors.break_down: 10,
    planning_doors.resume: 14,
    planning_doors.discard: 1,
    planning_doors.move_by_hand: 7,
    planning_doors.put_back: 3,
    planning_doors.take_place: 5,
    planning_doors.take_out: 2,
    planning_doors.take_out_of_draft: 1,
    planning_doors.promise: 6,
    planning_doors.release: 1,
    planning_doors.tell_called_off: 1,
    planning_doors.give_called_off_back: 1,
    office_doors.close_day: 1,
    office_doors.open_day: 3,
    office_doors.load_holidays: 1,
    office_doors.move_shift: 3,
    office_doors.move_break: 2,
    office_doors.fewer_visits: 1,
    office_doors.cancel_shift: 2,
    office_doors.change_hours: 2,
    office_doors.switch_team: 1,
    office_doors.switch_officer: 2,
    office_doors.change_kit: 1,
    office_doors.wait: 30,
    office_doors.next_morning: 3,
    office_doors.give_back: 1,
    office_doors.keep_dump: 2,
    office_doors.restore: 1,
    field_doors.speak: 5,
    field_doors.set_out: 3,
    field_doors.report: 14,
    field_doors.send_again: 1,
    field_doors.ask: 4,
    field_doors.undo: 1,
    field_doors.close: 1,
    field_doors.reopen: 1,
    field_doors.change_wishes: 2,
}
SELDOM = 0.3  # of the steps go to doors that did nothing yet in the walk
ALWAYS_ACT = (
    "wait",
    "next_morning",
    "speak",
    "keep_dump",
)  # the clock, a greeting, a copy: no row tells of them


@dataclass
class Walked:
    """What a walk did, and what was wrong: the step, its door, and the breach. `counts` has how often each door was
    walked, and how often it acted (something was changed), refused, or touched published visits."""

    counts: Counter[str] = field(default_factory=Counter)
    breaches: list[str] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)


def walk(
    seed: int,
    *,
    steps: int,
    folder: Path,
    template: Template,
    unblocked: Callable[[], AbstractContextManager[Any]],
    iterations: int = 40,
    known: Iterable[str] = (),
    stop_at_breach: bool = True,
    prefer: Collection[str] = (),
) -> Walked:
    """Walk `steps` doors of the office that `seed` makes, on a database in `folder`; ends at the first breach that is
    not of a `known` kind. Doors that nobody went through yet come sooner, or those named in `prefer` instead."""
    done = Walked()
    with (
        clocks.stand_at(MONDAY) as clock,
        seeded_ids(seed),
        override_settings(ROOT_URLCONF="tests.support.every_door_urls", REPLAYS=50, FORM_MINIMUM_SECONDS=0),
    ):
        database = WalkDatabase(folder, template=template)
        with database.opened(unblocked):
            office = WalkOffice(seed, clock, database=database, iterations=iterations)
            for number in range(steps):
                found = [
                    row
                    for row in _step(office, done, number, prefer)
                    if not row.partition(":")[2].strip().startswith(tuple(known))
                ]
                done.breaches += found
                if found and stop_at_breach:
                    break
            done.counts += office.counts
    return done


def _choose_door(office: WalkOffice, done: Walked, prefer: Collection[str]) -> Door:
    """By weight; now and then one that did nothing yet in this walk, those first that were tried least."""
    seldom = [door for door in DOORS if door.__name__ in prefer]
    if not prefer:
        seldom = [door for door in DOORS if not done.counts[f"acted {door.__name__}"]]
    if seldom and office.rng.random() < SELDOM:
        tried = [done.counts[f"door {door.__name__}"] for door in seldom]
        return office.rng.choices(seldom, weights=[1 / (1 + count) for count in tried])[0]
    return office.rng.choices(list(DOORS), weights=list(DOORS.values()))[0]


def _has_acted(name: str, said: str, before: books.Books, after: books.Books) -> bool:
    if said.startswith("refused"):  # a page may have released a promise before it was refused
        return False
    if name in ("restore", "send_again"):  # what comes a second time changes nothing, or it is seen
        return said not in ("no dump", "none")
    was, now = ((row.states, row.visits, row.log, row.progress, row.events) for row in (before, after))
    return name in ALWAYS_ACT or was != now


def _step(office: WalkOffice, done: Walked, number: int, prefer: Collection[str]) -> list[str]:
    """One door, and what the referee says after it."""
    door = _choose_door(office, done, prefer)
    name = door.__name__
    before, wrong = books.read_books(), list[str]()
    try:
        said = door(office)
    except REFUSALS as refusal:
        said = f"refused: {type(refusal).__name__} {_describe(refusal)}"
        office.counts["refused"] += 1
        done.counts[f"refused {name}"] += 1
    except Exception as error:
        said = f"crash {type(error).__name__}"
        where = traceback.extract_tb(error.__traceback__)[-1]
        wrong.append(f"crash {type(error).__name__} at {where.name}: {error}"[:300])
    done.trace.append(f"{number} {before.at.astimezone(clocks.OFFICE):%d/%H:%M} {name} {said}")
    done.counts[f"door {name}"] += 1
    done.counts["steps"] += 1
    if name == "restore":
        before = books.read_books()  # the past is another one
    after = books.read_books()
    done.counts[f"acted {name}"] += _has_acted(name, said, before, after)
    done.counts[f"touched {name}"] += said == "touched"
    wrong += office.said
    office.said = []
    wrong += referee.list_breaches(before, after)
    changed = {pk for pk, row in after.visits.items() if before.visits.get(pk) != row}
    wrong += readers.check_pages(after, changed=changed, more=int(office.rng.random() < 0.3), office=office)
    if changed or office.rng.random() < 0.1:
        wrong += readers.check_called_off(after)
    if office.rng.random() < 0.02:
        wrong += readers.check_addresses(office)
        done.counts["addresses"] += 1
    office.go_on(office.rng.choice([0.02, 0.1, 1]))
    return [f"{name}: {row}" for row in wrong]


def _describe(refusal: Exception) -> str:
    if isinstance(refusal, publishing.PublishRefusedError):
        codes = [row.code for row in refusal.refusals]
        return f"{codes} unreleased {len(refusal.unreleased)} untrue {[row.code for row in refusal.untrue]}"
    return str(getattr(refusal, "code", ""))
