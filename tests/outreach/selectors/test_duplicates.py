from datetime import date

import pytest

from outreach import vault
from outreach.enums import RequestState
from outreach.models import VisitRequest
from outreach.selectors import duplicates
from tests.factories.outreach import NeedFactory, ResidentFactory, VillageFactory, VisitRequestFactory

pytestmark = pytest.mark.django_db


def _why(asked: VisitRequest) -> list[tuple[str, ...]]:
    return [candidate.why for candidate in duplicates.find_duplicates(asked)]


def test_the_same_nik_is_a_duplicate_whatever_the_name() -> None:
    index = vault.blind_index("nik", "3519015705500001")
    asked = VisitRequestFactory(name="Siti", nik_index=index, birth_date=None)
    ResidentFactory(name="Lain Sekali", nik_index=index, birth_date=None)

    (found,) = duplicates.find_duplicates(asked)

    assert found.same_nik
    assert found.resident is not None


@pytest.mark.parametrize(
    ("born", "why"),
    [
        (date(1950, 5, 17), ("name", "birth_date")),
        (date(1950, 5, 18), None),  # another village: only the very date is looked for
    ],
)
def test_a_like_name_with_the_birth_date_elsewhere_in_the_regency(
    born: date, why: tuple[str, ...] | None
) -> None:
    asked = VisitRequestFactory(name="Sulastri Ningsih", birth_date=date(1950, 5, 17))
    ResidentFactory(name="Sulastri Ninsih", birth_date=born)

    assert _why(asked) == ([why] if why else [])


@pytest.mark.parametrize("born", [date(1950, 5, 18), date(1950, 3, 5), None])
def test_a_like_name_in_the_village_is_enough(born: date | None) -> None:
    village = VillageFactory()
    asked = VisitRequestFactory(name="Sulastri Ningsih", birth_date=date(1950, 5, 3), village=village)
    ResidentFactory(name="Sulastri", birth_date=born, village=village)

    assert len(_why(asked)) == 1


def test_different_niks_need_more_than_name_and_village() -> None:
    village = VillageFactory()
    asked = VisitRequestFactory(
        name="Sulastri", birth_date=date(1950, 5, 3), village=village, nik_index=vault.blind_index("nik", "1")
    )
    ResidentFactory(
        name="Sulastri",
        birth_date=date(1971, 12, 9),
        village=village,
        nik_index=vault.blind_index("nik", "2"),
    )

    assert _why(asked) == []


def test_neighbours_of_other_names_and_decided_requests_are_left_out() -> None:
    village = VillageFactory()
    asked = VisitRequestFactory(name="Sulastri", village=village)
    ResidentFactory(name="Bambang", village=village)
    VisitRequestFactory(name="Sulastri", village=village, state=RequestState.REFUSED)
    waiting = VisitRequestFactory(name="Sulastri", village=village)

    assert [candidate.request for candidate in duplicates.find_duplicates(asked)] == [waiting]


def test_the_surest_comes_first() -> None:
    village, index = VillageFactory(), vault.blind_index("nik", "1")
    asked = VisitRequestFactory(name="Sulastri", village=village, nik_index=index)
    like = ResidentFactory(name="Sulastri", village=village)
    same = ResidentFactory(name="Sulastri", nik_index=index, birth_date=None)

    assert [candidate.resident for candidate in duplicates.find_duplicates(asked)] == [same, like]


def test_a_list_is_marked_in_two_queries(django_assert_num_queries) -> None:
    first = VisitRequestFactory(name="Sulastri")
    ResidentFactory(name="Sulastri")
    alone = [
        VisitRequestFactory(name=name, birth_date=None) for name in ("Bambang Hadi", "Rohmat", "Yuliana Dewi")
    ]
    for asked in ([first], [first, *alone]):
        with django_assert_num_queries(2):
            assert duplicates.find_marked_ids(asked) == {first.pk}


def test_candidates_take_the_same_queries_for_few_and_many(django_assert_num_queries) -> None:
    village = VillageFactory()
    asked = VisitRequestFactory(name="Sulastri", village=village)
    for _ in range(3):
        NeedFactory(resident=ResidentFactory(name="Sulastri", village=village))
        with django_assert_num_queries(3):
            duplicates.find_duplicates(asked)
