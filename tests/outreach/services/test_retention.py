from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from outreach.models import FormDraft
from outreach.services import limits, retention

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
