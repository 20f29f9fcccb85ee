"""Homes of one stop on the day of work: they stay together, or apart for a reason, and no promise pays for it."""

from itertools import pairwise

import pytest

from outreach.enums import LocationSource
from outreach.models import Need
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory, VisitFactory, at
from tests.visits.planned import TUESDAY
from visits.appointments import lifecycle
from visits.enums import Outcome, VisitState
from visits.models import Device, Plan, PlanRun, PlanStop, Shift, Visit
from visits.schedule.dispatch import day_actions
from visits.schedule.plans import keep_costs, plan_changes
from visits.schedule.plans.publishing import publish_plan
from visits.schedule.problem import reoptimise
from visits.schedule.runs import plan_runs

pytestmark = pytest.mark.django_db

NINE = at(TUESDAY, 9 * 60)
KIT_S = 60 * ShiftFactory.build().team.setup_minutes


@pytest.fixture(autouse=True)
def _nine_on_tuesday(clock):
    clock.move_to(NINE)


@pytest.fixture
def teams() -> tuple[Shift, Shift]:
    shifts: tuple[Shift, Shift] = (ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY))
    for shift in shifts:
        Device.objects.create(
            team=shift.team, name="Tablet", jwk={}, thumbprint=f"made-up-{shift.pk}", last_seen_at=NINE
        )
    return shifts


def _home(metres: float = 0.0, **fields) -> Need:
    return NeedFactory(
        resident__latitude=-7.61 + metres / 111_195,
        resident__longitude=111.53,
        resident__location_source=LocationSource.PIN,
        **fields,
    )


def _published(shift: Shift, needs: list[Need], *, minutes: int = 600, promised: bool = False) -> list[Visit]:
    """One stop from `minutes` on, the kit set up once, as the weekly plan makes it; told one interval."""
    found: list[Visit] = []
    leave = minutes
    for number, need in enumerate(needs, start=Visit.objects.filter(shift=shift).count() + 1):
        start, leave = leave, leave + (20 if found else 30)
        found.append(
            VisitFactory(
                need=need,
                stop_leader=found[0].need if found else None,
                shift=shift,
                sequence=number,
                planned_arrive=at(TUESDAY, start),
                planned_start=at(TUESDAY, start),
                planned_leave=at(TUESDAY, leave),
                told_from=at(TUESDAY, minutes - 30),
                told_until=at(TUESDAY, minutes + 90),
                promised=promised,
            )
        )
        Need.objects.filter(pk=need.pk).update(state="planned")
    return found


def _stops(run: PlanRun) -> dict[Need, PlanStop]:
    PlanRun.objects.filter(pk=run.pk).update(seconds=1)
    assert plan_runs.work_on_run(run_id=str(run.pk))
    return {stop.need: stop for stop in Plan.objects.get(run=run).stops.select_related("need")}


def _together(stops: dict[Need, PlanStop], needs: list[Need]) -> bool:
    """Right after each other on one team-day, without a drive; the kit is set up once."""
    rows = sorted((stops[need] for need in needs), key=lambda stop: stop.sequence)
    return (
        len({row.shift_id for row in rows}) == 1
        and [row.sequence for row in rows] == list(range(rows[0].sequence, rows[0].sequence + len(rows)))
        and all((row.travel_seconds, row.arrive) == (0, before.leave) for before, row in pairwise(rows))
    )


def _interval(stop: PlanStop) -> tuple[int | None, int | None]:
    return stop.told_from, stop.told_until


def test_two_of_a_house_go_to_one_other_team_together_when_theirs_breaks_down(teams) -> None:
    broken, working = teams
    pair = [_home(), _home(12)]
    one, two = _published(broken, pair)

    stops = _stops(day_actions.report_breakdown(shift=broken, user=None))

    first, second = stops[pair[0]], stops[pair[1]]
    assert _together(stops, pair)
    assert first.shift == working
    assert second.start - first.start == (one.planned_leave - one.planned_start).seconds
    assert second.leave - second.start == (two.planned_leave - two.planned_start).seconds
    assert _interval(first) == _interval(second)
    assert (first.stop_leader, second.stop_leader) == (None, pair[0])
    assert (first.told_from or 0) <= (first.expected or 0) < (second.expected or 0) <= (first.told_until or 0)


