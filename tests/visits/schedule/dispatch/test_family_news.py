"""What a family reads from the first day to the card in hand, through everything that may happen on the way."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache

from outreach import formats
from outreach.enums import Milestone, NeedState, RequestState
from outreach.models import Need, Progress, VisitRequest
from outreach.selectors.status import describe_status
from outreach.services import progress, triage
from tests.factories.outreach import NeedFactory, VisitRequestFactory
from tests.factories.visits import ShiftFactory, TeamFactory, VisitFactory, at
from tests.visits.planned import NOW, TUESDAY, draft
from visits.appointments import lifecycle
from visits.enums import Outcome, VisitState
from visits.fieldwork import expected_arrivals, team_status
from visits.models import Device, Shift, Visit
from visits.schedule.dispatch import family_news
from visits.schedule.plans.publishing import publish_plan

pytestmark = [pytest.mark.django_db, pytest.mark.clock(NOW, tick=False)]
WEDNESDAY, THURSDAY = TUESDAY + timedelta(days=1), TUESDAY + timedelta(days=2)
CALL = "hubungi kantor di 0351-123456."
ACCEPTED = "Permohonan disetujui: Sudah"
AHEAD = ["KTP-el dicetak: Nanti", "KTP-el diterima: Nanti"]


@pytest.fixture(autouse=True)
def _office(settings) -> Iterator[None]:
    settings.OFFICE_PHONE = "0351-123456"
    cache.clear()
    yield
    cache.clear()


def _asked() -> VisitRequest:
    need: Need = NeedFactory()
    row: VisitRequest = VisitRequestFactory(need=need, resident=need.resident, state=RequestState.ACCEPTED)
    source = f"request:{row.pk}"
    progress.record_progress(need=need, milestone=Milestone.ACCEPTED, at=NOW, source=source)
    return row


def _need(row: VisitRequest) -> Need:
    assert row.need is not None
    return row.need


def _publish(shift: Shift, row: VisitRequest) -> None:
    publish_plan(plan=draft({shift: [_need(row)]}, last=THURSDAY), user=None)


def _read(row: VisitRequest) -> list[str]:
    """The page's steps after the first: title and state."""
    loaded = VisitRequest.objects.select_related("village", "need").get(pk=row.pk)
    return [f"{step.title}: {step.state}" for step in describe_status(loaded).steps[1:]]


def _step(row: VisitRequest, title: str) -> tuple[str, list[str]]:
    """When and what the page says in the step of this title."""
    loaded = VisitRequest.objects.select_related("village", "need").get(pk=row.pk)
    (step,) = [step for step in describe_status(loaded).steps if step.title == title]
    return step.when, step.texts


NEAR = {"latitude": -7.75, "longitude": 111.48}  # a kilometre from the first home: three minutes


