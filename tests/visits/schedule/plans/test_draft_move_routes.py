"""Moving a visit of a draft by hand: where it goes, what that costs, and by which rule it is refused."""

from datetime import timedelta
from typing import Any

import pytest

from outreach.enums import NeedState, Skill
from outreach.models import LogEntry, Need, Resident
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory, VisitFactory
from tests.visits.planned import NOW, TUESDAY, draft
from tests.visits.schedule.plans.moved_drafts import read_rows
from visits.appointments import arrival_intervals
from visits.enums import RunKind, VisitState
from visits.models import Plan, PlanStop, PlanUnserved, Shift, Visit
from visits.schedule.plans import draft_moves, plan_changes, publishing
from visits.schedule.plans.draft_move_routes import MovePrice, MoveRefusedError
from visits.schedule.plans.publishing import publish_plan

pytestmark = pytest.mark.django_db

HERE = {"resident__latitude": -7.63, "resident__longitude": 111.53, "resident__location_source": "officer"}


@pytest.fixture(autouse=True)
def _monday_noon(clock):
    clock.move_to(NOW, tick=False)


@pytest.fixture
def one() -> Shift:
    return ShiftFactory(date=TUESDAY)


@pytest.fixture
def two() -> Shift:
    return ShiftFactory(date=TUESDAY)


def _move(
    plan: Plan, need: Need, shift: Shift | None, position: int | None = None, shown: MovePrice | None = None
) -> MovePrice:
    return draft_moves.move_need(
        plan=plan,
        need=str(need.pk),
        shift=None if shift is None else shift.pk,
        position=position,
        shown=shown,
        user=None,
        now=NOW,
    )


def _refused(plan: Plan, need: Need, shift: Shift | None, position: int | None = None) -> str:
    before = read_rows(plan)
    with pytest.raises(MoveRefusedError) as error:
        _move(plan, need, shift, position)
    assert read_rows(plan) == before
    return error.value.code


def _order(plan: Plan, shift: Shift) -> list[Need]:
    return [stop.need for stop in PlanStop.objects.filter(plan=plan, shift=shift).order_by("sequence")]


@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_visit_goes_to_the_place_that_was_asked_for(one: Shift, two: Shift, position: int) -> None:
    moved, stays, first, second = (NeedFactory() for _ in range(4))
    plan = draft({one: [moved, stays], two: [first, second]})

    _move(plan, moved, two, position)

    expected = [first, second]
    expected.insert(position, moved)
    assert (_order(plan, one), _order(plan, two)) == ([stays], expected)
    assert LogEntry.objects.get(action="plan_visit_moved").detail["needs"] == [str(moved.pk)]


def test_without_a_position_it_goes_where_it_adds_the_least_travel(one: Shift, two: Shift) -> None:
    moved: Need = NeedFactory()
    others: list[Need] = [NeedFactory() for _ in range(3)]
    plan = draft({one: [moved], two: others})
    prices = [
        draft_moves.price_move(plan=plan, need=str(moved.pk), shift=two.pk, position=at, now=NOW).added_s
        for at in range(4)
    ]

    assert _move(plan, moved, two).added_s == min(prices)
    assert _order(plan, two).index(moved) == prices.index(min(prices))


def test_the_price_is_the_travel_of_both_routes_and_how_much_later_the_team_is_back(
    one: Shift, two: Shift
) -> None:
    moved, stays = NeedFactory(resident__latitude=-7.7, resident__longitude=111.6), NeedFactory()
    plan = draft({one: [moved], two: [stays]})
    draft_moves.move_need(plan=plan, need=str(stays.pk), shift=two.pk, position=0, user=None, now=NOW)
    _move(plan, moved, one)
    plan.refresh_from_db()
    before = plan.summary

    price = draft_moves.price_move(plan=plan, need=str(moved.pk), shift=two.pk, now=NOW)
    assert read_rows(plan)["summary"] == before
    assert _move(plan, moved, two, shown=price) == price

    plan.refresh_from_db()
    ends = {row["shift"]: row["end_s"] for row in before["team_days"]}
    after = {row["shift"]: row["end_s"] for row in plan.summary["team_days"]}
    assert price.added_s == plan.summary["travel_s"] - before["travel_s"]
    assert price.later_s == after[two.pk] - ends[two.pk]
    assert price.told is not None
    stop = PlanStop.objects.get(plan=plan, need=moved)
    assert (stop.told_from, stop.told_until) == price.told


