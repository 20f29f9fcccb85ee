import pytest

from visits.roads.extract.rules import RoadUse, closes_road, ferry_use, road_use
from visits.roads.extract.vehicles import MOTORCYCLE, MOTORCYCLE_SPEEDS, SPEEDS


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ({"highway": "primary"}, RoadUse(42, True, True)),
        ({"highway": "primary_link"}, RoadUse(42, True, True)),
        ({"highway": "motorway"}, RoadUse(80, True, False)),
        ({"highway": "motorway", "oneway": "no"}, RoadUse(80, True, True)),
        ({"highway": "motorway_link"}, RoadUse(80, True, True)),
        ({"highway": "residential", "oneway": "yes"}, RoadUse(22, True, False)),
        ({"highway": "residential", "oneway": "1"}, RoadUse(22, True, False)),
        ({"highway": "residential", "oneway": "-1"}, RoadUse(22, False, True)),
        ({"highway": "residential", "oneway": "no"}, RoadUse(22, True, True)),
        ({"highway": "tertiary", "junction": "roundabout"}, RoadUse(34, True, False)),
        ({"highway": "primary", "maxspeed": "30"}, RoadUse(30, True, True)),
        ({"highway": "primary", "maxspeed": "20 mph"}, RoadUse(20 * 1.609344, True, True)),
        ({"highway": "primary", "maxspeed": "100"}, RoadUse(42, True, True)),
        ({"highway": "primary", "maxspeed": "signals"}, RoadUse(42, True, True)),
        ({"highway": "primary", "maxspeed": "0"}, RoadUse(42, True, True)),
        ({"highway": "tertiary", "surface": "gravel"}, RoadUse(20, True, True)),
        ({"highway": "track", "surface": "mud"}, RoadUse(12, True, True)),
        ({"highway": "residential", "access": "private"}, None),
        ({"highway": "residential", "access": "no", "motorcar": "yes"}, RoadUse(22, True, True)),
        ({"highway": "residential", "motor_vehicle": "no"}, None),
        ({"highway": "residential", "access": "destination"}, RoadUse(22, True, True)),
        ({"highway": "service", "area": "yes"}, None),
        ({"highway": "footway"}, None),
        ({"highway": "path"}, None),
        ({"highway": "path", "motorcycle": "yes"}, None),
        ({"highway": "tertiary", "ford": "yes"}, None),
        ({"highway": "tertiary", "ford": "no"}, RoadUse(34, True, True)),
        ({"highway": "tertiary", "ford": "yes", "motor_vehicle": "yes"}, RoadUse(34, True, True)),
        ({"highway": "track", "seasonal": "dry_season"}, None),
        ({"highway": "track", "seasonal": "no"}, RoadUse(12, True, True)),
        ({"highway": "track", "tidal": "yes"}, None),
        ({"highway": "track", "4wd_only": "yes"}, None),
        ({"highway": "track", "smoothness": "horrible"}, None),
        ({"highway": "track", "smoothness": "very_bad"}, RoadUse(12, True, True)),
        ({"highway": "residential", "maxwidth": "1.5"}, None),
        ({"highway": "residential", "width": "1.2 m"}, None),
        ({"highway": "residential", "width": "narrow"}, RoadUse(22, True, True)),
        ({"highway": "construction"}, None),
        ({"highway": "unpaved"}, None),
        ({"building": "yes"}, None),
    ],
)
def test_what_a_car_may_drive(tags: dict[str, str], found: RoadUse | None) -> None:
    assert road_use(tags, SPEEDS) == found


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ({"highway": "residential"}, RoadUse(25, True, True)),
        ({"highway": "path"}, None),
        ({"highway": "path", "access": "yes"}, None),
        ({"highway": "path", "motorcycle": "yes"}, RoadUse(12, True, True)),
        ({"highway": "path", "motor_vehicle": "yes", "motorcycle": "no"}, None),
        ({"highway": "footway", "motorcycle": "designated"}, RoadUse(8, True, True)),
        ({"highway": "footway"}, None),
        ({"highway": "steps", "motorcycle": "yes"}, None),
        ({"highway": "motorway"}, None),
        ({"highway": "motorway", "motorcycle": "yes"}, RoadUse(60, True, False)),
        ({"highway": "trunk"}, RoadUse(46, True, True)),
        ({"highway": "trunk", "motorcycle": "no"}, None),
        ({"highway": "trunk", "motorroad": "yes"}, None),
        ({"highway": "residential", "motor_vehicle": "no"}, None),
        ({"highway": "residential", "motor_vehicle": "no", "motorcycle": "yes"}, RoadUse(25, True, True)),
        ({"highway": "residential", "motorcar": "no"}, RoadUse(25, True, True)),
        ({"highway": "residential", "width": "1.2"}, RoadUse(25, True, True)),
        ({"highway": "residential", "maxwidth": "0.5"}, None),
        ({"highway": "track", "smoothness": "horrible"}, RoadUse(15, True, True)),
        ({"highway": "track", "smoothness": "impassable"}, None),
        ({"highway": "track", "4wd_only": "yes"}, RoadUse(15, True, True)),
        ({"highway": "tertiary", "ford": "yes"}, None),
        ({"highway": "residential", "oneway": "yes", "oneway:motorcycle": "no"}, RoadUse(25, True, True)),
    ],
)
def test_what_a_motorcycle_may_drive(tags: dict[str, str], found: RoadUse | None) -> None:
    assert road_use(tags, MOTORCYCLE_SPEEDS, MOTORCYCLE) == found


