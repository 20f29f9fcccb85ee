"""Why a visit is not served: hard blocks, then the price, each proved by relaxing it and inserting."""

import dataclasses
import datetime as dt
from typing import Any

import pytest

from tests.support.planning_case import make_problem
from visits.planning import GreatCircle, Problem, Reason, Shift, Unserved, Visit, plan
from visits.planning.types import orders_of_plan
from visits.planning.why import explain, hard_constraints

DAY = dt.date(2026, 11, 30)
SHIFT = Shift("s", "T", DAY, 27000, 55800, 0, 0, 3, ((43200, 46800),), frozenset({"ramp"}))
VISIT = Visit("a", 0, 1800, 10, ((27000, 55800),))


NIGHT: dict[str, Any] = {"start_s": 82800, "end_s": 86400, "breaks": ()}


def reasons(*visits: Visit, shift: Shift = SHIFT) -> dict[str, str]:
    problem = Problem(((-7.6, 111.5), (-9.6, 111.5)), (shift,), visits, GreatCircle(1.0, 36.0))
    made = plan(problem, iterations=20)
    for row in made.unserved:
        assert explain.verify_reasons(problem, made.routes, row) == []
    return {row.visit: str(row.reasons[0]) for row in made.unserved}


@pytest.mark.parametrize(
    ("changes", "shift", "reason"),
    [
        ({"dates": frozenset({dt.date(2026, 12, 1)})}, {}, "no_shift:s:0s:10p"),
        ({"dates": frozenset()}, {}, "no_shift:s:0s:10p"),
        ({"skills": frozenset({"iris", "ramp"})}, {}, "skill:s:0s:10p:iris"),
        ({}, {"max_visits": 0}, "full:s:0s:10p"),
        ({"windows": ((0, 26999),)}, {}, "window:s:0s:10p"),
        ({"windows": ()}, {}, "window:s:0s:10p"),
        ({"windows": ((43000, 46000),)}, {}, "window_break:s:0s:10p"),
        ({"windows": ((43000, 46000),)}, {"breaks": ()}, None),
        ({"service_s": 16000}, {}, None),
        ({"service_s": 16300}, {}, "break:s:0s:10p"),
        ({"service_s": 16300, "windows": ((0, 60),)}, {}, "window+break:s:0s:10p"),
        ({"service_s": 28000}, {}, "long:s:0s:10p"),
        ({"service_s": 28000, "windows": ((43000, 46000),)}, {}, "window_break+long:s:0s:10p"),
        ({"variance_s2": 9_000_000}, {"reserve": 9.1}, "reserve:s:0s:10p"),
        ({"variance_s2": 9_000_000}, {"reserve": 9.0}, None),
        ({"service_s": 7200}, NIGHT, "midnight:s:0s:10p"),
        ({}, {**NIGHT, "start_s": 86400}, "midnight:s:0s:10p"),
        ({}, NIGHT, "window:s:0s:10p"),
        ({"location": 1}, {}, "far:s:44480s:10p"),
        ({"windows": ((55000, 55800),)}, {}, "window:s:0s:10p"),
        ({"windows": (), "skills": frozenset({"iris"})}, {}, "skill+window:s:0s:10p:iris"),
    ],
)
def test_a_hard_block_is_named_with_all_that_stands_in_the_way(changes, shift, reason):
    found = reasons(dataclasses.replace(VISIT, **changes), shift=dataclasses.replace(SHIFT, **shift))
    assert found.get("a") == reason


def test_a_shift_too_short_says_by_how_much():
    far = Problem(
        ((-7.6, 111.5), (-9.6, 111.5)),
        (SHIFT,),
        (dataclasses.replace(VISIT, location=1),),
        GreatCircle(1.0, 36.0),
    )
    (row,) = plan(far, iterations=20).unserved
    shift = dataclasses.replace(SHIFT, end_s=SHIFT.end_s + row.reasons[0].over_s)
    assert explain.explain_visit(dataclasses.replace(far, shifts=(shift,)), {}, far.visits[0]).code == "worth"
    shift = dataclasses.replace(shift, end_s=shift.end_s - 1)
    assert explain.explain_visit(dataclasses.replace(far, shifts=(shift,)), {}, far.visits[0]).over_s == 1