def test_each_of_a_house_keeps_its_own_record(teams) -> None:
    broken, working = teams
    pair = [_home(), _home(12)]
    rows = _published(broken, pair)
    run = day_actions.report_breakdown(shift=broken, user=None)
    _stops(run)
    publish_plan(plan=Plan.objects.get(run=run), user=None)

    moved = list(Visit.objects.filter(shift=working).order_by("sequence"))
    assert moved == rows
    assert len({(visit.told_from, visit.told_until) for visit in moved}) == 1

    urgent = _home(15)
    run = day_actions.add_urgent(need=urgent, user=None)
    _stops(run)
    publish_plan(plan=Plan.objects.get(run=run), user=None)

    after = list(Visit.objects.filter(shift=working).order_by("sequence"))
    assert [visit.need for visit in after] == [*pair, urgent]
    assert after[:2] == rows
    assert after[2].planned_start == after[1].planned_leave
    assert [visit.stop_leader for visit in after] == [None, pair[0], pair[0]]
    told = [(visit.told_from, visit.told_until) for visit in after]
    assert told[:2] == [(visit.told_from, visit.told_until) for visit in moved]
    assert told[2][0] == told[0][0]


def test_who_is_left_of_a_begun_stop_brings_the_kit_of_another_team(teams) -> None:
    """The first of the house is done as its team breaks down: the other is not met without setting up the kit."""
    broken, working = teams
    one, two = _published(broken, [_home(), _home(12)], minutes=500)
    lifecycle.apply_outcome(visit=one, outcome=Outcome.RECORDED, at=NINE, actor="device:1")

    stops = _stops(day_actions.report_breakdown(shift=broken, user=None))

    (stop,) = stops.values()
    assert (stop.need, stop.shift, stop.stop_leader) == (two.need, working, None)
    assert stop.leave - stop.start == (two.planned_leave - two.planned_start).seconds + KIT_S
    one.refresh_from_db()
    assert (one.shift, one.state) == (broken, VisitState.FINISHED)


def test_who_is_left_of_a_begun_stop_is_not_planned_longer_while_the_team_works(teams) -> None:
    one, two = _published(teams[0], [_home(), _home(12)], minutes=520)
    lifecycle.set_visit_state(visit=one, to=VisitState.ARRIVED, at=at(TUESDAY, 520), actor="device:1")
    run = day_actions.replan_today(user=None)
    assert reoptimise.build_day_problem(run=run, now=NINE).stops.begun == {str(two.need_id)}

    stops = _stops(run)

    (stop,) = stops.values()
    assert (stop.shift, stop.stop_leader) == (teams[0], one.need)
    assert stop.leave - stop.start == (two.planned_leave - two.planned_start).seconds


@pytest.mark.parametrize("promised", [True, False])
def test_an_urgent_neighbour_joins_the_stop_of_the_house(teams, promised: bool) -> None:
    there, other = teams
    home = _home()
    _published(there, [home], promised=promised)
    neighbour = _home(15)
    _published(other, [_home(3000)], promised=True)

    run = day_actions.add_urgent(need=neighbour, user=None)
    alone = reoptimise.build_day_problem(run=run, now=NINE).problem.visit_by_id[str(neighbour.pk)].service_s
    stops = _stops(run)

    assert _together(stops, [home, neighbour])
    joined = stops[neighbour]
    assert joined.shift == there
    assert joined.leave - joined.start == alone - KIT_S
    kept = stops[home]
    assert kept.sequence < joined.sequence
    assert (kept.stop_leader, joined.stop_leader) == (None, home)
    since, until = (540 + 30) * 60, (600 + 90) * 60
    assert _interval(kept) == (since, until)  # it was told so
    assert since <= joined.start <= until
    assert (joined.told_from or 0) <= since
    assert (joined.told_until or 0) >= until


