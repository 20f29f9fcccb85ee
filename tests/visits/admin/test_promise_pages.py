from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory
from tests.visits.admin.conftest import staff
from tests.visits.planned import NOW, TUESDAY, draft
from visits.appointments import promises
from visits.models import Shift, Visit
from visits.schedule.plans.publishing import publish_plan


@pytest.fixture(autouse=True)
def _monday_noon(clock):
    clock.move_to(NOW, tick=False)


@pytest.fixture
def caller(db) -> Client:
    return staff("visits.view_teamday", "visits.publish_plan", "visits.view_plan")


@pytest.fixture
def shift(db) -> Shift:
    shift = ShiftFactory(date=TUESDAY)
    publish_plan(plan=draft({shift: [NeedFactory(), NeedFactory()]}), user=None, now=NOW)
    return shift


def _make(shift: Shift, on: str | None = None) -> str:
    return reverse("admin:visits_teamday_promise", args=[shift.team_id, on or shift.date.isoformat()])


def test_one_family_then_all_of_a_day(caller: Client, shift: Shift) -> None:
    first = Visit.objects.get(sequence=1)
    page = caller.post(_make(shift), {"kunjungan": first.pk}, follow=True).content.decode()
    assert "1 keluarga dicatat" in page
    assert list(Visit.objects.filter(promised=True)) == [first]

    assert "1 keluarga dicatat" in caller.post(_make(shift), follow=True).content.decode()
    assert "sudah tercatat" in caller.post(_make(shift), follow=True).content.decode()


def test_a_promise_is_released_where_it_stands_in_the_way(caller: Client, shift: Shift) -> None:
    visit = Visit.objects.get(sequence=1)
    promises.make_promises(visits=[visit.pk], actor="user:1")
    plan = draft({shift: [Visit.objects.get(sequence=2).need, visit.need]})
    publish_page = reverse("admin:visits_plan_publish", args=[plan.pk])
    page = caller.get(publish_page)
    assert "1 janji menahan rencana ini" in page.content.decode()
    assert "Terbitkan sekarang" not in page.content.decode()
    assert caller.post(publish_page).status_code == 409

    away = reverse("admin:visits_visit_release", args=[visit.pk])
    unsaid = caller.post(away, {"alasan": "", "kembali": publish_page}, follow=True).content.decode()
    assert "Pilih alasan" in unsaid
    done = caller.post(away, {"alasan": "family", "kembali": publish_page}, follow=True)
    assert done.redirect_chain[0][0] == publish_page
    assert "Terbitkan sekarang" in done.content.decode()
    assert "tidak sedang dijanjikan" in caller.post(away, {"alasan": "family"}, follow=True).content.decode()


def test_a_family_that_is_no_longer_there_promises_nothing_to_the_others(
    caller: Client, shift: Shift
) -> None:
    page = caller.post(_make(shift), {"kunjungan": uuid4()}, follow=True).content.decode()
    assert "tidak ada lagi di jadwal ini" in page
    assert not Visit.objects.filter(promised=True).exists()


@pytest.mark.parametrize(
    "back", ["https://example.org/", "//example.org", "bukan-alamat", "[", "/\\example.org"]
)
def test_nobody_is_sent_to_another_site(caller: Client, shift: Shift, back: str) -> None:
    visit = Visit.objects.get(sequence=1)
    away = reverse("admin:visits_visit_release", args=[visit.pk])
    done = caller.post(away, {"alasan": "family", "kembali": back})
    assert done.headers["Location"] == reverse(
        "admin:visits_teamday_page", args=[shift.team_id, shift.date.isoformat()]
    )


def test_who_may_not_and_what_is_not_there(shift: Shift, onlooker: Client, caller: Client) -> None:
    visit = Visit.objects.get(sequence=1)
    away = reverse("admin:visits_visit_release", args=[visit.pk])
    assert onlooker.post(_make(shift)).status_code == 403
    assert onlooker.post(away, {"alasan": "family"}).status_code == 403
    assert caller.get(away).status_code == 405
    assert caller.get(_make(shift)).status_code == 405
    assert caller.post(_make(shift, "kemarin")).status_code == 404
    assert caller.post(_make(shift), {"kunjungan": "x"}).status_code == 404
    assert caller.post(reverse("admin:visits_visit_release", args=[uuid4()])).status_code == 404
