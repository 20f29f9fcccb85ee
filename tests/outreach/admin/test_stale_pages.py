"""Two coordinators on one page: the second is told what the first did, and nothing of either is lost."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from outreach import vault
from outreach.enums import ClosedReason, NeedState, RequestState, Urgency
from outreach.models import LogEntry, Need, Resident, VisitRequest
from outreach.services import residents, triage
from tests.architecture.tree import ROOT
from tests.factories.outreach import NeedFactory, RegencyFactory, ResidentFactory, VisitRequestFactory
from tests.factories.visits import ShiftFactory
from tests.support.forms import read_form
from tests.visits.planned import NOW, draft
from visits.schedule.plans.publishing import publish_plan

pytestmark = pytest.mark.django_db
TOLD = "Belum disimpan: sejak halaman ini dibuka ada yang berubah."


@pytest.fixture
def sari(coordinator: Client) -> str:
    """The first one, who is quicker, as the log names her."""
    user = get_user_model().objects.create_user("sari", first_name="Sari", last_name="Contoh")
    return f"user:{user.pk}"


def _open(client: Client, address: str, action: str) -> dict[str, Any]:
    return read_form(client.get(address).content.decode(), f"{address}{action}")


def _change(need: Need, actor: str, **changes: Any) -> None:
    now = {name: getattr(need, name) for name in triage.CONDITIONS}
    assert triage.change_conditions(need=need, actor=actor, **(now | changes))


def _need_url(need: Need) -> str:
    return f"/admin/outreach/need/{need.pk}/"


def _request_url(row: VisitRequest) -> str:
    return f"/admin/outreach/visitrequest/{row.pk}/"


class TestNeedPage:
    def test_the_second_is_told_and_both_changes_are_kept(self, coordinator: Client, sari: str) -> None:
        need = NeedFactory()
        mine = _open(coordinator, _need_url(need), "syarat/") | {"skills": ["ramp"]}
        _change(need, sari, urgency=Urgency.HIGH)

        answer = coordinator.post(f"{_need_url(need)}syarat/", mine)

        page = answer.content.decode()
        assert (answer.status_code, TOLD in page) == (409, True)
        assert re.search(r"<li>\d\d\.\d\d Sari Contoh: Syarat kunjungan diubah \(urgensi\)</li>", page)
        need.refresh_from_db()
        assert (need.urgency, need.skills) == ("high", [])
        again = read_form(page, f"{_need_url(need)}syarat/")
        assert (again["urgency"], again["skills"]) == (["high"], ["ramp"])

        for _ in range(2):  # pressed twice
            assert coordinator.post(f"{_need_url(need)}syarat/", again).status_code == 302
        need.refresh_from_db()
        assert (need.urgency, need.skills) == ("high", ["ramp"])

    def test_what_both_changed_is_shown_with_the_value_of_now(self, coordinator: Client, sari: str) -> None:
        need = NeedFactory()
        mine = _open(coordinator, _need_url(need), "syarat/") | {"urgency": ["hospital"]}
        _change(need, sari, urgency=Urgency.HIGH)

        page = coordinator.post(f"{_need_url(need)}syarat/", mine).content.decode()

        assert "<li>Urgensi: Mendesak</li>" in page
        assert read_form(page, f"{_need_url(need)}syarat/")["urgency"] == ["hospital"]

    def test_a_mistake_does_not_make_an_old_page_new(self, coordinator: Client, sari: str) -> None:
        need = NeedFactory()
        mine = _open(coordinator, _need_url(need), "syarat/") | {"deadline": ["2020-01-01"]}
        _change(need, sari, urgency=Urgency.HIGH)

        page = coordinator.post(f"{_need_url(need)}syarat/", mine).content.decode()
        again = read_form(page, f"{_need_url(need)}syarat/") | {"deadline": ["2099-01-01"]}
        answer = coordinator.post(f"{_need_url(need)}syarat/", again)

        assert answer.status_code == 409
        now = read_form(answer.content.decode(), f"{_need_url(need)}syarat/")
        assert (now["urgency"], now["deadline"]) == (["high"], ["2099-01-01"])

    def test_what_was_typed_is_shown_where_the_form_is_gone(self, coordinator: Client, sari: str) -> None:
        need = NeedFactory()
        mine = _open(coordinator, _need_url(need), "syarat/") | {"skills": ["ramp"], "urgency": ["high"]}
        triage.close_need(need=need, reason=ClosedReason.DECEASED, actor=sari)

        page = coordinator.post(f"{_need_url(need)}syarat/", mine).content.decode()

        assert (
            "Sari Contoh: Antrean berubah (Menunggu jadwal → Selesai atau ditutup; Warga meninggal dunia)"
            in page
        )
        assert "<li>Kebutuhan khusus: Papan landai kursi roda</li>" in page

    def test_a_button_without_fields_tells_it_too(self, coordinator: Client, sari: str) -> None:
        need = NeedFactory(state=NeedState.REVIEW)
        mine = _open(coordinator, _need_url(need), "buka-lagi/")
        triage.close_need(need=need, reason=ClosedReason.MOVED, actor=sari)

        page = coordinator.post(f"{_need_url(need)}buka-lagi/", mine, follow=True).content.decode()

        assert (
            "Sari Contoh: Antrean berubah (Perlu keputusan koordinator → Selesai atau ditutup; Warga pindah)"
            in page
        )

    @pytest.mark.clock(NOW)
    def test_what_becomes_of_its_visits_is_news(self, coordinator: Client, clock) -> None:
        need, shift = NeedFactory(), ShiftFactory(date=clock.today() + timedelta(days=1))
        mine = _open(coordinator, _need_url(need), "syarat/") | {"urgency": ["high"]}
        publish_plan(plan=draft({shift: [need]}, first=shift.date, now=clock.now()), user=None)

        page = coordinator.post(f"{_need_url(need)}syarat/", mine).content.decode()

        assert "Sistem: Antrean berubah (Menunggu jadwal → Sudah dijadwalkan)" in page


class TestRequestPage:
    def test_a_reason_is_kept_where_another_accepted(self, coordinator: Client, sari: str) -> None:
        row = VisitRequestFactory()
        mine = _open(coordinator, _request_url(row), "tolak/") | {"reason": ["Sudah punya KTP-el."]}
        triage.accept_request(request=row, decision=triage.Decision(kind="sick"), actor=sari)

        answer = coordinator.post(f"{_request_url(row)}tolak/", mine)

        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Sari Contoh: Permohonan diputuskan (Diterima, menunggu diperiksa → Disetujui)" in page
        assert "Sudah punya KTP-el." in page
        row.refresh_from_db()
        assert row.state == RequestState.ACCEPTED

    def test_accepting_twice_is_one_s_own_and_no_news(self, coordinator: Client) -> None:
        row = VisitRequestFactory()
        mine = _open(coordinator, _request_url(row), "setujui/")
        for _ in range(2):
            assert coordinator.post(f"{_request_url(row)}setujui/", mine).status_code == 302
        assert Need.objects.count() == 1

    def test_a_person_whom_another_recorded_meanwhile_is_offered(
        self, coordinator: Client, sari: str
    ) -> None:
        nik = vault.blind_index("nik", "3519015705500001")
        row = VisitRequestFactory(nik_index=nik)
        mine = _open(coordinator, _request_url(row), "setujui/") | {"urgency": ["high"]}
        resident = ResidentFactory(nik_index=nik)
        residents.locate_resident(
            resident=resident, latitude=-7.6, longitude=111.5, actor=sari
        )  # leaves a log row

        answer = coordinator.post(f"{_request_url(row)}setujui/", mine)

        again = read_form(answer.content.decode(), f"{_request_url(row)}setujui/")
        assert (answer.status_code, again["who"], again["urgency"]) == (409, [str(resident.pk)], ["high"])

    def test_a_choice_that_is_gone_is_news_and_no_mistake(self, coordinator: Client, sari: str) -> None:
        nik = vault.blind_index("nik", "3519015705500001")
        row, other = VisitRequestFactory(nik_index=nik), VisitRequestFactory(nik_index=nik)
        mine = _open(coordinator, _request_url(row), "setujui/")
        assert mine["also"] == [str(other.pk)]
        triage.refuse_request(request=other, reason="Ganda", actor=sari)
        triage.reconsider_request(request=other, actor=sari)
        VisitRequest.objects.filter(pk=row.pk).update(kind="sick")
        LogEntry.objects.create(
            actor=sari,
            action="request_moved",
            subject_type="outreach.visitrequest",
            subject_id=str(row.pk),
        )
        triage.refuse_request(request=other, reason="Ganda", actor=sari)

        answer = coordinator.post(f"{_request_url(row)}setujui/", mine)

        again = read_form(answer.content.decode(), f"{_request_url(row)}setujui/")
        assert (answer.status_code, "also" in again, again["kind"]) == (409, False, ["sick"])

    def test_merging_waits_for_a_second_look(self, coordinator: Client, sari: str) -> None:
        nik = vault.blind_index("nik", "3519015705500001")
        need, row = NeedFactory(resident=ResidentFactory(nik_index=nik)), VisitRequestFactory(nik_index=nik)
        mine = _open(coordinator, _request_url(row), "gabung/")
        residents.locate_resident(resident=need.resident, latitude=-7.6, longitude=111.5, actor=sari)

        page = coordinator.post(f"{_request_url(row)}gabung/", mine, follow=True).content.decode()

        assert "Sari Contoh: Lokasi rumah diperbaiki" in page
        assert not VisitRequest.objects.exclude(state=RequestState.RECEIVED).exists()
        coordinator.post(f"{_request_url(row)}gabung/", _open(coordinator, _request_url(row), "gabung/"))
        assert VisitRequest.objects.get().state == RequestState.MERGED


def test_a_home_put_elsewhere_is_not_overwritten_unseen(coordinator: Client, sari: str) -> None:
    RegencyFactory()
    row = ResidentFactory()
    url = f"/admin/outreach/resident/{row.pk}/"
    mine = _open(coordinator, url, "lokasi/") | {"latitude": ["-7.6"]}
    residents.locate_resident(resident=row, latitude=-7.7, longitude=111.3, actor=sari)

    answer = coordinator.post(f"{url}lokasi/", mine)

    page = answer.content.decode()
    assert (answer.status_code, "<li>Lintang: -7.700000</li>" in page) == (409, True)
    again = read_form(page, f"{url}lokasi/")
    assert (again["latitude"], again["longitude"]) == (["-7.6"], ["111.300000"])
    coordinator.post(f"{url}lokasi/", again)
    now = Resident.objects.get()
    assert (now.latitude, now.longitude) == (-7.6, 111.3)


@pytest.mark.parametrize("name", ["need", "request", "resident"])
def test_every_form_that_changes_something_carries_the_mark(name: str) -> None:
    html = (ROOT / f"templates/admin/outreach/{name}/page.html").read_text()
    forms = re.findall(r'<form method="post"[^>]*>.*?</form>', html, re.DOTALL)
    assert forms
    assert [form for form in forms if "mark.html" not in form and "_reveal" not in form] == []
