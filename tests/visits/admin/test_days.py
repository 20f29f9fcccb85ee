from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from outreach import vault
from outreach.models import LogEntry, Need
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory
from tests.visits.admin.conftest import staff
from tests.visits.planned import NOW, TUESDAY, draft
from visits.appointments import lifecycle
from visits.enums import Outcome, VisitState
from visits.models import Shift, TeamDay, Visit
from visits.schedule.plans.publishing import publish_plan

LIST = "admin:visits_teamday_changelist"


@pytest.fixture(autouse=True)
def _monday_noon(clock):
    clock.move_to(NOW, tick=False)


@pytest.fixture
def looker(db) -> Client:
    return staff("visits.view_teamday")


@pytest.fixture
def shift(db) -> Shift:
    shift = ShiftFactory(date=TUESDAY)
    publish_plan(
        plan=draft({shift: [NeedFactory(resident__name="Warga Satu"), NeedFactory()]}), user=None, now=NOW
    )
    return shift


def _page(shift: Shift, query: str = "") -> str:
    return reverse("admin:visits_teamday_page", args=[shift.team_id, shift.date.isoformat()]) + query


def test_published_days_are_listed_with_their_progress(looker: Client, shift: Shift) -> None:
    visit = Visit.objects.first()
    assert visit is not None
    lifecycle.apply_outcome(visit=visit, outcome=Outcome.RECORDED, at=NOW, actor="device:1")

    ((day, rows),) = looker.get(reverse(LIST)).context["days"]

    assert day == TUESDAY
    assert [(row.team, row.stops, row.finished, row.open) for row in rows] == [(shift.team, 2, 1, 1)]


def test_an_empty_list_says_what_to_do(looker: Client) -> None:
    assert "Belum ada daftar kunjungan yang terbit" in looker.get(reverse(LIST)).content.decode()


def test_the_list_has_the_same_queries_for_1_and_3(
    looker: Client, shift: Shift, django_assert_num_queries
) -> None:
    with django_assert_num_queries(6):
        looker.get(reverse(LIST))
    for _ in range(2):
        publish_plan(
            plan=draft({ShiftFactory(date=TUESDAY + timedelta(days=1)): [NeedFactory()]}), user=None, now=NOW
        )
    with django_assert_num_queries(6):
        looker.get(reverse(LIST))


def test_a_day_shows_its_stops_states_and_hash(looker: Client, shift: Shift) -> None:
    page = looker.get(_page(shift)).content.decode()

    assert "Warga Satu" in page
    assert "<strong>07.40–08.40</strong>" in page
    assert TeamDay.objects.get().live.content_sha256 in page
    assert "Semua versi" not in page


def test_who_tells_the_families_sees_their_telephones(
    looker: Client, shift: Shift, django_assert_num_queries
) -> None:
    visit = Visit.objects.select_related("need__resident__key").get(need__resident__name="Warga Satu")
    resident = visit.need.resident
    vault.seal_field(resident, "phone", "+6289000000123")
    resident.save()
    caller = staff("visits.view_teamday", "visits.publish_plan", "outreach.view_need")

    with django_assert_num_queries(10):  # the last one notes the look
        page = caller.get(_page(shift)).content.decode()

    assert "+6289000000123" in page
    look = LogEntry.objects.get(action="phones_seen")
    assert (look.subject_type, look.detail) == ("visits.dayversion", {"families": 1})
    assert reverse("admin:outreach_need_change", args=[visit.need_id]) in page
    unable = looker.get(_page(shift)).content.decode()
    assert "Warga Satu" in unable
    assert "+6289000000123" not in unable
    publish_plan(plan=draft({shift: [NeedFactory()]}), user=None, now=NOW)
    assert "+6289000000123" not in caller.get(_page(shift, "?versi=1")).content.decode()
    assert LogEntry.objects.filter(action="phones_seen").count() == 1  # nobody saw a number in these


def test_an_old_version_stays_readable(looker: Client, shift: Shift) -> None:
    publish_plan(plan=draft({shift: [NeedFactory(resident__name="Warga Baru")]}), user=None, now=NOW)

    newest, old = looker.get(_page(shift)), looker.get(_page(shift, "?versi=1"))

    assert (newest.context["version"].number, old.context["version"].number) == (2, 1)
    assert "Warga Satu" not in newest.content.decode()
    assert "Tidak lagi di jadwal ini" in old.content.decode()
    assert "Ini versi lama" in old.content.decode()


def test_days_need_permission_and_take_no_writes(nobody: Client, looker: Client, shift: Shift) -> None:
    assert nobody.get(reverse(LIST)).status_code == 403
    assert nobody.get(_page(shift)).status_code == 403
    assert looker.post(_page(shift)).status_code == 405


@pytest.mark.parametrize(
    "address", ["/admin/visits/teamday/1/bukan-tanggal/", "/admin/visits/teamday/999/2026-12-01/"]
)
def test_days_that_are_none(looker: Client, shift: Shift, address: str) -> None:
    assert looker.get(address).status_code == 404


def test_visits_of_which_nothing_was_heard_go_back_to_the_queue(looker: Client, shift: Shift, clock) -> None:
    keeper = staff("visits.view_teamday", "visits.publish_plan")
    address = reverse("admin:visits_teamday_give_back", args=[shift.team_id, shift.date.isoformat()])
    first = Visit.objects.first()
    assert first is not None
    lifecycle.set_visit_state(visit=first, to=VisitState.TRAVELLING, at=NOW, actor="device:1")
    assert "tidak ada kunjungan yang perlu" in keeper.post(address, follow=True).content.decode().lower()

    with clock.at(NOW + timedelta(days=4), tick=False):
        client = staff("visits.view_teamday", "visits.publish_plan")
        ((_day, (row,)),) = client.get(reverse(LIST)).context["days"]
        assert (row.unheard, row.open) == (True, 2)
        assert "2 kunjungan belum ada kabarnya" in client.get(_page(shift)).content.decode()
        assert client.get(address).status_code == 405

        page = client.post(address, follow=True).content.decode()
        again = client.post(address, follow=True).content.decode()

    assert "2 kunjungan dikembalikan ke antrean" in page
    assert "Tidak ada kunjungan yang perlu" in again
    assert set(Need.objects.values_list("state", "attempts")) == {("open", 0)}
    assert set(Visit.objects.values_list("state", flat=True)) == {VisitState.CANCELLED}
    assert looker.post(address).status_code == 403