def test_a_place_that_nobody_reaches_before_midnight_is_far_and_names_no_shift():
    late = dataclasses.replace(SHIFT, id="late", start_s=82800, end_s=86400, breaks=())
    visit = dataclasses.replace(VISIT, location=1, windows=((0, 60),))
    places = ((-7.6, 111.5), (-25.6, 111.5))
    problem = Problem(places, (late,), (visit,), GreatCircle(1.0, 36.0))
    (row,) = plan(problem, iterations=20).unserved
    assert (row.reasons[0].code, row.reasons[0].shift, row.reasons[0].relax) == ("far", None, ("far",))
    assert explain.verify_reasons(problem, (), row) == []
    assert hard_constraints.group_shifts_by_constraints(problem, visit) == {("far",): ["late"]}


def test_a_shift_that_begins_too_late_says_by_how_much():
    late = dataclasses.replace(SHIFT, id="late", **NIGHT)
    visit = dataclasses.replace(VISIT, location=1, windows=((0, 60),))  # six hours away
    problem = Problem(((-7.6, 111.5), (-9.6, 111.5)), (late,), (visit,), GreatCircle(1.0, 36.0))
    (row,) = plan(problem, iterations=20).unserved
    assert (row.reasons[0].shift, row.reasons[0].relax) == ("late", ("window", "midnight"))
    assert explain.verify_reasons(problem, (), row) == []
    for early_s, codes in (
        (row.reasons[0].over_s, ("window",)),
        (row.reasons[0].over_s - 1, ("window", "midnight")),
    ):
        shift = dataclasses.replace(late, start_s=late.start_s - early_s)
        found = hard_constraints.find_hard_constraints(dataclasses.replace(problem, shifts=(shift,)), visit)
        assert found.codes == codes
    early = dataclasses.replace(problem, shifts=(late, SHIFT))  # the other shift could, if its hours allowed
    (row,) = plan(early, iterations=20).unserved
    assert (row.reasons[0].shift, row.reasons[0].relax) == ("s", ("window", "far"))
    assert explain.verify_reasons(early, (), row) == []


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"windows": ((43000, 46000),)}, "window"),
        ({"windows": ((0, 26999),)}, "window_break"),
        ({"service_s": 28000}, "far"),
        ({"service_s": 28000}, "reserve"),
        ({"service_s": 28000}, "midnight"),
        ({"location": 1}, "long"),
    ],
)
def test_the_proof_finds_a_wrong_cause_that_is_relaxed_alike(changes, wrong):
    visit = dataclasses.replace(VISIT, **changes)
    problem = Problem(((-7.6, 111.5), (-9.6, 111.5)), (SHIFT,), (visit,), GreatCircle(1.0, 36.0))
    reason = explain.explain_visit(problem, {}, visit)
    false = dataclasses.replace(reason, code=wrong, relax=(wrong,))
    faults = explain.verify_reasons(problem, (), Unserved("a", (false,)))
    assert f"{wrong} is not the cause" in faults
    assert explain.verify_reasons(problem, (), Unserved("a", (reason,))) == []


def test_no_shift_at_all_is_a_reason_too():
    problem = Problem(((-7.6, 111.5),), (), (VISIT,))
    (row,) = plan(problem, iterations=1).unserved
    assert row.reasons[0].code == "no_shift"
    assert explain.verify_reasons(problem, (), row) == []


def test_a_visit_that_costs_more_than_it_brings_says_so():
    far = Problem(
        ((-7.6, 111.5), (-8.2, 111.5)),
        (SHIFT,),
        (dataclasses.replace(VISIT, priority=1, location=1),),
        GreatCircle(1.0, 36.0),
    )
    (row,) = plan(far, iterations=20).unserved
    assert (row.reasons[0].code, row.reasons[0].shift, row.reasons[0].points) == ("worth", "s", 1)


def test_a_full_day_names_who_would_be_pushed_out():
    visits = [dataclasses.replace(VISIT, id=f"v{i}", priority=20 + i) for i in range(4)]
    assert reasons(*visits) == {"v0": "pushes:s:v1:0s:21p"}


def test_two_go_where_one_does_not_make_room():
    short = [dataclasses.replace(VISIT, id=f"v{i}", service_s=8000, priority=50 + i) for i in range(3)]
    found = reasons(*short, dataclasses.replace(VISIT, id="long", service_s=15000))
    assert found == {"long": "pushes:s:v0,v1:0s:101p"}


