"""Putting a visit back in a draft: by the rules, with the kit, and only where somebody awaits it."""

import pytest

from outreach.enums import LocationSource
from outreach.models import Need, Resident
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory, at
from tests.visits.planned import NOW, TUESDAY, draft
from visits.models import Plan, PlanStop, PlanUnserved, Shift, Visit
from visits.planning.week import keep_cost
from visits.planning.week.keep_cost import KeepCost
from visits.schedule.plans import draft_moves, keep_costs, plan_changes
from visits.schedule.plans.publishing import publish_plan

pytestmark = pytest.mark.django_db

HERE = {
    "resident__latitude": -7.63,
    "resident__longitude": 111.53,
    "resident__location_source": LocationSource.OFFICER,
}


@pytest.fixture(autouse=True)
def _monday_noon(clock):
    clock.move_to(NOW, tick=False)


def _prices(plan: Plan) -> dict[str, KeepCost]:
    return keep_costs.price_changes(plan=plan, found=plan_changes.find_changes(plan=plan, now=NOW), now=NOW)


def _publish(routes: dict[Shift, list[Need]]) -> None:
    publish_plan(plan=draft(routes, starts=9 * 60), user=None, now=NOW)


def _put_back(plan: Plan, need: Need) -> None:
    draft_moves.put_back(plan=plan, need=str(need.pk), user=None, now=NOW)
    plan.refresh_from_db()


def _right_after_another(plan: Plan, need: Need) -> None:
    """As a planner writes it: one stop, no drive, no kit."""
    stop = PlanStop.objects.get(plan=plan, need=need)
    before = PlanStop.objects.get(plan=plan, shift=stop.shift_id, sequence=stop.sequence - 1)
    PlanStop.objects.filter(pk=stop.pk).update(
        travel_seconds=0, leave=stop.start + 600, stop_leader=before.need_id
    )


def test_a_family_without_room_has_a_price_beside_promises_of_other_teams() -> None:
    one, two = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY)
    promised, moved = NeedFactory(), NeedFactory()
    _publish({one: [moved], two: [promised]})
    Visit.objects.filter(need=promised).update(promised=True)
    Shift.objects.filter(pk=one.pk).update(max_visits=0)
    plan = draft({two: [promised, moved]}, starts=9 * 60)

    kept = _prices(plan)[str(moved.pk)]

    assert (kept.code, kept.relax) == (keep_cost.BLOCKED, ("full",))


def test_who_is_away_by_now_has_no_price_and_is_not_put_back() -> None:
    one, two = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY)
    stays, away = NeedFactory(), NeedFactory()
    _publish({one: [stays, away]})
    plan = draft({one: [stays], two: [away]}, starts=9 * 60)
    away.resident.away = True
    away.resident.save()

    assert _prices(plan) == {}
    with pytest.raises(draft_moves.CannotKeepError) as error:
        _put_back(plan, away)
    assert error.value.code == "gone"


def test_a_neighbour_that_awaits_the_team_at_another_hour_stays_where_it_is() -> None:
    shift = ShiftFactory(date=TUESDAY)
    first, between, second = NeedFactory(**HERE), NeedFactory(), NeedFactory(**HERE)
    _publish({shift: [first, between, second]})
    Visit.objects.filter(need=second).update(
        planned_arrive=at(TUESDAY, 11 * 60),
        planned_start=at(TUESDAY, 11 * 60),
        planned_leave=at(TUESDAY, 11 * 60 + 30),
        told_from=at(TUESDAY, 11 * 60),
        told_until=at(TUESDAY, 11 * 60 + 40),
    )
    plan = draft({shift: [between, first, second]}, starts=13 * 60)
    _right_after_another(plan, second)

    _put_back(plan, first)

    stops = list(PlanStop.objects.filter(plan=plan).order_by("sequence"))
    assert [stop.need for stop in stops] == [first, between, second]


def test_who_followed_a_neighbour_brings_the_kit_where_it_is_put_back() -> None:
    one, two = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY)
    new, back, other = NeedFactory(**HERE), NeedFactory(**HERE), NeedFactory()
    _publish({one: [other, back]})
    plan = draft({one: [other], two: [new, back]}, starts=9 * 60)
    _right_after_another(plan, back)

    _put_back(plan, back)

    stop = PlanStop.objects.get(plan=plan, need=back)
    assert stop.leave - stop.start == 600 + 60 * one.team.setup_minutes
    assert stop.stop_leader is None


