"""Wrong data is refused where it enters, with a code and a sentence that names the field."""

import dataclasses
import datetime as dt

import pytest

from visits.planning import GreatCircle, Problem, Shift, Visit
from visits.planning.errors import PlanningError

DAY = dt.date(2026, 11, 30)
SHIFT = Shift("s", "T", DAY, 27000, 55800, 0, 0, 8, ((43200, 46800),), frozenset({"iris"}))
VISIT = Visit("v", 0, 1800, 10, ((27000, 55800),))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"start_s": -1}, "start"),
        ({"end_s": 90000}, "end"),
        ({"end_s": 20000}, "end"),
        ({"max_visits": -1}, "max_visits"),
        ({"start_location": -1}, "start_location"),
        ({"breaks": ((46800, 43200),)}, "breaks"),
        ({"breaks": ((43200, 46800), (46000, 47000))}, "breaks"),
        ({"breaks": ((46800, 47000), (43200, 46800))}, "breaks"),
    ],
)
def test_a_wrong_shift_is_refused_by_field(changes, field):
    with pytest.raises(ValueError, match=field):
        dataclasses.replace(SHIFT, **changes)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"location": -1}, "location"),
        ({"service_s": 1.5}, "service_s"),
        ({"priority": float("nan")}, "priority"),
        ({"priority": -1}, "priority"),
        ({"decay": float("inf")}, "decay"),
        ({"move_points": -1, "published": "s"}, "move_points"),
        ({"move_points": 1}, "published"),
        ({"tier": 2}, "tier"),
        ({"windows": ((50000, 40000),)}, "windows"),
        ({"windows": ((50000, 100000),)}, "windows"),
    ],
)
def test_a_wrong_visit_is_refused_by_field(changes, field):
    with pytest.raises(ValueError, match=field):
        dataclasses.replace(VISIT, **changes)


@pytest.mark.parametrize(
    ("shift", "visit", "words"),
    [
        ({"start_location": 3}, {}, "start_location 3"),
        ({"end_location": 1}, {}, "end_location 1"),
        ({}, {"location": 1}, "location 1"),
        ({}, {"locked": "t"}, "locked names shift t"),
    ],
)
def test_a_reference_to_nothing_is_refused(shift, visit, words):
    with pytest.raises(ValueError, match=words):
        Problem(
            ((-7.6, 111.5),), (dataclasses.replace(SHIFT, **shift),), (dataclasses.replace(VISIT, **visit),)
        )


def test_a_vehicle_without_travel_times_is_refused():
    shift = dataclasses.replace(SHIFT, vehicle=1)
    with pytest.raises(PlanningError, match="vehicle 1"):
        Problem(((0, 0),), (shift,), ())
    assert Problem(((0, 0),), (shift,), (), more_travel=(GreatCircle(1.0, 20.0),)).shifts == (shift,)


def test_ids_are_unique():
    with pytest.raises(ValueError, match="visit v"):
        Problem(((-7.6, 111.5),), (SHIFT,), (VISIT, VISIT))
    with pytest.raises(ValueError, match="shift s"):
        Problem(((-7.6, 111.5),), (SHIFT, SHIFT), (VISIT,))


def test_places_are_degrees():
    with pytest.raises(ValueError, match=r"locations\[1\]"):
        Problem(((-7.6, 111.5), (111.5, -7.6)), (SHIFT,), (VISIT,))


def test_the_horizon_is_the_distinct_dates_in_order():
    later = dataclasses.replace(SHIFT, id="t", date=DAY + dt.timedelta(days=3))
    problem = Problem(((-7.6, 111.5),), (later, SHIFT), (VISIT,))
    assert problem.horizon == (DAY, DAY + dt.timedelta(days=3))
    assert problem.day_index[later.date] == 1
