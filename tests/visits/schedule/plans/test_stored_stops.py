"""Who shares a stop is what was published, whatever is learned of the homes later."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps

from outreach.enums import LocationSource
from outreach.models import Need, Resident
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory, VisitFactory, at
from tests.visits.planned import NOW, TUESDAY, draft
from visits.enums import Outcome, VisitState
from visits.estimates import duration_learning, visit_durations
from visits.models import DayVersion, Plan, PlanStop, Shift, Visit, VisitTime
from visits.schedule.plans import draft_routes, plan_changes
from visits.schedule.plans.publishing import publish_plan
from visits.schedule.problem import published_week, simulation, stop_joining
from visits.schedule.runs import appointment_windows

pytestmark = pytest.mark.django_db

FAR = 0.03  # degrees, some three kilometres


@pytest.fixture(autouse=True)
def _monday_noon(clock):
    clock.move_to(NOW, tick=False)


def _home(north: float = 0.0) -> Need:
    need: Need = NeedFactory(
        resident__latitude=-7.61 + north,
        resident__longitude=111.53,
        resident__location_source=LocationSource.PIN,
    )
    return need


def _correct(need: Need, north: float) -> None:
    """As an officer's report does (visits/fieldwork/event_effects.py)."""
    Resident.objects.filter(pk=need.resident_id).update(
        latitude=-7.61 + north, location_source=LocationSource.OFFICER
    )


@pytest.fixture(params=[True, False], ids=["one stop", "two stops"])
def shared(request) -> bool:
    return bool(request.param)


@pytest.fixture
def shift(db) -> Shift:
    row: Shift = ShiftFactory(date=TUESDAY)
    return row


@pytest.fixture
def pair(shift: Shift, shared: bool) -> list[Need]:
    """Published as one stop, and one of them turns out to be far away; or as two, and they are neighbours."""
    one, two = _home(), _home(0.0 if shared else FAR)
    plan = draft({shift: [one, two]}, starts=9 * 60, follows=[two] if shared else [])
    publish_plan(plan=plan, user=None, now=NOW)
    _correct(two, FAR if shared else 0.0)
    return [Need.objects.select_related("resident").get(pk=need.pk) for need in (one, two)]


def test_publishing_keeps_it_with_the_visit_and_not_in_what_tablets_read(
    pair: list[Need], shared: bool
) -> None:
    first, second = (Visit.objects.get(need=need) for need in pair)
    assert first.stop_leader is None
    assert second.stop_leader == (pair[0] if shared else None)
    assert (first.stop_key == second.stop_key) is shared
    (stop, _) = DayVersion.objects.get().content["stops"]
    assert set(stop) == {"visit", "need", "sequence", "travel_seconds", "arrive", "start", "leave"}


def test_publishing_anew_writes_it_anew(shift: Shift, pair: list[Need], shared: bool) -> None:
    plan = draft({shift: pair}, starts=8 * 60, follows=[] if shared else pair[1:])
    publish_plan(plan=plan, user=None, now=NOW)
    assert Visit.objects.get(need=pair[1]).stop_leader == (None if shared else pair[0])


