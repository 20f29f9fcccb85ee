"""Slots: all places that the naive walk finds, and only these, with their true times and prices."""

import dataclasses
import datetime as dt
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.planning_case import make_problem
from visits.planning import GreatCircle, Problem, Shift, Table, Visit
from visits.planning.result import drop_until_feasible
from visits.planning.rules import find_service_start, finish_drive, walk_route
from visits.planning.types import POINT_S
from visits.planning.week import slots
from visits.planning.week.slots import latest_arrival, latest_departure, prepare_lines

DAY = dt.date(2026, 11, 30)
NOON = ((43200, 46800),)
SHIFT = Shift("s", "T", DAY, 27000, 55800, 0, 0, 4, NOON)
VISIT = Visit("a", 1, 1800, 10, ((0, 86400),))
PLACES = ((-7.6, 111.5), (-7.65, 111.5), (-7.7, 111.5))
BREAKS = ((), NOON, ((36000, 36900), (43200, 46800)), ((40000, 40000),))


def naive(problem: Problem, orders: dict[str, list[str]], visit: Visit) -> dict[tuple[str, int], object]:
    """Every insertion walked from the base: (shift, position) -> its times and price in travel."""
    found: dict[tuple[str, int], object] = {}
    for shift in problem.shifts:
        stops = [problem.visit_by_id[i] for i in orders.get(shift.id, ()) if i != visit.id]
        if visit.locked not in (None, shift.id):
            continue
        before = walk_route(problem, shift, stops)
        for position in range(len(stops) + 1):
            after = walk_route(problem, shift, [*stops[:position], visit, *stops[position:]])
            if not after.faults:
                mine, others = after.stops[position], [s for s in after.stops if s.visit != visit.id]
                shifts = [a.start_s - b.start_s for a, b in zip(others, before.stops, strict=True)]
                moved = tuple(
                    (a.visit, by) for a, by in zip(others, shifts, strict=True) if abs(by) > problem.news_s
                )
                found[shift.id, position] = (
                    (mine.arrive_s, mine.start_s, mine.leave_s, after.end_s),
                    after.travel_s - before.travel_s,
                    max([0, *shifts]),
                    moved,
                )
    return found


@st.composite
def questions(draw) -> tuple[Problem, dict[str, list[str]], Visit]:
    """A small week with routes that keep the rules, on roads that need be no metric, and one visit to place."""
    seed = draw(st.integers(0, 10**6))
    rng = random.Random(seed)
    shifts, last, reserve = draw(st.integers(1, 4)), draw(st.booleans()), draw(st.booleans())
    problem = make_problem(seed, visits=14, shifts=shifts, last=last, reserve=reserve)
    if draw(st.booleans()):
        size = len(problem.locations)
        table = np.random.default_rng(seed).integers(0, 4000, (size, size))
        np.fill_diagonal(table, 0)
        problem = dataclasses.replace(problem, travel=Table(table))
    order = list(problem.visits)
    rng.shuffle(order)
    asked, orders = order.pop(), {}
    for shift in problem.shifts:
        mine = sorted((order.pop() for _ in range(min(len(order), 4))), key=lambda v: v.infectious_last)
        orders[shift.id] = [stop.visit for stop in drop_until_feasible(problem, shift, mine).stops]
    served = [i for ids in orders.values() for i in ids]
    if served and draw(st.booleans()):
        asked = problem.visit_by_id[rng.choice(served)]  # a published visit that moves
    if draw(st.booleans()):
        asked = dataclasses.replace(asked, locked=rng.choice(problem.shifts).id)
    return problem, orders, asked


@settings(max_examples=300, deadline=None)
@given(questions())
def test_every_place_that_a_walk_finds_is_offered_and_no_other(question):
    problem, orders, visit = question
    found = slots.find_slots(prepare_lines(problem, orders), visit)
    told = {
        (s.shift, s.position): ((s.arrive_s, s.start_s, s.leave_s, s.end_s), s.added_s, s.later_s, s.moved)
        for s in found
    }
    assert len(told) == len(found)
    assert told == naive(problem, orders, visit)
    assert [s.price_s for s in found] == sorted(s.price_s for s in found)


@given(st.sampled_from(BREAKS), st.integers(27000, 55800), st.integers(0, 9000))
def test_the_latest_departure_is_the_last_that_is_in_time(breaks, arrive_s, seconds):
    leave_s = latest_departure(arrive_s, seconds, breaks)
    assert finish_drive(leave_s, seconds, breaks) <= arrive_s < finish_drive(leave_s + 1, seconds, breaks)


