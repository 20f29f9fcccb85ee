import pytest

from visits.roads.extract.rules import SPEEDS, RoadUse, road_use


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
        ({"highway": "construction"}, None),
        ({"highway": "unpaved"}, None),
        ({"building": "yes"}, None),
    ],
)
def test_what_a_car_may_drive(tags: dict[str, str], found: RoadUse | None) -> None:
    assert road_use(tags, SPEEDS) == found


def test_the_office_has_its_own_speeds() -> None:
    assert road_use({"highway": "track"}, SPEEDS | {"track": 0}) is None
    assert road_use({"highway": "track"}, SPEEDS | {"track": 9}) == RoadUse(9, True, True)
