"""Temperatures: a sprint, then hot to cold, in proportion to prizes, and cooler for an earlier plan."""

import itertools

from tests.support.planning_case import make_problem
from visits.planning.engine.cooling import CYCLE, CYCLE_BY_SQUARE, FINAL, HOT, Cooling
from visits.planning.engine.data import build_model

DATA = build_model(make_problem(1, visits=30)).data


def test_it_cools_from_hot_to_final():
    cooling = Cooling(DATA)
    heats = [cooling.temperature(cooling.sprint + (1 - cooling.sprint) * i / 20) for i in range(21)]
    assert heats == sorted(heats, reverse=True)
    assert heats[0] == cooling.unit * HOT
    assert round(heats[-1] / cooling.unit, 9) == FINAL
    assert cooling.temperature(2.0) == heats[-1]


def test_the_sprint_is_the_whole_curve_in_a_small_part():
    cooling = Cooling(DATA)
    assert 0 < cooling.sprint < 0.1
    heats = [cooling.temperature(cooling.sprint * i / 20) for i in range(20)]
    assert heats == sorted(heats, reverse=True)
    assert heats[0] == cooling.temperature(cooling.sprint)
    assert heats[-1] < heats[0] / 20
    assert cooling.detour_weight(cooling.sprint * 0.99) == 1 < cooling.detour_weight(cooling.sprint)


def test_the_sprint_of_a_long_run_is_a_matter_of_seconds():
    assert Cooling(DATA, seconds=600).sprint * 600 == 2
    assert Cooling(DATA, seconds=10).sprint == Cooling(DATA).sprint
    assert Cooling(DATA, warm=True).sprint == 0


def test_where_there_is_time_it_cools_several_times():
    cooling = Cooling(DATA)
    cooling.set_cycles(1000)
    assert cooling.cycles == 1
    cooling.set_cycles((CYCLE + CYCLE_BY_SQUARE * 30**2) * 4)
    assert cooling.cycles == 4
    heats = [cooling.temperature(cooling.sprint + (1 - cooling.sprint) * i / 400) for i in range(401)]
    assert sum(b > a for a, b in itertools.pairwise(heats)) == 3
    assert round(heats[-1] / cooling.unit, 9) == FINAL
    assert max(heats[300:]) > 0.9 * heats[0]


def test_it_grows_with_what_visits_are_worth():
    rich = DATA._replace(prize=DATA.prize * 10)
    shares = (0.0, 0.5, 0.99)
    for share in shares:
        a = Cooling(DATA).temperature(share)
        b = Cooling(rich).temperature(share)
        assert round(b / a, 6) == 10


def test_an_earlier_plan_is_not_melted_down():
    assert Cooling(DATA, warm=True).temperature(0) < Cooling(DATA).temperature(0) / 4
    assert Cooling(DATA, warm=True).temperature(1) == Cooling(DATA).temperature(1)


def test_travel_has_its_true_weight_at_the_end():
    cooling = Cooling(DATA)
    assert cooling.detour_weight(0) > 1
    assert cooling.detour_weight(0.99) == 1
