import gzip
import json

import pytest

from outreach.models import Regency
from outreach.selectors import region as selector
from outreach.services import region

pytestmark = pytest.mark.django_db


def test_there_is_no_map_before_a_region_is_loaded() -> None:
    assert selector.load_region_map() is None
    assert selector.get_regency() is None


def test_the_map_is_small_and_has_every_boundary(django_assert_num_queries) -> None:
    region.load_region()
    first = selector.load_region_map()
    with django_assert_num_queries(1):
        again = selector.load_region_map()

    assert first is not None
    assert again is first
    assert len(first.gzipped) < 130_000
    collection = json.loads(gzip.decompress(first.gzipped))
    levels = [feature["properties"]["level"] for feature in collection["features"]]
    assert {level: levels.count(level) for level in set(levels)} == {
        "neighbour": 33,
        "village": 206,
        "district": 15,
        "regency": 1,
    }
    assert collection["attribution"] == Regency.objects.get().attribution
    west, south, east, north = collection["bbox"]
    assert (west, south, east, north) == pytest.approx((111.43, -7.84, 111.86, -7.36), abs=0.06)