@given(
    st.sampled_from(BREAKS),
    st.integers(27000, 55800),
    st.integers(0, 5400),
    st.lists(st.tuples(st.integers(27000, 50000), st.integers(0, 9000)), max_size=3),
)
def test_the_latest_arrival_is_the_last_that_is_done_in_time(breaks, leave_s, seconds, spans):
    windows = [(opens, opens + wide) for opens, wide in spans]
    arrive_s = latest_arrival(leave_s, seconds, windows, breaks)

    def done(at_s: int) -> bool:
        start_s = find_service_start(at_s, seconds, windows, breaks)
        return start_s is not None and start_s + seconds <= leave_s

    assert arrive_s == slots.NO_ARRIVAL or done(arrive_s)
    assert not done(arrive_s + 1)


def problem(*visits: Visit, shifts: tuple[Shift, ...] = (SHIFT,)) -> Problem:
    return Problem(PLACES, shifts, visits, GreatCircle(1.0, 36.0))


def test_the_price_is_travel_and_a_call_to_everybody_who_shifts():
    other = dataclasses.replace(VISIT, id="b", location=2)
    one = dataclasses.replace(problem(VISIT, other), news_s=15 * 60)
    first, second = slots.find_slots(prepare_lines(one, {"s": ["b"]}), VISIT)
    assert (first.position, second.position) == (1, 0)  # after it nobody has to be called
    assert (first.moved, first.price_s) == ((), first.added_s)
    assert second.moved == (("b", second.later_s),)
    assert second.price_s == second.added_s + slots.CALL_S
    assert second.later_s == 1800 + second.added_s


def test_waiting_for_a_later_day_costs_points():
    later = dataclasses.replace(SHIFT, id="t", date=DAY + dt.timedelta(days=1))
    visit = dataclasses.replace(VISIT, decay=0.5)
    found = slots.find_slots(prepare_lines(problem(visit, shifts=(SHIFT, later)), {}), visit)
    assert [(s.shift, s.points) for s in found] == [("s", 10), ("t", 9.5)]
    assert found[1].price_s - found[0].price_s == POINT_S / 2


def test_a_route_that_is_broken_already_is_not_offered():
    shut = dataclasses.replace(VISIT, id="b", windows=((0, 1),))
    assert slots.find_slots(prepare_lines(problem(VISIT, shut), {"s": ["b"]}), VISIT) == []


def test_a_stop_that_only_shortens_the_way_keeps_its_place_on_offer():
    """Rounded roads: a - b takes a second longer than a - v - b, so that without v the team is late for b."""
    table = np.array([[0, 100, 201], [100, 0, 100], [100, 100, 0]])
    stop = dataclasses.replace(VISIT, id="b", location=2, windows=((27200, 27200),))
    passing_by = dataclasses.replace(VISIT, service_s=0)
    one = dataclasses.replace(problem(passing_by, stop), travel=Table(table))
    ready = prepare_lines(one, {"s": ["a", "b"]})
    assert [(slot.position, slot.added_s) for slot in slots.find_slots(ready, passing_by)] == [(0, -1)]


@pytest.mark.parametrize("limit", [0, 1, 5])
def test_no_more_than_asked_for(limit):
    one = problem(VISIT, *(dataclasses.replace(VISIT, id=f"b{n}") for n in range(3)))
    assert len(slots.find_slots(prepare_lines(one, {"s": ["b0", "b1", "b2"]}), VISIT, limit=limit)) == min(
        limit, 4
    )


def test_a_slot_that_is_taken_is_part_of_the_next_question():
    one = problem(
        VISIT, dataclasses.replace(VISIT, id="b"), shifts=(dataclasses.replace(SHIFT, max_visits=1),)
    )
    ready = prepare_lines(one, {})
    (slot,) = slots.find_slots(ready, VISIT)
    ready = slots.take_slot(ready, VISIT, slot)
    assert [stop.id for stop in ready.lines[0].visits] == ["a"]
    assert slots.find_slots(ready, one.visits[1]) == []
    assert slots.find_slots(ready, VISIT) == [slot]  # asked again it may stay where it is


def test_right_after_a_stop_of_its_place_a_visit_joins_it_and_nobody_goes_between():
    there = dataclasses.replace(VISIT, id="b")
    one = problem(VISIT, there, dataclasses.replace(VISIT, id="c", location=2))
    joined = {"b": dataclasses.replace(VISIT, service_s=1200)}
    found = {
        slot.position: slot
        for slot in slots.find_slots(prepare_lines(one, {"s": ["b"]}), VISIT, joined=joined)
    }
    assert (found[1].joins, found[1].added_s, found[1].leave_s - found[1].start_s) == ("b", 0, 1200)
    assert (found[0].joins, found[0].leave_s - found[0].start_s) == (None, 1800)

    ready = prepare_lines(one, {"s": ["b", "a"]})
    positions = {slot.position for slot in slots.find_slots(ready, one.visits[2], follows=frozenset({"a"}))}
    assert positions == {0, 2}
