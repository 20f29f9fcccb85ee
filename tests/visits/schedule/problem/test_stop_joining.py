from datetime import date
from typing import Any

import pytest

from outreach.enums import LocationSource, NeedKind
from outreach.models import Need
from tests.factories.outreach import NeedFactory
from tests.factories.visits import PlanRunFactory, ShiftFactory
from tests.visits.planned import NOW, TUESDAY, draft
from visits.appointments import arrival_intervals, placement
from visits.enums import RunState
from visits.models import Shift, Visit
from visits.schedule.plans import booking, slot_labels, slot_offers
from visits.schedule.plans.publishing import publish_plan
from visits.schedule.problem import problem_builder, published_week, stop_joining

pytestmark = pytest.mark.django_db
SETUP = 60 * ShiftFactory.build().team.setup_minutes


@pytest.fixture(autouse=True)
def _monday_noon(clock):
    clock.move_to(NOW, tick=False)


def _need(metres: float = 0.0, **fields: Any) -> Need:
    house = {
        "resident__latitude": -7.61 + metres / 111_195,
        "resident__longitude": 111.53,
        "resident__location_source": LocationSource.PIN,
    }
    need: Need = NeedFactory(**(house | fields))
    return need


def _published(*needs: Need, on: date = TUESDAY, together: bool = False) -> Shift:
    """A team-day with these visits; `together`: as one stop."""
    shift: Shift = ShiftFactory(date=on)
    follows = needs[1:] if together else ()
    plan = draft({shift: list(needs)}, first=on, starts=9 * 60, follows=follows)
    publish_plan(plan=plan, user=None, now=NOW)
    return shift


def _joins(need: Need) -> stop_joining.StopJoins:
    return stop_joining.find_joins(
        there=published_week.load_published_week(
            first=NOW.date(), days=slot_offers.DAYS, asked=need, now=NOW
        ),
        need=need,
    )


def test_the_place_beside_a_published_home_is_offered_and_taken_as_the_planner_would() -> None:
    there = _need()
    shift = _published(_need(2_000), there)
    need = _need(15)

    (offer,) = slot_offers.list_slot_offers(need=need, now=NOW)

    slot = offer.slot
    assert (slot.joins, slot.position) == (str(there.pk), 2)
    assert slot_labels.describe_slot_price(slot, moved=0).startswith(
        "satu tempat dengan rumah ke-2, alat tidak dibongkar lagi; "
    )
    assert abs(slot.added_s) < 60

    ShiftFactory(date=TUESDAY)
    run = PlanRunFactory(first_date=TUESDAY, last_date=TUESDAY, state=RunState.RUNNING)
    pair = [str(_need(5_000).pk), str(_need(5_000).pk)]
    planned = problem_builder.build_problem(run=run, now=NOW).problem.visit_by_id
    short, long = sorted(planned[one].service_s for one in pair)
    assert slot.leave_s - slot.start_s == short == long - SETUP

    assert booking.book_slot(
        need=need, shift=shift.pk, position=slot.position, start_s=slot.start_s, shown="", user=None, now=NOW
    )
    taken = Visit.objects.get(need=need)
    assert (taken.shift, taken.sequence, taken.stop_leader) == (shift, 3, there)
    assert Visit.objects.filter(stop_leader__isnull=False).count() == 1
    assert (
        published_week.published_stop(taken).leave_s - published_week.published_stop(taken).start_s
        == slot.leave_s - slot.start_s
    )
    assert taken.planned_start == Visit.objects.get(need=there).planned_leave
    assert arrival_intervals.interval_told(taken) == offer.told
    assert _joins(_need(40_000)).follows == {str(need.pk)}


def test_nobody_goes_between_two_who_share_a_place() -> None:
    _published(_need(), _need(10), together=True)
    far = _need(4_000)
    there = published_week.load_published_week(first=NOW.date(), days=slot_offers.DAYS, asked=far, now=NOW)
    _, found = slot_offers.find_need_slots(there, far)
    assert {slot.position for slot in found} == {0, 2}
    assert {slot.joins for slot in found} == {None}


@pytest.mark.parametrize(
    ("there", "asked", "joins"),
    [
        ({}, {"metres": 30}, False),
        ({}, {"resident__infectious": True}, False),
        ({}, {"kind": NeedKind.DELIVERY}, True),
        ({"kind": NeedKind.DELIVERY}, {}, False),
        ({"kind": NeedKind.DELIVERY}, {"kind": NeedKind.DELIVERY}, True),
    ],
)
def test_who_joins_whom(there: dict[str, Any], asked: dict[str, Any], joins: bool) -> None:
    """A recording does not join where only a card is handed over: the kit is not set up there."""
    home = _need(**there)
    _published(home)
    assert set(_joins(_need(**asked)).visits) == ({str(home.pk)} if joins else set())


def test_no_more_than_allowed_share_a_place(settings) -> None:
    _published(_need(), _need(), together=True)
    assert len(_joins(_need()).visits) == 2
    settings.SHARED_STOP_MOST = 2
    assert _joins(_need()).visits == {}


def test_a_visit_of_the_place_itself_does_not_join_itself() -> None:
    need = _need()
    _published(need)
    assert _joins(need) == stop_joining.StopJoins()


def test_who_stays_when_the_first_of_a_stop_leaves_is_the_first() -> None:
    first, second, third = _need(), _need(10), _need(15)
    _published(first, second, third, together=True)
    other = ShiftFactory(date=TUESDAY)
    offer = next(offer for offer in slot_offers.list_slot_offers(need=first, now=NOW) if offer.shift == other)

    booking.book_slot(
        need=first,
        shift=other.pk,
        position=offer.slot.position,
        start_s=offer.slot.start_s,
        shown=placement.placement_mark(Visit.objects.get(need=first)),
        user=None,
        now=NOW,
    )

    leaders = {visit.need: visit.stop_leader for visit in Visit.objects.select_related("need", "stop_leader")}
    assert leaders == {first: None, second: None, third: second}
