import pytest

from tests.factories.outreach import NeedFactory, VillageFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("again", [False, True])
def test_villages_lie_where_they_lay_in_the_test_before(again: bool) -> None:
    assert [VillageFactory.build().latitude for _ in range(3)] == [-7.74, -7.73, -7.72]


def test_no_two_villages_lie_on_one_another() -> None:
    homes = [NeedFactory().resident for _ in range(45)]
    assert len({(home.latitude, home.longitude) for home in homes}) == 45
