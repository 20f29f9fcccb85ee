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


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        {},
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "Polygon", "coordinates": [[[1, 2]]]},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": [[[1, "x"]] * 4]},
    ],
)
def test_what_is_no_area_is_seen(geometry: object) -> None:
    assert geo.is_area(geometry) is False
    assert geo.is_area(RING) is True
