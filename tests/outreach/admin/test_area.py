import gzip
import json

import pytest
from django.test import Client

from outreach.services import region

pytestmark = pytest.mark.django_db
MAP = "/admin/outreach/regency/peta.geojson"


def test_the_map_is_for_the_office(client: Client) -> None:
    assert client.get(MAP).headers["Location"].startswith("/admin/login/")


def test_without_a_region_there_is_no_map(coordinator: Client) -> None:
    assert coordinator.get(MAP).status_code == 404


def test_the_map_comes_gzipped_plain_or_not_again(coordinator: Client) -> None:
    region.load_region()

    packed = coordinator.get(MAP, headers={"accept-encoding": "gzip, br"})
    plain = coordinator.get(MAP)
    known = coordinator.get(MAP, headers={"if-none-match": packed.headers["ETag"]})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert json.loads(plain.content)["type"] == "FeatureCollection"
    assert (known.status_code, known.content) == (304, b"")
    assert coordinator.post(MAP).status_code == 405


@pytest.mark.parametrize("model", ["regency", "district", "village", "healthpost", "logentry"])
def test_lists_are_to_look_at_only(admin_client: Client, model: str) -> None:
    region.load_region()
    assert admin_client.get(f"/admin/outreach/{model}/").status_code == 200
    assert admin_client.get(f"/admin/outreach/{model}/add/").status_code == 403
