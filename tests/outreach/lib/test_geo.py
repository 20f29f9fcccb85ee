import pytest

from outreach.lib import geo

RING = {
    "type": "Polygon",
    "coordinates": [
        [[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0], [0.0, 0.0]],
        [[4.0, 4.0], [6.0, 4.0], [6.0, 6.0], [4.0, 6.0], [4.0, 4.0]],
    ],
}


@pytest.mark.parametrize(
    ("latitude", "longitude", "inside"), [(1, 1, True), (5, 5, False), (11, 5, False), (9, 5, True)]
)
def test_a_point_is_inside_unless_it_is_in_a_hole(latitude: float, longitude: float, inside: bool) -> None:
    assert geo.contains_point(RING, latitude=latitude, longitude=longitude) is inside
    several = {"type": "MultiPolygon", "coordinates": [RING["coordinates"]]}
    assert geo.contains_point(several, latitude=latitude, longitude=longitude) is inside


def test_rounding_drops_points_that_fall_together_and_rings_that_vanish() -> None:
    area = {
        "type": "Polygon",
        "coordinates": [
            [[0.00001, 0], [1, 0.00001], [1.00001, 0], [1, 1], [0, 1], [0, 0]],
            [[0.5, 0.5], [0.50001, 0.5], [0.50001, 0.50001], [0.5, 0.5]],
        ],
    }
    assert geo.round_boundary(area, 4) == {
        "type": "MultiPolygon",
        "coordinates": [[[[0.0, 0], [1, 0.0], [1, 1], [0, 1], [0, 0]]]],
    }


BAY = {  # a C whose middle lies outside
    "type": "Polygon",
    "coordinates": [
        [
            *([112, -7.6], [112.02, -7.6], [112.02, -7.597], [112.003, -7.597]),
            *([112.003, -7.583], [112.02, -7.583], [112.02, -7.58], [112, -7.58], [112, -7.6]),
        ]
    ],
}
HOLE = {"type": "Polygon", "coordinates": [RING["coordinates"][0], [[1, 1], [3, 1], [3, 3], [1, 3], [1, 1]]]}


@pytest.mark.parametrize(
    "area", [RING, BAY, HOLE, {"type": "MultiPolygon", "coordinates": [BAY["coordinates"]] * 2}]
)
def test_the_inner_point_lies_inside(area: geo.Geometry) -> None:
    latitude, longitude = geo.find_inner_point(area)
    assert geo.contains_point(area, latitude=latitude, longitude=longitude)
    assert geo.distance_to_area(area, latitude=latitude, longitude=longitude) > 0.05


def test_the_distance_to_an_area_is_that_to_its_nearest_edge() -> None:
    assert geo.distance_to_area(BAY, latitude=-7.59, longitude=111.99) == pytest.approx(1.102, abs=0.01)
    assert geo.distance_to_area(BAY, latitude=-7.59, longitude=112.008) == pytest.approx(0.551, abs=0.01)
