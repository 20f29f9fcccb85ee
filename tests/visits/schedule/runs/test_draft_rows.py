from datetime import date

import pytest

from outreach.models import LogEntry
from tests.factories.outreach import NeedFactory
from tests.factories.visits import PlanFactory, PlanRunFactory, ShiftFactory
from visits import planning
from visits.enums import RunState
from visits.lib.plan_summary import PlanSummary, TeamDayFigures
from visits.models import Plan, PlanRun
from visits.schedule.runs import draft_rows

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-30T12:00")]

TUESDAY = date(2026, 12, 1)


def _figures(*, stopped: bool = False) -> planning.Statistics:
    return planning.Statistics(
        score=7.9, points=1, priority=1, served=2, unserved=1, travel_s=60, stopped=stopped
    )


def _run(**fields: object) -> PlanRun:
    return PlanRunFactory(first_date=TUESDAY, last_date=TUESDAY, worker="mine", **fields)


@pytest.mark.parametrize(
    ("stopped", "trouble", "state", "message"),
    [(False, False, RunState.DONE, ""), (True, True, RunState.STOPPED, "roads")],
)
def test_a_run_ends_once(stopped: bool, trouble: bool, state: RunState, message: str) -> None:
    run = _run(state=RunState.RUNNING)
    figures = _figures(stopped=stopped)

    assert draft_rows.end_run(run=run, token="mine", figures=figures, trouble=trouble) is True
    row = PlanRun.objects.get()
    assert (row.state, row.message, row.served, row.score, row.progress) == (state, message, 2, 7, 100)
    assert draft_rows.end_run(run=run, token="mine", figures=figures, trouble=trouble) is False


def test_a_claim_that_was_lost_ends_nothing() -> None:
    run = _run(state=RunState.RUNNING)
    assert draft_rows.end_run(run=run, token="another", figures=_figures(), trouble=False) is False
    assert PlanRun.objects.get().state == RunState.RUNNING


def test_stops_have_the_drive_to_each_and_go_on_counting() -> None:
    shift, needs = ShiftFactory(date=TUESDAY), {name: NeedFactory() for name in ("a", "b")}
    team = planning.Shift(str(shift.pk), "T", TUESDAY, 27000, 55800, 0, 0, 9)
    visits = tuple(planning.Visit(name, place, 600, 1, ((0, 86400),)) for name, place in (("a", 1), ("b", 2)))
    problem = planning.Problem(((-7.6, 111.5), (-7.61, 111.5), (-7.63, 111.5)), (team,), visits)
    route = planning.walk_route(problem, team, visits).as_route(team)

    found = draft_rows.build_stops(
        plan=PlanFactory(),
        shift=shift,
        problem=problem,
        route=route,
        needs=needs,
        follows={"b"},
        after=3,
        more=lambda need: {"priority": {"a": 5.0, "b": 6.0}[need]},
    )

    assert [(stop.sequence, stop.need_id, stop.priority) for stop in found] == [
        (4, needs["a"].pk, 5.0),
        (5, needs["b"].pk, 6.0),
    ]
    assert [stop.stop_leader_id for stop in found] == [None, needs["a"].pk]
    assert [stop.travel_seconds for stop in found] == [problem.seconds(0, 0, 1), problem.seconds(0, 1, 2)]
    assert [(stop.arrive, stop.start, stop.leave) for stop in found] == [
        (stop.arrive_s, stop.start_s, stop.leave_s) for stop in route.stops
    ]
    assert draft_rows.summarise_routes([route]) == (
        TeamDayFigures(shift=shift.pk, visits=2, travel_s=route.travel_s, end_s=route.end_s),
    )


def test_a_summary_that_is_written_is_what_is_read() -> None:
    plan = PlanFactory()
    assert plan.figures == PlanSummary()
    summary = PlanSummary(served=2, put_back=1)

    draft_rows.write_summary(plan=plan, summary=summary)

    assert plan.figures == summary
    assert plan.figures is plan.figures, "read once"
    assert Plan.objects.get().figures == summary


def test_the_log_says_which_run_made_the_draft() -> None:
    plan = PlanFactory()
    draft_rows.log_plan_made(plan=plan, run=plan.run, figures=_figures())
    entry = LogEntry.objects.get(action="plan_made")
    assert entry.detail == {"run": str(plan.run.pk), "served": 2, "left": 1}
