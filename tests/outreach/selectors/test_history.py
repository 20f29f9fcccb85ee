import pytest
from django.contrib.auth import get_user_model

from outreach.enums import NeedState
from outreach.selectors import history
from outreach.services import log
from outreach.services.transitions import transition
from tests.factories.outreach import NeedFactory

pytestmark = pytest.mark.django_db


def test_the_log_is_read_in_words_oldest_first() -> None:
    user = get_user_model().objects.create_user("sari", first_name="Sari", last_name="Contoh")
    need, other = NeedFactory(), NeedFactory()
    transition(row=need, to=NeedState.PLANNED, actor=f"user:{user.pk}")
    transition(row=other, to=NeedState.PLANNED, actor="system")
    log.write_log(actor="device:7", action="unknown_action", subject=need.resident)

    lines = history.list_history([need, need.resident, None])

    told = [(line.actor, line.action, line.subject, line.change) for line in lines]
    assert told == [
        ("Sari Contoh", "Antrean berubah", "antrean kunjungan", "Menunggu jadwal → Sudah dijadwalkan"),
        ("Tablet", "unknown_action", "warga", ""),
    ]


def test_few_and_many_lines_take_two_queries(django_assert_num_queries) -> None:
    need = NeedFactory()
    for _ in range(2):
        transition(row=need, to=NeedState.PLANNED, actor="user:1")
        with django_assert_num_queries(2):
            history.list_history([need])
        transition(row=need, to=NeedState.OPEN, actor="user:2")


def test_nothing_asked_is_nothing_told() -> None:
    assert history.list_history([None]) == []


def test_states_of_any_kind_of_row_are_told_in_words() -> None:
    plan = log.write_log(actor="system", action="plan_published", subject=NeedFactory(), to_state="published")
    plan.subject_type, plan.from_state = "visits.plan", "draft"

    assert history.describe_change(plan) == "Rancangan → Terbit"

    plan.subject_type = "visits.nothing"
    assert history.describe_change(plan) == "draft → published"
