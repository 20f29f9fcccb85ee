"""Finding and ordering what the coordinator looks at."""

from datetime import timedelta

import pytest
from django.db import connection

from outreach import vault
from outreach.enums import NeedState, RequestState
from outreach.lib.reference import check_character
from outreach.models import VisitRequest
from outreach.selectors import queue
from outreach.selectors.keyset import PlaceInList
from outreach.services.log import write_log
from tests.factories.outreach import (
    DistrictFactory,
    NeedFactory,
    ResidentFactory,
    VillageFactory,
    VisitRequestFactory,
)

pytestmark = pytest.mark.django_db
NIK = "3519015705500001"


def test_states_are_counted_over_all_pages(clock) -> None:
    for _ in range(queue.PER_PAGE + 1):
        VisitRequestFactory()
    VisitRequestFactory(state=RequestState.REFUSED, decided_at=clock.now())

    first = queue.list_requests(state=RequestState.RECEIVED)
    listed = queue.list_requests(state=RequestState.RECEIVED, place=PlaceInList(after=first.page.after))

    counts = {state: count for state, _label, count in listed.states}
    assert (counts["received"], counts["refused"], counts["merged"]) == (str(queue.PER_PAGE + 1), "1", "0")
    assert len(listed.page.object_list) == 1


def test_a_page_whose_anchor_was_decided_meanwhile_keeps_its_place(clock) -> None:
    for hours in range(queue.PER_PAGE + 2):
        row = VisitRequestFactory()
        VisitRequest.objects.filter(pk=row.pk).update(received_at=clock.now() - timedelta(hours=100 - hours))
    first = queue.list_requests(state=RequestState.RECEIVED).page
    VisitRequest.objects.filter(pk=first.after).update(state=RequestState.REFUSED, decided_at=clock.now())

    behind = queue.list_requests(state=RequestState.RECEIVED, place=PlaceInList(after=first.after)).page

    assert [row.pk for row in behind.object_list] == list(
        VisitRequest.objects.order_by("-received_at").values_list("pk", flat=True)[:2]
    )[::-1]


def test_who_may_be_a_duplicate_is_looked_for_once_a_minute(clock, django_assert_num_queries) -> None:
    asked, alone = VisitRequestFactory(name="Sulastri"), VisitRequestFactory(name="Bambang", birth_date=None)
    resident = ResidentFactory(name="Sulastri", village=asked.village)
    for queries in (6, 4):  # without the two of the search for duplicates
        with django_assert_num_queries(queries):
            assert queue.list_requests(state=RequestState.RECEIVED).marked == {asked.pk}
    resident.delete()
    assert queue.list_requests(state=RequestState.RECEIVED).marked == {asked.pk}
    clock.shift(queue.RECALLED_S + 1)

    listed = queue.list_requests(state=RequestState.RECEIVED)

    assert (listed.marked, {row.pk for row in listed.page.object_list}) == (set(), {asked.pk, alone.pk})


def test_what_stands_in_the_log_ends_what_is_recalled_of_duplicates() -> None:
    asked = VisitRequestFactory(name="Sulastri")
    resident = ResidentFactory(name="Sulastri", village=asked.village)
    assert queue.list_requests(state=RequestState.RECEIVED).marked == {asked.pk}
    assert queue.find_requests("Sulastri").marked == {asked.pk}
    resident.name = "Bambang"
    resident.save()

    write_log(actor="system", action="resident_corrected", subject=resident)

    assert queue.list_requests(state=RequestState.RECEIVED).marked == set()


def test_a_search_on_a_later_page_looks_at_everybody() -> None:
    first, last = ResidentFactory(name="Aminah"), ResidentFactory(name="Mulyadi")
    need = NeedFactory(resident=first)
    place = PlaceInList(after=str(last.pk))

    assert queue.list_residents(typed="Aminah", place=place).page.object_list == [first]
    later = PlaceInList(after=str(NeedFactory(resident=last).pk))
    assert queue.list_needs(state="", typed="Aminah", place=later).page.object_list == [need]


def test_of_too_many_names_those_of_the_district_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MOST_NAMED", 2)
    for _ in range(4):
        ResidentFactory(name="Siti")
    there = ResidentFactory(name="Siti", village=VillageFactory(district=DistrictFactory(code="35.19.02")))
    district = there.village.district_id

    listed = queue.list_residents(typed="siti", district=district)

    assert (listed.page.object_list, listed.is_partial) == ([there], False)
    need = NeedFactory(resident=there)
    assert queue.list_needs(state="", typed="siti", district=district).page.object_list == [need]


