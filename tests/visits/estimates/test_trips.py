"""Trips from events that a tablet really handed in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from outreach import vault
from outreach.enums import LocationSource, NeedState
from tests.factories.outreach import NeedFactory
from tests.factories.visits import OfficerFactory, ShiftFactory, TeamFactory, VisitFactory
from visits.enums import Vehicle
from visits.estimates import trips
from visits.models import Device, Shift, Team, Visit
from visits.planning import GreatCircle
from visits.roads.fit import Trip

pytestmark = pytest.mark.django_db

MORNING = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 09.00 at the office
HOMES = [(-7.60, 111.50), (-7.62, 111.53), (-7.65, 111.56)]


@pytest.fixture
def shift() -> Shift:
    return ShiftFactory(team=TeamFactory(), date=MORNING.date())


@pytest.fixture
def visits(shift: Shift) -> list[Visit]:
    return [
        VisitFactory(
            shift=shift,
            need=NeedFactory(
                state=NeedState.PLANNED,
                resident__latitude=lat,
                resident__longitude=lon,
                resident__location_source=LocationSource.PIN,
            ),
        )
        for lat, lon in HOMES
    ]


class Field:
    """A tablet on the road: every tap some minutes after the one before."""

    def __init__(self, tablet: Any, officer: int) -> None:
        self.tablet, self.officer, self.now = tablet, officer, MORNING
        self.taps: list[dict[str, Any]] = []

    def tap(self, kind: str, visit: Visit | None, minutes: float, **more: Any) -> "Field":
        self.now += timedelta(minutes=minutes)
        data = {"outcome": "recorded"} if kind == "outcome" else {}
        data |= more.pop("data", {})
        event = self.tablet.event(kind, visit=str(visit.pk) if visit else None, officer=self.officer, **data)
        self.taps.append(
            event | {"at": self.now.isoformat(), "since_ms": int(minutes * 60_000), "position": None} | more
        )
        return self

    def send(self) -> list[Trip]:
        results = self.tablet.events(*self.taps)
        assert {result["result"] for result in results} <= {"applied", "review"}
        return trips.list_trips(since=MORNING - timedelta(days=900))


@pytest.fixture
def field(new_tablet, shift: Shift) -> Field:
    tablet = new_tablet(shift.team)
    Device.objects.update(paired_at=MORNING - timedelta(days=9))
    return Field(tablet, OfficerFactory(team=shift.team).pk)


def _metres(a: int, b: int) -> int:
    return GreatCircle(1.0, 3.6).seconds(HOMES, a, b)


def test_from_outcome_to_arrival_is_a_drive(field: Field, visits: list[Visit]) -> None:
    found = (
        field.tap("arrived", visits[0], 0)
        .tap("outcome", visits[0], 25)
        .tap("arrived", visits[1], 12)
        .tap("outcome", visits[1], 20)
        .tap("arrived", visits[2], 9.5)
        .send()
    )

    assert found == [Trip(_metres(0, 1), 720.0, 9), Trip(_metres(1, 2), 570.0, 9)]


def test_trips_of_motorcycles_teach_nothing_of_cars(field: Field, visits: list[Visit]) -> None:
    Team.objects.update(vehicle=Vehicle.MOTORCYCLE)

    assert field.tap("outcome", visits[0], 5).tap("arrived", visits[1], 12).send() == []

    Team.objects.update(vehicle=Vehicle.CAR)
    assert trips.list_trips(since=MORNING - timedelta(days=900)) == [Trip(_metres(0, 1), 720.0, 9)]


def test_a_departure_tells_more_than_the_outcome(field: Field, visits: list[Visit]) -> None:
    found = (
        field.tap("outcome", visits[0], 5)
        .tap("departed", visits[1], 10)
        .tap("note", visits[1], 3, data={"text": "ban kempes"})
        .tap("arrived", visits[1], 8)
        .send()
    )

    assert found == [Trip(_metres(0, 1), 660.0, 9)]


def test_a_clock_that_was_set_does_not_matter(field: Field, visits: list[Visit]) -> None:
    field.tap("outcome", visits[0], 5)
    field.now += timedelta(hours=1)  # somebody corrects the clock
    found = field.tap("arrived", visits[1], 10).send()

    assert found == [Trip(_metres(0, 1), 600.0, 9)]


def test_after_a_restart_the_wall_clock_serves(field: Field, visits: list[Visit]) -> None:
    found = field.tap("outcome", visits[0], 5).tap("arrived", visits[1], 10, since_ms=0).send()

    assert found == [Trip(_metres(0, 1), 600.0, 9)]


def test_what_is_no_drive_is_left_out(field: Field, visits: list[Visit]) -> None:
    found = (
        field.tap("arrived", visits[0], 0)
        .tap("arrived", visits[1], 30)  # nobody knows when the first home was left
        .tap("outcome", visits[1], 20)
        .tap("arrived", visits[1], 5)  # back to the same home
        .tap("outcome", visits[1], 5)
        .tap("arrived", visits[2], 150)  # across lunch
        .send()
    )

    assert found == []


def test_a_new_day_is_no_drive(field: Field, visits: list[Visit]) -> None:
    found = field.tap("outcome", visits[0], 300).tap("arrived", visits[1], 18 * 60).send()

    assert found == []


def test_a_home_known_by_its_village_is_where_the_tablet_stood(field: Field, visits: list[Visit]) -> None:
    resident = visits[1].need.resident
    resident.location_source = LocationSource.VILLAGE
    resident.save()
    position = {"lat": HOMES[2][0], "lon": HOMES[2][1], "accuracy_m": 20}

    found = field.tap("outcome", visits[0], 5).tap("arrived", visits[1], 10, position=position).send()
    assert found == [Trip(_metres(0, 2), 600.0, 9)]

    vault.destroy_key(resident.key)
    assert trips.list_trips(since=MORNING - timedelta(days=900)) == [], "who was erased is erased here, too"


@pytest.mark.parametrize("position", [None, {"lat": -7.6, "lon": 111.5, "accuracy_m": 4000}])
def test_an_unknown_place_is_no_end_of_a_drive(field: Field, visits: list[Visit], position) -> None:
    resident = visits[1].need.resident
    resident.location_source = LocationSource.VILLAGE
    resident.save()

    assert field.tap("outcome", visits[0], 5).tap("arrived", visits[1], 10, position=position).send() == []


def test_old_trips_are_forgotten(field: Field, visits: list[Visit], clock) -> None:
    field.tap("outcome", visits[0], 5).tap("arrived", visits[1], 10).send()

    assert trips.list_trips(since=clock.now() + timedelta(days=1)) == []


def test_the_queries_do_not_grow(field: Field, visits: list[Visit], django_assert_num_queries) -> None:
    field.tap("outcome", visits[0], 5).tap("arrived", visits[1], 10).send()
    with django_assert_num_queries(1):
        trips.list_trips(since=MORNING - timedelta(days=900))
    field.taps = []
    field.tap("outcome", visits[1], 5).tap("arrived", visits[2], 10).send()
    with django_assert_num_queries(1):
        assert len(trips.list_trips(since=MORNING - timedelta(days=900))) == 2


BASE = (-7.62, 111.52)  # of the factory's teams


def _from_base(to: int) -> int:
    return GreatCircle(1.0, 3.6).seconds([BASE, HOMES[to]], 0, 1)


@pytest.mark.parametrize("position", [None, {"lat": -7.6204, "lon": 111.5203, "accuracy_m": 30}])
def test_from_the_base_to_the_first_home_is_a_drive(field: Field, visits: list[Visit], position) -> None:
    found = (
        field.tap("departed", None, 0, data={"day": "2026-11-24"}, position=position)
        .tap("note", None, 2, data={"text": "ban kempes"})
        .tap("arrived", visits[0], 16)
        .tap("outcome", visits[0], 25)
        .tap("arrived", visits[1], 12)
        .send()
    )

    assert found == [Trip(_from_base(0), 1080.0, 9), Trip(_metres(0, 1), 720.0, 9)]


def test_a_call_before_leaving_is_no_visit(field: Field, visits: list[Visit]) -> None:
    found = (
        field.tap("outcome", visits[2], 0, data={"outcome": "moved"})
        .tap("departed", None, 5)
        .tap("arrived", visits[0], 16)
        .send()
    )

    assert found == [Trip(_from_base(0), 960.0, 9)]


def test_what_a_telephone_told_is_no_end_of_a_visit(field: Field, visits: list[Visit]) -> None:
    field.tap("arrived", visits[0], 0).tap("outcome", visits[0], 30)
    field.tap("outcome", visits[1], 4, data={"outcome": "not_home"})  # called from the car
    (trip,) = field.tap("arrived", visits[2], 11).send()
    assert (trip.metres, trip.seconds) == (_metres(0, 2), 900)


def test_a_tap_on_the_road_or_after_the_first_home_is_no_departure(field: Field, visits: list[Visit]) -> None:
    away = {"lat": HOMES[2][0], "lon": HOMES[2][1], "accuracy_m": 20}
    found = (
        field.tap("departed", None, 0, position=away)
        .tap("arrived", visits[0], 6)
        .tap("departed", None, 4)
        .tap("outcome", visits[0], 20)
        .tap("departed", None, 5)
        .tap("arrived", visits[1], 9)
        .send()
    )

    assert found == [Trip(_metres(0, 1), 540.0, 9)], "only from home to home"


def test_a_departure_on_another_day_than_the_visits_is_no_drive(field: Field, visits: list[Visit]) -> None:
    field.tap("departed", None, 0, data={"day": "2026-11-23"})  # the clock and the day do not agree
    field.tap("arrived", visits[0], 16)
    assert field.send() == []

    field.taps = []
    field.tap("departed", None, 24 * 60).tap("arrived", visits[1], 16)  # today's homes, tomorrow
    assert field.send() == []


def test_an_evening_tap_does_not_belong_to_the_next_morning(field: Field, visits: list[Visit]) -> None:
    field.now -= timedelta(hours=16)
    assert field.tap("departed", None, 0).tap("arrived", visits[0], 16 * 60).send() == []
