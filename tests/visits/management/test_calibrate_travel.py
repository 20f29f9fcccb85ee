from io import StringIO

import pytest
from django.core.management import call_command

from tests.visits.driven import MORNING, drive
from visits import tasks
from visits.models import TravelFit

pytestmark = [pytest.mark.django_db, pytest.mark.clock(MORNING)]


def _run() -> str:
    out = StringIO()
    call_command("calibrate_travel", stdout=out)
    return out.getvalue()


def test_the_fit_is_shown_and_not_applied() -> None:
    assert "Tidak ada usulan baru" in _run()
    drive(60, kmh=20)

    told = _run()

    row = TravelFit.objects.get()
    assert f"60 perjalanan, {row.used} dipakai: {row.speed_kmh:g} km/jam" in told
    assert "belum dipakai" in told
    assert row.state == "proposed"


def test_the_weekly_job_does_the_same() -> None:
    drive(60, kmh=20)
    tasks.fit_travel()

    assert TravelFit.objects.count() == 1
