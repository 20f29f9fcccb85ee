"""Finding and ordering what the coordinator looks at."""

from datetime import timedelta

import pytest

from outreach import vault
from outreach.enums import NeedState, RequestState
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
