from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from outreach.enums import NeedState, RequestState
from outreach.models import ConsentRecord, Need, Resident, VisitRequest
from outreach.services import region
from tests.factories.outreach import ResidentFactory, VisitRequestFactory
from visits.demo import requests

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    region.load_region(folder=region.SHIPPED)
    return User.objects.create_user("koordinator")


def test_needs_are_open_and_some_requests_wait(user: User):
    asked = requests.ask_for_visits(needs=15, seed=1, user=user)
    assert (asked.made, asked.waiting) == (15, requests.IN_THE_QUEUE)
    assert Need.objects.filter(state=NeedState.OPEN).count() == 15
    assert VisitRequest.objects.filter(state=RequestState.ACCEPTED).count() == 15
    assert ConsentRecord.objects.count() == 15 + requests.IN_THE_QUEUE
    assert not VisitRequest.objects.filter(made_up=False).exists()
    assert not Resident.objects.filter(made_up=False).exists()


def test_waiting_begins_when_the_request_came(user: User, clock):
    requests.ask_for_visits(needs=15, seed=1, user=user)
    days = [(clock.now() - need.waiting_since).days for need in Need.objects.all()]
    assert min(days) >= 0
    assert max(days) > 10


def test_decisions_came_within_three_days_and_before_now(user: User, clock):
    requests.ask_for_visits(needs=24, seed=1, user=user)
    decided = VisitRequest.objects.filter(state=RequestState.ACCEPTED)
    assert decided.count() == 24
    for row in decided:
        assert row.decided_at is not None
        assert timedelta(0) < row.decided_at - row.received_at <= timedelta(days=3)
        assert row.decided_at < clock.now()
        assert row.need is not None
        assert row.need.progress.get().at == row.decided_at, "the family reads the same day"


def test_a_repeat_adds_nobody_and_more_needs_add_the_rest(user: User):
    requests.ask_for_visits(needs=5, seed=1, user=user)
    again = requests.ask_for_visits(needs=5, seed=1, user=user)
    assert (again.made, again.waiting, Need.objects.count()) == (0, requests.IN_THE_QUEUE, 5)
    assert requests.ask_for_visits(needs=8, seed=1, user=user).made == 3
    assert VisitRequest.objects.count() == 8 + requests.IN_THE_QUEUE


def test_the_queue_has_a_twin_by_nik_a_twin_by_name_and_a_wrong_birth_date(user: User):
    requests.ask_for_visits(needs=5, seed=1, user=user)
    residents = {resident.nik_index: resident for resident in Resident.objects.exclude(nik_index=None)}
    queue = list(VisitRequest.objects.filter(state=RequestState.RECEIVED))
    same_nik = [request for request in queue if request.nik_index in residents]
    assert len(same_nik) == 1
    twin = residents[same_nik[0].nik_index]
    same_name = [
        request for request in queue if (request.name, request.birth_date) == (twin.name, twin.birth_date)
    ]
    assert sorted(bool(request.nik_index) for request in same_name) == [False, True]


def test_real_people_are_seen(user: User):
    requests.ask_for_visits(needs=2, seed=1, user=user)
    assert not requests.holds_real_data()
    real = VisitRequestFactory(made_up=False)
    assert requests.holds_real_data()
    VisitRequest.objects.filter(pk=real.pk).update(made_up=True)
    ResidentFactory(made_up=False)
    assert requests.holds_real_data()
