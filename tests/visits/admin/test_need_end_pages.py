"""The pages that close a need or take it out of a plan say what follows, and are safe to send twice."""

import pytest
from django.test import Client
from django.urls import reverse

from outreach import formats
from outreach.enums import NeedState, Urgency
from outreach.models import Need
from outreach.services import triage
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory
from tests.support.forms import read_form
from tests.visits.admin.conftest import staff
from tests.visits.planned import NOW, TUESDAY, draft
from visits.appointments import arrival_intervals
from visits.enums import VisitState
from visits.models import PlanStop, Visit
from visits.schedule.plans.publishing import publish_plan

pytestmark = [pytest.mark.django_db, pytest.mark.clock(NOW, tick=False)]
ALL = ("outreach.view_need", "outreach.decide_need", "visits.view_plan", "visits.change_plan")


@pytest.fixture
def client_() -> Client:
    return staff(*ALL, "visits.publish_plan")


@pytest.fixture
def planned() -> Need:
    need: Need = NeedFactory()
    publish_plan(plan=draft({ShiftFactory(date=TUESDAY): [need, NeedFactory()]}), user=None, now=NOW)
    need.refresh_from_db()
    return need


def _close(need: Need) -> str:
    return reverse("admin:visits_need_close", args=[need.pk])


def _take_out(need: Need) -> str:
    return reverse("admin:visits_need_take_out", args=[need.pk])


def _form(client: Client, url: str) -> dict[str, list[str]]:
    return read_form(client.get(url).content.decode(), "")


def test_the_need_s_page_leads_to_both(client_: Client, planned: Need) -> None:
    page = client_.get(f"/admin/outreach/need/{planned.pk}/").content.decode()
    assert _close(planned) in page
    assert _take_out(planned) in page
    waiting = client_.get(f"/admin/outreach/need/{NeedFactory().pk}/").content.decode()
    assert "Tutup: meninggal, pindah, batal" in waiting
    assert "Keluarkan dari jadwal" not in waiting


def test_what_follows_is_said_before(client_: Client, planned: Need) -> None:
    visit = Visit.objects.get(need=planned)
    told = formats.format_interval(*arrival_intervals.interval_told(visit))
    for url in (_close(planned), _take_out(planned)):
        page = client_.get(url).content.decode()
        assert f"Kunjungan {told} oleh {visit.shift.team.name} dibatalkan" in page
        assert "Tablet tim menandainya dibatalkan begitu tersambung." in page
        assert "Keluarga masuk daftar yang perlu dikabari" in page
    Visit.objects.update(state=VisitState.TRAVELLING)
    assert "Tim sedang menuju ke sana: telepon juga timnya." in client_.get(_close(planned)).content.decode()


def test_a_planned_need_is_closed_and_sending_it_twice_is_said(client_: Client, planned: Need) -> None:
    form = _form(client_, _close(planned)) | {"reason": ["deceased"]}

    first = client_.post(_close(planned), form, follow=True).content.decode()
    second = client_.post(_close(planned), form, follow=True).content.decode()

    assert "Antrean ditutup: Warga meninggal dunia." in first
    assert "Kabari keluarganya" not in first
    assert "Antrean ini sudah ditutup sebelumnya." in second
    planned.refresh_from_db()
    assert (planned.state, Visit.objects.get(need=planned).state) == ("closed", "cancelled")
    assert "Antrean ini sudah ditutup." in client_.get(_close(planned)).content.decode()


def test_another_reason_needs_words_and_keeps_what_was_chosen(client_: Client, planned: Need) -> None:
    for given, told in (
        ({"reason": [""]}, "Pilih alasan menutup."),
        ({"reason": ["other"]}, "Tulis sebabnya."),
    ):
        answer = client_.post(_close(planned), _form(client_, _close(planned)) | given)
        assert (answer.status_code, told in answer.content.decode()) == (422, True)
    assert read_form(answer.content.decode(), "")["reason"] == ["other"]


def test_taking_out_leads_to_the_families_to_tell(client_: Client, planned: Need) -> None:
    form = _form(client_, _take_out(planned)) | {"reason": ["family"]}

    page = client_.post(_take_out(planned), form, follow=True).content.decode()

    planned.refresh_from_db()
    assert (planned.state, "Kabari keluarganya" in page) == (NeedState.OPEN, True)
    again = client_.post(_take_out(planned), form, follow=True).content.decode()
    assert "Tidak ada kunjungan yang terbit untuk warga ini." in again


@pytest.mark.parametrize(("url", "reason"), [(_close, "moved"), (_take_out, "team")])
def test_a_page_from_before_a_colleague_s_change_is_told_and_keeps_the_reason(
    client_: Client, planned: Need, url, reason: str
) -> None:
    form = _form(client_, url(planned)) | {"reason": [reason]}
    now = {name: getattr(planned, name) for name in triage.CONDITIONS}
    triage.change_conditions(need=planned, actor="user:77", **(now | {"urgency": Urgency.HIGH}))

    answer = client_.post(url(planned), form)

    page = answer.content.decode()
    assert (answer.status_code, "Syarat kunjungan diubah (urgensi)" in page) == (409, True)
    planned.refresh_from_db()
    assert planned.state == NeedState.PLANNED
    assert client_.post(url(planned), read_form(page, "")).status_code == 302


def test_where_the_team_is_there_both_wait_for_its_report(client_: Client, planned: Need) -> None:
    forms = {url: _form(client_, url(planned)) | {"reason": ["team"]} for url in (_close, _take_out)}
    forms[_close]["reason"] = ["moved"]
    Visit.objects.update(state=VisitState.ARRIVED)
    for url, form in forms.items():
        answer = client_.post(url(planned), form)
        assert (answer.status_code, "Tim sudah di rumah." in answer.content.decode()) == (422, True)


def test_a_draft_is_left_by_a_button(client_: Client) -> None:
    need, other = NeedFactory(), NeedFactory()
    plan = draft({ShiftFactory(date=TUESDAY): [need, other]})
    url = reverse("admin:visits_need_leave_draft", args=[need.pk, plan.pk])
    assert url in client_.get(_take_out(need)).content.decode()

    for _ in range(2):
        page = client_.post(url, follow=True).content.decode()
        assert "Dikeluarkan dari rancangan." in page

    assert [stop.need for stop in PlanStop.objects.all()] == [other]


@pytest.mark.parametrize("lacks", ["outreach.view_need", "outreach.decide_need"])
def test_closing_is_a_permission(planned: Need, lacks: str) -> None:
    client = staff(*(set(ALL) - {lacks}), "visits.publish_plan")
    assert client.get(_close(planned)).status_code == 403
    assert client.post(_close(planned), {"reason": "moved"}).status_code == 403


def test_a_published_visit_is_cancelled_only_by_who_may_publish(planned: Need) -> None:
    client = staff(*ALL)
    assert "Minta yang boleh menerbitkan" in client.get(_close(planned)).content.decode()
    assert client.post(_close(planned), {"reason": "moved"}).status_code == 422
    assert client.post(_take_out(planned), {"reason": "team"}).status_code == 403
    plan = PlanStop.objects.all()[0].plan
    assert (
        client.post(reverse("admin:visits_need_leave_draft", args=[planned.pk, plan.pk])).status_code == 403
    )
    waiting = NeedFactory()
    assert client.post(_close(waiting), {"reason": "moved"}).status_code == 302
