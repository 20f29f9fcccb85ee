"""A plan's page of a day under way: where the teams are, what is behind them, what they go to next."""

from datetime import timedelta

import pytest
from django.db.models import F

from outreach.models import Need
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory, at
from tests.visits.planned import NOW, TUESDAY, draft
from visits.appointments import lifecycle
from visits.enums import Outcome, RunKind, VisitState
from visits.models import Device, Plan, PlanRun, PlanStop, Shift, Visit
from visits.schedule.dispatch import routes_underway
from visits.schedule.plans import plan_page
from visits.schedule.plans.plan_page import RouteRow
from visits.schedule.plans.publishing import publish_plan

pytestmark = pytest.mark.django_db

TEN = at(TUESDAY, 10 * 60)


@pytest.fixture(autouse=True)
def _ten_on_tuesday(clock):
    clock.move_to(TEN, tick=False)


@pytest.fixture
def team() -> Shift:
    """Four homes at 09.00, 09.40, 10.20 and 11.00."""
    shift: Shift = ShiftFactory(date=TUESDAY)
    needs: list[Need] = [NeedFactory() for _ in range(4)]
    publish_plan(plan=draft({shift: needs}, starts=9 * 60), user=None, now=NOW)
    return shift


def _of(shift: Shift) -> list[Visit]:
    return list(Visit.objects.filter(shift=shift).order_by("sequence"))


def _shown(plan: Plan) -> RouteRow:
    shifts = plan_page.load_plan_shifts(plan)
    (route,) = routes_underway.add_progress(
        plan, plan_page.add_stops(plan, plan_page.list_route_rows(plan, shifts)), now=TEN
    )
    return route


def _for_today(plan: Plan, shift: Shift) -> None:
    """As a run for the rest of a day would have made it."""
    PlanRun.objects.filter(pk=plan.run_id).update(kind=RunKind.TODAY)
    Plan.objects.filter(pk=plan.pk).update(based_on={str(shift.pk): 1})


def _at_the_second(shift: Shift) -> None:
    """The tablet spoke three minutes ago: the first home is done, the team is at the second."""
    first, second, *_ = _of(shift)
    lifecycle.apply_outcome(
        visit=first, outcome=Outcome.RECORDED, at=at(TUESDAY, 9 * 60 + 25), actor="device:1"
    )
    lifecycle.set_visit_state(
        visit=second, to=VisitState.ARRIVED, at=at(TUESDAY, 9 * 60 + 41), actor="device:1"
    )
    Visit.objects.filter(pk=second.pk).update(arrived_at=at(TUESDAY, 9 * 60 + 41))
    Device.objects.create(
        team=shift.team,
        name="Tablet",
        jwk={},
        thumbprint="made-up",
        last_seen_at=TEN - timedelta(minutes=3),
    )


def test_the_published_plan_says_what_is_done_where_the_team_is_and_what_is_next(team: Shift) -> None:
    _at_the_second(team)

    route = _shown(Plan.objects.get())

    assert route.now is not None
    assert (route.now.done, route.now.left, route.now.since, route.now.age) == (1, 2, "09.41", "3 mnt")
    assert route.now.place.startswith("di rumah ke-2")
    assert [(stop.number, stop.state) for stop in route.stops] == [
        (1, "Berhasil direkam, 09.25"),
        (2, "sedang dikunjungi"),
        (3, "berikutnya"),
        (4, ""),
    ]
    (drawn,) = plan_page.build_plan_map([route])["routes"]
    assert [stop["number"] for stop in drawn["stops"]] == [3, 4]
    assert drawn["base"]["at"] == [route.now.at[0], route.now.at[1]]


def test_a_plan_for_the_rest_of_the_day_shows_what_is_behind_it_and_counts_on(team: Shift) -> None:
    _at_the_second(team)
    first, second, third, fourth = _of(team)
    plan = draft({team: [third.need, fourth.need]}, starts=10 * 60 + 20)
    _for_today(plan, team)

    route = _shown(Plan.objects.get(pk=plan.pk))

    assert route.now is not None
    assert [(row.visit, row.text) for row in route.now.behind] == [
        (first, "Berhasil direkam, 09.25"),
        (second, "sedang dikunjungi"),
    ]
    assert [(stop.number, stop.state) for stop in route.stops] == [(3, "berikutnya"), (4, "")]


def test_an_older_plan_says_what_was_taken_out_of_it_and_goes_on_with_what_is_left(team: Shift) -> None:
    _at_the_second(team)
    _first, _second, third, fourth = _of(team)
    lifecycle.cancel_visit(visit=third, at=TEN, actor="user:1", source="test")
    Visit.objects.filter(pk=fourth.pk).update(sequence=3)

    route = _shown(Plan.objects.get())

    assert [(stop.number, stop.state) for stop in route.stops[2:]] == [
        (0, "tidak lagi di jadwal ini"),
        (3, "berikutnya"),
    ]
    assert route.now is not None and route.now.left == 1
    (drawn,) = plan_page.build_plan_map([route])["routes"]
    assert [stop["number"] for stop in drawn["stops"]] == [3]


def test_a_silent_team_is_taken_to_go_on_and_what_it_began_has_no_points(team: Shift) -> None:
    rows = _of(team)
    plan = draft({team: [visit.need for visit in rows]}, starts=9 * 60)
    _for_today(plan, team)
    PlanStop.objects.filter(plan=plan, sequence__lte=2).update(priority=0, parts=[])

    route = _shown(Plan.objects.get(pk=plan.pk))

    assert [(stop.state, stop.weighed) for stop in route.stops] == [
        ("dianggap sudah dimulai", False),
        ("dianggap sudah dimulai", False),
        ("berikutnya", True),
        ("", True),
    ]
    assert route.now is not None
    assert (route.now.done, route.now.age, route.now.since) == (0, "", "09.50")


def test_a_draft_of_days_ahead_and_a_team_at_its_base_are_as_planned(team: Shift) -> None:
    ahead = draft({team: [visit.need for visit in _of(team)]})
    assert _shown(ahead).now is None

    Shift.objects.filter(pk=team.pk).update(starts="10:30")
    later = timedelta(hours=3)
    Visit.objects.update(
        planned_arrive=F("planned_arrive") + later,
        planned_start=F("planned_start") + later,
        planned_leave=F("planned_leave") + later,
    )
    assert _shown(Plan.objects.exclude(pk=ahead.pk).get()).now is None


def test_the_queries_do_not_grow(team: Shift, django_assert_num_queries) -> None:
    plan = Plan.objects.get()
    routes = plan_page.add_stops(plan, plan_page.list_route_rows(plan, plan_page.load_plan_shifts(plan)))
    with django_assert_num_queries(8):
        routes_underway.add_progress(plan, routes, now=TEN)
    ShiftFactory(date=TUESDAY)
    with django_assert_num_queries(8):
        routes_underway.add_progress(plan, routes, now=TEN)
