"""What every team does, and who does more than the tolerance allows."""

import datetime as dt

from visits.planning import GreatCircle, Problem, Shift, Visit, plan
from visits.planning.fair.loads import (
    Balance,
    Load,
    NotRelieved,
    Tolerance,
    balance_as_mapping,
    list_overloads,
    measure_loads,
)

DAY = dt.date(2026, 11, 30)
BREAK = ((43200, 46800),)
ONE = Shift("s1", "T1", DAY, 27000, 55800, 0, 0, 14, BREAK)
TWO = Shift("s2", "T2", DAY, 27000, 55800, 1, 1, 14, BREAK)
OFF = Shift("s3", "T3", DAY, 27000, 27000, 1, 1, 14)
PLACES = ((-7.6, 111.5), (-7.65, 111.5))
BUSY = Load("T1", 1, 10_000, 9_000, 8)
CALM = Load("T2", 1, 10_000, 5_000, 7)


def test_loads_are_driving_and_serving_against_the_hours_without_breaks() -> None:
    visits = tuple(Visit(f"v{i}", 0, 1500, 10, ((27000, 55800),)) for i in range(2))
    problem = Problem(PLACES, (ONE, TWO, OFF), visits, GreatCircle(1.0, 36.0))
    found = plan(problem, iterations=50)
    assert measure_loads(problem, found.routes) == (Load("T1", 1, 25200, 3000, 2), Load("T2", 1, 25200, 0, 0))


def test_who_does_more_than_the_least_loaded_and_the_tolerance_is_named_in_tolerances() -> None:
    assert rounded(Tolerance(minutes=0.1, visits=1.0)) == [(3.0, "T1", "minutes")]
    assert rounded(Tolerance(minutes=0.1, visits=0.0)) == [(3.0, "T1", "minutes"), (2.0, "T1", "visits")]


def rounded(tolerance: Tolerance) -> list[tuple[float, str, str]]:
    return [(round(far, 6), team, measure) for far, team, measure in list_overloads([BUSY, CALM], tolerance)]


def test_a_measure_without_a_tolerance_is_not_looked_at() -> None:
    assert list_overloads([BUSY, CALM], Tolerance(minutes=None, visits=None)) == []
    assert list_overloads([], Tolerance()) == []


def test_a_balance_is_stored_as_plain_data() -> None:
    stored = balance_as_mapping(Balance((BUSY,), kept=False, held=(NotRelieved("T1", "visits", "promises"),)))
    assert stored == {
        "kept": False,
        "teams": [{"team": "T1", "days": 1, "available_s": 10_000, "busy_s": 9_000, "visits": 8}],
        "held": [{"team": "T1", "measure": "visits", "why": "promises"}],
        "out_of_time": False,
    }
