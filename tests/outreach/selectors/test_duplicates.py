from datetime import date

import pytest

from outreach import vault
from outreach.enums import RequestState
from outreach.models import VisitRequest
from outreach.selectors import duplicates
from tests.bench.names.measure import measure_pairs
from tests.bench.names.people import make_pairs
from tests.factories.outreach import NeedFactory, ResidentFactory, VillageFactory, VisitRequestFactory
from tests.support.rows import count_rows

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
        with django_assert_num_queries(4):
            duplicates.find_duplicates(asked)


@pytest.mark.parametrize(
    ("written", "again"),
    [
        ("Nurhayati", "Nur Hayati"),
        ("Djoko Tjahjono", "Joko Cahyono"),
        ("Ma'ruf Hidayat", "Maruf Hidayat"),
        ("Siti Aminah", "Hj. Aminah Siti, S.Pd."),
        ("Moch. Ridwan", "M. Ridwan"),
    ],
)
def test_one_person_of_two_writings_is_proposed_where_all_else_agrees(written: str, again: str) -> None:
    village, phone = VillageFactory(), vault.blind_index("phone", "+6281234567890")
    asked = VisitRequestFactory(name=written, village=village, phone_index=phone)
    ResidentFactory(name=again, village=village, phone_index=phone)

    assert _why(asked) == [("name", "birth_date", "village", "phone")]
    assert duplicates.find_marked_ids([asked]) == {asked.pk}


def test_a_name_written_otherwise_is_looked_for_in_the_whole_regency() -> None:
    asked = VisitRequestFactory(name="Nurhayati Pertiwi", birth_date=date(1950, 5, 17))
    ResidentFactory(name="Nur Hayati Pertiwi", birth_date=date(1950, 1, 1))  # no more than the year is known

    assert _why(asked) == [("name", "birth_date")]


@pytest.mark.parametrize(
    ("born", "basis", "why"),
    [
        (date(1950, 1, 1), "year", [("name", "birth_date")]),
        (date(1950, 5, 1), "month", [("name", "birth_date")]),
        (date(1950, 6, 1), "month", []),
        (date(1953, 1, 1), "year", []),
    ],
)
def test_a_birth_date_of_a_year_or_month_agrees_with_the_days_that_it_leaves_open(
    born: date, basis: str, why: list[tuple[str, ...]]
) -> None:
    asked = VisitRequestFactory(name="Nurhayati Pertiwi", birth_date=born, birth_basis=basis)
    ResidentFactory(name="Nurhayati Pertiwi", birth_date=date(1950, 5, 17))

    assert _why(asked) == why


@pytest.mark.parametrize(
    ("born", "basis"),
    [
        (date(1950, 1, 1), "year"),
        (date(1950, 5, 1), "month"),
        (date(1950, 7, 5), "exact"),  # day and month swapped
        (date(1950, 5, 17), "exact"),
        (date(1950, 6, 7), "exact"),
        (date(1958, 5, 7), "exact"),
        (date(1950, 1, 1), "exact"),  # no more than the year, as registers write it
        (None, "exact"),
    ],
)
@pytest.mark.parametrize("asked_first", [True, False])
def test_a_birth_date_written_otherwise_is_marked_in_the_list_where_all_else_agrees(
    born: date | None, basis: str, asked_first: bool
) -> None:
    """The two names have different keys and there is no phone, so only village and birth date lead to the other."""
    facts: list[dict[str, object]] = [
        {"birth_date": date(1950, 5, 7)},
        {"birth_date": born, "birth_basis": basis},
    ]
    one, other = facts if asked_first else facts[::-1]
    village = VillageFactory()
    asked = VisitRequestFactory(name="Siti Nur Hayati", village=village, **one)
    resident = ResidentFactory(name="Nurhayatin", village=village, **other)

    assert asked.name_key != resident.name_key
    assert duplicates.find_marked_ids([asked]) == {asked.pk}
    assert len(_why(asked)) == 1


def test_the_same_telling_words_in_another_order_are_found_whatever_the_birth_date() -> None:
    village = VillageFactory()
    asked = VisitRequestFactory(name="Sulastri Ningsih Pertiwi", village=village, birth_date=date(1950, 5, 7))
    ResidentFactory(name="Pertiwi Sulastri Ningsih", village=village, birth_date=date(1967, 8, 1))

    assert _why(asked) == [("name", "village")]


def test_a_village_full_of_other_people_is_not_read() -> None:
    """What is compared does not grow with the village: only who was born near that day, or has the name."""
    village = VillageFactory()
    asked = VisitRequestFactory(name="Sulastri", village=village, birth_date=date(1950, 5, 7))
    for month in range(1, 13):
        ResidentFactory(name="Sulastri", village=village, birth_date=date(1970, month, 20))

    with count_rows() as counted:
        assert _why(asked) == []

    assert counted.rows == 0


def test_relatives_with_one_phone_are_two_people() -> None:
    village, phone = VillageFactory(), vault.blind_index("phone", "+6281234567890")
    asked = VisitRequestFactory(name="Siti Aminah", village=village, phone_index=phone)
    for name, born in (("Slamet Riyadi", date(1948, 2, 3)), ("Siti Aisyah", date(1975, 9, 9))):
        ResidentFactory(name=name, birth_date=born, village=village, phone_index=phone)

    assert _why(asked) == []


def test_made_pairs_are_told_apart() -> None:
    """One seed of `tests.bench.names`, which the rules were not made with: half of the pairs are different people."""
    pairs = make_pairs(count=2000, seed=22)
    measured = measure_pairs(pairs)

    assert (len(pairs), sum(measured.different.values())) == (2000, 1000)
    assert measured.recall >= 0.95
    assert measured.precision >= 0.90


@pytest.mark.parametrize(
    ("name", "other", "born"),
    [
        ("Sulastri Handayani", "Sulastri Handayani", date(1951, 7, 20)),  # a year apart, in the list, too
        ("Slamet Widodo", "Slamet Widodo", date(1850, 3, 12)),  # another century
        ("Slamet Widodo", "Slamet Widodo", date(1905, 3, 12)),  # two digits swapped
        ("Slamet W", "S. Widodo", date(1950, 3, 12)),  # initials stand for letters that are not there
    ],
)
def test_slips_of_the_pen_are_found_on_the_page_and_in_the_list(name: str, other: str, born: date) -> None:
    village = VillageFactory()
    asked = VisitRequestFactory(name=name, birth_date=date(1950, 3, 12), village=village)
    ResidentFactory(name=other, birth_date=born, village=village)

    assert len(_why(asked)) == 1
    assert duplicates.find_marked_ids([asked]) == {asked.pk}
