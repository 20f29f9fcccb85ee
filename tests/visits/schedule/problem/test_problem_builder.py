from datetime import date, timedelta

import pytest

from outreach.enums import NeedKind, NeedState
from tests.factories.outreach import NeedFactory, VillageFactory
from tests.factories.visits import PlanRunFactory, ShiftFactory, TeamFactory, VisitFactory, at
from visits.appointments import call_offs
from visits.enums import CallOffReason
from visits.models import PlanRun
from visits.planning import GreatCircle
from visits.planning.types import orders_of_plan
from visits.schedule.problem import problem_builder

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-30T12:00")]

TUESDAY, FRIDAY = date(2026, 12, 1), date(2026, 12, 4)
NOW = at(date(2026, 11, 30), 720)


@pytest.fixture
def run() -> PlanRun:
    return PlanRunFactory(first_date=TUESDAY, last_date=FRIDAY)


def test_a_shift_becomes_the_planners_shift(run: PlanRun) -> None:
    team = TeamFactory(max_visits=6)
    row = ShiftFactory(team=team, date=FRIDAY, breaks=[["11:30", "13:00"]], max_visits=6)
    NeedFactory()

    shift = problem_builder.build_problem(run=run, now=NOW).problem.shifts[0]

    assert (shift.id, shift.team, shift.date) == (str(row.pk), team.code, FRIDAY)
    assert (shift.start_s, shift.end_s, shift.breaks) == (27_000, 55_800, ((41_400, 46_800),))
    assert (shift.max_visits, shift.skills) == (6, frozenset(team.skills))


def test_a_need_becomes_a_visit(run: PlanRun) -> None:
    ShiftFactory(date=TUESDAY)
    ShiftFactory(date=FRIDAY)
    need = NeedFactory(
        windows=[["13:00", "15:00"], ["07:30", "10:30"]],
        weekdays=[4],
        skills=["ramp"],
        resident__infectious=True,
    )

    built = problem_builder.build_problem(run=run, now=NOW)

    visit = built.problem.visits[0]
    assert (visit.id, visit.infectious_last, visit.dates) == (str(need.pk), True, frozenset({FRIDAY}))
    assert visit.windows == ((27_000, 37_800), (46_800, 54_000))
    assert visit.skills == {"ramp", "camera", "fingerprint", "signature"}
    assert visit.priority == sum(part.points for part in built.parts[visit.id])
    assert built.problem.locations[visit.location] == (need.resident.latitude, need.resident.longitude)


def test_a_delivery_needs_no_kit(run: PlanRun) -> None:
    ShiftFactory(date=TUESDAY)
    NeedFactory(kind=NeedKind.DELIVERY)

    assert problem_builder.build_problem(run=run, now=NOW).problem.visits[0].skills == frozenset()


def test_residents_of_one_place_share_a_location(run: PlanRun) -> None:
    ShiftFactory(date=TUESDAY)
    village = VillageFactory()
    NeedFactory(resident__village=village)
    NeedFactory(resident__village=village)

    problem = problem_builder.build_problem(run=run, now=NOW).problem

    assert len(problem.locations) == 2  # the base and the village
    assert {visit.location for visit in problem.visits} == {1}


@pytest.mark.parametrize(
    ("promised", "keep", "locked"), [(True, False, True), (False, True, True), (False, False, False)]
)
def test_what_is_promised_or_published_stays_with_its_shift(promised: bool, keep: bool, locked: bool) -> None:
    shift = ShiftFactory(date=TUESDAY)
    VisitFactory(
        need=NeedFactory(state=NeedState.PLANNED),
        shift=shift,
        promised=promised,
        planned_arrive=at(TUESDAY, 9 * 60),
    )
    run = PlanRunFactory(first_date=TUESDAY, last_date=FRIDAY, keep_published=keep)

    visit = problem_builder.build_problem(run=run, now=NOW).problem.visits[0]

    assert visit.locked == (str(shift.pk) if locked else None)
    told = ((8 * 3600 + 40 * 60, 9 * 3600 + 40 * 60),)
    assert visit.windows == (told if locked else ((0, 86_400),))


@pytest.mark.parametrize(("promised", "price"), [(False, 7), (True, 14)])
def test_moving_what_is_published_has_its_price(promised: bool, price: float, settings) -> None:
    settings.PLAN_MOVE_POINTS = 7
    shift = ShiftFactory(date=TUESDAY)
    VisitFactory(need=NeedFactory(state=NeedState.PLANNED), shift=shift, promised=promised)
    NeedFactory()
    run = PlanRunFactory(first_date=TUESDAY, last_date=FRIDAY, keep_published=False)

    visits = problem_builder.build_problem(run=run, now=NOW).problem.visits

    assert {(visit.published, visit.move_points) for visit in visits} == {(str(shift.pk), price), (None, 0)}


@pytest.mark.parametrize("promised", [True, False])
def test_a_promise_whose_team_fails_goes_before_others(promised: bool, run: PlanRun, settings) -> None:
    ShiftFactory(date=FRIDAY)
    visit = VisitFactory(
        need=NeedFactory(state=NeedState.PLANNED),
        shift=ShiftFactory(date=TUESDAY, is_cancelled=True),
        promised=promised,
    )

    built = problem_builder.build_problem(run=run, now=NOW)

    owed = [part.points for part in built.parts[str(visit.need_id)] if part.code == "promise"]
    assert owed == ([2 * settings.PLAN_MOVE_POINTS] if promised else [])
    assert built.problem.visits[0].locked is None


