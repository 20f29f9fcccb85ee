"""What a resident reads at every point of the way, told from rows of progress."""

from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from outreach.enums import ClosedReason, Milestone, NeedState, RequestState
from outreach.models import Need, VisitRequest
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
    ("todo", "KTP-el diterima"),
)
RECORD = ("todo", "Data direkam di rumah")
FEW = "Belum cukup data untuk mengatakan berapa lama biasanya."


def test_a_request_that_waits_says_how_long_what_was_promised_and_what_is_usual() -> None:
    row = VisitRequestFactory()
    VisitRequest.objects.update(received_at=NOW - timedelta(days=2))
    row.refresh_from_db()

    step = describe_status(row).steps[1]

    assert _told(row) == [RECEIVED, ("waiting", "Menunggu diperiksa petugas kantor"), VISIT, PRINT, HAND]
    assert step.texts == [
        "Sudah menunggu 2 hari sejak permohonan.",
        "Kami usahakan jawabannya ada paling lambat Rabu, 25 November 2026; bila terlambat, "
        "hubungi kantor atau perangkat desa.",
        FEW,
    ]


def test_who_asked_long_ago_reads_the_whole_wait_and_that_the_office_is_late() -> None:
    """An old request that was accepted and told today: fifty-six days are not "less than an hour"."""
    row = _request(Milestone.ACCEPTED)
    VisitRequest.objects.update(received_at=NOW - timedelta(days=56))
    row.refresh_from_db()

    texts = describe_status(row).steps[2].texts

    assert texts == [
        "Sudah menunggu 56 hari sejak permohonan.",
        "Kami terlambat: jadwalnya seharusnya ada paling lambat Selasa, 20 Oktober 2026. Mohon maaf; "
        "hubungi kantor atau perangkat desa.",
        FEW,
    ]


def test_who_asked_for_a_later_day_is_told_so_and_nobody_is_late(clock) -> None:
    row = _request(Milestone.ACCEPTED)
    VisitRequest.objects.update(received_at=NOW - timedelta(days=56))
    Need.objects.update(not_before=NOW.date() + timedelta(days=7))
    row.refresh_from_db()

    texts = describe_status(row).steps[2].texts

    assert texts[1] == "Sesuai permintaan, kunjungan paling cepat Selasa, 1 Desember 2026."
    assert texts[2].startswith("Kami usahakan jadwalnya ada paling lambat Selasa, 22 Desember 2026;")