def test_needs_are_listed_by_urgency_and_then_by_their_wait(clock) -> None:
    needs = [
        NeedFactory(urgency=urgency, waiting_since=clock.now() - timedelta(days=days))
        for urgency, days in (("hospital", 1), ("high", 9), ("high", 2), ("normal", 30))
    ]

    assert queue.list_needs(state=NeedState.OPEN).page.object_list == needs


def test_the_next_request_is_the_first_of_the_queue_but_this(clock) -> None:
    first, second = VisitRequestFactory(), VisitRequestFactory()
    VisitRequest.objects.filter(pk=second.pk).update(received_at=clock.now() - timedelta(days=1))

    assert queue.next_request() == second
    assert queue.next_request(after=VisitRequest.objects.get(pk=second.pk)) == first


@pytest.mark.parametrize("typed", ["3519 0157 0550 0001", "sulas", "SULASTRI"])
def test_people_are_found_by_nik_or_a_part_of_the_name(typed: str) -> None:
    resident = ResidentFactory(name="Sulastri", nik_index=vault.blind_index("nik", NIK))
    need = NeedFactory(resident=resident, state=NeedState.REVIEW)
    asked = VisitRequestFactory(name="Sulastri", nik_index=vault.blind_index("nik", NIK))
    NeedFactory(resident=ResidentFactory(name="Bambang"))
    VisitRequestFactory(name="Bambang")

    assert list(queue.list_residents(typed=typed).page.object_list) == [resident]
    assert list(queue.list_needs(state="", typed=typed).page.object_list) == [need]
    assert queue.find_requests(typed).page.object_list == [asked]


def test_a_part_of_a_nik_finds_nobody() -> None:
    ResidentFactory(name="Sulastri", nik_index=vault.blind_index("nik", NIK))

    assert list(queue.list_residents(typed=NIK[:8]).page.object_list) == []


PHONE = "+6281234567890"


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "0812 3456 7890",
            "+62 812-3456-7890",
            "\u202a0812\u20113456\u20117890\u202c",
        ),  # the phone, however written
        *("3519\u200b015705500001", "JB-7K3QX-9M2D"),
        *("Ma'ruf", "maruf", "Ma\u2019ruf", "hidayat maruf", "Hidayat  Ma'ruf", "H. Ma'ruf", "Khidayat"),
    ],
)
def test_people_are_found_by_phone_reference_or_words_in_any_order_and_spelling(typed: str) -> None:
    if typed.startswith("JB"):
        typed += check_character("7K3QX9M2D")
    sealed = {"nik_index": vault.blind_index("nik", NIK), "phone_index": vault.blind_index("phone", PHONE)}
    resident = ResidentFactory(name="Ma'ruf Hidayat", **sealed)
    need = NeedFactory(resident=resident, state=NeedState.OPEN)
    reference = f"JB-7K3QX-9M2D{check_character('7K3QX9M2D')}"
    asked = VisitRequestFactory(
        name="Ma'ruf Hidayat", reference=reference, resident=resident, need=need, **sealed
    )
    NeedFactory(resident=ResidentFactory(name="Maryam Hidayah"))

    assert list(queue.list_residents(typed=typed).page.object_list) == [resident]
    assert list(queue.list_needs(state="", typed=typed).page.object_list) == [need]
    assert queue.find_requests(typed).page.object_list == [asked]


def test_a_word_of_too_many_names_says_that_it_shows_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MOST_NAMED", 2)
    needs = [NeedFactory(resident=ResidentFactory(name=f"Sulastri {word}")) for word in ("Ani", "Budi")]

    assert not queue.list_residents(typed="sulastri").is_partial
    needs.append(NeedFactory(resident=ResidentFactory(name="Sulastri Cici")))

    residents, listed = queue.list_residents(typed="sulastri"), queue.list_needs(state="", typed="sulastri")
    assert (residents.is_partial, listed.is_partial) == (True, True)
    assert (len(residents.page.object_list), len(listed.page.object_list)) == (2, 2)
    assert not queue.list_needs(state="", typed="cici sulastri").is_partial


def test_a_name_written_together_is_found_by_its_words_and_the_other_way() -> None:
    apart, together = ResidentFactory(name="Nur Hayati"), ResidentFactory(name="Nurhayati")
    for typed in ("nurhayati", "Nur Hayati", "hayati nur", "Noer"):
        assert set(queue.list_residents(typed=typed).page.object_list) == {apart, together}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="elsewhere names are read one by one")
def test_parts_of_names_are_found_by_indexes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexdef LIKE '%%gin_trgm_ops%%' ORDER BY 1")
        found = [name for (name,) in cursor.fetchall()]

    tables = ("outreach_resident", "outreach_visitrequest")
    assert found == [f"{table}_{part}_parts" for table in tables for part in ("key", "name")]
