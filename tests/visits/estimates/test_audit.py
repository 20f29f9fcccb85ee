from datetime import date, timedelta

import pytest

from outreach.enums import NeedState
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory, TeamFactory, VisitFactory, at
from visits.enums import Outcome, VisitState
from visits.estimates import audit_labels
from visits.estimates.audit import ENOUGH, AuditCell, IntervalStretch, audit_intervals, learn_stretch
from visits.models import Shift, Visit
from visits.planning.uncertainty.arrival import calibrate_stretch

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-24T20:00")]

TUESDAY = date(2026, 11, 24)
TOLD = (540, 600)  # 09.00 to 10.00, in minutes


@pytest.fixture
def shift() -> Shift:
    return ShiftFactory(date=TUESDAY)


def came(shift: Shift, minutes: float, *, ended: float | None = None, **more) -> Visit:
    values = {
        "need": NeedFactory(state=NeedState.CAPTURED),
        "state": VisitState.FINISHED,
        "outcome": Outcome.RECORDED,
        "told_from": at(shift.date, TOLD[0]),
        "told_until": at(shift.date, TOLD[1]),
        "arrived_at": at(shift.date, 0) + timedelta(minutes=minutes),
        "outcome_at": at(shift.date, 0) + timedelta(minutes=ended or minutes + 30),
        **more,
    }
    return VisitFactory(shift=shift, **values)


def test_arrivals_are_early_within_or_late(shift: Shift) -> None:
    for minutes in (539, 540, 570, 600, 600.9, 601, 630):
        came(shift, minutes)

    total = audit_intervals(today=TUESDAY).total

    assert (total.early, total.within, len(total.late_min)) == (1, 4, 2)
    assert total.late_by == pytest.approx((1 + 30) / 2)
    assert total.coverage == pytest.approx(4 / 7)


def test_visits_from_before_count_with_what_they_were_told(shift: Shift) -> None:
    for minutes in (549, 610):  # of 09.10 to 10.10
        came(shift, minutes, told_from=None, told_until=None, planned_arrive=at(TUESDAY, 570))

    total = audit_intervals(today=TUESDAY).total

    assert (total.early, total.within) == (1, 1)


def test_who_did_not_arrive_or_was_cancelled_is_not_counted(shift: Shift) -> None:
    came(shift, 570, state=VisitState.CANCELLED, outcome="")
    came(shift, 570, arrived_at=None)
    came(ShiftFactory(date=TUESDAY - timedelta(weeks=12)), 570)
    came(ShiftFactory(date=TUESDAY + timedelta(days=1)), 570)

    assert audit_intervals(today=TUESDAY).total.visits == 0


def test_weeks_and_teams_are_told_apart() -> None:
    first, second = TeamFactory(code="A"), TeamFactory(code="B")
    came(ShiftFactory(team=first, date=TUESDAY), 570)
    came(ShiftFactory(team=first, date=TUESDAY - timedelta(days=7)), 700)
    came(ShiftFactory(team=second, date=TUESDAY - timedelta(days=8)), 570)

    found = audit_intervals(today=TUESDAY)

    assert [(team, cell.within, len(cell.late_min)) for team, cell in found.teams] == [
        (first, 1, 1),
        (second, 1, 0),
    ]
    assert len(found.weeks) == 12
    assert found.weeks[-1].monday == TUESDAY - timedelta(days=1)
    assert [[cell.visits for cell in week.teams] for week in found.weeks[-3:]] == [[0, 0], [1, 1], [1, 0]]


def test_overtime_is_the_last_outcome_and_the_drive_home(shift: Shift) -> None:
    home = NeedFactory(state=NeedState.CAPTURED, resident__latitude=-7.62, resident__longitude=111.52)
    came(shift, 570, ended=600)
    came(shift, 900, ended=945, need=home)  # 15.45 at the base's own place; the shift ends at 15.30

    assert audit_intervals(today=TUESDAY).total.overtime == pytest.approx(15)


def test_the_share_of_days_with_long_overtime_is_audited() -> None:
    for ended in (930, 959, 961, 1000):  # 15.30, 15.59, 16.01, 16.40; the shift ends at 15.30
        home = NeedFactory(state=NeedState.CAPTURED, resident__latitude=-7.62, resident__longitude=111.52)
        came(ShiftFactory(date=TUESDAY), 900, ended=ended, need=home)

    total = audit_intervals(today=TUESDAY).total

    assert total.long_overtime == 0.5
    assert audit_labels.describe_audit(audit_intervals(today=TUESDAY)).total.overtime == (
        "32 mnt; 50% di atas 30 mnt"
    )


