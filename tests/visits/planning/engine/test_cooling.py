"""Temperatures: a sprint, then hot to cold, in proportion to prizes, and cooler for an earlier plan."""

import itertools

from tests.support.planning_case import make_problem
from visits.planning.engine.cooling import CYCLE, CYCLE_BY_SQUARE, FINAL, HOT, Schedule
from visits.planning.engine.data import build

DATA = build(make_problem(1, visits=30)).data


def test_it_cools_from_hot_to_final():
    schedule = Schedule(DATA)
    heats = [schedule.temperature(schedule.sprint + (1 - schedule.sprint) * i / 20) for i in range(21)]
    assert heats == sorted(heats, reverse=True)
    assert heats[0] == schedule.unit * HOT
    assert round(heats[-1] / schedule.unit, 9) == FINAL
    assert schedule.temperature(2.0) == heats[-1]


def test_the_sprint_is_the_whole_curve_in_a_small_part():
    schedule = Schedule(DATA)
    assert 0 < schedule.sprint < 0.1
    heats = [schedule.temperature(schedule.sprint * i / 20) for i in range(20)]
    assert heats == sorted(heats, reverse=True)
    assert heats[0] == schedule.temperature(schedule.sprint)
    assert heats[-1] < heats[0] / 20
    assert schedule.detour(schedule.sprint * 0.99) == 1 < schedule.detour(schedule.sprint)


def test_the_sprint_of_a_long_run_is_a_matter_of_seconds():
    assert Schedule(DATA, seconds=600).sprint * 600 == 2
    assert Schedule(DATA, seconds=10).sprint == Schedule(DATA).sprint
    assert Schedule(DATA, warm=True).sprint == 0


def test_where_there_is_time_it_cools_several_times():
    schedule = Schedule(DATA)
    schedule.divide(1000)
    assert schedule.cycles == 1
    schedule.divide((CYCLE + CYCLE_BY_SQUARE * 30**2) * 4)
    assert schedule.cycles == 4
    heats = [schedule.temperature(schedule.sprint + (1 - schedule.sprint) * i / 400) for i in range(401)]
    assert sum(b > a for a, b in itertools.pairwise(heats)) == 3
    assert round(heats[-1] / schedule.unit, 9) == FINAL
    assert max(heats[300:]) > 0.9 * heats[0]


def test_it_grows_with_what_visits_are_worth():
    rich = DATA._replace(prize=DATA.prize * 10)
    shares = (0.0, 0.5, 0.99)
    for share in shares:
        a = Schedule(DATA).temperature(share)
        b = Schedule(rich).temperature(share)
        assert round(b / a, 6) == 10


def test_an_earlier_plan_is_not_melted_down():
    assert Schedule(DATA, warm=True).temperature(0) < Schedule(DATA).temperature(0) / 4
    assert Schedule(DATA, warm=True).temperature(1) == Schedule(DATA).temperature(1)


def test_travel_has_its_true_weight_at_the_end():
    schedule = Schedule(DATA)
    assert schedule.detour(0) > 1
    assert schedule.detour(0.99) == 1
