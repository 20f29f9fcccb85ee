"""What a resident reads at every point of the way, told from rows of progress."""

from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from outreach.enums import ClosedReason, Milestone, NeedState, RequestState
from outreach.models import Need, VisitRequest
from outreach.selectors import flow
from outreach.selectors.status import describe_status
from outreach.services import progress
from tests.factories.outreach import NeedFactory, VisitRequestFactory

pytestmark = pytest.mark.django_db
NOW = timezone.make_aware(datetime(2026, 11, 24, 12))


@pytest.fixture(autouse=True)
def _noon(clock):
    cache.clear()
    with clock.at(NOW, tick=False):
        yield
    cache.clear()


def _request(*milestones: Milestone, **options) -> VisitRequest:
    """A request whose need has gone through milestones, a day apart, the last one yesterday."""
    need = NeedFactory()
    row = VisitRequestFactory(need=need, resident=need.resident, state=RequestState.ACCEPTED)
    for place, milestone in enumerate(milestones):
        at = NOW - timedelta(days=len(milestones) - place)
        ends = {"earliest": at + timedelta(days=1), "latest": at + timedelta(days=1, minutes=90)}
        extra = ends if milestone == Milestone.PLANNED else {}
        progress.record_progress(need=need, milestone=milestone, at=at, source=str(place), **extra)
    return row


def _told(row: VisitRequest) -> list[tuple[str, str]]:
    return [(step.look, step.title) for step in describe_status(row).steps]


RECEIVED = ("done", "Permohonan diterima")
ACCEPTED = ("done", "Permohonan disetujui")
VISIT, PRINT, HAND = (
    ("todo", "Petugas datang dan merekam di rumah"),
    ("todo", "KTP-el dicetak"),
    ("todo", "KTP-el diantar sampai diterima"),
)


def test_a_request_that_waits_says_so_with_age_and_range() -> None:
    row = VisitRequestFactory()
    VisitRequest.objects.update(received_at=NOW - timedelta(days=2))
    row.refresh_from_db()

    step = describe_status(row).steps[1]

    assert _told(row) == [RECEIVED, ("waiting", "Menunggu diperiksa petugas kantor"), VISIT, PRINT, HAND]
    assert step.texts == ["Sudah menunggu 2 hari.", "Target kantor: 1 sampai 3 hari kerja."]


@pytest.mark.parametrize(
    ("milestones", "told"),
    [
        (
            [Milestone.ACCEPTED],
            [RECEIVED, ACCEPTED, ("waiting", "Menunggu jadwal kunjungan"), VISIT, PRINT, HAND],
        ),
        (
            [Milestone.ACCEPTED, Milestone.PLANNED],
            [RECEIVED, ACCEPTED, ("now", "Petugas akan datang"), VISIT, PRINT, HAND],
        ),
        (
            [Milestone.ACCEPTED, Milestone.PLANNED, Milestone.UNPLANNED],
            [
                RECEIVED,
                ACCEPTED,
                ("past", "Kunjungan dijadwalkan"),
                ("past", "Jadwal dibatalkan, dicarikan jadwal baru"),
                ("waiting", "Menunggu jadwal baru"),
                VISIT,
                PRINT,
                HAND,
            ],
        ),
        (
            [Milestone.ACCEPTED, Milestone.PLANNED, Milestone.ON_THE_WAY],
            [
                RECEIVED,
                ACCEPTED,
                ("past", "Kunjungan dijadwalkan"),
                ("now", "Petugas dalam perjalanan"),
                VISIT,
                PRINT,
                HAND,
            ],
        ),
        (
            [Milestone.ACCEPTED, Milestone.PLANNED, Milestone.CAPTURED],
            [
                RECEIVED,
                ACCEPTED,
                ("past", "Kunjungan dijadwalkan"),
                ("done", "Data direkam petugas, berkas sedang dikirim"),
                ("waiting", "Menunggu berkas rekaman diperiksa"),
                PRINT,
                HAND,
            ],
        ),
        (
            [Milestone.ACCEPTED, Milestone.RECORDED],
            [
                RECEIVED,
                ACCEPTED,
                ("done", "Data sudah direkam dan diperiksa"),
                ("waiting", "Menunggu KTP-el dicetak"),
                PRINT,
                HAND,
            ],
        ),
        (
            [Milestone.RECORDED, Milestone.CARD_PRINTED, Milestone.DELIVERED],
            [
                RECEIVED,
                ("done", "Data sudah direkam dan diperiksa"),
                ("done", "KTP-el sudah dicetak"),
                ("done", "KTP-el sudah diterima"),
            ],
        ),
        (
            [Milestone.ACCEPTED, Milestone.REVIEW],
            [RECEIVED, ACCEPTED, ("waiting", "Sedang diperiksa koordinator"), VISIT, PRINT, HAND],
        ),
    ],
)
def test_the_way_is_told_step_by_step(milestones: list[Milestone], told: list[tuple[str, str]]) -> None:
    assert _told(_request(*milestones)) == told