def test_a_kit_that_was_not_set_up_is_not_learned(pair: list[Need], shared: bool) -> None:
    for number, visit in enumerate(Visit.objects.order_by("sequence")):
        came = at(TUESDAY, 540 + 60 * number)
        Visit.objects.filter(pk=visit.pk).update(
            state=VisitState.FINISHED,
            outcome=Outcome.RECORDED,
            arrived_at=came,
            outcome_at=came + timedelta(minutes=42),
        )

    duration_learning.update_learned_durations(now=at(TUESDAY, 900))

    row = VisitTime.objects.get(kind=pair[0].resident.kind)
    kit = ShiftFactory.build().team.setup_minutes
    bars = [(42 - kit) // VisitTime.BIN_MINUTES, (42 if shared else 42 - kit) // VisitTime.BIN_MINUTES]
    assert [row.counts[bar] for bar in bars] == ([1, 1] if shared else [2, 2])


def test_a_published_week_is_replayed_with_its_kits(pair: list[Need], shared: bool) -> None:
    (day,) = simulation._build_published_days(TUESDAY, TUESDAY, visit_durations.load_estimates())
    assert [home.fixed_s > 0 for home in day.homes] == [True, not shared]


def test_families_of_a_stop_are_told_one_interval(shift: Shift, pair: list[Need], shared: bool) -> None:
    plan = draft({shift: pair}, starts=9 * 60, follows=pair[1:] if shared else [])
    Visit.objects.all().delete()

    appointment_windows.assign_windows(plan=plan)

    first, second = PlanStop.objects.filter(plan=plan).order_by("sequence")
    assert ((first.told_from, first.told_until) == (second.told_from, second.told_until)) is shared


def test_a_place_is_offered_before_or_behind_a_stop(pair: list[Need], shared: bool) -> None:
    asked = _home(2 * FAR)
    there = published_week.load_published_week(first=NOW.date(), days=7, asked=asked, now=NOW)
    found = stop_joining.find_joins(there=there, need=asked)
    assert found.follows == ({str(pair[1].pk)} if shared else set())


def test_a_draft_goes_on_with_its_stops(shift: Shift, pair: list[Need], shared: bool) -> None:
    other: Shift = ShiftFactory(date=TUESDAY)
    plan = draft({other: pair}, starts=9 * 60, follows=pair[1:] if shared else [])

    routes = draft_routes.build_routes_ahead(plan, plan_changes.find_changes(plan=plan, now=NOW))

    one, two = (str(need.pk) for need in pair)
    assert routes.groups == ({one: (one, two)} if shared else {})


# --- rows from before it was stored


def _store() -> None:
    migration = import_module("visits.migrations.0014_shared_stops")
    migration.store_who_shares_a_stop(apps, None)


def test_rows_from_before_are_given_what_was_derived_from_places(shift: Shift) -> None:
    house, third, far = [_home(), _home(0.0001)], _home(0.0002), _home(FAR)
    again = _home(0.0002)
    order = [*house, third, far, again]
    plan = draft({shift: order})
    PlanStop.objects.filter(plan=plan, need__in=[house[1], third]).update(travel_seconds=0)
    other = draft({ShiftFactory(date=TUESDAY): house})  # with a drive between: no shared stop
    for number, need in enumerate(order):
        VisitFactory(need=need, shift=shift, sequence=number + 1)
    gone = _home(0.0002)
    VisitFactory(need=gone, shift=shift, sequence=9, state=VisitState.CANCELLED)

    _store()

    leaders = [None, house[0].pk, house[0].pk, None, None]
    stops = PlanStop.objects.filter(plan=plan).order_by("sequence")
    assert [stop.stop_leader_id for stop in stops] == leaders
    assert not PlanStop.objects.filter(plan=other, stop_leader__isnull=False).exists()
    visits = Visit.objects.order_by("sequence")
    assert [visit.stop_leader_id for visit in visits] == [*leaders, None]


def test_homes_known_by_their_village_share_a_stop_by_their_address(shift: Shift) -> None:
    known = {"resident__location_source": LocationSource.VILLAGE, "resident__rt": "01"}
    one = NeedFactory(resident__address="Jalan Contoh 5", **known)
    village = one.resident.village
    two = NeedFactory(resident__address="jalan  contoh 5", resident__village=village, **known)
    other = NeedFactory(resident__address="Jalan Lain 7", resident__village=village, **known)
    for number, need in enumerate([one, two, other]):
        VisitFactory(need=need, shift=shift, sequence=number + 1)

    _store()

    visits = Visit.objects.order_by("sequence")
    assert [visit.stop_leader for visit in visits] == [None, one, None]
    assert not Plan.objects.exists()
