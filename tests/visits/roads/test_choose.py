import numpy as np
import pytest

from tests.visits.roads.made_up import MadeUp
from visits import roads
from visits.enums import RoadTrouble
from visits.planning import GreatCircle, Table

PLACES = [(-7.62, 111.52), (-7.60, 111.55), (-7.65, 111.50)]
STRAIGHT = {"detour": 1.35, "speed_kmh": 30.0}

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-30T12:00")]


def test_without_a_source_it_is_the_straight_line_of_the_settings(settings) -> None:
    settings.TRAVEL_DETOUR, settings.TRAVEL_SPEED_KMH = 1.4, 35.0

    found = roads.estimate_travel(PLACES)

    assert found.travel == GreatCircle(1.4, 35.0)
    assert found.note.as_json() == {
        "source": "great_circle",
        "wanted": "great_circle",
        "places": 3,
        "detour": 1.4,
        "speed_kmh": 35.0,
    }


def test_roads_come_as_a_table(settings) -> None:
    settings.TRAVEL_SPEED_SCALE = 2.0
    source = MadeUp(speed_kmh=60)

    found = roads.estimate_travel(PLACES, by=source)

    assert isinstance(found.travel, Table)
    assert np.abs(found.travel.values - source.model.matrix(PLACES) / 2).max() < 1
    assert found.note.as_json() == {
        "source": "osrm",
        "wanted": "osrm",
        "places": 3,
        "as_of": "2026-11-03",
        **STRAIGHT,
    }


@pytest.mark.parametrize(
    ("source", "trouble"),
    [
        (MadeUp(refuses=RoadTrouble.SLOW), "slow"),
        (MadeUp(broken=True), "error"),
        (MadeUp(far_m=5000), "outside"),
        (MadeUp(far_m=5000, trouble=RoadTrouble.UNREACHABLE), "unreachable"),
    ],
)
def test_without_roads_the_straight_line_serves_and_the_note_says_so(source: MadeUp, trouble: str) -> None:
    found = roads.estimate_travel(PLACES, by=source)

    assert found.travel == GreatCircle(1.35, 30.0)
    note = found.note
    assert (note.source, note.wanted, note.trouble, note.places) == ("great_circle", "osrm", trouble, 3)


def test_what_a_source_could_not_do_stays_in_the_note() -> None:
    note = roads.estimate_travel(PLACES, by=MadeUp(trouble=RoadTrouble.SLOW)).note

    assert (note.source, note.trouble, note.estimated) == ("osrm", "slow", 0.0)


def test_too_many_places_get_a_straight_line_set_by_a_sample(settings) -> None:
    settings.TRAVEL_MAX_PLACES = 199
    random = np.random.default_rng(2)
    places = [(float(lat), float(lon)) for lat, lon in random.uniform((-7.8, 111.4), (-7.5, 111.8), (200, 2))]
    source = MadeUp(speed_kmh=40)

    found = roads.estimate_travel(places, by=source)

    assert source.asked == 120
    assert isinstance(found.travel, GreatCircle)
    assert found.travel.detour == 1.35
    assert found.travel.speed_kmh == pytest.approx(40 * 1.35, abs=0.2)
    note = found.note
    assert (note.source, note.sampled, note.places, note.speed_kmh) == (
        "osrm",
        120,
        200,
        found.travel.speed_kmh,
    )


@pytest.mark.parametrize("places", [[], PLACES[:1]])
def test_a_single_place_needs_no_roads(places) -> None:
    source = MadeUp(broken=True)

    assert roads.estimate_travel(places, by=source).note.source == "great_circle"