@pytest.mark.parametrize("milestone", list(Milestone))
def test_every_milestone_has_a_word_and_every_waiting_step_an_age_and_a_range(milestone: Milestone) -> None:
    status = describe_status(_request(milestone))

    assert len(status.steps) > 1
    for step in status.steps:
        if step.look == "waiting" and milestone != Milestone.PLANNED:
            assert step.texts[0].startswith("Sudah menunggu 1 hari.")
            assert len(step.texts) == 2


def test_an_appointment_that_passed_without_a_report_is_not_told_as_coming(clock) -> None:
    row = _request(Milestone.PLANNED)

    with clock.at(NOW + timedelta(hours=4), tick=False):
        step = describe_status(row).steps[1]

    assert (step.look, step.title) == ("waiting", "Menunggu laporan petugas")


def test_a_refusal_gives_its_reason_and_what_to_do() -> None:
    row = VisitRequestFactory(
        state=RequestState.REFUSED, refusal_reason="Rumah di luar wilayah.", decided_at=NOW
    )

    status = describe_status(row)

    assert status.finished
    assert status.steps[-1].texts == [
        "Rumah di luar wilayah.",
        "Bila ada pertanyaan, hubungi kantor atau perangkat desa.",
    ]


@pytest.mark.parametrize("reason", list(ClosedReason))
def test_a_closed_need_says_why(reason: ClosedReason) -> None:
    row = _request(Milestone.ACCEPTED, Milestone.CLOSED)
    Need.objects.update(state=NeedState.CLOSED, closed_reason=reason)
    row.refresh_from_db()

    status = describe_status(row)

    assert status.finished
    assert len(status.steps[-1].texts) == 1
    assert status.steps[-1].look == ("done" if reason == ClosedReason.DELIVERED else "failed")


@pytest.mark.parametrize(
    ("least", "range_"), [(2, "2 sampai 9 hari"), (0, "paling lama 7 hari")], ids=["days", "at once"]
)
def test_enough_cases_give_an_observed_range(least: int, range_: str) -> None:
    for number in range(flow.ENOUGH):
        need = NeedFactory()
        at = NOW - timedelta(days=40)
        progress.record_progress(need=need, milestone=Milestone.ACCEPTED, at=at, source="r")
        progress.record_progress(
            need=need,
            milestone=Milestone.PLANNED,
            at=at + timedelta(days=least + number % 8, minutes=not least),
            source="v",
        )
    cache.clear()

    step = describe_status(_request(Milestone.ACCEPTED)).steps[2]

    assert step.texts[1] == f"Selama ini 8 dari 10 warga menunggu {range_}."


def test_a_few_cases_say_nothing() -> None:
    for _ in range(flow.ENOUGH - 1):
        VisitRequestFactory(state=RequestState.REFUSED, decided_at=NOW)

    assert flow.typical_wait(Milestone.RECEIVED, Milestone.ACCEPTED) is None


def test_the_status_reads_progress_in_one_query(django_assert_num_queries) -> None:
    few, many = _request(Milestone.ACCEPTED), _request(*[Milestone.ACCEPTED, Milestone.PLANNED] * 3)
    for row in (few, many):
        describe_status(row)
        loaded = VisitRequest.objects.select_related("village", "need").get(pk=row.pk)
        with django_assert_num_queries(1):
            describe_status(loaded)