def test_a_day_later_is_worth_less(one: Shift) -> None:
    later, need = ShiftFactory(date=TUESDAY + timedelta(days=1)), NeedFactory()
    plan = draft({one: [need], later: []})

    price = _move(plan, need, later)

    plan.refresh_from_db()
    assert price.points > 0
    assert plan.summary["points"] == pytest.approx(100 - price.points, abs=0.1)


def test_families_who_would_lose_their_hour_are_named_in_the_price(one: Shift, two: Shift) -> None:
    told, new = NeedFactory(), NeedFactory(resident__latitude=-7.9, resident__longitude=111.3)
    publish_plan(plan=draft({one: [told], two: []}, starts=8 * 60), user=None, now=NOW)
    plan = draft({one: [told], two: [new]}, starts=8 * 60)

    assert _move(plan, new, one, 0).news == (str(told.pk),)


def test_a_price_other_than_the_one_shown_changes_nothing(one: Shift, two: Shift) -> None:
    first, second = NeedFactory(), NeedFactory()
    plan = draft({one: [first], two: [second]})
    shown = draft_moves.price_move(plan=plan, need=str(first.pk), shift=two.pk, position=0, now=NOW)
    _move(plan, second, one)
    before = read_rows(plan)

    with pytest.raises(MoveRefusedError, match="changed"):
        _move(plan, first, two, 0, shown)
    assert read_rows(plan) == before


def test_who_is_dropped_waits_with_what_its_priority_is_made_of(one: Shift) -> None:
    dropped, stays = NeedFactory(), NeedFactory()
    plan = draft({one: [dropped, stays]})
    parts = PlanStop.objects.get(plan=plan, need=dropped).parts

    price = _move(plan, dropped, None)
    assert _move(plan, dropped, None) == MovePrice(added_s=0, later_s=0, points=0.0)

    left = PlanUnserved.objects.get(plan=plan)
    assert (left.need, left.reasons, left.priority, left.parts) == (
        dropped,
        [{"code": "by_hand"}],
        45,
        parts,
    )
    assert price.points == 45
    plan.refresh_from_db()
    assert (plan.summary["served"], plan.summary["unserved"]) == (1, 1)
    assert LogEntry.objects.filter(action="plan_visit_moved").count() == 1


def test_who_waits_is_put_on_a_route(one: Shift) -> None:
    waits, stays = NeedFactory(), NeedFactory()
    plan = draft({one: [stays]}, left=[waits])

    assert _move(plan, waits, one, 1).points == -30

    assert _order(plan, one) == [stays, waits]
    assert PlanStop.objects.get(plan=plan, need=waits).priority == 30
    assert not PlanUnserved.objects.filter(plan=plan).exists()


def test_who_shares_a_stop_moves_with_it_and_nobody_comes_between(one: Shift, two: Shift) -> None:
    first, second, other = NeedFactory(**HERE), NeedFactory(**HERE), NeedFactory()
    plan = draft({one: [first, second], two: [other]}, follows=[second])
    PlanStop.objects.filter(plan=plan, need=second).update(travel_seconds=0)

    assert _refused(plan, other, one, 1) == "position"
    _move(plan, second, two, 1)

    assert (_order(plan, one), _order(plan, two)) == ([], [other, first, second])


def test_a_promise_stays_where_it_was_made(one: Shift, two: Shift) -> None:
    need, other = NeedFactory(), NeedFactory()
    publish_plan(plan=draft({one: [need], two: [other]}, starts=9 * 60), user=None, now=NOW)
    Visit.objects.filter(need=need).update(promised=True)
    plan = draft({one: [need], two: [other]}, starts=9 * 60)

    assert _refused(plan, need, two) == "promised"
    assert _refused(plan, need, None) == "promised"
    Shift.objects.filter(pk=one.pk).update(is_cancelled=True)
    _move(draft({two: [other]}, left=[need], starts=9 * 60), need, two)


