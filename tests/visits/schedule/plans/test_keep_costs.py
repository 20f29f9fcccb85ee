"""What it costs to leave a visit where it was, and leaving it there, in the rows of a draft."""

from datetime import timedelta

import pytest

from outreach.enums import LocationSource
from outreach.models import LogEntry, Need
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory, at
from tests.visits.planned import NOW, TUESDAY, draft
from visits.models import Plan, PlanStop, PlanUnserved, Shift, Visit
from visits.planning.week import keep_cost
from visits.planning.week.keep_cost import KeepCost
from visits.schedule.plans import draft_moves, keep_costs, plan_changes
from visits.schedule.plans.plan_changes import ChangeKind
from visits.schedule.plans.publishing import publish_plan

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday_noon(clock):
    clock.move_to(NOW, tick=False)


def _prices(plan: Plan) -> dict[str, KeepCost]:
    return keep_costs.price_changes(plan=plan, found=plan_changes.find_changes(plan=plan, now=NOW), now=NOW)


def _publish(routes: dict[Shift, list[Need]], *, starts: int = 8 * 60) -> None:
    publish_plan(plan=draft(routes, starts=starts), user=None, now=NOW)


def test_a_shifted_visit_that_may_wait_for_its_hour_is_free_to_keep() -> None:
    shift, first, second = ShiftFactory(date=TUESDAY), NeedFactory(), NeedFactory()
    _publish({shift: [first, second]}, starts=10 * 60)
    plan = draft({shift: [first, second]}, starts=8 * 60)

    found = _prices(plan)

    assert {need: kept.code for need, kept in found.items()} == {
        str(first.pk): keep_cost.FREE,
        str(second.pk): keep_cost.FREE,
    }


def test_what_is_kept_is_where_and_when_it_was() -> None:
    shift, first, second = ShiftFactory(date=TUESDAY), NeedFactory(), NeedFactory()
    _publish({shift: [first, second]}, starts=10 * 60)
    plan = draft({shift: [first, second]}, starts=8 * 60)
    visit = Visit.objects.get(need=second)

    draft_moves.put_back(plan=plan, need=str(second.pk), user=None, now=NOW)

    found = {change.stop.need_id: change for change in plan_changes.find_changes(plan=plan, now=NOW).stops}
    assert found[second.pk].what == ChangeKind.SAME
    assert abs(found[second.pk].start - visit.planned_start) <= timedelta(minutes=30)
    assert (
        found[first.pk].what == ChangeKind.SHIFTED
    )  # nobody waits two hours at a door that the plan has at eight
    plan.refresh_from_db()
    assert plan.summary["team_days"][0]["visits"] == plan.summary["served"] == 2
    assert LogEntry.objects.filter(action="plan_visit_kept", subject_id=str(plan.pk)).count() == 1
    with pytest.raises(draft_moves.CannotKeepError) as error:
        draft_moves.put_back(plan=plan, need=str(second.pk), user=None, now=NOW)
    assert error.value.code == "same"


def test_a_moved_visit_goes_back_to_its_team_with_the_travel_that_it_costs() -> None:
    one, two = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY)
    stays, moved = NeedFactory(), NeedFactory(resident__latitude=-7.7, resident__longitude=111.6)
    _publish({one: [stays, moved]}, starts=9 * 60)
    plan = draft({one: [stays], two: [moved]}, starts=9 * 60)

    kept = _prices(plan)[str(moved.pk)]

    assert kept.order == (str(stays.pk), str(moved.pk))
    assert kept.code == keep_cost.FREE and kept.added_s < 0  # one team drives, not two
    draft_moves.put_back(plan=plan, need=str(moved.pk), user=None, now=NOW)
    stops = PlanStop.objects.filter(plan=plan).order_by("sequence")
    assert [stop.shift_id for stop in stops] == [one.pk, one.pk]
    assert [change.what for change in plan_changes.find_changes(plan=plan, now=NOW).stops] == [
        ChangeKind.SAME,
        ChangeKind.SAME,
    ]


def test_who_shares_a_stop_is_kept_with_it() -> None:
    one, two = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY)
    here = {
        "resident__latitude": -7.63,
        "resident__longitude": 111.53,
        "resident__location_source": LocationSource.OFFICER,
    }
    first, second, other = NeedFactory(**here), NeedFactory(**here), NeedFactory()
    _publish({one: [first, second], two: [other]}, starts=9 * 60)
    plan = draft({two: [first, second, other]}, starts=9 * 60, follows=[second])
    PlanStop.objects.filter(plan=plan, need=second).update(travel_seconds=0)

    found = _prices(plan)
    assert found[str(first.pk)] == found[str(second.pk)]
    draft_moves.put_back(plan=plan, need=str(second.pk), user=None, now=NOW)

    rows = PlanStop.objects.filter(plan=plan, shift=one).order_by("sequence")
    assert [(row.need_id, row.travel_seconds > 0) for row in rows] == [(first.pk, True), (second.pk, False)]
    assert [row.stop_leader for row in rows] == [None, first]