@pytest.mark.parametrize(
    ("tags", "closed"),
    [
        ({"barrier": "bollard"}, False),
        ({"barrier": "cycle_barrier"}, False),
        ({"barrier": "bollard", "motor_vehicle": "no"}, True),
        ({"barrier": "bollard", "motor_vehicle": "no", "motorcycle": "yes"}, False),
        ({"barrier": "bollard", "maxwidth:physical": "0.6"}, True),
        ({"barrier": "motorcycle_barrier"}, True),
        ({"barrier": "gate"}, True),
        ({"barrier": "gate", "motorcycle": "yes"}, False),
        ({"ford": "yes"}, True),
    ],
)
def test_a_motorcycle_passes_what_is_wide_enough(tags: dict[str, str], closed: bool) -> None:
    assert closes_road(tags, MOTORCYCLE) is closed


@pytest.mark.parametrize("access", [{"motorcycle": "yes"}, {"motorcar": "yes"}, {"motor_vehicle": "yes"}])
def test_a_boat_takes_motorcycles_where_it_takes_them_or_cars(access: dict[str, str]) -> None:
    tags = {"route": "ferry", "duration": "00:10"}
    assert ferry_use(tags | access, metres=1000, by=MOTORCYCLE) == RoadUse(6.0, True, True)
    assert ferry_use(tags | {"foot": "yes"}, metres=1000, by=MOTORCYCLE) is None
    assert ferry_use(tags | {"motorcycle": "no", "motorcar": "yes"}, metres=1000, by=MOTORCYCLE) is None


def test_the_office_has_its_own_speeds() -> None:
    assert road_use({"highway": "track"}, SPEEDS | {"track": 0}) is None
    assert road_use({"highway": "track"}, SPEEDS | {"track": 9}) == RoadUse(9, True, True)


@pytest.mark.parametrize(
    ("tags", "closed"),
    [
        *(
            ({"barrier": kind}, True)
            for kind in ("bollard", "gate", "lift_gate", "swing_gate", "chain", "block", "yes")
        ),
        *(
            ({"barrier": kind}, False)
            for kind in ("cattle_grid", "toll_booth", "entrance", "height_restrictor")
        ),
        ({"barrier": "gate", "access": "yes"}, False),
        ({"barrier": "gate", "motor_vehicle": "destination"}, False),
        ({"barrier": "gate", "access": "yes", "locked": "yes"}, True),
        ({"barrier": "lift_gate", "access": "no", "motorcar": "yes"}, False),
        ({"barrier": "bollard", "foot": "yes"}, True),
        ({"barrier": "toll_booth", "access": "private"}, True),
        ({"ford": "yes"}, True),
        ({"ford": "stepping_stones"}, True),
        ({"ford": "yes", "motor_vehicle": "yes"}, False),
        ({"ford": "no"}, False),
    ],
)
def test_what_stands_on_a_road_stops_a_car_unless_its_tags_open_it(
    tags: dict[str, str], closed: bool
) -> None:
    assert closes_road(tags) is closed


@pytest.mark.parametrize(
    ("duration", "kmh"),
    [
        ("00:15", 4.0),
        ("0:15:00", 4.0),
        ("15", 4.0),
        ("PT15M", 4.0),
        ("PT1H", 1.0),
        ("90", 2 / 3),
        ("", 6.0),
        ("soon", 6.0),
    ],
)
def test_a_ferry_that_takes_cars_has_its_time(duration: str, kmh: float) -> None:
    found = ferry_use({"route": "ferry", "motor_vehicle": "yes", "duration": duration}, metres=1000)
    assert found is not None
    assert found.speed_kmh == pytest.approx(kmh)
    assert (found.forward, found.backward) == (True, True)


@pytest.mark.parametrize(
    "access", [{}, {"motor_vehicle": "no"}, {"foot": "yes"}, {"motorcar": "no", "motorcycle": "yes"}]
)
def test_a_boat_that_nothing_says_takes_cars_is_no_road(access: dict[str, str]) -> None:
    assert ferry_use({"route": "ferry", "duration": "00:10"} | access, metres=1000) is None