def test_who_stays_brings_the_kit_where_the_neighbour_is_put_back() -> None:
    one, two = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY)
    back, stays, other = NeedFactory(**HERE), NeedFactory(**HERE), NeedFactory()
    _publish({one: [other, back]})
    plan = draft({one: [other], two: [back, stays]}, starts=9 * 60)
    _right_after_another(plan, stays)

    _put_back(plan, back)

    stop = PlanStop.objects.get(plan=plan, need=stays)
    assert stop.leave - stop.start == 600 + 60 * two.team.setup_minutes
    assert stop.stop_leader is None


def test_each_home_of_a_stop_counts_towards_the_day_of_its_team() -> None:
    one, two = ShiftFactory(date=TUESDAY, max_visits=2), ShiftFactory(date=TUESDAY)
    first, second, new = NeedFactory(**HERE), NeedFactory(**HERE), NeedFactory()
    _publish({one: [first, second]})
    plan = draft({one: [new], two: [first, second]}, starts=9 * 60)
    _right_after_another(plan, second)

    kept = _prices(plan)[str(second.pk)]

    assert (kept.code, kept.order, kept.out) == (keep_cost.PUSHES, (), (str(new.pk),))


def test_who_is_no_longer_to_be_met_is_listed_as_left_when_its_route_is_written_anew() -> None:
    one, two = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY)
    stays, moved, new, old = NeedFactory(), NeedFactory(), NeedFactory(), NeedFactory()
    _publish({one: [stays, moved, old]})
    plan = draft({one: [stays], two: [new, old, moved]}, starts=9 * 60)
    Resident.objects.filter(needs__in=[new, old]).update(away=True)

    _put_back(plan, moved)

    left = PlanUnserved.objects.filter(plan=plan)
    assert {(row.need, row.priority) for row in left} == {(new, 45), (old, 45)}
    assert (plan.summary["served"], plan.summary["unserved"]) == (2, 2)
    assert PlanStop.objects.filter(plan=plan).count() == 2


def test_the_teams_loads_are_those_of_the_changed_draft() -> None:
    one, two = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY)
    stays, back, new = NeedFactory(), NeedFactory(), NeedFactory()
    _publish({one: [stays, back]})
    plan = draft({one: [stays], two: [new, back]}, starts=9 * 60)
    before = [
        {"team": shift.team.code, "days": 1, "available_s": 20_000, "busy_s": 1, "visits": visits}
        for shift, visits in ((one, 1), (two, 2))
    ]
    plan.summary["balance"] = {"kept": False, "teams": before, "held": [], "out_of_time": False}
    plan.save()

    _put_back(plan, back)

    balance = plan.summary["balance"]
    served = {one.team.code: 2, two.team.code: 1}
    travel = {row["shift"]: row["travel_s"] for row in plan.summary["team_days"]}
    assert balance["kept"] is True
    assert {row["team"]: row["visits"] for row in balance["teams"]} == served
    assert {row["team"]: row["busy_s"] for row in balance["teams"]} == {
        shift.team.code: served[shift.team.code] * 1800 + travel[shift.pk] for shift in (one, two)
    }


def test_who_follows_at_a_stop_takes_it_back_behind_the_home_before_it() -> None:
    shift = ShiftFactory(date=TUESDAY)
    first, follower, other = NeedFactory(**HERE), NeedFactory(**HERE), NeedFactory()
    published = draft({shift: [other, first, follower]}, follows=[follower], starts=9 * 60)
    publish_plan(plan=published, user=None, now=NOW)
    plan = draft({shift: [first, follower, other]}, follows=[follower], starts=9 * 60)
    _right_after_another(plan, follower)

    assert _prices(plan)[str(follower.pk)].order == (str(other.pk), str(first.pk))
    _put_back(plan, follower)

    rows = PlanStop.objects.filter(plan=plan).order_by("sequence")
    assert [row.need_id for row in rows] == [other.pk, first.pk, follower.pk]
    assert rows[2].stop_key == rows[1].need_id
