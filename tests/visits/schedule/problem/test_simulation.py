from datetime import date, timedelta

import pytest

from outreach.enums import NeedState
from tests.factories.outreach import NeedFactory
from tests.factories.visits import PlanRunFactory, ShiftFactory, VisitFactory, at
from visits import planning
from visits.appointments import arrival_intervals
from visits.enums import RunState, VisitState
from visits.models import Plan, PlanStop, Visit
from visits.schedule.plans import publishing
from visits.schedule.problem import problem_builder, simulation
from visits.schedule.problem.problem_builder import PlanningProblem
from visits.schedule.runs import run_results

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-30T12:00")]

TUESDAY = date(2026, 12, 1)
NOW = at(TUESDAY - timedelta(days=1), 720)


def build() -> PlanningProblem:
    run = PlanRunFactory(first_date=TUESDAY, last_date=TUESDAY, state=RunState.RUNNING, worker="mine")
    return problem_builder.build_problem(run=run, now=NOW)


def in_order(built: PlanningProblem) -> planning.Plan:
    """Everybody on the first shift, in the order of the problem."""
    route = planning.walk_route(built.problem, built.problem.shifts[0], built.problem.visits).as_route(
        built.problem.shifts[0]
    )
    figures = planning.Statistics(1.0, 1.0, 1.0, len(route.stops), 0, route.travel_s)
    return planning.Plan(routes=(route,), unserved=(), statistics=figures)


def needs(count: int) -> None:
    for number in range(count):
        NeedFactory(resident__latitude=-7.62 + 0.02 * number, waiting_since=at(date(2026, 10, 1 + number), 0))


def test_every_stop_gets_an_interval_that_the_team_can_keep() -> None:
    ShiftFactory(date=TUESDAY)
    needs(6)
    built = build()
    plan = in_order(built)

    found = simulation.simulate_plan(built=built, plan=plan)

    first_drive = built.problem.seconds(0, 0, built.problem.visits[0].location)
    told = [found.stops[stop.visit] for stop in plan.routes[0].stops]
    assert len(told) == 6
    for row in told:
        assert row.interval[0] > 27_000 + first_drive - 600  # rounded down
        assert row.interval[0] <= row.expected <= row.interval[1]
        assert row.interval[0] % 600 == row.interval[1] % 600 == 0
    assert [row.expected for row in told] == sorted(row.expected for row in told)
    assert (found.report.homes, found.report.team_days) == (6, 1)
    assert simulation.simulate_plan(built=built, plan=plan) == found  # a matter of the plan, not of chance


def test_the_draft_keeps_intervals_and_figures_and_publishing_tells_them() -> None:
    ShiftFactory(date=TUESDAY)
    needs(3)
    built = build()
    plan = in_order(built)
    found = simulation.simulate_plan(built=built, plan=plan)

    run = PlanRunFactory._meta.model.objects.get()
    assert run_results.write_draft(run=run, token="mine", built=built, plan=plan, simulated=found) is True

    draft = Plan.objects.get()
    assert draft.figures.replays == found.replays
    assert draft.summary["replays"]["runs"] == 500
    for stop in PlanStop.objects.all():
        told = found.stops[str(stop.need_id)]
        assert (stop.expected, stop.told_from, stop.told_until) == (told.expected, *told.interval)

    publishing.publish_plan(plan=draft, user=None, now=NOW)

    for visit in Visit.objects.all():
        since, until = found.stops[str(visit.need_id)].interval
        assert arrival_intervals.interval_told(visit) == (
            arrival_intervals.moment_of_day(TUESDAY, since),
            arrival_intervals.moment_of_day(TUESDAY, until),
        )
        news = visit.need.progress.get()
        assert (news.earliest, news.latest) == arrival_intervals.interval_told(visit)


