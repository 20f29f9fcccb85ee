"""Does the referee of the walks see what it is there for? Walks through products with one fault each.

python -m tests.bench.promises.mutants [--only WORD] [--walks 4] [--steps 60] [--processes 2]

Each mutant is a fault that the product had, or might have: a function of the product is replaced by one that lies,
and the product's own check of that lie is switched off. Walks (tests/support/walks) go on until the referee says
something. Prints after how many doors, and by which check. Exit status 1 where a mutant survives.
"""

from __future__ import annotations

import argparse
import multiprocessing
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from tests.bench.promises import doors

Patch = tuple[Any, str, Any]
Fault = Callable[[], Iterator[Patch]]


@dataclass(frozen=True)
class Mutant:
    """A fault of the product, and the doors that lead to where it can be seen."""

    name: str
    fault: Fault
    prefer: tuple[str, ...]


MUTANTS: list[Mutant] = []


def _mutant(name: str, *prefer: str) -> Callable[[Fault], Fault]:
    def keep(fault: Fault) -> Fault:
        MUTANTS.append(Mutant(name, fault, prefer))
        return fault

    return keep


def _silence(module: Any, name: str, function: str) -> Patch:
    """The module's `name` (another module), without what `function` does there."""
    other = getattr(module, name)
    rest = {key: getattr(other, key) for key in dir(other) if not key.startswith("__")}
    return module, name, SimpleNamespace(**{**rest, function: lambda *_, **__: SimpleNamespace(pk=0)})


# --- hours


def _tell(change: Callable[..., tuple[int, int]], *codes: str) -> Iterator[Patch]:
    """Hours that are told anew are other ones, and the rules of these codes look away."""
    from visits.planning import told_rules
    from visits.planning.uncertainty import simulate

    tell, find = simulate._make_interval, told_rules.find_fault

    def lie(day: Any, home: Any, there: Any, promise: Any, **more: Any) -> tuple[int, int]:
        return change(day, home, sorted(there), tell(day, home, there, promise, **more))

    def look_away(*row: Any, **more: Any) -> str | None:
        code = find(*row, **more)
        return None if code in codes else code

    yield simulate, "_make_interval", lie
    yield simulate, "find_fault", look_away
    yield told_rules, "find_fault", look_away


@_mutant("hours end after the shift")
def _end_late() -> Iterator[Patch]:
    def end(day: Any, home: Any, there: Any, told: tuple[int, int]) -> tuple[int, int]:
        return (told[0], day.end_s + 1200) if home is day.homes[-1] else told

    return _tell(end, "outside_shift", "in_break")


@_mutant("hours span the break")
def _span_break() -> Iterator[Patch]:
    def span(day: Any, home: Any, there: Any, told: tuple[int, int]) -> tuple[int, int]:
        near = (to_s for from_s, to_s in day.breaks if told[0] < from_s < told[1] + 3600)
        return told[0], max(told[1], next(near, 0))

    return _tell(span, "in_break")


@_mutant("hours begin before the team can come", "replan_today", "add_urgent")
def _begin_early() -> Iterator[Patch]:
    def begin(day: Any, home: Any, there: Any, told: tuple[int, int]) -> tuple[int, int]:
        first = home is day.homes[0] and day.now_s
        return (max(day.opened_s, told[0] - 3000) if first else told[0], told[1])

    return _tell(begin, "too_soon")


