"""Each team's hours come from the times of its own vehicle: in plans, in the week and on the day."""

from datetime import date

import pytest

from tests.factories.outreach import NeedFactory
from tests.factories.visits import PlanRunFactory, ShiftFactory, TeamFactory, VisitFactory, at
from visits.enums import RunState, Vehicle
from visits.estimates import road_labels, visit_durations
from visits.fieldwork import road_times
from visits.models import PlanStop, Shift
from visits.planning import GreatCircle, check_plan, plan
from visits.schedule.problem import problem_builder, published_week, simulation
from visits.schedule.runs import run_results

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-30T12:00")]

TUESDAY = date(2026, 12, 1)
NOW = at(date(2026, 11, 30), 720)
CAR, RIDDEN = GreatCircle(1.35, 30.0), GreatCircle(1.35, 18.0)
LINE_OF = {"car": CAR, "motorcycle": RIDDEN}


@pytest.fixture(autouse=True)
def _slow_motorcycles(settings) -> None:
    settings.TRAVEL_MOTORCYCLE_SPEED_KMH = 18.0


@pytest.fixture
def teams() -> list[Shift]:
    """A team with a car and one with motorcycles, with skills that send one half of the needs to each."""
    found: list[Shift] = []
    for vehicle, skill in (("car", "ramp"), ("motorcycle", "iris")):
        team = TeamFactory(vehicle=vehicle, skills=["camera", "fingerprint", "signature", skill])
        found.append(ShiftFactory(team=team, date=TUESDAY, max_visits=6))
        for number in range(3):
            NeedFactory(
                skills=[skill],
                resident__latitude=-7.60 + 0.015 * number,
                resident__longitude=111.50 + 0.01 * number,
            )
    return found


def _leg_seconds(shift: Shift, places: list[tuple[float, float]]) -> list[int]:
    line = LINE_OF[shift.team.vehicle]
    return [line.seconds(places, a, a + 1) for a in range(len(places) - 1)]


def test_a_plan_drives_with_the_times_of_each_teams_vehicle(teams: list[Shift]) -> None:
    run = PlanRunFactory(first_date=TUESDAY, last_date=TUESDAY, state=RunState.RUNNING, worker="mine")
    built = problem_builder.build_problem(run=run, now=NOW)
    assert (built.problem.travel, built.problem.more_travel) == (CAR, (RIDDEN,))

    result = plan(built.problem, iterations=200, seed=1)

    assert check_plan(built.problem, result) == []
    simulated = simulation.simulate_plan(built=built, plan=result)
    assert run_results.write_draft(run=run, token="mine", built=built, plan=result, simulated=simulated)
    for shift in teams:
        stops = list(
            PlanStop.objects.filter(shift=shift).select_related("need__resident").order_by("sequence")
        )
        homes = [(stop.need.resident.latitude, stop.need.resident.longitude) for stop in stops]
        base = (shift.start_latitude, shift.start_longitude)
        assert len(homes) == 3
        assert [stop.travel_seconds for stop in stops] == _leg_seconds(shift, [base, *homes])
        route = next(route for route in result.routes if route.shift == str(shift.pk))
        assert route.travel_s == sum(_leg_seconds(shift, [base, *homes, base]))
    told = road_labels.describe_travel_times(built.roads)
    assert told.endswith("Sepeda motor: garis lurus × 1,35 pada 18 km/jam")


def test_the_week_and_the_replay_of_it_drive_with_each_teams_vehicle(teams: list[Shift]) -> None:
    for shift in teams:
        VisitFactory(shift=shift, need__resident__latitude=-7.55, need__resident__longitude=111.48)

    week = published_week.load_week(teams)

    homes = [week.problem.visit_by_id[order[0]].location for order in week.orders.values()]
    assert homes[0] == homes[1]
    drives = [
        week.problem.seconds(shift.vehicle, shift.start_location, home)
        for shift, home in zip(week.problem.shifts, homes, strict=True)
    ]
    assert drives == [line.seconds(week.problem.locations, 0, homes[0]) for line in (CAR, RIDDEN)]
    days = simulation._build_published_days(TUESDAY, TUESDAY, visit_durations.load_estimates())
    assert [day.homes[0].drive_s for day in days] == drives
    assert [day.home_s for day in days] == drives


def test_the_first_drive_of_a_day_is_that_of_the_teams_vehicle(teams: list[Shift]) -> None:
    there, back = (-7.62, 111.52), (-7.55, 111.48)
    drives = [road_times.straight_line_seconds(shift, there, back) for shift in teams]
    assert drives == [line.seconds([there, back], 0, 1) for line in (CAR, RIDDEN)]


def test_a_week_of_cars_alone_has_one_table(teams: list[Shift]) -> None:
    problem = published_week.load_week(
        [shift for shift in teams if shift.team.vehicle == Vehicle.CAR]
    ).problem
    assert (problem.travel, problem.more_travel) == (CAR, ())
