"""A team that closed its day with homes left: others get them, and nobody waits for it."""

from datetime import timedelta
from typing import Any

import pytest

from outreach.lib.ids import uuid7
from outreach.models import Need
from tests.factories.outreach import NeedFactory
from tests.factories.visits import OfficerFactory, ShiftFactory, at
from tests.visits.planned import NOW, TUESDAY, draft
from visits.appointments import promises
from visits.enums import VisitState
from visits.fieldwork import events
from visits.models import Device, Plan, PlanRun, Shift, Visit
from visits.planning.day.replan import replan_day
from visits.schedule.dispatch import day_actions, day_page, family_news, routes_underway
from visits.schedule.plans import plan_page
from visits.schedule.plans.publishing import PublishRefusedError, publish_plan
from visits.schedule.problem import reoptimise
from visits.schedule.runs import plan_runs

pytestmark = pytest.mark.django_db

TEN = at(TUESDAY, 10 * 60)


@pytest.fixture
def teams(clock) -> tuple[Shift, Shift]:
    """Two teams that were just heard of, with three homes each, at 09.00, 09.40 and 10.20; nobody has come to any."""
    shifts: tuple[Shift, Shift] = (ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY))
    routes: dict[Shift, list[Need]] = {shift: [NeedFactory() for _ in range(3)] for shift in shifts}
    publish_plan(plan=draft(routes, starts=9 * 60), user=None, now=NOW)
    for shift in shifts:
        Device.objects.create(
            team=shift.team, name="Tablet", jwk={}, thumbprint=f"made-up-{shift.pk}", last_seen_at=TEN
        )
    Device.objects.update(paired_at=NOW)
    clock.move_to(TEN)
    return shifts


def _close_day(shift: Shift) -> None:
    item = {
        "id": str(uuid7()),
        "sequence": 1,
        "kind": "day_closed",
        "at": (TEN - timedelta(minutes=2)).isoformat(),
        "since_ms": 0,
        "officer": OfficerFactory(team=shift.team).pk,
        "visit": None,
        "data": {"day": TUESDAY.isoformat(), "carried": 0},
    }
    tablet = Device.objects.get(team=shift.team)
    assert [answer.result for answer in events.receive_events(device=tablet, items=[item])] == ["applied"]


def _work_on(run: PlanRun) -> Plan:
    PlanRun.objects.filter(pk=run.pk).update(seconds=1)
    assert plan_runs.work_on_run(run_id=str(run.pk))
    return Plan.objects.get(run=run)


def test_a_closed_team_gets_no_homes_and_loses_what_is_left(teams) -> None:
    closed, working = teams
    _close_day(closed)
    run = day_actions.replan_today(user=None)

    day = reoptimise.build_day_problem(run=run)

    assert [team.shift for team in day.facts.teams] == [str(working.pk)]
    assert day.facts.failed == {str(closed.pk)}

    plan = _work_on(run)
    told = plan.figures.today
    assert told is not None
    assert (told.failed, told.closed, told.silent) == ((), (closed.pk,), ())
    basis = day_page.describe_basis(plan, {shift.pk: shift for shift in teams})
    assert f"Hari ditutup: {closed.team.name}." in basis
    assert "Tidak bisa lanjut" not in basis
    publish_plan(plan=plan, user=None)
    assert not Visit.objects.filter(shift=closed, state=VisitState.PUBLISHED).exists()


def test_what_was_promised_with_a_closed_team_does_not_stand_in_the_way(teams) -> None:
    closed, _working = teams
    owed = Visit.objects.get(shift=closed, sequence=3)
    promises.make_promises(visits=[owed.pk], actor="user:1")
    _close_day(closed)

    publish_plan(plan=_work_on(day_actions.replan_today(user=None)), user=None)

    owed.refresh_from_db()
    assert (owed.shift_id, owed.state) != (closed.pk, VisitState.PUBLISHED)


def test_a_plan_from_before_a_team_closed_its_day_gives_it_no_homes(teams) -> None:
    broken, closed = teams
    plan = _work_on(day_actions.report_breakdown(shift=broken, user=None))
    assert plan.stops.filter(shift=closed).count() > 3
    _close_day(closed)

    with pytest.raises(PublishRefusedError, match=f"^cancelled {closed.pk}$"):
        publish_plan(plan=plan, user=None)


def test_a_day_closed_while_the_rest_is_computed_is_in_its_plan(teams, monkeypatch) -> None:
    closed, _working = teams
    computed: list[object] = []

    def meanwhile(*args: Any, **named: Any) -> Any:
        computed.append(args)
        if len(computed) == 1:
            _close_day(closed)
        return replan_day(*args, **named)

    monkeypatch.setattr(plan_runs, "replan_day", meanwhile)
    plan = _work_on(day_actions.replan_today(user=None))

    assert len(computed) == 2
    assert not plan.stops.filter(shift=closed).exists()


def test_no_family_of_a_closed_team_is_told_when_it_comes(teams) -> None:
    first = Visit.objects.get(shift=teams[0], sequence=1).need
    assert family_news.expect_arrival(first) is not None

    _close_day(teams[0])

    assert family_news.expect_arrival(first) is None


def test_the_pages_say_that_the_day_is_closed_and_whose_homes_have_no_team(teams) -> None:
    mark = day_page.mark_today(now=TEN)
    _close_day(teams[0])

    assert day_page.mark_today(now=TEN) != mark
    lanes = day_page.draw_timeline(day_page.list_team_rows(now=TEN), now=TEN)
    assert lanes is not None
    states = {lane.name: [mark.state for mark in lane.marks] for lane in lanes.lanes}
    assert ["lost"] * 3 in states.values()
    plan = Plan.objects.get()
    rows = plan_page.list_route_rows(plan, {shift.pk: shift for shift in teams})
    routes = routes_underway.add_progress(plan, plan_page.add_stops(plan, rows), now=TEN)
    (route,) = [route for route in routes if route.shift == teams[0]]
    assert route.now is not None
    assert (route.now.closed, route.now.fails) == ("09.58", False)
    assert "berikutnya" not in [stop.state for stop in route.stops]
