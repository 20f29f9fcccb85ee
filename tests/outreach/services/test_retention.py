from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from outreach.models import FormDraft
from outreach.services import limits, retention
from visits.ops import schedules

pytestmark = pytest.mark.django_db


def test_a_half_filled_form_goes_when_its_session_has_run_out(client: Client, clock) -> None:
    client.post("/permohonan/mulai/")
    limits.count_try(limits.TryLimit("test", tries=1, minutes=12 * 60), "somebody")

    assert retention.delete_expired_rows() == 0
    with clock.at(clock.now() + timedelta(hours=11)):
        assert retention.delete_expired_rows() == 2
        assert not Session.objects.exists()
        assert not FormDraft.objects.exists()
    with clock.at(clock.now() + timedelta(hours=12)):
        assert retention.delete_expired_rows() == 1
        assert retention.delete_expired_rows() == 0


def test_no_half_filled_form_is_kept_longer_than_the_notice_says(client: Client, clock) -> None:
    sweep = next(job for job in schedules.DECLARED if job.task == "forget_old")
    assert FormDraft.KEPT + timedelta(minutes=sweep.minutes) == timedelta(hours=10)
    assert "paling lama sepuluh jam sejak terakhir diisi" in client.get("/data-pribadi/").content.decode()


def test_one_that_ran_out_is_neither_shown_nor_filled_on_before_it_is_swept(client: Client, clock) -> None:
    way = client.post("/permohonan/mulai/").headers["Location"]
    with clock.at(clock.now() + FormDraft.KEPT + timedelta(minutes=1)):
        answers = [client.get(way), client.post(way, {"relation": "family"})]

        assert [answer.status_code for answer in answers] == [404, 404]
        assert retention.delete_expired_rows() == 1