class TestALife:
    """One request; each test goes a stretch of its way."""

    def test_moved_twice_there_is_one_coming_date_and_two_that_were_replaced(self, clock) -> None:
        row = _asked()
        for days, day in enumerate((TUESDAY, WEDNESDAY, THURSDAY)):
            clock.move_to(NOW + timedelta(minutes=days), tick=False)
            _publish(ShiftFactory(date=day), row)

        assert _read(row) == [
            ACCEPTED,
            "Jadwal sebelumnya: Diganti jadwal baru",
            "Jadwal sebelumnya: Diganti jadwal baru",
            "Petugas datang Kamis, 3 Desember: Terjadwal",
            "Data direkam di rumah: Nanti",
            *AHEAD,
        ]

    def test_on_the_day_the_team_sets_out_and_arrives(self, clock) -> None:
        row = _asked()
        _publish(ShiftFactory(team=TeamFactory(**NEAR), date=TUESDAY), row)
        visit = Visit.objects.get()
        clock.move_to(at(TUESDAY, 7 * 60), tick=False)
        assert _read(row)[1] == "Petugas datang Selasa, 1 Desember: Hari ini"

        clock.move_to(at(TUESDAY, 7 * 60 + 42), tick=False)
        lifecycle.set_visit_state(
            visit=visit, to=VisitState.TRAVELLING, at=at(TUESDAY, 7 * 60 + 41), actor="system"
        )
        assert _read(row)[1] == "Petugas dalam perjalanan: Sekarang"
        assert _step(row, "Petugas dalam perjalanan") == (
            "Perkiraan tiba pukul 07.44",
            ["Petugas berangkat ke rumah ini pukul 07.41.", "Siapkan KK asli."],
        )

        clock.move_to(at(TUESDAY, 8 * 60 + 30), tick=False)
        assert _step(row, "Petugas dalam perjalanan") == (
            "",
            [
                "Petugas berangkat ke rumah ini pukul 07.41.",
                f"Perkiraan tibanya pukul 07.44, dan petugas belum melapor tiba. Bila belum datang, {CALL}",
            ],
        )

        lifecycle.set_visit_state(visit=visit, to=VisitState.ARRIVED, at=at(TUESDAY, 8 * 60), actor="system")
        assert _read(row) == [
            ACCEPTED,
            "Petugas tiba di rumah: Sekarang",
            "Data direkam di rumah: Nanti",
            *AHEAD,
        ]

    def test_not_met_says_why_and_what_now_and_the_second_attempt_has_its_own_date(self, clock) -> None:
        row = _asked()
        _publish(ShiftFactory(date=TUESDAY), row)
        clock.move_to(at(TUESDAY, 9 * 60), tick=False)
        lifecycle.apply_outcome(
            visit=Visit.objects.get(), outcome=Outcome.NOT_HOME, at=at(TUESDAY, 8 * 60 + 10), actor="system"
        )

        assert _read(row) == [
            ACCEPTED,
            "Kunjungan petugas: Belum berhasil",
            "Menunggu jadwal baru: Menunggu",
            "Petugas datang dan merekam di rumah: Nanti",
            *AHEAD,
        ]
        assert _step(row, "Kunjungan petugas") == (
            "Selasa, 1 Desember 2026, pukul 08.10",
            [
                f"Tidak ada orang di rumah. Agar hari dan jamnya cocok, {CALL}",
                "Kami carikan jadwal baru; tidak perlu mengajukan lagi.",
            ],
        )

        _publish(ShiftFactory(date=THURSDAY), row)
        assert _read(row)[1:3] == [
            "Kunjungan petugas: Belum berhasil",
            "Petugas datang Kamis, 3 Desember: Terjadwal",
        ]
        assert len(_step(row, "Kunjungan petugas")[1]) == 1, "the new date is there already"

    def test_recorded_verified_printed_and_in_hand(self, clock) -> None:
        row = _asked()
        need = _need(row)
        _publish(ShiftFactory(date=TUESDAY), row)
        clock.move_to(at(TUESDAY, 9 * 60), tick=False)
        lifecycle.apply_outcome(
            visit=Visit.objects.get(), outcome=Outcome.RECORDED, at=at(TUESDAY, 8 * 60 + 40), actor="system"
        )
        captured = "Data direkam petugas: Sudah"
        assert _read(row) == [ACCEPTED, captured, "Hasil rekaman sedang diperiksa kantor: Menunggu", *AHEAD]

        told = [captured]
        for hours, milestone, done, waiting in (
            (4, Milestone.RECORDED, "Data sudah direkam dan diperiksa: Sudah", "Menunggu KTP-el dicetak"),
            (5, Milestone.CARD_PRINTED, "KTP-el sudah dicetak: Sudah", "Menunggu KTP-el diantar"),
        ):
            clock.move_to(at(TUESDAY, (8 + hours) * 60), tick=False)
            progress.record_progress(need=need, milestone=milestone, at=clock.now(), source="x")
            told.append(done)
            assert _read(row) == [ACCEPTED, *told, f"{waiting}: Menunggu", *AHEAD[hours - 4 :]]
        clock.shift(3600)
        progress.record_progress(need=need, milestone=Milestone.DELIVERED, at=clock.now(), source="x")
        assert _read(row) == [ACCEPTED, *told, "KTP-el sudah diterima: Sudah"]

    def test_the_third_visit_in_vain_is_for_the_office_to_decide_and_says_why(self, clock) -> None:
        row = _asked()
        Need.objects.update(attempts=2)
        _publish(ShiftFactory(date=TUESDAY), row)
        clock.move_to(at(TUESDAY, 600), tick=False)
        lifecycle.apply_outcome(
            visit=Visit.objects.get(), outcome=Outcome.UNWELL, at=at(TUESDAY, 500), actor="system"
        )

        assert _read(row)[:2] == [ACCEPTED, "Sedang diperiksa kantor: Menunggu"]
        _when, texts = _step(row, "Sedang diperiksa kantor")
        assert texts[1] == f"Keadaan yang akan direkam belum memungkinkan. Bila sudah membaik, {CALL}"
        assert texts[2].startswith("Kami usahakan jawabannya ada paling lambat ")

        triage.reopen_need(need=Need.objects.get(), actor="user:1")
        assert _read(row)[1:3] == ["Diperiksa kantor: Sudah", "Menunggu jadwal baru: Menunggu"]

    def test_a_death_at_the_door_closes_it_with_sympathy_alone(self) -> None:
        row = _asked()
        _publish(ShiftFactory(date=TUESDAY), row)
        lifecycle.apply_outcome(
            visit=Visit.objects.get(), outcome=Outcome.DECEASED, at=at(TUESDAY, 500), actor="system"
        )

        assert _read(row) == [ACCEPTED, "Permohonan ditutup: Ditutup"]
        assert _step(row, "Permohonan ditutup")[1] == ["Permohonan ditutup. Kami turut berduka."]

    def test_a_day_without_any_report_is_given_back_and_says_whom_to_call(self, clock) -> None:
        row = _asked()
        shift = ShiftFactory(date=TUESDAY)
        _publish(shift, row)
        clock.move_to(at(WEDNESDAY, 30), tick=False)
        lifecycle.give_back_visits(team=shift.team, on=TUESDAY, now=clock.now(), actor="system")

        assert _read(row)[1:3] == ["Jadwal sebelumnya: Tidak jadi", "Menunggu jadwal baru: Menunggu"]
        assert _step(row, "Jadwal sebelumnya")[1][0].startswith("Laporan kunjungan tidak kami terima.")


