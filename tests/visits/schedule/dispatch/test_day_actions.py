"""Somebody urgent on the day of work: a place in the draft of today's rest, or the rest planned anew."""

import pytest

from outreach.models import Need
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory, at
from tests.visits.planned import NOW, TUESDAY, draft
from visits.appointments import lifecycle
from visits.enums import Outcome, RunKind, VisitState
from visits.models import Device, Plan, PlanRun, PlanStop, PlanUnserved, Shift, Visit
from visits.schedule.dispatch import day_actions
from visits.schedule.plans.publishing import publish_plan
from visits.schedule.runs import plan_runs

pytestmark = pytest.mark.django_db

TEN = at(TUESDAY, 10 * 60)


@pytest.fixture(autouse=True)
def _ten_on_tuesday(clock):
    clock.move_to(TEN, tick=True)


@pytest.fixture
def teams() -> list[Shift]:
    """Two teams with three homes each from 09.00 on; both have spoken, the first has done one and is at the next."""
    shifts: list[Shift] = [ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY)]
    routes: dict[Shift, list[Need]] = {shift: [NeedFactory() for _ in range(3)] for shift in shifts}
    publish_plan(plan=draft(routes, starts=9 * 60), user=None, now=NOW)
    for shift in shifts:
        Device.objects.create(
            team=shift.team, name="Tablet", jwk={}, thumbprint=f"made-up-{shift.pk}", last_seen_at=TEN
        )
    first, second, _ = Visit.objects.filter(shift=shifts[0]).order_by("sequence")
    lifecycle.apply_outcome(
        visit=first, outcome=Outcome.RECORDED, at=at(TUESDAY, 9 * 60 + 30), actor="device:1"
    )
    lifecycle.set_visit_state(
        visit=second, to=VisitState.ARRIVED, at=at(TUESDAY, 9 * 60 + 45), actor="device:1"
    )
    return shifts


@pytest.fixture
def plan(teams: list[Shift]) -> Plan:
    """A draft of today's rest with somebody urgent."""
    run = day_actions.add_urgent(need=NeedFactory(), user=None)
    PlanRun.objects.filter(pk=run.pk).update(seconds=1)
    assert plan_runs.work_on_run(run_id=str(run.pk))
    return Plan.objects.get(run=run)


def _list_stops(plan: Plan) -> list[tuple[int, int, int]]:
    rows = PlanStop.objects.filter(plan=plan).order_by("shift", "sequence")
    return [(row.shift_id, row.sequence, row.start) for row in rows]


def test_who_is_urgent_too_gets_a_place_beside_the_first(plan: Plan) -> None:
    first, need = plan.run.facts["urgent"], NeedFactory()
    before = PlanStop.objects.filter(plan=plan).count()

    for _ in range(2):
        assert day_actions.add_urgent(need=need, user=None) == plan.run

    assert PlanRun.objects.filter(kind=RunKind.TODAY).count() == 1
    stops = PlanStop.objects.filter(plan=plan)
    assert stops.count() == before + 1
    assert set(first) <= {str(one) for one in stops.values_list("need", flat=True)}
    mine = stops.get(need=need)
    assert mine.start >= 10 * 3600 and mine.told_from is not None and mine.priority > 0
    for shift in {shift for shift, *_ in _list_stops(plan)}:
        numbers = [number for at, number, _ in _list_stops(plan) if at == shift]
        assert numbers == list(range(1, len(numbers) + 1))
    was = plan.summary
    plan.refresh_from_db()
    assert plan.summary["today"]["urgent"] == [*first, str(need.pk)]
    assert (plan.summary["served"], plan.summary["candidates"]) == (was["served"] + 1, was["candidates"] + 1)
    assert plan.summary["unserved"] == was["unserved"]
    publish_plan(plan=plan, user=None)
    assert Visit.objects.get(need=need).state == VisitState.PUBLISHED


def test_who_finds_no_place_has_the_rest_planned_anew(plan: Plan, teams: list[Shift]) -> None:
    Shift.objects.update(max_visits=3)
    before, need = _list_stops(plan), NeedFactory()

    run = day_actions.add_urgent(need=need, user=None)

    assert (run == plan.run, run.facts) == (False, {"urgent": [str(need.pk)]})
    assert _list_stops(plan) == before
    plan.refresh_from_db()
    assert not PlanUnserved.objects.filter(plan=plan, need=need).exists()
    assert str(need.pk) not in PlanRun.objects.get(pk=plan.run_id).facts["urgent"]


def test_a_draft_that_is_too_old_is_left_alone(plan: Plan, clock) -> None:
    with clock.at(at(TUESDAY, 10 * 60 + 21), tick=False):
        assert day_actions.add_urgent(need=NeedFactory(), user=None) != plan.run