def test_a_promise_goes_only_when_nothing_else_helps_and_is_said():
    rows = [dataclasses.replace(VISIT, id=f"v{i}", priority=1, locked="s") for i in range(2)]
    free = dataclasses.replace(VISIT, id="v2", priority=90)
    problem = Problem(((-7.6, 111.5),), (SHIFT,), (*rows, free, VISIT))
    (row,) = plan(problem, iterations=50).unserved
    assert (row.visit, row.reasons[0].visits, row.reasons[0].promised) == ("a", ("v2",), 0)
    problem = dataclasses.replace(
        problem, visits=(*rows, dataclasses.replace(free, priority=90, locked="s"), VISIT)
    )
    (row,) = plan(problem, iterations=50).unserved
    assert row.reasons[0].visits in {("v0",), ("v1",)}
    assert row.reasons[0].promised == 1


def made(seed: int) -> Problem:
    """Small and nasty: windows, breaks, skills, dates, promises, longest waits, published places, reserves."""
    return make_problem(
        seed,
        visits=14,
        shifts=3,
        locked=seed % 3 * 2,
        last=seed % 2 == 0,
        replan=True,
        reserve=seed % 4 > 1,
    )


@pytest.mark.parametrize("seed", range(40))
def test_every_reason_of_a_small_case_is_proved(seed):
    problem = made(seed)
    result = plan(problem, iterations=300, seed=seed)
    for row in result.unserved:
        assert explain.verify_reasons(problem, result.routes, row) == [], row


@pytest.mark.parametrize("seed", range(12))
def test_one_by_one_the_answer_is_the_same_as_all_at_once(seed):
    problem = made(seed)
    result = plan(problem, iterations=300, seed=seed)
    for row in result.unserved:
        alone = explain.explain_visit(problem, orders_of_plan(result), problem.visit_by_id[row.visit])
        (found,) = row.reasons
        assert (alone.code, alone.relax, len(alone.visits)) == (found.code, found.relax, len(found.visits))
        assert alone.points == pytest.approx(found.points)


def test_all_of_a_middling_case_are_proved():
    problem = make_problem(8, visits=150, shifts=4)
    result = plan(problem, iterations=3000, seed=1)
    assert len(result.unserved) > 60
    for row in result.unserved:
        assert explain.verify_reasons(problem, result.routes, row) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"visits": ()}, "relaxing it does not help"),
        ({"visits": ("v1", "v2")}, "v1 need not give way"),
        ({"seconds": 7}, "the added travel is another"),
        ({"points": 3.0}, "other points"),
        ({"relax": ("skill",)}, "skill need not give way"),
        ({"shift": None}, "names no shift"),
    ],
)
def test_the_proof_finds_a_reason_that_is_not_true(changes, fault):
    rows = [dataclasses.replace(VISIT, id=f"v{i}", priority=20 + i) for i in range(4)]
    problem = Problem(((-7.6, 111.5),), (SHIFT,), tuple(rows))
    result = plan(problem, iterations=20)
    (row,) = result.unserved
    wrong = Unserved(row.visit, (dataclasses.replace(row.reasons[0], **changes),))
    assert fault in explain.verify_reasons(problem, result.routes, wrong)


def test_a_served_visit_needs_no_reason():
    problem = Problem(((-7.6, 111.5),), (SHIFT,), (VISIT,))
    result = plan(problem, iterations=20)
    assert explain.verify_reasons(problem, result.routes, Unserved("a", (Reason("worth"),))) == ["served"]


def test_every_shift_says_what_stands_in_the_way_there():
    other = dataclasses.replace(SHIFT, id="t", skills=frozenset({"iris", "ramp"}), max_visits=0)
    visit = dataclasses.replace(VISIT, skills=frozenset({"iris"}), windows=((0, 26999),))
    problem = Problem(((-7.6, 111.5),), (SHIFT, other), (visit,))
    assert hard_constraints.group_shifts_by_constraints(problem, visit) == {
        ("skill", "window"): ["s"],
        ("full", "window"): ["t"],
    }
    assert hard_constraints.group_shifts_by_constraints(problem, VISIT) == {(): ["s"], ("full",): ["t"]}
