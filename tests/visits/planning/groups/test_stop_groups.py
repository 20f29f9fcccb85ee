"""Homes of one stop are served together, one after the other, by the rules of single visits."""

import dataclasses
from typing import Any

import pytest

from tests.support.planning_case import make_problem
from visits.planning import Problem, Reason, Unserved, Visit, check_plan, plan, walk_route
from visits.planning.groups import stop_groups

HOME = Visit("a", 0, 1200, 10, ((27000, 55800),))


def test_together_they_are_as_long_and_worth_as_much_as_all() -> None:
    two = dataclasses.replace(HOME, id="b", service_s=600, priority=5, skills=frozenset({"ramp"}), tier=1)
    one = stop_groups.merge_visits([HOME, two])
    assert one is not None
    assert (one.id, one.service_s, one.priority, one.tier) == ("a", 1800, 15, 1)
    assert one.skills == {"ramp"}


@pytest.mark.parametrize(
    "changes",
    [
        {"infectious_last": True},
        {"windows": ((0, 27000),)},  # it would begin at 27000 + 1200 at the earliest
        {"dates": frozenset()},
    ],
)
def test_what_does_not_go_together_stays_apart(changes) -> None:
    assert stop_groups.merge_visits([HOME, dataclasses.replace(HOME, id="b", **changes)]) is None


@pytest.mark.parametrize("name", ["locked", "published"])
def test_who_is_promised_or_published_keeps_the_others_with_it_but_not_two_of_them(name: str) -> None:
    on: dict[str, dict[str, Any]] = {shift: {name: shift} for shift in ("s", "t")}
    here, there = (dataclasses.replace(HOME, id=shift, **fields) for shift, fields in on.items())
    one = stop_groups.merge_visits([HOME, here])
    assert one is not None
    assert (one.id, getattr(one, name)) == ("a", "s")
    assert stop_groups.merge_visits([here, there]) is None


def test_who_does_not_go_with_the_first_makes_a_stop_with_the_others_who_do() -> None:
    shift = dataclasses.replace(
        make_problem(2, visits=0, shifts=1).shifts[0], start_s=27000, end_s=55800, breaks=(), max_visits=9
    )
    visits = [dataclasses.replace(HOME, id=f"v{n}", location=n % 2) for n in range(4)]
    visits[1] = dataclasses.replace(visits[1], windows=((0, 27000),))
    visits[2] = dataclasses.replace(visits[2], windows=((0, 28800),))
    problem = Problem(((-7.6, 111.5), (-7.6, 111.5001)), (shift,), tuple(visits))

    joined, groups = stop_groups.form_groups(
        problem, [("v0", "v1", "v2", "v3")], {f"v{n}": 600 for n in range(1, 4)}
    )

    assert groups == {"v0": ("v0", "v2", "v3")}
    assert [(v.location, v.service_s) for v in joined.visits] == [(0, 1200), (1, 1200), (0, 600), (0, 600)]
    assert stop_groups.form_groups(problem, [], {}) == (problem, {})


def test_a_promised_stop_counts_each_of_its_homes_towards_the_team() -> None:
    problem = make_problem(2, visits=0, shifts=1)
    visits = tuple(dataclasses.replace(HOME, id=f"v{n}", locked="s0" if n == 1 else None) for n in range(3))
    for most, left in ((3, 2), (1, 1)):
        shift = dataclasses.replace(problem.shifts[0], max_visits=most)
        single = dataclasses.replace(problem, shifts=(shift,), visits=visits)
        merged = stop_groups.merge_groups(single, {"v0": ("v0", "v1")})
        assert [one.max_visits for one in merged.shifts] == [left]
        assert [(v.id, v.locked) for v in merged.visits] == [("v0", "s0"), ("v2", None)]


def test_each_begins_in_its_own_hours() -> None:
    two = dataclasses.replace(HOME, id="b", windows=((30000, 31000), (40000, 41000)))
    one = stop_groups.merge_visits([HOME, two])
    assert one is not None
    assert one.windows == ((28800, 29800), (38800, 39800))


def _groups(problem: Problem) -> stop_groups.Groups:
    """Neighbours at one place, two or three at a time, as far as they go together."""
    by_place: dict[int, list[Visit]] = {}
    for visit in problem.visits:
        by_place.setdefault(visit.location, []).append(visit)
    rows = [visits[i : i + 3] for visits in by_place.values() for i in range(0, len(visits) - 1, 3)]
    return {
        visits[0].id: tuple(visit.id for visit in visits)
        for visits in rows
        if len(visits) > 1 and stop_groups.merge_visits(visits) is not None
    }