def test_a_promise_is_not_pushed_out_of_its_hour(one: Shift) -> None:
    promised, new = NeedFactory(), NeedFactory(resident__latitude=-7.9, resident__longitude=111.3)
    publish_plan(plan=draft({one: [promised]}, starts=8 * 60), user=None, now=NOW)
    Visit.objects.filter(need=promised).update(promised=True)
    plan = draft({one: [promised]}, left=[new], starts=8 * 60)

    assert _refused(plan, new, one, 0) == "window"
    _move(plan, new, one, 1)


@pytest.mark.parametrize(
    ("need", "shift", "code"),
    [
        ({"weekdays": [4]}, {}, "date"),
        ({"skills": [Skill.IRIS]}, {}, "skill"),
        ({"windows": [["05:00", "06:00"]]}, {}, "window"),
        ({}, {"max_visits": 1}, "capacity"),
        ({"resident__latitude": -9.5, "resident__longitude": 113.5}, {}, "end"),
    ],
)
def test_no_rule_is_broken_by_hand(need: dict[str, Any], shift: dict[str, Any], code: str) -> None:
    team, stays, new = ShiftFactory(date=TUESDAY, **shift), NeedFactory(), NeedFactory(**need)
    plan = draft({team: [stays]}, left=[new])

    assert _refused(plan, new, team) == code


def test_an_infectious_home_stays_the_last(one: Shift) -> None:
    last, other = NeedFactory(resident__infectious=True), NeedFactory()
    plan = draft({one: [other]}, left=[last])

    assert _refused(plan, last, one, 0) == "order"
    _move(plan, last, one)
    assert _order(plan, one) == [other, last]


def test_a_shift_or_need_that_is_none_of_the_drafts_is_unknown(one: Shift) -> None:
    need = NeedFactory()
    plan = draft({one: [need]})
    elsewhere, cancelled = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY, is_cancelled=True)

    assert [_refused(plan, need, shift) for shift in (elsewhere, cancelled)] == ["unknown", "unknown"]
    assert _refused(plan, NeedFactory(), one) == "unknown"
    assert _refused(plan, need, one, 7) == "position"


@pytest.mark.parametrize("planned", [True, False])
def test_who_is_not_to_be_met_any_more_is_not_moved(one: Shift, two: Shift, planned: bool) -> None:
    need = NeedFactory()
    plan = draft({one: [need] if planned else [], two: []}, left=[] if planned else [need])
    Resident.objects.filter(needs=need).update(away=True)

    assert _refused(plan, need, two) == "stale"


def test_what_is_no_draft_of_days_ahead_is_not_changed(one: Shift) -> None:
    need, plans = NeedFactory(), []
    for _ in range(3):
        plans.append(draft({one: [need]}))
    publishing.discard_plan(plan=plans[0], actor="user:1")
    plans[1].run.kind = RunKind.TODAY
    plans[1].run.save()
    VisitFactory(shift=one, state=VisitState.TRAVELLING, need=NeedFactory(state=NeedState.PLANNED))

    assert [_refused(plan, need, None) for plan in plans] == ["gone"] * 3  # the last: its team has set out


def test_a_move_out_of_the_way_gives_the_family_its_hour_back(one: Shift, two: Shift) -> None:
    """By hand to where it was published is what "put back" does."""
    need, other = NeedFactory(), NeedFactory()
    publish_plan(plan=draft({one: [need], two: [other]}, starts=10 * 60), user=None, now=NOW)
    plan = draft({two: [other, need]}, starts=10 * 60)

    price = _move(plan, need, one)

    assert price.news == ()
    assert plan_changes.find_changes(plan=plan, now=NOW).having(plan_changes.ChangeKind.SAME)
    stop = PlanStop.objects.get(plan=plan, need=need)
    assert arrival_intervals.interval_to_tell(stop) == arrival_intervals.interval_told(
        Visit.objects.get(need=need)
    )


def test_the_queries_do_not_grow(one: Shift, two: Shift, django_assert_max_num_queries) -> None:
    few, many = draft({one: [NeedFactory()]}), draft({two: [NeedFactory() for _ in range(5)]})
    for plan in (few, many):
        need = PlanStop.objects.filter(plan=plan).values_list("need", flat=True)[0]
        with django_assert_max_num_queries(20):
            draft_moves.price_move(plan=plan, need=str(need), shift=None, now=NOW)