@_mutant("hours miss the expected arrival")
def _miss_arrival() -> Iterator[Patch]:
    def end(day: Any, home: Any, there: Any, told: tuple[int, int]) -> tuple[int, int]:
        return told[0], max(told[0], min(told[1], int(there[len(there) // 3]) - 300))

    return _tell(end, "missed", "short")


@_mutant("hours are shorter than set")
def _tell_short() -> Iterator[Patch]:
    return _tell(lambda day, home, there, told: (told[0], min(told[1], told[0] + 600)), "short")


@_mutant("hours run backwards along a route")
def _run_backwards() -> Iterator[Patch]:
    def begin(day: Any, home: Any, there: Any, told: tuple[int, int]) -> tuple[int, int]:
        return min(told[0], max(there[0] - 7200, day.start_s)), told[1]

    return _tell(begin, "backwards", "too_soon")


# --- news


@_mutant("a family whose hours shift is not listed", "replan_today", "publish")
def _list_nobody_shifted() -> Iterator[Patch]:
    from visits.schedule.plans import publishing

    list_changes = publishing._families_changed
    yield publishing, "_families_changed", lambda found: {**list_changes(found), "shifted": [], "moved": []}


@_mutant("a family that a plan leaves out is not listed", "publish", "plan_ahead")
def _list_nobody_cancelled() -> Iterator[Patch]:
    from visits.schedule.plans import publishing

    list_changes = publishing._families_changed
    yield publishing, "_families_changed", lambda found: {**list_changes(found), "cancelled": []}


@_mutant("a family that a plan moves does not read its hours", "publish")
def _publish_unheard() -> Iterator[Patch]:
    from visits.schedule.plans import publishing

    yield _silence(publishing, "progress", "record_progress")


@_mutant("a moved visit keeps its told mark", "promise", "plan_ahead", "publish")
def _keep_promise() -> Iterator[Patch]:
    from visits.schedule.plans import plan_changes, publishing
    from visits.schedule.problem import problem_builder

    move = publishing._move_visit

    def move_promised(visit: Any, change: Any, fields: Any, actor: str) -> None:
        move(visit, change, {**fields, "promised": visit.promised}, actor)
        type(visit).objects.filter(pk=visit.pk).update(promised=visit.promised)

    yield publishing, "_move_visit", move_promised
    yield plan_changes, "_find_unreleased", lambda found: []
    yield problem_builder, "_find_lock", lambda *_, **__: None


@_mutant("a promise is broken though nobody released it", "promise", "plan_ahead", "publish")
def _break_promise() -> Iterator[Patch]:
    from visits.schedule.plans import plan_changes
    from visits.schedule.problem import problem_builder

    yield plan_changes, "_find_unreleased", lambda found: []
    yield problem_builder, "_find_lock", lambda *_, **__: None


@_mutant("a page of another version publishes", "publish", "promise")
def _accept_stale_page() -> Iterator[Patch]:
    from visits.schedule.plans import version_marks

    yield version_marks, "check_mark", lambda found, shown: None


@_mutant("a place of another version is given", "take_place")
def _accept_stale_place() -> Iterator[Patch]:
    from visits.schedule.plans import booking

    yield booking, "_mark_draft", lambda *_: _Anything()


class _Anything:
    """Equal to whatever mark a page sent."""

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return True


# --- what the office changes


@_mutant("visits of a closed day stand", "close_day", "load_holidays")
def _forget_closed_days() -> Iterator[Patch]:
    from visits.schedule.dispatch import touched_visits

    yield touched_visits, "_list_closed_days", lambda days: set()


@_mutant("visits outside a shift that was cut stand", "move_shift", "move_break", "publish")
def _forget_hours() -> Iterator[Patch]:
    from visits.schedule.dispatch import touched_visits

    yield touched_visits, "_measure_hours", lambda visit: {}


@_mutant("visits of a team without officers stand", "switch_officer")
def _forget_officers() -> Iterator[Patch]:
    from visits.workforce import team_skills

    yield team_skills, "find_unmanned_teams", lambda: set()


@_mutant("a family that was called off is not on the home page's card", "close_day")
def _forget_card() -> Iterator[Patch]:
    from visits.schedule.dispatch import called_off_visits

    yield called_off_visits, "count_called_off", lambda **_: (0, None)


@_mutant("a family that was called off does not read it", "close_day")
def _call_off_unheard() -> Iterator[Patch]:
    from visits.appointments import call_offs

    yield _silence(call_offs, "progress", "record_progress")


@_mutant("a visit stands again at hours that are over", "resume", "break_down", "wait")
def _restore_over() -> Iterator[Patch]:
    from visits.schedule.dispatch import touched_visits

    find = touched_visits.find_restored
    yield touched_visits, "find_restored", lambda outlook, *, now: find(outlook, now=now.replace(hour=0))


# --- the day under way


@_mutant("the next home of a silent team is moved", "replan_today")
def _move_next_home() -> Iterator[Patch]:
    from visits.fieldwork import team_status
    from visits.schedule.plans import told_checks

    yield team_status, "hold_next_home", lambda team: team
    yield told_checks, "hold_next_home", lambda team: team


# --- books, log and pages


@_mutant("a change of state leaves no row in the log", "publish")
def _forget_log() -> Iterator[Patch]:
    from outreach.services import transitions

    yield _silence(transitions, "log", "write_log")


@_mutant("a visit's move leaves no row in the log", "publish")
def _forget_moves() -> Iterator[Patch]:
    from visits.schedule.plans import publishing

    yield _silence(publishing, "log", "write_log")


@_mutant("a family that a plan leaves out keeps its appointment", "publish", "plan_ahead")
def _keep_cancelled() -> Iterator[Patch]:
    from visits.schedule.plans import publishing

    yield _silence(publishing, "lifecycle", "cancel_visit")


@_mutant("the need of a cancelled visit does not wait", "take_out")
def _lose_need() -> Iterator[Patch]:
    from visits.appointments import lifecycle
    from visits.models import Visit

    move = lifecycle.transition
    yield lifecycle, "transition", lambda *, row, **more: isinstance(row, Visit) and move(row=row, **more)


@_mutant("the tablet reads the planned time instead of the told one")
def _show_planned() -> Iterator[Patch]:
    from visits.sync import days

    there = days.arrival_intervals
    rest = {key: getattr(there, key) for key in dir(there) if not key.startswith("__")}
    told = lambda visit: (visit.planned_start, visit.planned_leave)  # noqa: E731
    yield days, "arrival_intervals", SimpleNamespace(**{**rest, "interval_told": told})


# --- walking them


def _name_kind(breach: str) -> str:
    """The kind of a breach: "publish: unlisted: visit ..." is of kind "unlisted"."""
    return breach.split(": ")[1][:60]


def _hunt(mutant: int, *, base: Path, walks: int, steps: int) -> tuple[int, int, list[str]]:
    """How many doors it took, and what the referee said; nothing where the mutant survived."""
    from tests.support.databases import Template
    from tests.support.walks.walk import walk

    one, count = MUTANTS[mutant], 0
    for seed in range(1, walks + 1):
        folder = base / f"mutant-{mutant}-{seed}"
        with ExitStack() as stack:
            for place, name, value in one.fault():
                stack.enter_context(mock.patch.object(place, name, value))
            done = walk(
                seed,
                steps=steps,
                folder=folder,
                template=Template(base / "template"),
                unblocked=nullcontext,
                prefer=one.prefer,
            )
        shutil.rmtree(folder, ignore_errors=True)
        count += done.counts["steps"]
        if done.breaches:
            return mutant, count, done.breaches
    return mutant, count, []


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, default in (("walks", 4), ("steps", 60), ("processes", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--only", default="", help="mutants whose names hold this word")
    parser.add_argument("--folder", type=Path, help="for the databases; a folder in memory is fastest")
    asked = parser.parse_args()
    began, survived = time.perf_counter(), 0
    base = asked.folder or Path(tempfile.mkdtemp(prefix="mutants-"))
    doors.begin_process()
    doors.make_template(base / "template")
    chosen = [at for at, one in enumerate(MUTANTS) if asked.only in one.name]
    context = multiprocessing.get_context("spawn")
    print("| mutant | found after | by |\n|---|---|---|", flush=True)
    with context.Pool(asked.processes, initializer=doors.begin_process) as pool:
        hunt = partial(_hunt, base=base, walks=asked.walks, steps=asked.steps)
        for at, count, breaches in pool.imap_unordered(hunt, chosen):
            survived += not breaches
            said = "; ".join(dict.fromkeys(_name_kind(row) for row in breaches)) or "SURVIVED"
            print(f"| {MUTANTS[at].name} | {count} doors | {said} |", flush=True)
    print(f"{len(chosen)} mutants, {survived} survived, {time.perf_counter() - began:.0f} seconds")
    if asked.folder is None:
        shutil.rmtree(base, ignore_errors=True)
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
