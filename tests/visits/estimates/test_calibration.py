from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from outreach.models import LogEntry
from tests.visits.driven import MORNING, drive
from visits import roads
from visits.enums import FitState
from visits.estimates import calibration
from visits.models import TravelFit
from visits.planning import GreatCircle
from visits.roads import straight_line

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-22T08:00")]

NOW = MORNING + timedelta(days=20)
PLACES = [(-7.62, 111.52), (-7.60, 111.55)]


@pytest.fixture
def user() -> User:
    return User.objects.create_user("koordinator")


def _propose() -> TravelFit:
    row = calibration.propose_fit(now=NOW)
    assert row is not None
    return row


def test_trips_become_a_proposal_that_changes_nothing() -> None:
    drive(200, kmh=20)

    row = _propose()

    assert row.state == FitState.PROPOSED
    assert row.speed_kmh == pytest.approx(20, rel=0.06)
    assert (row.before_speed_kmh, row.detour) == (30.0, 1.35)
    assert row.off_after < 0.12 < row.off_before
    assert (row.trips, row.used + row.far + row.absurd) == (200, 200)
    assert len(row.detail["points"]) == row.trips - row.absurd
    assert straight_line.line_in_force().model == GreatCircle(1.35, 30.0)
    entry = LogEntry.objects.get(action="travel_proposed")
    assert entry.detail == {"trips": 200, "used": row.used, "speed_kmh": row.speed_kmh}


def test_too_few_trips_propose_nothing() -> None:
    drive(10, kmh=20)

    assert calibration.propose_fit(now=NOW) is None
    assert not TravelFit.objects.exists()


def test_the_same_trips_propose_once() -> None:
    drive(60, kmh=20)

    _propose()

    assert calibration.propose_fit(now=NOW) is None
    assert TravelFit.objects.count() == 1


def test_more_trips_replace_the_proposal(user: User) -> None:
    drive(60, kmh=20)
    first = _propose()
    drive(60, kmh=40, seed=2)

    second = _propose()

    first.refresh_from_db()
    assert (first.state, second.state) == (FitState.REPLACED, FitState.PROPOSED)
    assert second.trips == 120
    assert calibration.apply_fit(row=first, user=user) is False


def test_old_trips_do_not_count() -> None:
    drive(60, kmh=20)

    assert calibration.propose_fit(now=NOW + timedelta(days=400)) is None


def test_applied_it_is_in_force_with_its_day(user: User) -> None:
    drive(60, kmh=20)
    row = _propose()

    assert calibration.apply_fit(row=row, user=user) is True
    assert calibration.apply_fit(row=row, user=user) is False

    row.refresh_from_db()
    assert (row.state, row.applied_by) == (FitState.APPLIED, user)
    found = roads.estimate_travel(PLACES)
    assert found.travel == GreatCircle(1.35, row.speed_kmh)
    assert (found.note.speed_kmh, found.note.fitted) == (row.speed_kmh, "2026-11-22")
    moved = LogEntry.objects.get(action="travel_fit_moved")
    assert (moved.actor, moved.from_state, moved.to_state) == (f"user:{user.pk}", "proposed", "applied")


def test_one_is_in_force_at_a_time_and_the_settings_come_back(user: User) -> None:
    drive(60, kmh=20)
    first = _propose()
    calibration.apply_fit(row=first, user=user)
    drive(60, kmh=40, seed=2)
    second = _propose()
    assert second.before_speed_kmh == first.speed_kmh

    calibration.apply_fit(row=second, user=user)

    assert [row.state for row in TravelFit.objects.order_by("pk")] == [FitState.REPLACED, FitState.APPLIED]
    assert straight_line.line_in_force().model.speed_kmh == second.speed_kmh
    assert calibration.back_to_settings(user=user) is True
    assert calibration.back_to_settings(user=user) is False
    assert straight_line.line_in_force().model == GreatCircle(1.35, 30.0)
