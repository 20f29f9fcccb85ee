"""No test depends on the day it runs on: who touches time asks for the fixture `clock`.

A test that reads the wall clock is right today and wrong on a Sunday; one that names a day and leaves the clock running
is right until that day has passed.
"""

import ast
import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from django.utils import timezone

from tests.architecture.tree import ROOT, name, ours
from tests.support.clock import AHEAD, CHILD, OFFICE, ahead_ms, moments, now

READS = {
    *("date.today", "datetime.now", "datetime.today", "datetime.utcnow", "time.time", "time.time_ns"),
    *("timezone.now", "timezone.localdate", "timezone.localtime"),
}
MADE_FROM_A_MOMENT = {"timezone.localdate", "timezone.localtime"}  # where one is given
HOLDERS = {"tests/support/clock.py", "tests/support/child/sitecustomize.py", "tests/conftest.py"}
LIVE = (
    *("tests/browser/", "tests/crash/", "tests/journeys/"),
    *("tests/fakes/", "tests/support/", "tests/factories/"),
)
PLAIN = ("tests/visits/planning/",)  # a planner without a clock: see below
OUR_YEARS = range(2026, 2100)  # in which the tests' own days lie


@cache
def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def _tests() -> dict[str, ast.Module]:
    kept = [
        path for path in ours(".py") if name(path).startswith("tests/") and "tests/bench" not in name(path)
    ]
    return {name(path): _parse(path) for path in kept}


