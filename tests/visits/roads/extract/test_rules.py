import pytest

from visits.roads.extract.rules import SPEEDS, Use, use


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ({"highway": "primary"}, Use(42, True, True)),
        ({"highway": "primary_link"}, Use(42, True, True)),
        ({"highway": "motorway"}, Use(80, True, False)),
        ({"highway": "motorway", "oneway": "no"}, Use(80, True, True)),
        ({"highway": "motorway_link"}, Use(80, True, True)),
        ({"highway": "residential", "oneway": "yes"}, Use(22, True, False)),
        ({"highway": "residential", "oneway": "1"}, Use(22, True, False)),
        ({"highway": "residential", "oneway": "-1"}, Use(22, False, True)),
        ({"highway": "residential", "oneway": "no"}, Use(22, True, True)),
        ({"highway": "tertiary", "junction": "roundabout"}, Use(34, True, False)),
        ({"highway": "primary", "maxspeed": "30"}, Use(30, True, True)),
        ({"highway": "primary", "maxspeed": "20 mph"}, Use(20 * 1.609344, True, True)),
        ({"highway": "primary", "maxspeed": "100"}, Use(42, True, True)),
        ({"highway": "primary", "maxspeed": "signals"}, Use(42, True, True)),
        ({"highway": "primary", "maxspeed": "0"}, Use(42, True, True)),
        ({"highway": "tertiary", "surface": "gravel"}, Use(20, True, True)),
        ({"highway": "track", "surface": "mud"}, Use(12, True, True)),
        ({"highway": "residential", "access": "private"}, None),
        ({"highway": "residential", "access": "no", "motorcar": "yes"}, Use(22, True, True)),
        ({"highway": "residential", "motor_vehicle": "no"}, None),
        ({"highway": "residential", "access": "destination"}, Use(22, True, True)),
        ({"highway": "service", "area": "yes"}, None),
        ({"highway": "footway"}, None),
        ({"highway": "path"}, None),
        ({"highway": "construction"}, None),
        ({"highway": "unpaved"}, None),
        ({"building": "yes"}, None),
    ],
)
def test_what_a_car_may_drive(tags: dict[str, str], found: Use | None) -> None:
    assert use(tags, SPEEDS) == found


def test_the_office_has_its_own_speeds() -> None:
    assert use({"highway": "track"}, SPEEDS | {"track": 0}) is None
    assert use({"highway": "track"}, SPEEDS | {"track": 9}) == Use(9, True, True)