def test_who_is_told_a_time_after_lunch_is_not_met_before_it() -> None:
    VisitFactory(
        need=NeedFactory(state=NeedState.PLANNED),
        shift=ShiftFactory(date=TUESDAY),
        planned_arrive=at(TUESDAY, 11 * 60 + 50),
        planned_start=at(TUESDAY, 13 * 60),
        planned_leave=at(TUESDAY, 13 * 60 + 30),
    )

    visit = problem_builder.build_problem(run=PlanRunFactory(first_date=TUESDAY), now=NOW).problem.visits[0]

    assert visit.windows == ((12 * 3600 + 40 * 60, 13 * 3600 + 40 * 60),)


def test_hours_that_the_plan_had_when_it_told_an_interval_stay_allowed() -> None:
    VisitFactory(
        need=NeedFactory(state=NeedState.PLANNED),
        shift=ShiftFactory(date=TUESDAY),
        planned_arrive=at(TUESDAY, 14 * 60 + 30),  # the plan's clock; the team is mostly earlier
        planned_leave=at(TUESDAY, 15 * 60),
        told_from=at(TUESDAY, 13 * 60 + 20),
        told_until=at(TUESDAY, 14 * 60 + 10),
    )

    visit = problem_builder.build_problem(run=PlanRunFactory(first_date=TUESDAY), now=NOW).problem.visits[0]

    assert visit.windows == ((13 * 3600 + 20 * 60, 14 * 3600 + 30 * 60),)


def test_the_engine_goes_on_from_what_is_published(run: PlanRun) -> None:
    one, two = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY)
    NeedFactory()
    assert problem_builder.build_problem(run=run, now=NOW).start is None

    visits = [
        VisitFactory(need=NeedFactory(state=NeedState.PLANNED), shift=shift, sequence=sequence)
        for shift, sequence in ((one, 2), (one, 1), (two, 1))
    ]

    start = problem_builder.build_problem(run=run, now=NOW).start

    assert start is not None
    needs = [str(visit.need_id) for visit in visits]
    assert orders_of_plan(start) == {str(one.pk): (needs[1], needs[0]), str(two.pk): (needs[2],)}


def test_a_visit_of_a_cancelled_shift_goes_elsewhere(run: PlanRun) -> None:
    cancelled = ShiftFactory(date=TUESDAY, is_cancelled=True)
    VisitFactory(need=NeedFactory(state=NeedState.PLANNED), shift=cancelled, promised=True)
    other = ShiftFactory(date=TUESDAY)

    built = problem_builder.build_problem(run=run, now=NOW)

    assert built.problem.visits[0].locked is None
    assert set(built.based_on) == {str(cancelled.pk), str(other.pk)}
    assert list(built.shifts) == [str(other.pk)]


def test_a_road_server_that_does_not_answer_stops_no_plan(run: PlanRun, settings, tmp_path) -> None:
    settings.TRAVEL_SOURCE, settings.OSRM_URL, settings.ROADS_DIR = "osrm", "http://127.0.0.1:1", tmp_path
    ShiftFactory(date=TUESDAY)
    NeedFactory()

    built = problem_builder.build_problem(run=run, now=NOW)

    assert built.problem.travel == GreatCircle(1.35, 30.0)
    assert (built.roads.wanted, built.roads.source, built.roads.trouble) == (
        "osrm",
        "great_circle",
        "unreachable",
    )


def test_who_is_away_is_counted_apart(run: PlanRun) -> None:
    ShiftFactory(date=TUESDAY)
    NeedFactory()
    NeedFactory(resident__away=True)

    built = problem_builder.build_problem(run=run, now=NOW)

    assert (len(built.needs), built.away) == (1, 1)


def test_without_shifts_or_needs_there_is_nothing_to_plan(run: PlanRun) -> None:
    with pytest.raises(problem_builder.NothingToPlanError, match="no_shifts"):
        problem_builder.build_problem(run=run, now=NOW)

    ShiftFactory(date=TUESDAY)
    with pytest.raises(problem_builder.NothingToPlanError, match="no_needs"):
        problem_builder.build_problem(run=run, now=NOW)


def test_the_queries_do_not_grow(run: PlanRun, django_assert_num_queries) -> None:
    for count in (1, 3):
        for number in range(count):
            ShiftFactory(date=TUESDAY + timedelta(days=number))
            VisitFactory(need=NeedFactory(state=NeedState.PLANNED), shift=ShiftFactory(date=TUESDAY))
        with django_assert_num_queries(12):
            problem_builder.build_problem(run=run, now=NOW)


def test_a_visit_that_was_called_off_is_bound_to_no_team_day_and_met_before_others(run: PlanRun) -> None:
    shift = ShiftFactory(date=TUESDAY)
    stands, called_off = (
        VisitFactory(shift=shift, need=NeedFactory(state=NeedState.PLANNED), promised=True) for _ in range(2)
    )
    call_offs.call_off_visit(
        visit=called_off, reason=CallOffReason.HOURS, obstacles={"late": 0}, at=NOW, actor="user:1"
    )

    built = problem_builder.build_problem(run=run, now=NOW)

    locks = {visit.id: visit.locked for visit in built.problem.visits}
    assert locks == {str(stands.need_id): str(shift.pk), str(called_off.need_id): None}
    assert "promise" in [part.code for part in built.parts[str(called_off.need_id)]]
    assert built.start is not None
    assert orders_of_plan(built.start) == {str(shift.pk): (str(stands.need_id),)}