@pytest.mark.parametrize(
    ("milestones", "told"),
    [
        (
            [Milestone.ACCEPTED],
            [RECEIVED, ACCEPTED, ("waiting", "Menunggu jadwal kunjungan"), VISIT, PRINT, HAND],
        ),
        (
            [Milestone.ACCEPTED, Milestone.PLANNED],
            [RECEIVED, ACCEPTED, ("now", "Petugas datang Selasa, 24 November"), RECORD, PRINT, HAND],
        ),
        (
            [Milestone.ACCEPTED, Milestone.PLANNED, Milestone.UNPLANNED],
            [
                RECEIVED,
                ACCEPTED,
                ("past", "Jadwal sebelumnya"),
                ("waiting", "Menunggu jadwal baru"),
                VISIT,
                PRINT,
                HAND,
            ],
        ),
        (
            [Milestone.ACCEPTED, Milestone.PLANNED, Milestone.ON_THE_WAY],
            [RECEIVED, ACCEPTED, ("now", "Petugas dalam perjalanan"), RECORD, PRINT, HAND],
        ),
        (
            [Milestone.ACCEPTED, Milestone.PLANNED, Milestone.CAPTURED],
            [
                RECEIVED,
                ACCEPTED,
                ("done", "Data direkam petugas"),
                ("waiting", "Hasil rekaman sedang diperiksa kantor"),
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
            [RECEIVED, ACCEPTED, ("waiting", "Sedang diperiksa kantor"), VISIT, PRINT, HAND],
        ),
    ],
)
def test_the_way_is_told_step_by_step(milestones: list[Milestone], told: list[tuple[str, str]]) -> None:
    assert _told(_request(*milestones)) == told


NO_TARGET = (Milestone.PLANNED, Milestone.ARRIVED, Milestone.CALLED_OFF)  # they wait for a day of their own


@pytest.mark.parametrize("milestone", list(Milestone))
def test_every_milestone_has_a_word_and_every_wait_its_age_and_what_to_do(milestone: Milestone) -> None:
    row = _request(milestone)
    VisitRequest.objects.update(received_at=NOW - timedelta(days=1))
    row.refresh_from_db()
    status = describe_status(row)

    assert len(status.steps) > 1
    for step in status.steps:
        if step.look == "waiting" and milestone not in NO_TARGET:
            assert step.texts[0].startswith("Sudah menunggu 1 hari")
            assert any(text.startswith(("Kami usahakan ", "Pencetakan menunggu")) for text in step.texts)


def test_an_appointment_that_was_moved_is_replaced_and_never_past() -> None:
    row = _request(
        Milestone.ACCEPTED, Milestone.PLANNED, Milestone.UNPLANNED, Milestone.PLANNED, Milestone.PLANNED
    )

    steps = describe_status(row).steps

    assert [(step.title, step.state, step.when) for step in steps[2:5]] == [
        ("Jadwal sebelumnya", "Diganti jadwal baru", "Sabtu, 21 November 2026, antara 12.00 dan 13.30"),
        ("Jadwal sebelumnya", "Diganti jadwal baru", "Senin, 23 November 2026, antara 12.00 dan 13.30"),
        (
            "Petugas datang Selasa, 24 November",
            "Hari ini",
            "Selasa, 24 November 2026, antara 12.00 dan 13.30",
        ),
    ]


def test_a_visit_that_nobody_reported_did_not_take_place_and_says_whom_to_call() -> None:
    row = _request(Milestone.PLANNED)
    assert row.need is not None
    at = NOW + timedelta(days=1)
    progress.record_progress(need=row.need, milestone=Milestone.UNPLANNED, at=at, source="x")

    step = describe_status(row).steps[1]

    assert (step.state, step.texts) == (
        "Tidak jadi",
        [
            "Laporan kunjungan tidak kami terima. Bila petugas sebenarnya sudah datang, "
            "hubungi kantor atau perangkat desa."
        ],
    )


@pytest.mark.parametrize(
    ("hours", "word", "look_again"),
    [
        (-48, "Terjadwal", "sehari sebelumnya"),
        (-24, "Besok", "sehari sebelumnya"),
        (0, "Hari ini", "sebelum petugas datang"),
    ],
)
def test_an_appointment_says_how_near_it_is(hours: int, word: str, look_again: str, clock) -> None:
    row = _request(Milestone.PLANNED)

    with clock.at(NOW + timedelta(hours=hours), tick=False):
        step = describe_status(row).steps[1]

    assert step.state == word
    assert step.texts[1].endswith(f"{look_again}.")


def test_an_hour_that_passed_without_a_report_is_not_told_as_coming(clock) -> None:
    row = _request(Milestone.PLANNED)

    with clock.at(NOW + timedelta(minutes=91), tick=False):
        step = describe_status(row).steps[1]

    assert (step.look, step.title) == ("waiting", "Menunggu kabar petugas")
    assert "Bila petugas belum datang, hubungi kantor" in step.texts[0]


def test_an_arrival_without_a_report_for_hours_waits_for_it(clock) -> None:
    row = _request(Milestone.PLANNED, Milestone.ARRIVED)

    assert describe_status(row).steps[1].texts == [
        "Laporan hasilnya belum kami terima. Tidak perlu berbuat apa-apa."
    ]


def test_a_refusal_gives_its_reason_and_what_to_do() -> None:
    row = VisitRequestFactory(
        state=RequestState.REFUSED, refusal_reason="Rumah di luar wilayah.", decided_at=NOW
    )

    status = describe_status(row)

    assert status.finished
    assert status.steps[-1].state == "Ditutup"
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


def test_the_status_reads_as_many_rows_as_it_has_in_the_same_queries(django_assert_num_queries) -> None:
    few, many = _request(Milestone.ACCEPTED), _request(*[Milestone.PLANNED, Milestone.ACCEPTED] * 3)
    for row in (few, many):
        describe_status(row)
        loaded = VisitRequest.objects.select_related("village", "need").get(pk=row.pk)
        with django_assert_num_queries(3):  # progress, why there is no date, the office's calendar
            describe_status(loaded)


@pytest.mark.parametrize("state", [RequestState.MERGED, RequestState.ACCEPTED])
@pytest.mark.parametrize(
    "milestones",
    [
        [Milestone.ACCEPTED, Milestone.PLANNED],
        [Milestone.ACCEPTED, Milestone.PLANNED, Milestone.ON_THE_WAY],
        [Milestone.ACCEPTED, Milestone.PLANNED, Milestone.RECORDED],
    ],
)
def test_a_request_that_joined_a_known_person_tells_nothing_of_the_visits(
    milestones: list[Milestone], state: RequestState, settings
) -> None:
    settings.OFFICE_PHONE = "0351 000000"
    row = _request(*milestones)
    row.state, row.family_confirmed_at, row.decided_at = state, None, NOW

    status = describe_status(row)

    assert _told(row) == [RECEIVED, ("waiting", "Digabung dengan data orang yang sudah tercatat")]
    assert status.steps[1].texts[-1] == (
        "Sebutkan nomor permohonan ini dan siapkan KK: hubungi kantor di 0351 000000."
    )
    assert "antara" not in str(status)
    assert not status.finished


def _called_off(*, hear_by: datetime) -> VisitRequest:
    row = _request(Milestone.ACCEPTED, Milestone.PLANNED)
    assert row.need is not None
    progress.record_progress(
        need=row.need, milestone=Milestone.CALLED_OFF, at=NOW, source="log:1", latest=hear_by
    )
    return row


def test_a_day_that_falls_out_says_until_when_the_family_hears() -> None:
    row = _called_off(hear_by=NOW + timedelta(days=2))

    step = describe_status(row).steps[3]

    assert (step.look, step.title) == ("waiting", "Kunjungan batal, menunggu hari baru")
    assert step.texts == [
        "Petugas tidak jadi datang pada hari dan jam semula. Tidak perlu mengajukan lagi.",
        "Hari dan jam yang baru muncul di halaman ini paling lambat Kamis, 26 November 2026.",
    ]
    assert not any(title.startswith("Petugas datang Selasa") for _look, title in _told(row))


def test_an_overdue_promise_of_another_day_says_so_and_whom_to_call(settings) -> None:
    settings.OFFICE_PHONE = "0351-000000"

    step = describe_status(_called_off(hear_by=NOW - timedelta(days=1))).steps[3]

    assert step.texts[1] == (
        "Kami berjanji memberi hari yang baru paling lambat Senin, 23 November 2026, dan itu terlambat. Maaf; "
        "hubungi kantor di 0351-000000."
    )


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (2, "Hari dan jam yang baru muncul di halaman ini paling lambat Kamis, 26 November 2026."),
        (
            -1,
            "Kami berjanji memberi hari yang baru paling lambat Senin, 23 November 2026, dan itu terlambat. Maaf; "
            "hubungi kantor di 0351-000000.",
        ),
    ],
)
def test_left_out_of_a_later_plan_the_family_keeps_its_promise(days: int, text: str, settings) -> None:
    settings.OFFICE_PHONE = "0351-000000"
    hear_by = NOW + timedelta(days=days)
    row = _called_off(hear_by=hear_by)
    assert row.need is not None
    at = NOW + timedelta(minutes=1)
    progress.record_progress(
        need=row.need, milestone=Milestone.UNPLANNED, at=at, source="plan:1", latest=hear_by
    )

    step = describe_status(row).steps[3]

    assert (step.look, step.title) == ("waiting", "Menunggu jadwal baru")
    assert text in step.texts
    assert not any("jadwalnya" in said for said in step.texts), "no other promise beside it"


def test_once_a_new_day_is_found_the_old_one_is_past() -> None:
    row = _called_off(hear_by=NOW + timedelta(days=2))
    assert row.need is not None
    at = NOW + timedelta(hours=1)
    progress.record_progress(
        need=row.need,
        milestone=Milestone.PLANNED,
        at=at,
        source="log:2",
        earliest=at + timedelta(days=1),
        latest=at + timedelta(days=1, minutes=40),
    )

    assert [(step.title, step.state) for step in describe_status(row).steps[2:4]] == [
        ("Jadwal sebelumnya", "Diganti jadwal baru"),
        ("Petugas datang Rabu, 25 November", "Besok"),
    ]


def test_a_visit_that_stands_again_is_told_once() -> None:
    row = _called_off(hear_by=NOW + timedelta(days=2))
    assert row.need is not None
    first = row.need.progress.get(milestone=Milestone.PLANNED)
    progress.record_progress(
        need=row.need,
        milestone=Milestone.PLANNED,
        at=NOW + timedelta(minutes=1),
        source="log:2",
        earliest=first.earliest,
        latest=first.latest,
    )

    assert _told(row)[2:] == [("now", "Petugas datang Selasa, 24 November"), RECORD, PRINT, HAND]
