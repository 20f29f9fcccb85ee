from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from outreach.enums import LocationSource, NeedKind, NeedState, ResidentKind
from outreach.models import LogEntry
from tests.factories.visits import ShiftFactory, VisitFactory, at
from visits.enums import Outcome, VisitKind, VisitState
from visits.estimates import visit_durations
from visits.estimates.duration_learning import update_learned_durations
from visits.models import Shift, VisitTime

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-02T20:00")]

DAY = date(2026, 11, 2)
NOW = at(DAY, 20 * 60)


@pytest.fixture
def shift() -> Shift:
    return ShiftFactory(date=DAY, team__setup_minutes=10)


def finished(shift: Shift, minutes: float, outcome: Outcome = Outcome.RECORDED, **more):
    need = {"need__" + name: more.pop(name) for name in tuple(more) if name in ("kind", "resident__kind")}
    arrived = at(shift.date, 9 * 60)
    values = {
        "need__state": NeedState.CAPTURED,
        "need__resident__kind": ResidentKind.SICK,
        "state": VisitState.FINISHED,
        "outcome": outcome,
        "arrived_at": arrived,
        "outcome_at": arrived + timedelta(minutes=minutes),
        **need,
        **more,
    }
    return VisitFactory(shift=shift, **values)


def test_each_kind_learns_from_its_own_visits(shift: Shift) -> None:
    finished(shift, 40)
    finished(shift, 50)
    finished(shift, 30, attempt=2)
    finished(shift, 6, kind=NeedKind.DELIVERY)
    finished(shift, 7, Outcome.NOT_HOME)

    assert update_learned_durations(now=NOW) == len(VisitKind)

    rows = {row.kind: row for row in VisitTime.objects.all()}
    assert {kind: (row.used, row.visits, row.in_vain) for kind, row in rows.items()} == {
        "sick": (2, 3, 1),
        "again": (1, 1, 0),
        "delivery": (1, 1, 0),
        "in_vain": (1, 0, 0),
        "elderly": (0, 0, 0),
        "disabled": (0, 0, 0),
        "mental_disorder": (0, 0, 0),
    }
    assert rows["sick"].counts[6] == rows["sick"].counts[8] == 1  # 30 and 40 minutes beside the kit
    assert rows["delivery"].counts[1] == rows["in_vain"].counts[1] == 1  # without a kit
    assert rows["elderly"].quantiles["0.5"] == 20  # as the settings say


def test_the_kit_is_set_up_once_at_a_shared_stop(shift: Shift, settings) -> None:
    settings.SHARED_STOP_METRES = 30
    place: Any = {"need__resident__location_source": LocationSource.PIN, "need__resident__latitude": -7.6}
    early = at(DAY, 8 * 60)
    first = finished(shift, 40, arrived_at=early, outcome_at=early + timedelta(minutes=40), **place)
    finished(shift, 33, stop_leader=first.need, **place)  # in the same house, right after
    finished(shift, 41, arrived_at=at(DAY, 600), outcome_at=at(DAY, 641))  # elsewhere

    update_learned_durations(now=NOW)

    counts = VisitTime.objects.get(kind="sick").counts
    assert (counts[6], sum(counts)) == (3, 3)  # 30, 33 and 31 minutes


def test_many_visits_are_believed_over_the_settings(shift: Shift) -> None:
    for minutes in 40 * np.exp(0.2 * np.random.default_rng(1).standard_normal(120)):
        finished(shift, 10 + float(minutes))

    update_learned_durations(now=NOW)

    sick = visit_durations.load_estimates()[VisitKind.SICK].minutes
    assert sick.median_min == pytest.approx(40, rel=0.06)
    assert VisitTime.objects.get(kind="sick").quantiles["0.5"] == pytest.approx(sick.median_min, abs=0.06)


def test_absurd_reports_are_counted_and_left_out(shift: Shift) -> None:
    for minutes in (40, 9, 10.5, 700):  # two shorter than the kit takes, one that lasted all night
        finished(shift, minutes)

    update_learned_durations(now=NOW)

    row = VisitTime.objects.get(kind="sick")
    assert (row.used, row.left_out, row.visits) == (1, 3, 4)


def test_visits_of_more_than_a_year_ago_and_open_ones_teach_nothing(shift: Shift) -> None:
    finished(ShiftFactory(date=DAY - timedelta(days=370)), 40)
    finished(shift, 40, arrived_at=None)
    VisitFactory(shift=shift, state=VisitState.ARRIVED, arrived_at=at(DAY, 540))

    update_learned_durations(now=NOW)

    assert VisitTime.objects.get(kind="sick").visits == 0


def test_learning_again_writes_no_second_row_and_logs_only_what_is_new(shift: Shift) -> None:
    finished(shift, 40)
    update_learned_durations(now=NOW)
    logged = LogEntry.objects.filter(action="durations_learned")
    assert logged.count() == len(VisitKind)

    assert update_learned_durations(now=NOW + timedelta(days=1)) == 0
    assert logged.count() == len(VisitKind)
    assert VisitTime.objects.get(kind="sick").learned_at == NOW + timedelta(days=1)

    finished(shift, 44)
    assert update_learned_durations(now=NOW + timedelta(days=1)) == 1
    assert VisitTime.objects.count() == len(VisitKind)


def test_the_queries_do_not_grow_with_the_visits(shift: Shift) -> None:
    counts = []
    for _ in range(3):
        finished(shift, 40)
        with CaptureQueriesContext(connection) as seen:
            update_learned_durations(now=NOW)
        counts.append(len(seen))
    assert counts[1] == counts[2]
