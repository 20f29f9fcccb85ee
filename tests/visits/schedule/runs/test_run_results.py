import dataclasses
from datetime import date, timedelta

import pytest

from outreach.models import Need
from tests.factories.outreach import NeedFactory
from tests.factories.visits import PlanRunFactory, ShiftFactory, VisitFactory, at
from visits import planning
from visits.enums import RunState
from visits.models import Plan, PlanRun, PlanStop, PlanUnserved
from visits.planning.week import slots
from visits.schedule.problem import problem_builder
from visits.schedule.runs import broken_promises, run_results

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-30T12:00")]

TUESDAY = date(2026, 12, 1)
NOW = at(date(2026, 11, 30), 720)


@pytest.fixture
def run() -> PlanRun:
    """A run that the claim "mine" holds, with one shift and three needs."""
    ShiftFactory(date=TUESDAY)
    for _ in range(3):
        NeedFactory()
    return PlanRunFactory(first_date=TUESDAY, last_date=TUESDAY, state=RunState.RUNNING, worker="mine")


def _plan(built: problem_builder.PlanningProblem, *, stopped: bool = False) -> planning.Plan:
    """Two of the three served in the order of the problem, the third left."""
    problem, shift = built.problem, built.problem.shifts[0]
    route = planning.walk_route(problem, shift, problem.visits[:2]).as_route(shift)
    left = problem.visits[2].id
    reason = planning.Reason("pushes", shift.id, (problem.visits[0].id,), 720, 41.0)
    return planning.Plan(
        routes=(route,),
        unserved=(planning.Unserved(left, (reason,)),),
        statistics=planning.Statistics(
            score=1.9,
            points=2.0,
            priority=2.0,
            served=2,
            unserved=1,
            travel_s=route.travel_s,
            stopped=stopped,
        ),
    )


@pytest.mark.parametrize(("stopped", "state"), [(False, RunState.DONE), (True, RunState.STOPPED)])
def test_a_result_is_a_draft_with_stops_reasons_and_figures(
    run: PlanRun, stopped: bool, state: RunState
) -> None:
    built = problem_builder.build_problem(run=run, now=NOW)

    assert (
        run_results.write_draft(run=run, token="mine", built=built, plan=_plan(built, stopped=stopped))
        is True
    )

    row, plan = PlanRun.objects.get(), Plan.objects.get()
    assert (row.state, row.served, row.progress, row.lease_until) == (state, 2, 100, None)
    stops = list(PlanStop.objects.order_by("sequence"))
    legs = [built.problem.seconds(0, 0, 1), built.problem.seconds(0, 1, 2)]
    assert [stop.travel_seconds for stop in stops] == legs
    assert all(stop.priority == sum(part["points"] for part in stop.parts) for stop in stops)
    left = PlanUnserved.objects.get()
    shift = built.problem.shifts[0].id
    assert left.reasons == [
        {"code": "pushes", "shift": shift, "needs": [str(stops[0].need_id)], "seconds": 720, "points": 41.0}
    ]
    assert plan.summary["team_days"] == [
        {
            "shift": int(shift),
            "visits": 2,
            "travel_s": plan.summary["travel_s"],
            "end_s": plan.summary["team_days"][0]["end_s"],
        }
    ]
    assert plan.based_on == {shift: 0}


def test_a_need_that_nobody_can_serve_keeps_what_stands_in_the_way_on_every_team_day(run: PlanRun) -> None:
    built = problem_builder.build_problem(run=run, now=NOW)
    found, shift = _plan(built), built.problem.shifts[0].id
    reason = planning.Reason("skill", shift, relax=("skill",), at_s=30_000)
    left = dataclasses.replace(found.unserved[0], reasons=(reason,))

    run_results.write_draft(
        run=run, token="mine", built=built, plan=dataclasses.replace(found, unserved=(left,))
    )

    (row,) = PlanUnserved.objects.get().reasons
    assert row["each"] == [{"codes": [], "shifts": [shift]}]


def test_a_broken_guarantee_is_kept_with_its_reason(run: PlanRun) -> None:
    Need.objects.update(waiting_since=NOW - timedelta(days=100))
    built = problem_builder.build_problem(run=run, now=NOW)
    assert [visit.tier for visit in built.problem.visits] == [1, 1, 1]
    found = _plan(built)

    run_results.write_draft(run=run, token="mine", built=built, plan=found)

    left = PlanUnserved.objects.get(guaranteed=True)
    assert (left.code, [row["code"] for row in left.reasons]) == ("pushes", ["pushes"])
    assert left.parts[0] == {"code": "longest_wait", "points": 0, "count": 101}


def test_a_plan_remembers_the_roads_it_was_made_on(run: PlanRun) -> None:
    built = problem_builder.build_problem(run=run, now=NOW)

    run_results.write_draft(run=run, token="mine", built=built, plan=_plan(built))

    assert Plan.objects.get().summary["roads"] == {
        "source": "great_circle",
        "wanted": "great_circle",
        "places": len(built.problem.locations),
        "detour": 1.35,
        "speed_kmh": 30.0,
    }
    assert PlanRun.objects.get().message == ""


def test_a_run_says_that_its_roads_are_not_the_wanted_ones(run: PlanRun) -> None:
    built = problem_builder.build_problem(run=run, now=NOW)
    built = dataclasses.replace(built, roads=dataclasses.replace(built.roads, wanted="osrm", trouble="slow"))

    run_results.write_draft(run=run, token="mine", built=built, plan=_plan(built))

    assert Plan.objects.get().summary["roads"]["trouble"] == "slow"
    assert PlanRun.objects.get().message == "roads"


def test_who_lost_the_run_writes_nothing(run: PlanRun) -> None:
    built = problem_builder.build_problem(run=run, now=NOW)

    assert run_results.write_draft(run=run, token="another", built=built, plan=_plan(built)) is False

    assert PlanRun.objects.get().state == RunState.RUNNING
    assert not Plan.objects.exists()
    assert not PlanStop.objects.exists()


def test_a_result_is_written_once(run: PlanRun) -> None:
    built = problem_builder.build_problem(run=run, now=NOW)

    assert run_results.write_draft(run=run, token="mine", built=built, plan=_plan(built)) is True
    assert run_results.write_draft(run=run, token="mine", built=built, plan=_plan(built)) is False
    assert Plan.objects.count() == 1


def test_broken_promises_are_kept_with_the_plan(run: PlanRun) -> None:
    visit = VisitFactory(shift=ShiftFactory(date=TUESDAY), promised=True, need__state="planned")
    built = problem_builder.build_problem(run=run, now=NOW)
    broken = planning.BrokenLock(
        str(visit.need_id),
        str(visit.shift_id),
        None,
        planning.Reason("lock_far", str(visit.shift_id), seconds=60),
    )
    plan = planning.Plan(routes=(), unserved=(), statistics=_plan(built).statistics, broken_locks=(broken,))

    run_results.write_draft(run=run, token="mine", built=built, plan=plan)

    instead, *_ = slots.find_slots(
        slots.prepare_lines(built.problem, {}), broken_promises.release_lock(built, str(visit.need_id))
    )
    assert Plan.objects.get().summary["broken"] == [
        {
            "need": str(visit.need_id),
            "shift": visit.shift_id,
            "served_on": None,
            "instead": {"shift": int(instead.shift), "start": instead.start_s, "offered": 1},
            "reason": {"code": "lock_far", "shift": str(visit.shift_id), "seconds": 60},
        }
    ]
