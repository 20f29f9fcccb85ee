"""Somebody urgent on the day of work: a place in the draft of today's rest, or the rest planned anew."""

import pytest

from outreach.models import Need
from tests.factories.outreach import NeedFactory
from tests.factories.visits import OfficerFactory, ShiftFactory, at
from tests.visits.planned import NOW, TUESDAY, draft
from visits.appointments import lifecycle
from visits.enums import CallOffReason, Outcome, RunKind, RunState, VisitState
from visits.models import Device, Plan, PlanRun, PlanStop, PlanUnserved, Shift, Visit
from visits.schedule.dispatch import called_off_visits, day_actions, office_changes
from visits.schedule.plans.publishing import PublishRefusedError, publish_plan
from visits.schedule.runs import plan_runs
from visits.workforce import calendar_exceptions, team_shifts

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


def _close_the_day() -> None:
    office_changes.carry_out(
        lambda: calendar_exceptions.set_day(date=TUESDAY, is_open=False, reason="Rapat", actor="user:1"),
        consent=CallOffReason.CLOSED,
        actor="user:1",
    )


def _send_officers_away(shift: Shift) -> None:
    officer = OfficerFactory(team=shift.team)
    officer.is_active = False
    office_changes.carry_out(
        lambda: team_shifts.save_workforce_row(row=officer, changed=["is_active"], actor="user:1"),
        consent=CallOffReason.STAFF,
        actor="user:1",
    )


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


def test_a_team_that_cannot_go_on_calls_off_what_it_has_not_begun(teams: list[Shift]) -> None:
    _done, at_home, waits = Visit.objects.filter(shift=teams[0]).order_by("sequence")

    day_actions.report_breakdown(shift=teams[0], user=None)

    assert [visit for visit in Visit.objects.order_by("sequence") if visit.is_called_off] == [waits]
    assert (at_home.called_off, Visit.objects.get(pk=waits.pk).obstacles) == ("", {"cancelled": 0})

    day_actions.resume_shift(shift=teams[0], user=None)
    assert not Visit.objects.exclude(called_off="").exists()


def test_the_plan_of_the_rest_places_again_what_was_called_off(teams: list[Shift]) -> None:
    waits = Visit.objects.filter(shift=teams[0]).order_by("sequence")[2]
    run = day_actions.report_breakdown(shift=teams[0], user=None)
    PlanRun.objects.filter(pk=run.pk).update(seconds=1)
    assert plan_runs.work_on_run(run_id=str(run.pk))

    publish_plan(plan=Plan.objects.get(run=run), user=None)

    waits.refresh_from_db()
    assert (waits.shift, waits.called_off) == (teams[1], "")


def test_a_plan_of_the_rest_of_a_day_that_was_closed_places_nobody_again(teams: list[Shift]) -> None:
    """Who was called off with the day waits for another one; an urgent visit has no place on it either."""
    urgent = NeedFactory()
    _close_the_day()
    called_off = set(called_off_visits.called_off_visits().values_list("pk", flat=True))
    assert called_off

    run = day_actions.replan_today(user=None, urgent=[urgent])
    assert not plan_runs.work_on_run(run_id=str(run.pk))

    run.refresh_from_db()
    assert (run.state, run.message) == (RunState.FAILED, "no_needs")
    assert set(called_off_visits.called_off_visits().values_list("pk", flat=True)) == called_off


def test_a_plan_of_the_rest_of_a_day_that_was_closed_since_tells_nobody_to_expect_a_team(plan: Plan) -> None:
    """Neither those who were called off with the day, nor who was urgent."""
    assert plan.stops.filter(need__in=plan.run.facts["urgent"]).exists()
    _close_the_day()

    with pytest.raises(PublishRefusedError, match="cancelled"):
        publish_plan(plan=plan, user=None)


def test_nobody_urgent_gets_a_place_in_a_draft_of_a_day_that_was_closed_since(plan: Plan) -> None:
    before, need = _list_stops(plan), NeedFactory()
    _close_the_day()

    assert day_actions.add_urgent(need=need, user=None) != plan.run

    assert _list_stops(plan) == before


def test_a_team_whose_officers_are_all_away_is_given_nobody_and_gives_its_homes_away(
    plan: Plan, teams: list[Shift]
) -> None:
    waits = Visit.objects.filter(shift=teams[0]).order_by("sequence")[2]
    assert plan.stops.filter(shift=teams[0]).exists()
    _send_officers_away(teams[0])

    with pytest.raises(PublishRefusedError, match=f"^cancelled {teams[0].pk}$"):
        publish_plan(plan=plan, user=None)

    run = day_actions.replan_today(user=None)
    PlanRun.objects.filter(pk=run.pk).update(seconds=1)
    assert plan_runs.work_on_run(run_id=str(run.pk))
    publish_plan(plan=Plan.objects.get(run=run), user=None)

    waits.refresh_from_db()
    assert (waits.shift, waits.called_off) == (teams[1], "")


def test_a_draft_for_days_of_a_team_whose_officers_are_all_away_by_now_is_refused(clock) -> None:
    shift = ShiftFactory(date=TUESDAY)
    with clock.at(NOW, tick=False):
        ahead = draft({shift: [NeedFactory()]})
        _send_officers_away(shift)
        with pytest.raises(PublishRefusedError, match=f"^cancelled {shift.pk}$"):
            publish_plan(plan=ahead, user=None)