@pytest.mark.parametrize(
    ("last", "promised", "kept"),
    [(False, False, True), (True, False, False), (False, True, True), (True, True, False)],
)
def test_a_family_keeps_its_interval_while_it_is_true(last: bool, promised: bool, kept: bool) -> None:
    told = (at(TUESDAY, 450), at(TUESDAY, 510))
    VisitFactory(
        need=NeedFactory(state=NeedState.PLANNED),
        shift=ShiftFactory(date=TUESDAY),
        promised=promised,
        planned_arrive=at(TUESDAY, 460),
        told_from=told[0],
        told_until=told[1],
    )
    needs(4)
    built = build()
    shift, visits = built.problem.shifts[0], sorted(built.problem.visits, key=lambda row: not row.locked)
    route = planning.walk_route(built.problem, shift, visits[1:] + visits[:1] if last else visits).as_route(
        shift
    )
    plan = planning.Plan(routes=(route,), unserved=(), statistics=in_order(built).statistics)

    found = simulation.simulate_plan(built=built, plan=plan).stops[visits[0].id].interval

    assert (found == (450 * 60, 510 * 60)) is kept


def test_experience_lengthens_intervals_and_is_kept_with_the_visit(clock) -> None:
    past = ShiftFactory(date=TUESDAY - timedelta(days=5))
    for _ in range(120):
        VisitFactory(
            need=NeedFactory(state=NeedState.CAPTURED),
            shift=past,
            state=VisitState.FINISHED,
            told_from=at(past.date, 540),
            told_until=at(past.date, 600),
            arrived_at=at(past.date, 720),
        )
    ShiftFactory(date=TUESDAY)
    needs(5)
    built = build()
    plan = in_order(built)
    found = simulation.simulate_plan(built=built, plan=plan)
    with clock.at(NOW - timedelta(days=5)):  # before these arrivals
        plain = simulation.simulate_plan(built=built, plan=plan)

    assert found.stretch == pytest.approx(2 * 120 / 370)
    assert plain.stretch == 0
    widths = [
        sum(one.interval[1] - one.interval[0] for one in rows.stops.values()) for rows in (plain, found)
    ]
    assert widths[1] > 1.3 * widths[0]
    assert found.report.coverage == pytest.approx(0.8, abs=0.05)

    run = PlanRunFactory._meta.model.objects.get()
    run_results.write_draft(run=run, token="mine", built=built, plan=plan, simulated=found)
    publishing.publish_plan(plan=Plan.objects.get(), user=None, now=NOW)
    assert set(Visit.objects.filter(shift__date=TUESDAY).values_list("told_stretch", flat=True)) == {
        round(found.stretch, 4)
    }


def test_the_queries_do_not_grow(django_assert_num_queries) -> None:
    ShiftFactory(date=TUESDAY)
    for count in (1, 3):
        needs(count)
        built = build()
        plan = in_order(built)
        with django_assert_num_queries(2):
            simulation.simulate_plan(built=built, plan=plan)
        PlanRunFactory._meta.model.objects.all().delete()


def test_a_published_week_is_replayed_with_what_was_told(django_assert_max_num_queries) -> None:
    shift, other = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY)
    for number, team_day in enumerate((shift, shift, shift, other)):
        near = NeedFactory(
            state=NeedState.PLANNED, resident__latitude=-7.65, resident__longitude=111.5 + number / 100
        )
        VisitFactory(
            shift=team_day,
            sequence=number + 1,
            need=near,
            told_from=at(TUESDAY, 480),
            told_until=at(TUESDAY, 485),
        )

    with django_assert_max_num_queries(4):
        found = simulation.simulate_published(first=TUESDAY, last=TUESDAY, runs=50)

    assert (found.team_days, found.homes, found.width_mean_s) == (2, 4, 300)
    assert found.coverage == pytest.approx(0.5)  # the first home of each day, and no other, is met by 08.05
    empty = simulation.simulate_published(
        first=TUESDAY + timedelta(days=1), last=TUESDAY + timedelta(days=2), runs=50
    )
    assert empty.homes == 0