def _imports(tree: ast.Module) -> dict[str, str]:
    """The name that each import of the file brings: where it is from."""
    brought: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            brought |= {alias.asname or alias.name: alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            brought |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return brought


def wall_clock_reads(tree: ast.Module) -> list[int]:
    """Lines that read the wall clock, or that hand on what does."""
    brought = _imports(tree)
    given = {
        id(node.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and (node.args or node.keywords)
    }
    lines = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and {"time_machine", "time.time", "time.time_ns"} & set(_imports(ast.Module([node], [])).values())
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = ast.unparse(node.value)
            called = f"{brought.get(owner, owner).rpartition('.')[2]}.{node.attr}"
            if called in READS and not (called in MADE_FROM_A_MOMENT and id(node) in given):
                lines.append(node.lineno)
    return sorted(lines)


def names_a_day(tree: ast.Module) -> bool:
    """Whether a day of our years is written in it: date(2026, 12, 1), "2026-12-01", or such a constant of others."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "date",
            "datetime",
            "dt.date",
            "dt.datetime",
        ):
            year = node.args[0] if node.args else None
            if isinstance(year, ast.Constant) and year.value in OUR_YEARS:
                return True
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found = re.match(r"\d{4}-\d\d-\d\d", node.value)
            with suppress(ValueError):  # 30 February
                if found and date.fromisoformat(found[0]).year in OUR_YEARS:
                    return True
    others = [where.rpartition(".") for where in _imports(tree).values() if where.startswith("tests.")]
    for module, _dot, what in others:
        path = ROOT / (module.replace(".", "/") + ".py")
        if what.isupper() and path.is_file() and _is_a_day(what, path):
            return True
    return False


def _is_a_day(constant: str, path: Path) -> bool:
    """NOW = at(TUESDAY, 720) is one where TUESDAY is."""
    for node in _parse(path).body:
        if isinstance(node, ast.Assign) and constant in [ast.unparse(target) for target in node.targets]:
            inner = [n.id for n in ast.walk(node.value) if isinstance(n, ast.Name) and n.id.isupper()]
            return names_a_day(ast.Module([node], [])) or any(_is_a_day(other, path) for other in inner)
    return False


def makes_rows(tree: ast.Module) -> bool:
    return any(
        where.startswith(("tests.factories", "tests.visits.planned")) for where in _imports(tree).values()
    )


def holds_the_clock(tree: ast.Module) -> bool:
    """Somewhere in it a test or fixture asks for `clock`, or is marked with a moment."""
    asked = {
        arg.arg for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for arg in node.args.args
    }
    return "clock" in asked or "pytest.mark.clock" in ast.unparse(tree)


def test_no_test_reads_the_wall_clock() -> None:
    found = {
        path: lines
        for path, tree in _tests().items()
        if path not in HOLDERS and (lines := wall_clock_reads(tree))
    }
    assert found == {}, "ask for the fixture `clock`; in live tests and support: tests.support.clock.now()"


def test_the_running_clock_is_for_live_processes_and_for_what_tests_are_made_of() -> None:
    found = [
        path
        for path, tree in _tests().items()
        if any(where.startswith("tests.support.clock") for where in _imports(tree).values())
        and not path.startswith(LIVE)
        and Path(path).name not in ("conftest.py", "test_clock.py")
        and not re.search(r"\b(stack|make_stack|shared_stack)\b", ast.unparse(tree))
    ]
    assert found == [], "ask for the fixture `clock`"


def test_who_names_a_day_stands_at_a_moment() -> None:
    looked_at = {
        path: tree
        for path, tree in _tests().items()
        if Path(path).name.startswith("test_")
        and not path.startswith((*LIVE, *PLAIN))
        and makes_rows(tree)
        and names_a_day(tree)
    }
    assert len(looked_at) > 20
    assert [path for path, tree in looked_at.items() if not holds_the_clock(tree)] == []


def test_a_live_process_is_asked_for_no_day_that_passes() -> None:
    live = {path: tree for path, tree in _tests().items() if path.startswith(LIVE[:3])}
    assert [path for path, tree in live.items() if names_a_day(tree)] == []


def test_the_planner_has_no_clock() -> None:
    planner = [path for path in ours(".py") if name(path).startswith("visits/planning/")]
    assert {name(path): lines for path in planner if (lines := wall_clock_reads(_parse(path)))} == {}


@pytest.mark.parametrize(
    ("source", "read"),
    [
        ("from datetime import date\ndate.today()", True),
        ("import datetime as dt\ndt.datetime.now(dt.UTC)", True),
        ("from django.utils import timezone as tz\nNOW = tz.now", True),
        ("from time import time\ntime()", True),
        ("import time_machine", True),
        ("from django.utils import timezone\ntimezone.localdate(clock.now())", False),
        ("import time\ntime.monotonic()", False),
    ],
)
def test_what_reads_the_wall_clock_is_seen(source: str, read: bool) -> None:
    assert bool(wall_clock_reads(ast.parse(source))) is read


@pytest.mark.parametrize(
    ("source", "day"),
    [
        ("date(2026, 12, 1)", True),
        ('"2027-01-01"', True),
        ("from tests.visits.planned import NOW", True),
        ("date(1950, 5, 17)", False),
        ("from tests.support.browser import OFFICE_PC", False),
    ],
)
def test_a_day_that_is_named_is_seen(source: str, day: bool) -> None:
    assert names_a_day(ast.parse(source)) is day


@pytest.mark.parametrize("day", range(14))
def test_no_moment_of_a_run_lies_in_the_past(day: int) -> None:
    begin = datetime(2026, 12, 24, 12, 30, 59, tzinfo=OFFICE) + timedelta(days=day)
    drawn = moments(begin)
    assert all(moment > begin - timedelta(minutes=1) for moment in drawn.values())
    assert (drawn["Friday, 11:45"].weekday(), drawn["Sunday"].weekday()) == (4, 6)
    early = drawn["03:00, yesterday in UTC"]
    assert timezone.localdate(early) == early.date() == timezone.localdate(early, OFFICE)
    assert early.astimezone(timezone.get_fixed_timezone(0)).date() == early.date() - timedelta(days=1)


CHILD_LOOKS = """
import json, multiprocessing, time
begin, since = time.time(), time.monotonic()
time.sleep(0.2)
with multiprocessing.get_context("fork").Pool(1) as pool:
    forked = pool.apply(time.time)
print(json.dumps([begin, time.time() - begin, time.monotonic() - since, forked - begin]))
"""


def test_a_child_process_stands_where_the_run_does_and_sleeps_as_ever() -> None:
    real = now().timestamp() - ahead_ms() / 1000
    environment = os.environ | {AHEAD: "864000", "PYTHONPATH": str(CHILD)}
    done = subprocess.run(
        [sys.executable, "-c", CHILD_LOOKS], env=environment, capture_output=True, check=True
    )
    begin, passed, waited, forked = json.loads(done.stdout)
    assert 0 <= begin - real - 864_000 < 60
    assert waited >= 0.2
    assert passed == pytest.approx(waited, abs=2)
    assert 0.2 <= forked <= passed