def test_a_neighbour_with_a_need_that_the_promised_team_cannot_meet_goes_to_another(teams) -> None:
    there, other = teams
    Shift.objects.filter(pk=other.pk).update(skills=[*other.skills, "interpreter"])
    home = _home()
    _published(there, [home], promised=True)
    neighbour = _home(15, skills=["interpreter"])

    stops = _stops(day_actions.add_urgent(need=neighbour, user=None))

    assert (stops[home].shift, stops[neighbour].shift) == (there, other)


def test_promises_at_different_hours_stay_apart(teams) -> None:
    early, late = [_home()], [_home(12)]
    _published(teams[0], early, minutes=600, promised=True)
    _published(teams[0], late, minutes=840, promised=True)

    stops = _stops(day_actions.replan_today(user=None))

    assert not _together(stops, [*early, *late])
    assert [stops[need].told_from for need in (*early, *late)] == [570 * 60, 810 * 60]


def test_promises_to_different_teams_stay_with_them(teams) -> None:
    pair = [_home(), _home(12)]
    for team, need in zip(teams, pair, strict=True):
        _published(team, [need], promised=True)

    stops = _stops(day_actions.replan_today(user=None))

    assert [stops[need].shift for need in pair] == list(teams)


def test_a_house_that_no_team_has_time_for_is_visited_by_one_team_each(teams, clock, settings) -> None:
    """Two hours for both are nowhere left; one each are."""
    settings.VISIT_IN_VAIN = 0
    broken, working = teams
    third = ShiftFactory(date=TUESDAY)
    pair = [_home(service_minutes=90), _home(12, service_minutes=90)]
    rows = _published(broken, pair)
    for number, visit in enumerate(rows):
        start = 600 + 100 * number
        Visit.objects.filter(pk=visit.pk).update(
            planned_arrive=at(TUESDAY, start),
            planned_start=at(TUESDAY, start),
            planned_leave=at(TUESDAY, start + (100 if not number else 90)),
        )
    for shift in (working, third):
        Shift.objects.filter(pk=shift.pk).update(ends="11:45", breaks=[])
    with clock.at(NINE):
        stops = _stops(day_actions.report_breakdown(shift=broken, user=None))

    assert {stops[need].shift for need in pair} == {working, third}
    assert {stop.stop_leader for stop in stops.values()} == {None}
    assert {stop.leave - stop.start for stop in stops.values()} == {100 * 60}


def test_the_price_of_a_change_is_that_of_the_whole_stop(teams) -> None:
    there, other = teams
    pair = [_home(), _home(12)]
    _published(there, pair)
    run = day_actions.replan_today(user=None)
    stops = _stops(run)
    assert _together(stops, pair)
    PlanStop.objects.filter(need__in=pair).update(shift=other)
    plan = Plan.objects.get(run=run)

    prices = keep_costs.price_changes(plan=plan, found=plan_changes.find_changes(plan=plan))

    first, second = (prices[str(need.pk)] for need in pair)
    assert first == second
    assert first.shift == str(there.pk)


def test_nobody_of_a_house_is_lost_when_no_team_goes_on(teams) -> None:
    later = ShiftFactory(date=TUESDAY.replace(day=2))
    pair = [_home(), _home(12)]
    _published(teams[0], pair)
    for shift in teams:
        run = day_actions.report_breakdown(shift=shift, user=None)
    assert _stops(run) == {}

    instead = Plan.objects.get(run=run).summary["instead"]
    one, two = (instead[str(need.pk)] for need in pair)
    assert one["shift"] == two["shift"] == later.pk
    assert two["start"] - one["start"] == 30 * 60