class TestExplainNoDate:
    def test_the_published_plans_reason_with_its_date(self) -> None:
        row = _asked()
        publish_plan(plan=draft({ShiftFactory(date=TUESDAY): [NeedFactory()]}, left=[_need(row)]), user=None)

        _when, texts = _step(row, "Menunggu jadwal kunjungan")

        assert texts[1] == (
            "Menurut rencana kantor tanggal Senin, 30 November 2026: Belum kebagian jadwal: "
            "belum ada tim dengan pemindai iris pada hari yang cocok. "
            "Permohonan tetap tercatat dan ikut dihitung pada rencana berikutnya."
        )

    def test_a_draft_is_no_decision(self) -> None:
        row = _asked()
        draft({ShiftFactory(date=TUESDAY): [NeedFactory()]}, left=[_need(row)])

        assert family_news.explain_no_date(_need(row)) == ""

    def test_a_place_that_has_passed_is_not_told(self, clock) -> None:
        row = _asked()
        publish_plan(plan=draft({ShiftFactory(date=TUESDAY): [NeedFactory()]}, left=[_need(row)]), user=None)
        clock.move_to(at(WEDNESDAY, 540))

        told = family_news.explain_no_date(_need(row))

        assert "Paling dekat" not in told
        assert "ikut dihitung pada rencana berikutnya" in told

    def test_a_later_plan_that_served_it_ends_the_reason(self, clock) -> None:
        row = _asked()
        publish_plan(plan=draft({ShiftFactory(date=TUESDAY): [NeedFactory()]}, left=[_need(row)]), user=None)
        clock.shift(3600)
        _publish(ShiftFactory(date=WEDNESDAY), row)

        assert family_news.explain_no_date(_need(row)) == ""


class TestExplainInVain:
    @pytest.mark.parametrize(
        ("outcome", "begin"),
        [
            (Outcome.NOT_HOME, "Tidak ada orang di rumah."),
            (Outcome.REFUSED_TODAY, "Yang akan direkam belum bersedia hari itu."),
            (Outcome.UNWELL, "Keadaan yang akan direkam belum memungkinkan."),
            (Outcome.UNSAFE, "Petugas mundur karena keadaan di sana belum aman."),
            (Outcome.ADDRESS_NOT_FOUND, "Rumahnya tidak ditemukan."),
        ],
    )
    def test_every_outcome_that_is_tried_again_says_why_and_whom_to_call(self, outcome, begin) -> None:
        visit = VisitFactory(state=VisitState.FINISHED, outcome=outcome)
        step = Progress(need=visit.need, milestone=Milestone.NOT_MET, source=f"visit:{visit.pk}")

        told = family_news.explain_in_vain(step)

        assert told.startswith(begin)
        assert told.endswith(CALL)

    def test_a_record_under_review_is_not_a_visit_in_vain(self) -> None:
        visit = VisitFactory(state=VisitState.FINISHED, outcome=Outcome.RECORDED)

        for source in (f"visit:{visit.pk}", f"capture:{visit.pk}", "reopened:x"):
            assert family_news.explain_in_vain(Progress(need=visit.need, source=source)) == ""