def test_a_cancelled_visit_comes_back_and_is_no_longer_left() -> None:
    shift, stays, gone = ShiftFactory(date=TUESDAY), NeedFactory(), NeedFactory()
    _publish({shift: [stays, gone]}, starts=9 * 60)
    plan = draft({shift: [stays]}, left=[gone], starts=9 * 60)

    kept = _prices(plan)[str(gone.pk)]
    assert kept.order and kept.points == -30
    draft_moves.put_back(plan=plan, need=str(gone.pk), user=None, now=NOW)

    assert not PlanUnserved.objects.filter(plan=plan).exists()
    assert plan_changes.find_changes(plan=plan, now=NOW).cancelled == []
    plan.refresh_from_db()
    assert (plan.summary["served"], plan.summary["unserved"]) == (2, 0)
    assert plan.summary["points"] == 130.0


def test_who_would_have_to_give_way_is_named_and_cannot_be_kept_by_a_button() -> None:
    shift = ShiftFactory(date=TUESDAY, max_visits=1)
    had, has = NeedFactory(), NeedFactory()
    _publish({shift: [had]}, starts=9 * 60)
    plan = draft({shift: [has]}, left=[had], starts=9 * 60)

    kept = _prices(plan)[str(had.pk)]

    assert (kept.code, kept.out, kept.worth) == (keep_cost.PUSHES, (str(has.pk),), 45)
    with pytest.raises(draft_moves.CannotKeepError) as error:
        draft_moves.put_back(plan=plan, need=str(had.pk), user=None, now=NOW)
    assert error.value.code == "price"
    assert PlanUnserved.objects.filter(plan=plan, need=had).exists()


def test_an_hour_that_replays_do_not_find_true_is_not_offered() -> None:
    """By the plan's long visits it would be where it was; but its family was told that the team comes at eight."""
    shift, first, second = ShiftFactory(date=TUESDAY), NeedFactory(), NeedFactory()
    _publish({shift: [first, second]}, starts=9 * 60)
    told = (at(TUESDAY, 8 * 60), at(TUESDAY, 8 * 60 + 10))
    Visit.objects.filter(need=second).update(told_from=told[0], told_until=told[1])
    plan = draft({shift: [first, second]}, starts=9 * 60)
    PlanStop.objects.filter(plan=plan, need=second).update(start=12 * 3600, arrive=12 * 3600, leave=45_000)

    kept = _prices(plan)[str(second.pk)]

    assert (kept.code, kept.order) == (keep_cost.LATE, ())
    assert kept.told is not None and kept.told[0] > 8 * 3600 + 600
    with pytest.raises(draft_moves.CannotKeepError):
        draft_moves.put_back(plan=plan, need=str(second.pk), user=None, now=NOW)


def test_a_team_that_does_not_work_any_more_cannot_keep_anybody() -> None:
    one, two = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY)
    need = NeedFactory()
    _publish({one: [need]})
    one.is_cancelled = True
    one.save()
    plan = draft({two: [need]})

    assert _prices(plan)[str(need.pk)].relax == (keep_costs.NOT_WORKING,)


def test_a_plan_that_changes_nobody_asks_nothing(django_assert_num_queries) -> None:
    plan = draft({ShiftFactory(date=TUESDAY): [NeedFactory()]})
    found = plan_changes.find_changes(plan=plan, now=NOW)

    with django_assert_num_queries(0):
        assert keep_costs.price_changes(plan=plan, found=found, now=NOW) == {}


def test_the_queries_do_not_grow(django_assert_max_num_queries) -> None:
    shift: Shift = ShiftFactory(date=TUESDAY)
    many: list[Need] = [NeedFactory() for _ in range(6)]
    _publish({shift: many}, starts=8 * 60 + 20)
    plan = draft({shift: many[:5]}, starts=8 * 60)
    found = plan_changes.find_changes(plan=plan, now=NOW)

    with django_assert_max_num_queries(6):
        assert len(keep_costs.price_changes(plan=plan, found=found, now=NOW)) == 6
