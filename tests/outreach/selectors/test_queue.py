"""Finding and ordering what the coordinator looks at."""

from datetime import timedelta

import pytest

from outreach import vault
from outreach.enums import NeedState, RequestState
from outreach.lib.reference import check_character
from outreach.models import VisitRequest
from outreach.selectors import queue
from tests.factories.outreach import NeedFactory, ResidentFactory, VisitRequestFactory

pytestmark = pytest.mark.django_db
NIK = "3519015705500001"


def test_states_are_counted_over_all_pages(clock) -> None:
    for _ in range(queue.PER_PAGE + 1):
        VisitRequestFactory()
    VisitRequestFactory(state=RequestState.REFUSED, decided_at=clock.now())

    listed = queue.list_requests(state=RequestState.RECEIVED, number=2)

    counts = {state: count for state, _label, count in listed.states}
    assert (counts["received"], counts["refused"], counts["merged"]) == (queue.PER_PAGE + 1, 1, 0)
    assert len(listed.page.object_list) == 1


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
    assert queue.find_requests(typed) == [asked]


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
    assert queue.find_requests(typed) == [asked]


def test_a_name_written_together_is_found_by_its_words_and_the_other_way() -> None:
    apart, together = ResidentFactory(name="Nur Hayati"), ResidentFactory(name="Nurhayati")
    for typed in ("nurhayati", "Nur Hayati", "hayati nur", "Noer"):
        assert set(queue.list_residents(typed=typed).page.object_list) == {apart, together}