@pytest.mark.parametrize("seed", range(25))
def test_a_plan_of_shared_stops_keeps_the_rules_of_single_visits(seed: int) -> None:
    problem = make_problem(seed, visits=24, shifts=4, locked=seed % 3, last=True, spread_km=2.0)
    # Half of the homes at four doors, open long enough to go together.
    visits = [
        dataclasses.replace(
            v,
            location=4 + n % 4,
            service_s=min(v.service_s, 1500),
            windows=((25200, 60000),),
            infectious_last=False,
            dates=None,
        )
        if n % 2 and v.locked is None
        else v
        for n, v in enumerate(problem.visits)
    ]
    problem = dataclasses.replace(
        problem,
        visits=tuple(visits),
        shifts=tuple(dataclasses.replace(s, max_visits=20) for s in problem.shifts),
    )
    groups = stop_groups.keep_feasible_groups(problem, _groups(problem))
    merged = stop_groups.merge_groups(problem, groups)
    assert len(merged.visits) == len(problem.visits) - sum(len(ids) - 1 for ids in groups.values())

    found = stop_groups.expand_groups(problem, groups, plan(merged, iterations=400, seed=seed))

    assert groups
    assert check_plan(problem, found) == []
    assert found.statistics.served == len(found.shift_of)
    for ids in groups.values():
        where = [found.shift_of.get(visit) for visit in ids]
        assert len(set(where)) == 1  # all or none, on one shift
        for route in found.routes:
            order = [stop.visit for stop in route.stops]
            if ids[0] in order:
                at = order.index(ids[0])
                assert tuple(order[at : at + len(ids)]) == ids


def test_reasons_are_for_each_and_name_each() -> None:
    problem = make_problem(1, visits=4, shifts=1)
    groups = {"v0": ("v0", "v1"), "v2": ("v2", "v3")}
    found = plan(problem, iterations=0)
    row = Unserved("v0", (Reason("pushes", "s0", ("v2",)),))
    taken = stop_groups.expand_groups(
        problem, groups, dataclasses.replace(found, routes=(), unserved=(row,), broken_locks=())
    )
    assert [(each.visit, each.reasons[0].visits) for each in taken.unserved] == [
        ("v0", ("v2", "v3")),
        ("v1", ("v2", "v3")),
    ]


def test_a_group_that_no_shift_could_serve_is_none() -> None:
    problem = make_problem(2, visits=2, shifts=1)
    long = [dataclasses.replace(HOME, id=f"v{n}", service_s=3 * 3600) for n in range(4)]
    shift = dataclasses.replace(
        problem.shifts[0], start_s=27000, end_s=27000 + 5 * 3600, breaks=(), max_visits=9
    )
    problem = dataclasses.replace(problem, visits=tuple(long), shifts=(shift,))
    assert stop_groups.keep_feasible_groups(problem, {"v0": ("v0", "v1")}) == {}


def test_a_team_gets_no_more_visits_than_it_may_by_shared_stops() -> None:
    shift = dataclasses.replace(
        make_problem(2, visits=0, shifts=1).shifts[0], start_s=27000, end_s=55800, breaks=(), max_visits=3
    )
    visits = [dataclasses.replace(HOME, id=f"v{n}", priority=10 + n) for n in range(4)]
    visits[3] = dataclasses.replace(visits[3], locked="s0")
    problem = Problem(((-7.6, 111.5),), (shift,), tuple(visits))
    groups = {"v0": ("v0", "v1")}
    merged = plan(stop_groups.merge_groups(problem, groups), iterations=50)
    assert merged.statistics.served == 3  # of the merged ones: four homes

    found = stop_groups.expand_groups(problem, groups, merged)

    assert check_plan(problem, found) == []
    assert found.shift_of.keys() == {"v0", "v1", "v3"}  # the one worth least is left out, the promise stays
    assert (found.statistics.served, found.statistics.points) == (3, 34)
    assert [row.visit for row in found.unserved] == ["v2"]
    assert found.unserved[0].reasons[0].code == "pushes"


def test_who_is_too_many_for_one_team_goes_to_another_that_has_room() -> None:
    one = dataclasses.replace(
        make_problem(2, visits=0, shifts=1).shifts[0], start_s=27000, end_s=55800, breaks=(), max_visits=2
    )
    two = dataclasses.replace(one, id="s1", team="t1")
    visits = tuple(dataclasses.replace(HOME, id=f"v{n}", priority=10 + 10 * n) for n in range(4))
    # The other team's day is long enough for both of the stop, or for neither.
    for lasts in (55800, 27000 + 1200):
        problem = Problem(((-7.6, 111.5),), (one, dataclasses.replace(two, end_s=lasts)), visits)
        groups = {"v0": ("v0", "v1")}
        merged = stop_groups.merge_groups(problem, groups)
        stops = [merged.visit_by_id[i] for i in ("v0", "v2", "v3")]
        route = walk_route(merged, one, stops).as_route(one)
        found = stop_groups.expand_groups(
            problem, groups, dataclasses.replace(plan(merged, iterations=0), routes=(route,))
        )

        assert [stop.visit for stop in found.routes[0].stops] == ["v2", "v3"]
        both = {"v0": "s1", "v1": "s1"} if lasts == 55800 else {}
        assert found.shift_of == {"v2": "s0", "v3": "s0"} | both
        assert [row.visit for row in found.unserved] == ([] if both else ["v0", "v1"])
        assert check_plan(problem, found) == []
