"""Who can be told no true hours waits, with that reason; a promised one stays and holds the plan up."""

from datetime import date, time, timedelta

import pytest

from outreach.enums import NeedState
from tests.factories.outreach import NeedFactory
from tests.factories.visits import PlanRunFactory, ShiftFactory, VisitFactory, at
from tests.support import working_day
from visits import planning
from visits.enums import RunState
from visits.models import Plan
from visits.planning.day.day_state import DROPPED, SAME, Place, Replan, VisitChange
from visits.schedule.plans.publishing import PublishRefusedError, publish_plan
from visits.schedule.problem import problem_builder
from visits.schedule.runs import run_results, true_hours

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-30T12:00")]

TUESDAY = date(2026, 12, 1)
NOW = at(TUESDAY - timedelta(days=1), 720)


def plan_everybody(built: problem_builder.PlanningProblem) -> planning.Plan:
    """Everybody on the first shift, whether the day is long enough or not."""
    shift = built.problem.shifts[0]
    visits = sorted(built.problem.visits, key=lambda visit: visit.locked is not None)
    route = planning.walk_route(built.problem, shift, visits).as_route(shift)
    figures = planning.Statistics(1.0, 1.0, 1.0, len(route.stops), 0, route.travel_s)
    return planning.Plan(routes=(route,), unserved=(), statistics=figures)


def test_the_last_of_a_day_that_is_too_short_waits() -> None:
    ShiftFactory(date=TUESDAY, ends=time(9, 30), breaks=[])
    for number in range(5):
        NeedFactory(resident__latitude=-7.62 + 0.02 * number, waiting_since=at(date(2026, 10, 1 + number), 0))
    run = PlanRunFactory(first_date=TUESDAY, last_date=TUESDAY, state=RunState.RUNNING, worker="mine")
    built = problem_builder.build_problem(run=run, now=NOW)

    plan, simulated = true_hours.simulate_true_plan(built=built, plan=plan_everybody(built))

    served = [stop.visit for stop in plan.routes[0].stops]
    assert 0 < len(served) < 5
    assert served == [visit.id for visit in built.problem.visits][: len(served)]
    assert simulated.untrue == {} and list(simulated.stops) == served
    assert all(stop.interval[1] <= 9.5 * 3600 for stop in simulated.stops.values())
    assert {row.visit for row in plan.unserved} == {visit.id for visit in built.problem.visits} - set(served)
    assert {row.reasons[0].code for row in plan.unserved} == {"hours"}
    assert (plan.statistics.served, plan.statistics.unserved) == (len(served), 5 - len(served))


def test_a_promised_one_stays_and_the_draft_cannot_be_published() -> None:
    shift = ShiftFactory(date=TUESDAY, ends=time(9, 30), breaks=[])
    visit = VisitFactory(
        need=NeedFactory(state=NeedState.PLANNED, resident__latitude=-7.9),
        shift=shift,
        promised=True,
        planned_arrive=at(TUESDAY, 540),
        told_from=at(TUESDAY, 530),
        told_until=at(TUESDAY, 570),
    )
    for number in range(4):
        NeedFactory(resident__latitude=-7.62 + 0.001 * number)
    run = PlanRunFactory(first_date=TUESDAY, last_date=TUESDAY, state=RunState.RUNNING, worker="mine")
    built = problem_builder.build_problem(run=run, now=NOW)
    late = plan_everybody(built)

    plan, simulated = true_hours.simulate_true_plan(built=built, plan=late)
    assert str(visit.need_id) in simulated.stops
    assert run_results.write_draft(run=run, token="mine", built=built, plan=plan, simulated=simulated)

    if simulated.untrue:
        with pytest.raises(PublishRefusedError):
            publish_plan(plan=Plan.objects.get(), user=None, now=NOW)
    assert set(simulated.untrue) <= {str(visit.need_id)}


def test_a_promise_of_a_day_under_way_leaves_last_and_is_named_as_broken() -> None:
    problem, published, _ = working_day.published_day(3, teams=1, stops=4, promised=0.0, later_stops=0)
    (route,) = published.routes
    *_, plain, owed = (stop.visit for stop in route.stops)
    changes = tuple(
        VisitChange(stop.visit, SAME, now=Place(route.shift, stop.start_s)) for stop in route.stops
    )
    result = Replan(problem, published, changes)

    first = true_hours.leave_untrue_out(result, {plain: "missed", owed: "missed"}, kept={owed})
    then = true_hours.leave_untrue_out(first, {owed: "missed"}, kept={owed})

    assert {row.visit for row in first.select_changes(DROPPED)} == {plain}
    assert first.broken_promises == ()
    (broken,) = then.broken_promises
    assert broken.cause is not None
    assert (broken.visit, broken.now, broken.cause.code) == (owed, None, "hours")
    assert true_hours.leave_untrue_out(then, {}, kept={owed}) is then