class TestExpectArrival:
    def _under_way(self, clock, minutes: int, **shift: object) -> Need:
        """A team that set out for its first home at this minute of Tuesday."""
        row = _asked()
        team = TeamFactory(**NEAR)
        _publish(ShiftFactory(team=team, date=TUESDAY, **shift), row)
        clock.move_to(at(TUESDAY, minutes), tick=False)
        lifecycle.set_visit_state(
            visit=Visit.objects.get(), to=VisitState.TRAVELLING, at=clock.now(), actor="system"
        )
        return _need(row)

    def test_a_team_that_sets_out_early_waits_for_the_interval(self, clock) -> None:
        need = self._under_way(clock, 7 * 60)

        assert family_news.expect_arrival(need) == Visit.objects.get().told_from == at(TUESDAY, 7 * 60 + 40)

    def test_the_break_is_no_drive(self, clock) -> None:
        need = self._under_way(clock, 7 * 60 + 59, breaks=[["08:00", "08:30"]])

        told = family_news.expect_arrival(need)

        assert told is not None
        assert at(TUESDAY, 8 * 60 + 30) < told < at(TUESDAY, 8 * 60 + 40)

    def test_the_office_sees_the_same_moment(self, clock) -> None:
        need = self._under_way(clock, 8 * 60)
        (team,) = team_status.list_team_statuses(now=clock.now())

        course = expected_arrivals.forecast_day(team, now=clock.now())

        assert course.under_way is not None
        assert course.under_way.begins == family_news.expect_arrival(need)

    def test_the_second_home_is_reached_from_the_first(self, clock) -> None:
        need = self._under_way(clock, 8 * 60)
        first = Visit.objects.get()
        second = VisitFactory(shift=first.shift, sequence=2, need__state=NeedState.PLANNED)
        lifecycle.apply_outcome(visit=first, outcome=Outcome.RECORDED, at=at(TUESDAY, 520), actor="system")
        clock.move_to(at(TUESDAY, 12 * 60 + 59), tick=False)
        lifecycle.set_visit_state(visit=second, to=VisitState.TRAVELLING, at=clock.now(), actor="system")

        told = family_news.expect_arrival(second.need)

        assert told is not None
        assert at(TUESDAY, 13 * 60) < told < at(TUESDAY, 13 * 60 + 10), "a kilometre, after the break"
        assert family_news.expect_arrival(need) is None

    def test_a_team_that_is_late_tells_the_next_home_by_when(self, clock) -> None:
        """It was heard of a minute ago, still at its first home long after its hour."""
        need = self._under_way(clock, 8 * 60)
        first, row = Visit.objects.get(), _asked()
        second = VisitFactory(
            shift=first.shift,
            sequence=2,
            need=_need(row),
            told_from=at(TUESDAY, 520),
            told_until=at(TUESDAY, 550),
        )
        progress.record_progress(
            need=_need(row),
            milestone=Milestone.PLANNED,
            at=NOW,
            source="plan:x",
            earliest=second.told_from,
            latest=second.told_until,
        )
        clock.move_to(at(TUESDAY, 10 * 60), tick=False)
        lifecycle.set_visit_state(visit=first, to=VisitState.ARRIVED, at=clock.now(), actor="system")

        assert family_news.expect_arrival(_need(row)) is None, "a silent team said nothing"
        assert _read(row)[1] == "Menunggu kabar petugas: Menunggu"
        Device.objects.create(
            team=first.shift.team, name="T", jwk={}, thumbprint="x", last_seen_at=clock.now()
        )
        told = family_news.expect_arrival(_need(row))

        assert told is not None
        assert told > at(TUESDAY, 10 * 60)
        assert _read(row)[1] == "Petugas datang Selasa, 1 Desember: Hari ini"
        assert _step(row, "Petugas datang Selasa, 1 Desember")[1][0] == (
            f"Petugas terlambat. Perkiraan tiba sekarang pukul {formats.format_clock(told)}; mohon ditunggu."
        )
        assert family_news.expect_arrival(need) is None

    def test_on_other_days_nothing_is_expected(self, clock) -> None:
        row = _asked()
        assert family_news.expect_arrival(_need(row)) is None
        _publish(ShiftFactory(date=TUESDAY), row)

        assert family_news.expect_arrival(_need(row)) is None
