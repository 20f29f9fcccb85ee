"""Sessions where homes cluster, with what they save computed as a plan would."""

import dataclasses
import datetime as dt
import random

import pytest

from visits.planning import GreatCircle, Problem, Shift, Visit, walk_route
from visits.planning.groups.sessions import SessionRules, cost_one_by_one, propose_sessions

DAY = dt.date(2026, 11, 30)
SHIFT = Shift("s", "T", DAY, 27000, 55800, 0, 0, 14, ((43200, 46800),))
HOME = Visit("v", 0, 2400, 1, ((0, 86400),))
BASE, HALL, FAR_HALL = (-7.60, 111.50), (-7.70, 111.60), (-7.90, 111.60)


def village(count: int, *, around: tuple[float, float] = HALL, seed: int = 1) -> Problem:
    """Homes within a kilometre of a hall, some 15 km from the team's base."""
    rng = random.Random(seed)
    homes = [
        (around[0] + rng.uniform(-0.008, 0.008), around[1] + rng.uniform(-0.005, 0.005)) for _ in range(count)
    ]
    visits = tuple(dataclasses.replace(HOME, id=f"v{n}", location=n + 3) for n in range(count))
    return Problem((BASE, HALL, FAR_HALL, *homes), (SHIFT,), visits, GreatCircle(1.35, 30))


def test_many_homes_round_a_hall_are_a_session_that_saves_days_and_driving() -> None:
    problem = village(30)
    (one,) = propose_sessions(problem, [1, 2], SessionRules())

    drive_s = problem.seconds(0, 0, 1) + problem.seconds(0, 1, 0)
    assert (one.hall, one.shift, len(one.visits), one.session_days) == (1, "s", 30, 1)
    assert one.session.travel_s == drive_s
    assert one.session.team_days == pytest.approx((drive_s + 1800 + 30 * 600) / 25200)
    # A home takes 40 minutes and a little driving: between 7 and 9 a day of 7 hours less the way there.
    assert 3 < one.homes.team_days < 5
    assert one.homes.travel_s > 3 * drive_s
    assert one.saved_days == one.homes.team_days - one.session.team_days > 2


def test_few_homes_or_homes_out_of_reach_are_none() -> None:
    assert propose_sessions(village(11), [1, 2], SessionRules()) == ()
    assert propose_sessions(village(30), [2], SessionRules()) == ()
    assert propose_sessions(village(0), [1], SessionRules()) == ()
    assert propose_sessions(dataclasses.replace(village(30), shifts=()), [1], SessionRules()) == ()


def test_nobody_is_in_two_sessions_and_the_larger_hall_comes_first() -> None:
    near = village(40)
    places = (*near.locations, (HALL[0] + 0.02, HALL[1]))  # another hall 2.2 km away
    problem = dataclasses.replace(near, locations=places)
    found = propose_sessions(problem, [1, len(places) - 1], SessionRules(least=3))
    people = [visit for one in found for visit in one.visits]
    assert len(people) == len(set(people))
    assert found[0].hall == 1


def test_more_people_than_a_day_takes_need_more_days_with_their_drives() -> None:
    problem = village(60)
    (one,) = propose_sessions(problem, [1], SessionRules())
    assert one.session_days == 2
    assert one.session.travel_s == 2 * (problem.seconds(0, 0, 1) + problem.seconds(0, 1, 0))
    assert 1 < one.session.team_days < 2


def test_a_session_that_saves_nothing_is_not_proposed() -> None:
    assert propose_sessions(village(30), [1], SessionRules(person_s=4000)) == ()
    assert propose_sessions(village(30), [1], SessionRules(setup_s=40000)) == ()


@pytest.mark.parametrize("seed", range(8))
def test_the_days_at_homes_keep_the_rules_and_leave_nobody_out_who_fits(seed: int) -> None:
    problem = village(25, seed=seed)
    rng = random.Random(seed)
    visits = [dataclasses.replace(v, service_s=rng.choice([600, 2400, 5400])) for v in problem.visits]
    problem = dataclasses.replace(problem, visits=tuple(visits))
    cost = cost_one_by_one(problem, SHIFT, problem.visits)
    work_s = sum(v.service_s for v in visits)
    assert cost.team_days * 25200 >= work_s
    assert cost.team_days <= len(visits)
    alone = [walk_route(problem, SHIFT, [v]) for v in visits]
    assert cost.travel_s <= sum(w.travel_s for w in alone)


def test_settings_of_zero_end_too() -> None:
    everybody = propose_sessions(village(30), [1, 2], SessionRules(least=0, person_s=0))
    assert [len(one.visits) for one in everybody] == [30]
