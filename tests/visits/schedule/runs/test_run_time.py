"""The seconds of a run pay for everything until its draft."""

import dataclasses
import time

from tests.support.planning_case import make_problem
from visits.planning import Statistics
from visits.schedule.runs import run_time
from visits.schedule.runs.run_time import RunTime, list_cuts

DONE = Statistics(score=0, points=0, priority=0, served=20, unserved=5, travel_s=0, iterations=100_000)


def _read(needs: int, *, took_s: float) -> RunTime:
    budget = RunTime(20.0, began=time.monotonic() - took_s)
    problem = make_problem(1, visits=12)
    visits = tuple(dataclasses.replace(problem.visits[0], id=f"v{number}") for number in range(needs))
    budget.note_problem(dataclasses.replace(problem, visits=visits))
    return budget


def test_a_search_leaves_time_for_what_follows_it() -> None:
    small, large = _read(50, took_s=0.1), _read(5_000, took_s=0.1)

    assert small.search_s > 19
    assert large.write_from < small.write_from
    assert large.search_s < small.search_s


def test_on_a_slow_machine_more_is_left() -> None:
    fast, slow = _read(5_000, took_s=1.0), _read(5_000, took_s=4.0)

    assert slow.slowness > 3 * fast.slowness
    assert slow.ends - slow.write_from > 3 * (fast.ends - fast.write_from)


def test_without_time_the_search_gets_none() -> None:
    assert _read(5_000, took_s=30.0).search_s == 0


def test_compiling_is_not_counted() -> None:
    budget = _read(50, took_s=0.1)
    before = budget.ends

    budget.wait_for(7.0)

    assert budget.ends == before + 7


def test_waiting_for_roads_is_no_slowness() -> None:
    waited = RunTime(20.0, began=time.monotonic() - 60.0)
    waited.note_problem(make_problem(1, visits=12), roads_s=59.9)

    assert waited.slowness == 1
    assert waited.search_s > 19


def test_what_there_was_no_time_for_is_named() -> None:
    assert list_cuts(DONE) == ()
    assert list_cuts(dataclasses.replace(DONE, iterations=0)) == ("search",)
    assert list_cuts(dataclasses.replace(DONE, iterations=20 * run_time.CUT_LEAST - 1)) == ("search",)
    assert list_cuts(dataclasses.replace(DONE, iterations=0, unfinished=True)) == ("first",)
    assert list_cuts(dataclasses.replace(DONE, served=0, unfinished=True)) == ("first",)
    assert list_cuts(dataclasses.replace(DONE, served=0, iterations=0)) == ()
    assert list_cuts(dataclasses.replace(DONE, iterations=0, stopped=True)) == (), "a person wanted it so"
