import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.lib.region_areas import read_areas

RING = "[[112.0,-7.6],[112.1,-7.6],[112.1,-7.5],[112.0,-7.6]]"


def _text(coordinates: str, *, kind: str = "Polygon", code: str = '"35.98.01.2001"') -> str:
    return (
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":'
        f'{code},"name":"Desa"}},"geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}]}}'
    )


def _problem(text: str) -> str:
    areas, problems = read_areas(text, file="desa.geojson")
    (problem,) = problems
    assert areas == {}
    return problem


@pytest.mark.parametrize(
    ("number", "place"),
    [
        ("NaN", "[0][1][0]"),
        ("1e309", "[0][1][0]"),
        ("-Infinity", "[0][1][0]"),
        ('"112.1"', "[0][1][0]"),
        ("null", "[0][1][0]"),
        ("true", "[0][1][0]"),
    ],
)
def test_what_is_no_number_is_named_by_file_feature_and_field(number: str, place: str) -> None:
    problem = _problem(_text(f"[{RING.replace('112.1', number, 1)}]"))

    assert problem.startswith(f"desa.geojson: fitur 1 35.98.01.2001 geometry.coordinates{place}: bukan angka")


@pytest.mark.parametrize(
    ("coordinates", "kind", "said"),
    [
        ("[]", "Polygon", "geometry.coordinates: kosong"),
        ("[[[112.0,-7.6],[112.1,-7.6]]]", "Polygon", "geometry.coordinates[0]: kurang dari tiga titik"),
        ("[[112.0,-7.6]]", "Polygon", "geometry.coordinates[0][0]: bukan titik"),
        (f"[{RING}]", "LineString", "geometry: bukan Polygon atau MultiPolygon"),
        ("[[[[112.0],[1],[2],[3]]]]", "MultiPolygon", "geometry.coordinates[0][0][0]: bukan titik"),
        ("[[[2.3,48.8],[2.4,48.8],[2.4,48.9],[2.3,48.8]]]", "Polygon", "terletak di luar Indonesia"),
    ],
)
def test_what_is_no_area_of_the_country_is_named(coordinates: str, kind: str, said: str) -> None:
    assert said in _problem(_text(coordinates, kind=kind))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html>",
        "[]",
        '{"features": 3}',
        _text(f"[{RING}]")[:-40],
        "[" * 100_000,
        '{"a":' * 5_000,
        _text(f"[{'[' * 400}1{']' * 400}]"),
        '{"features":[' + "9" * 5_000 + "]}",
        '{"features":[3, null, "x", []]}',
        '{"features":[]}',
    ],
)
def test_what_is_no_collection_is_one_sentence(text: str) -> None:
    areas, problems = read_areas(text, file="desa.geojson")
    assert areas == {}
    assert len(problems) == 1
    assert problems[0].startswith("desa.geojson: ")


def test_texts_are_cleaned_and_an_open_ring_is_closed() -> None:
    text = _text("[[[112.0,-7.6],[112.1,-7.6],[112.1,-7.5]]]", code='"35.98.01.2001\\u0000\\u200b "')
    areas, problems = read_areas(text, file="desa.geojson")

    assert problems == []
    (ring,) = areas["35.98.01.2001"].boundary["coordinates"]
    assert ring[0] == ring[-1]


def test_parts_in_a_collection_and_under_one_code_are_joined() -> None:
    part = {"type": "Polygon", "coordinates": [json.loads(RING)]}
    features = [
        {
            "properties": {"code": "35.98", "name": ""},
            "geometry": {"type": "GeometryCollection", "geometries": [part, part]},
        },
        {"properties": {"code": "35.98", "name": "Contoh"}, "geometry": part},
        {"properties": {"code": "35.98", "name": "Contoh"}, "geometry": None},
    ]
    areas, problems = read_areas(json.dumps({"features": features}), file="x")

    assert problems == []
    assert areas["35.98"].name == "Contoh"
    assert len(areas["35.98"].boundary["coordinates"]) == 3


VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["type", "coordinates", "geometries", "code"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(VALUES, VALUES)
def test_anything_is_read_or_named(properties: Any, geometry: Any) -> None:
    text = json.dumps({"features": [{"properties": properties, "geometry": geometry}]})
    areas, problems = read_areas(text, file="x")
    assert bool(areas) != bool(problems)
