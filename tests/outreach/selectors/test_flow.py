"""How long people wait, from the day they asked, with those who still wait in it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache

from outreach.enums import ClosedReason, Milestone, NeedState, RequestState
from outreach.models import Need, StageWait, VisitRequest
from outreach.selectors import flow
from outreach.selectors.flow import (
    Stage,
    UsualWait,
    describe_shares,
    describe_usual_wait,
    estimate_usual_waits,
    find_usual_wait,
)
from outreach.services import progress, waits
from tests.factories.outreach import NeedFactory, VisitRequestFactory

NOW = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("Asia/Jakarta"))
pytestmark = [pytest.mark.django_db, pytest.mark.clock(NOW, tick=False)]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def _need(*, asked: int, **steps: int) -> Need:
    """A need asked for so many days ago, with its milestones so many days ago."""
    need: Need = NeedFactory(waiting_since=NOW - timedelta(days=asked))
    for name, days in steps.items():
        progress.record_progress(
            need=need, milestone=Milestone(name), at=NOW - timedelta(days=days), source=name
        )
    return need


def test_an_appointment_is_waited_for_from_the_day_asked_not_from_the_last_step() -> None:
    """Accepted today and planned a minute later, fifty-six days after they asked."""
    for _ in range(20):
        _need(asked=56, accepted=0, planned=0)

    assert find_usual_wait(Stage.PLANNED) == UsualWait(
        half=56, most=56, known_until=56, counted=20, waiting=0
    )


def test_those_who_still_wait_are_in_it() -> None:
    for _ in range(10):
        _need(asked=5, planned=3)
    for _ in range(30):
        _need(asked=60)

    assert find_usual_wait(Stage.PLANNED) == UsualWait(
        half=None, most=None, known_until=60, counted=40, waiting=30
    )
    assert describe_shares(Stage.PLANNED) == (
        "lebih dari separuh warga menunggu lebih lama dari 60 hari. Yang masih menunggu ikut dihitung."
    )
    assert describe_usual_wait(Stage.PLANNED) == "Kebanyakan warga menunggu lebih dari 60 hari."


def test_an_appointment_that_was_taken_back_ended_no_wait() -> None:
    for _ in range(10):
        _need(asked=30, planned=20)
    for _ in range(10):
        _need(asked=40, planned=39, unplanned=38)

    assert find_usual_wait(Stage.PLANNED) == UsualWait(
        half=10, most=None, known_until=40, counted=20, waiting=10
    )


def test_a_visit_in_vain_had_its_appointment() -> None:
    for _ in range(20):
        _need(asked=30, planned=20, not_met=10, unplanned=5)

    found = find_usual_wait(Stage.PLANNED)

    assert found is not None
    assert (found.half, found.waiting) == (10, 0)


def test_who_gave_up_waited_until_then_and_was_not_served() -> None:
    for _ in range(10):
        _need(asked=30, planned=20)
    for _ in range(10):
        need = _need(asked=50, closed=45)
        Need.objects.filter(pk=need.pk).update(state=NeedState.CLOSED, closed_reason=ClosedReason.MOVED)

    found = find_usual_wait(Stage.PLANNED)

    assert found is not None
    assert (found.half, found.most, found.counted) == (10, 10, 20)


def test_who_was_closed_by_mistake_and_opened_again_still_waits() -> None:
    for _ in range(10):
        _need(asked=30, planned=20)
    for _ in range(10):
        _need(asked=50, closed=45, unplanned=44)

    found = find_usual_wait(Stage.PLANNED)

    assert found is not None
    assert (found.half, found.most, found.waiting) == (10, None, 10)


def test_spans_below_zero_are_no_waits() -> None:
    for _ in range(25):
        _need(asked=3, planned=9)

    assert find_usual_wait(Stage.PLANNED) is None


def test_who_asked_long_before_the_period_is_counted_from_its_begin() -> None:
    """Old waits are neither left out nor counted as if all like them had been seen."""
    for _ in range(20):
        _need(asked=20, planned=10)
    for _ in range(10):
        _need(asked=400)

    found = find_usual_wait(Stage.PLANNED)

    assert found is not None
    assert (found.half, found.waiting, found.counted) == (10, 10, 30)


def test_decisions_are_waited_for_from_the_day_asked() -> None:
    rows = [VisitRequestFactory(state=RequestState.REFUSED, decided_at=NOW) for _ in range(20)]
    VisitRequest.objects.filter(pk__in=[row.pk for row in rows]).update(received_at=NOW - timedelta(days=4))
    for _ in range(5):
        VisitRequestFactory()

    assert find_usual_wait(Stage.DECIDED) == UsualWait(half=4, most=4, known_until=4, counted=25, waiting=5)


@pytest.mark.parametrize(
    ("stage", "begin", "end"),
    [
        (Stage.RECORDED, "captured", "recorded"),
        (Stage.CARD, "recorded", "card_printed"),
        (Stage.DELIVERED, "card_printed", "delivered"),
    ],
)
def test_later_stages_are_counted_from_where_they_begin(stage: Stage, begin: str, end: str) -> None:
    for _ in range(20):
        _need(asked=90, **{begin: 30, end: 10})
    for _ in range(5):
        _need(asked=90, **{begin: 25})

    found = find_usual_wait(stage)

    assert found is not None
    assert (found.half, found.counted, found.waiting) == (20, 25, 5)


def test_too_few_say_so() -> None:
    for _ in range(flow.ENOUGH - 1):
        _need(asked=30, planned=20)

    assert find_usual_wait(Stage.PLANNED) is None
    assert describe_usual_wait(Stage.PLANNED) == "Belum cukup data untuk mengatakan berapa lama biasanya."


COUNTED = "Yang masih menunggu ikut dihitung."


@pytest.mark.parametrize(
    ("waits", "family", "office"),
    [
        (
            [5] * 10 + [20] * 10,
            "Biasanya menunggu 5 sampai 20 hari, ada yang lebih lama.",
            "separuh warga menunggu paling lama 5 hari, 8 dari 10 paling lama 20 hari.",
        ),
        (
            [7] * 20,
            "Biasanya menunggu paling lama 7 hari.",
            "separuh warga menunggu paling lama 7 hari, 8 dari 10 paling lama 7 hari.",
        ),
        (
            [0] * 20,
            "Biasanya menunggu paling lama 1 hari.",
            "separuh warga menunggu paling lama 1 hari, 8 dari 10 paling lama 1 hari.",
        ),
        (
            [5] * 12 + [None] * 8,
            "Separuh warga menunggu paling lama 5 hari, ada yang lebih dari 50 hari.",
            "separuh warga menunggu paling lama 5 hari; lebih dari 2 dari 10 menunggu lebih lama dari 50 hari.",
        ),
    ],
    ids=["half and most", "all alike", "at once", "most unknown"],
)
def test_the_usual_wait_in_words(waits: list[int | None], family: str, office: str) -> None:
    for days in waits:
        _need(asked=50, **({} if days is None else {"planned": 50 - days}))

    assert describe_usual_wait(Stage.PLANNED) == family
    assert describe_shares(Stage.PLANNED) == f"{office} {COUNTED}"


def test_many_needs_are_read_in_as_many_queries_as_few(django_assert_num_queries) -> None:
    for count in (1, 30):
        for _ in range(count):
            _need(asked=30, planned=20)
        cache.clear()
        with django_assert_num_queries(3):  # whether the worker counted it, and then here
            find_usual_wait(Stage.PLANNED)


def test_what_the_worker_counted_is_read_in_one_query_until_it_is_old(
    clock, django_assert_num_queries
) -> None:
    for _ in range(20):
        _need(asked=56, accepted=0, planned=0)
    assert waits.count_usual_waits() == 1
    counted = estimate_usual_waits([Stage.PLANNED], now=clock.now())[Stage.PLANNED]
    for _ in range(100):
        _need(asked=3, planned=1)

    for stage, kept in ((Stage.PLANNED, counted), (Stage.CARD, None)):
        cache.clear()
        with django_assert_num_queries(1):
            assert find_usual_wait(stage) == kept
    StageWait.objects.update(counted_at=NOW - timedelta(hours=4))
    cache.clear()
    found = find_usual_wait(Stage.PLANNED)
    assert found is not None
    assert found.counted == 120