def test_a_day_that_goes_on_has_no_overtime_yet(shift: Shift) -> None:
    came(shift, 570)
    came(shift, 900, state=VisitState.ARRIVED, outcome="", outcome_at=None)

    assert audit_intervals(today=TUESDAY).total.overtime is None


def test_the_queries_do_not_grow(django_assert_num_queries) -> None:
    for _ in range(2):
        for _ in range(2):
            came(ShiftFactory(date=TUESDAY), 570)
        with django_assert_num_queries(3):
            audit_intervals(today=TUESDAY)


def test_the_last_arrivals_lengthen_the_intervals_to_come(shift: Shift) -> None:
    for minutes in (*range(570, 602, 2), 630, 631, 632, 633):  # one in five comes half an interval late
        came(shift, minutes)
    came(shift, 700, told_from=None, told_until=None)
    came(shift, 700, state=VisitState.CANCELLED, outcome="")

    found = learn_stretch(now=at(TUESDAY, 1200))

    assert found.visits == 20
    places = [(min(m, 660) - 540) / 60 for m in (*range(570, 602, 2), 630, 631, 632, 633)]
    assert found.stretch == pytest.approx(calibrate_stretch(places, 0.8))
    assert 0 < found.stretch < 0.1  # twenty visits weigh little


def test_intervals_that_were_lengthened_count_as_if_they_had_not_been(shift: Shift) -> None:
    for _ in range(300):
        came(shift, 600, told_stretch=0.5)  # at the very end of the lengthened interval

    assert learn_stretch(now=at(TUESDAY, 1200)).stretch == pytest.approx(0.5 * 300 / 550)
    assert learn_stretch(now=at(TUESDAY, 600)).visits == 300
    assert learn_stretch(now=at(TUESDAY, 599)).visits == 0


@pytest.mark.parametrize(
    ("stretch", "visits", "text"),
    [
        (0.0, 0, "menurut simulasi, belum ada kunjungan"),
        (0.001, 1200, "tetap menurut simulasi: 1.200 kunjungan terakhir cocok"),
        (0.09, 800, "dipanjangkan 9% menurut 800 kunjungan"),
        (-0.12, 800, "dipendekkan 12% menurut 800 kunjungan"),
    ],
)
def test_experience_is_said_in_a_sentence(stretch: float, visits: int, text: str) -> None:
    assert text in audit_labels.describe_stretch(IntervalStretch(stretch=stretch, visits=visits))


def cell(within: int, late: int) -> AuditCell:
    return AuditCell(within=within, late_min=[12.0] * late)


def test_a_share_comes_with_the_range_it_may_stand_for() -> None:
    low, high = cell(80, 20).bounds  # Wilson, 90 %
    assert low == pytest.approx(0.726, abs=1e-3)
    assert high == pytest.approx(0.858, abs=1e-3)
    assert AuditCell().bounds == (0.0, 1.0)


@pytest.mark.parametrize(
    ("within", "late", "verdict"),
    [
        (ENOUGH - 1, 0, "terlalu sedikit"),
        (82, 18, "sesuai sasaran"),
        (73, 27, "belum jelas"),
        (60, 40, "di bawah sasaran"),
        (100, 2, "di atas sasaran"),
    ],
)
def test_a_verdict_needs_enough_visits(within: int, late: int, verdict: str) -> None:
    assert audit_labels._judge_cell(cell(within, late), (0.75, 0.85))[0] == verdict


def test_the_title_says_the_finding_or_that_there_is_none(shift: Shift) -> None:
    came(shift, 570)
    assert (
        audit_labels.describe_audit(audit_intervals(today=TUESDAY)).title
        == "Belum dapat dinilai: baru 1 kunjungan, perlu 30"
    )

    for _ in range(29):
        came(shift, 570)
    said = audit_labels.describe_audit(audit_intervals(today=TUESDAY))
    assert said.title == ("100% keluarga didatangi dalam selang jam yang dikabarkan; sasarannya 75–85%")
    (week,) = said.weeks
    assert (week.label, week.visits, week.share, week.look) == ("23–29 Nov", 30, "100%", "waiting")
    assert said.by_week == [("23–29 Nov", ["100%"])]
