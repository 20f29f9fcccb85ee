from datetime import timedelta

import pytest
from django_q.models import OrmQ

from tests.factories.visits import PlanRunFactory
from visits.enums import RunState
from visits.models import Heartbeat
from visits.ops import heartbeat

pytestmark = pytest.mark.django_db


def test_a_beat_is_one_row_a_worker(settings):
    heartbeat.record_sign_of_life()
    heartbeat.record_sign_of_life()
    settings.WORKER_NAME = "second"
    heartbeat.record_sign_of_life()
    assert sorted(Heartbeat.objects.values_list("name", flat=True)) == ["second", "worker"]


def test_silence_is_told_by_name(clock):
    Heartbeat.objects.create(name="a", at=clock.now() - timedelta(seconds=50))
    assert heartbeat.is_silent(name="a", seconds=60) is False
    assert heartbeat.is_silent(name="a", seconds=40) is True
    assert heartbeat.is_silent(name="b", seconds=60) is True


@pytest.mark.parametrize(
    ("state", "lease_seconds", "silent"),
    [(RunState.RUNNING, 10, False), (RunState.RUNNING, -1, True), (RunState.INTERRUPTED, 10, True)],
)
def test_a_planning_run_under_a_lease_is_a_sign_of_life(
    state: RunState, lease_seconds: int, silent: bool, clock
):
    PlanRunFactory(state=state, lease_until=clock.now() + timedelta(seconds=lease_seconds))
    assert heartbeat.is_silent(name="worker", seconds=60) is silent


def test_bells_do_not_pile_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(heartbeat, "BELLS_IN_QUEUE", 3)
    for _ in range(5):
        heartbeat.request_sign_of_life()
    assert OrmQ.objects.count() == 3


def test_the_oldest_waiting_job_counts_rows_and_the_queue(clock):
    assert heartbeat.oldest_waiting_since() is None
    now = clock.now()
    OrmQ.objects.create(key="jemput-bola", payload="", lock=now - timedelta(seconds=30))
    OrmQ.objects.create(key="jemput-bola", payload="", lock=now + timedelta(seconds=900))  # taken
    assert heartbeat.oldest_waiting_since() == now - timedelta(seconds=30)
    run = PlanRunFactory(state=RunState.QUEUED)
    type(run).objects.filter(pk=run.pk).update(asked_at=now - timedelta(hours=1))
    assert heartbeat.oldest_waiting_since() == now - timedelta(hours=1)
