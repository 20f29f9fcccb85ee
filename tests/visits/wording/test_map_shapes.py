import pytest

from outreach.enums import LocationSource
from tests.factories.outreach import NeedFactory
from visits.wording import map_shapes

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("source", "approximate"), [(LocationSource.OFFICER, False), (LocationSource.VILLAGE, True)]
)
def test_a_home_is_marked_where_it_is_and_says_how_sure_that_is(source: str, approximate: bool) -> None:
    need = NeedFactory(resident__location_source=source)
    resident = need.resident
    assert map_shapes.describe_home(need, number=3, arrive="09.10") == {
        "number": 3,
        "at": [resident.latitude, resident.longitude],
        "name": resident.name,
        "village": resident.village.name,
        "arrive": "09.10",
        "approximate": approximate,
    }
