import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from outreach.lib.ids import uuid7
from outreach.models import LogEntry, Need, Resident
from tests.factories.outreach import NeedFactory
from tests.factories.visits import OfficerFactory, ShiftFactory, VisitFactory, at
from tests.visits.admin.conftest import staff
from tests.visits.planned import NOW, TUESDAY, draft
from visits.appointments import lifecycle
from visits.enums import RunKind, VisitState
from visits.fieldwork import events
from visits.models import Device, Plan, PlanRun, Shift, Visit
from visits.schedule.plans.publishing import publish_plan
from visits.schedule.runs import plan_runs
from visits.wording import labels

TODAY = "admin:visits_today"
TEN = at(TUESDAY, 10 * 60)


@pytest.fixture(autouse=True)
def _ten_on_tuesday(clock):
    clock.move_to(TEN)


@pytest.fixture
def leader(db) -> Client:
    return staff("visits.view_teamday", "visits.view_plan", "visits.add_plan", "visits.publish_plan")


@pytest.fixture
def looker(db) -> Client:
    return staff("visits.view_teamday")


def _team(homes: int = 3) -> Shift:
    shift = ShiftFactory(date=TUESDAY)
    needs: list[Need] = [NeedFactory() for _ in range(homes)]
    publish_plan(plan=draft({shift: needs}, starts=9 * 60), user=None, now=NOW)
    return shift


@pytest.fixture
def teams(db) -> list[Shift]:
    shifts: list[Shift] = [ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY)]
    routes: dict[Shift, list[Need]] = {shift: [NeedFactory() for _ in range(3)] for shift in shifts}
    publish_plan(plan=draft(routes, starts=9 * 60), user=None, now=NOW)
    return shifts


def _post(client: Client, address: str, **data: str):
    """From the page as it stands now."""
    mark = client.get(reverse(TODAY)).context["mark"]
    return client.post(address, {"tanda": mark, **data}, follow=True)


def _text(client: Client) -> str:
    return client.get(reverse(TODAY)).content.decode()


def test_every_team_with_its_place_and_the_age_of_the_report(looker: Client, teams: list[Shift]) -> None:
    Device.objects.create(
        team=teams[0].team, name="Tablet", jwk={}, thumbprint="made-up", last_seen_at=at(TUESDAY, 9 * 60 + 50)
    )
    visit = Visit.objects.filter(shift=teams[0]).order_by("sequence")[0]
    lifecycle.set_visit_state(visit=visit, to=VisitState.ARRIVED, at=at(TUESDAY, 9 * 60), actor="device:1")

    page = looker.get(reverse(TODAY))
    text = page.content.decode()

    assert "di rumah ke-1" in text
    assert "10 mnt lalu" in text
    assert "lebih lama 30 mnt" in text
    assert "belum ada hari ini" in text
    assert "menurut jadwal di rumah ke-2" in text
    assert [lane.team.silent for lane in page.context["lanes"]] == [False, True]
    assert "Tim tidak bisa lanjut" not in text


def test_when_a_team_set_out_is_said_once_its_tablet_said_so(looker: Client, teams: list[Shift]) -> None:
    tablet = Device.objects.create(
        team=teams[0].team, name="Tablet", jwk={}, thumbprint="made-up", last_seen_at=TEN
    )
    Device.objects.update(paired_at=NOW)
    text = _text(looker)
    assert "belum ada laporan berangkat" in text
    assert "berangkat 07.42" not in text

    item = {
        "id": str(uuid7()),
        "sequence": 1,
        "kind": "departed",
        "at": at(TUESDAY, 7 * 60 + 42).isoformat(),
        "since_ms": 0,
        "officer": OfficerFactory(team=teams[0].team).pk,
        "visit": None,
        "data": {"day": TUESDAY.isoformat()},
    }
    assert [result.result for result in events.receive_events(device=tablet, items=[item])] == ["applied"]

    text = _text(looker)
    assert "berangkat 07.42" in text
    assert "menuju rumah ke-1" in text
    assert "belum ada laporan berangkat" not in text


def test_when_a_team_closed_its_day_is_said_once_and_logged_once(looker: Client, teams: list[Shift]) -> None:
    tablet = Device.objects.create(
        team=teams[0].team, name="Tablet", jwk={}, thumbprint="made-up", last_seen_at=TEN
    )
    Device.objects.update(paired_at=NOW)
    item = {
        "id": str(uuid7()),
        "sequence": 1,
        "kind": "day_closed",
        "at": at(TUESDAY, 9 * 60 + 42).isoformat(),
        "since_ms": 0,
        "officer": OfficerFactory(team=teams[0].team).pk,
        "visit": None,
        "data": {"day": TUESDAY.isoformat(), "carried": 2},
    }
    wrong = {**item, "id": str(uuid7()), "sequence": 2, "data": {"day": "2026-11-01"}}
    assert "hari ditutup" not in _text(looker)
    for expected in (["applied", "review"], ["duplicate", "duplicate"]):
        answers = events.receive_events(device=tablet, items=[item, wrong])
        assert [answer.result for answer in answers] == expected

    assert _text(looker).count("hari ditutup 09.42") == 1
    row = LogEntry.objects.get(action="day_closed")
    assert (row.subject_id, row.detail) == (str(teams[0].pk), {"carried": 2})


def test_a_breakdown_from_the_button_to_the_new_day(leader: Client, teams: list[Shift]) -> None:
    assert "Tim tidak bisa lanjut" in _text(leader)
    away = reverse("admin:visits_today_fail", args=[teams[0].pk])

    shown = _post(leader, away)
    run = PlanRun.objects.get(kind=RunKind.TODAY)
    assert shown.redirect_chain[0][0] == reverse("admin:visits_planrun_page", args=[run.pk])
    assert "tidak bisa lanjut" in _text(leader)
    assert "Sisa hari ini sedang dihitung" in _text(leader)
    assert leader.post(away, follow=True).redirect_chain == shown.redirect_chain

    PlanRun.objects.filter(pk=run.pk).update(seconds=1)
    assert plan_runs.work_on_run(run_id=str(run.pk))
    plan = Plan.objects.get(run=run)
    unpublished = _text(leader)
    assert "Tim masih memakai jadwal lama" in unpublished
    assert reverse("admin:visits_plan_change", args=[plan.pk]) in unpublished
    assert "3 kunjungan tanpa tim" in unpublished
    shown_plan = leader.get(reverse("admin:visits_plan_change", args=[plan.pk])).content.decode()
    assert f"Tidak bisa lanjut: {teams[0].team.name}." in shown_plan
    page = leader.get(reverse("admin:visits_plan_publish", args=[plan.pk]))
    assert "Siapa yang perlu dikabari" in page.content.decode()
    done = leader.post(
        reverse("admin:visits_plan_publish", args=[plan.pk]), {"tanda": page.context["mark"]}, follow=True
    )
    assert "Terbit:" in done.content.decode()
    assert not Visit.objects.filter(shift=teams[0], state=VisitState.PUBLISHED).exists()
    assert "Tim masih memakai jadwal lama" not in _text(leader)

    leader.post(reverse("admin:visits_today_go_on", args=[teams[0].pk]))
    actions = set(LogEntry.objects.values_list("action", flat=True))
    assert {"shift_cancelled", "shift_taken_up", "plan_asked", "plan_published"} <= actions


def test_a_breakdown_says_what_may_have_been_done_unheard(leader: Client, teams: list[Shift]) -> None:
    text = _text(leader)

    assert "3 kunjungan yang belum dilaporkan mulai dicarikan tim lain" in text
    assert "Menurut jadwal 2 di antaranya mungkin sudah dikunjungi" in text


def test_who_will_be_met_late_is_named_and_drawn(leader: Client, teams: list[Shift], clock) -> None:
    Resident.objects.update(latitude=-7.62, longitude=111.52)  # where the teams are: no drive is long
    with clock.at(at(TUESDAY, 8 * 60 + 30)):
        assert "Semua keluarga yang tersisa masih dalam jam yang dikabarkan" in _text(leader)
    Device.objects.create(
        team=teams[0].team, name="Tablet", jwk={}, thumbprint="made-up", last_seen_at=at(TUESDAY, 9 * 60 + 50)
    )
    late = Visit.objects.filter(shift=teams[0]).order_by("sequence")[0]
    until = at(TUESDAY, 9 * 60 + 30)
    Visit.objects.filter(pk=late.pk).update(told_from=at(TUESDAY, 9 * 60), told_until=until)

    page = leader.get(reverse(TODAY))
    text = page.content.decode()

    homes = page.context["late_homes"]
    assert {home.team for home in homes} == {teams[0].team.name}
    assert (homes[0].visit, homes[0].told) == (late, "09.00–09.30")
    assert f"{len(homes)} keluarga mungkin didatangi lewat jam yang dikabarkan" in text
    assert "akan terlambat" in text
    assert 'viewBox="0 0 1160 ' in text  # a point in a number would make it a thousandth as wide
    assert text.count('<g class="mark ') == Visit.objects.count()


def test_somebody_urgent(leader: Client, teams: list[Shift]) -> None:
    need = NeedFactory(resident__name="Warga Mendesak")
    assert "Warga Mendesak" in _text(leader)
    address = reverse("admin:visits_today_urgent")

    assert "Pilih warga yang mendesak" in _post(leader, address, keperluan="x").content.decode()
    assert _post(leader, address, keperluan=str(uuid4())).status_code == 404
    planned = Visit.objects.all()[0].need
    refused = _post(leader, address, keperluan=str(planned.pk)).content.decode()
    assert "tidak sedang menunggu" in refused

    _post(leader, address, keperluan=str(need.pk))
    assert PlanRun.objects.get(kind=RunKind.TODAY).facts == {"urgent": [str(need.pk)]}
    busy = _post(leader, reverse("admin:visits_today_anew")).content.decode()
    assert "sedang berjalan" in busy


def test_a_breakdown_is_noted_while_another_run_is_at_work(leader: Client, teams: list[Shift]) -> None:
    _post(leader, reverse("admin:visits_today_urgent"), keperluan=str(NeedFactory().pk))
    away = reverse("admin:visits_today_fail", args=[teams[0].pk])

    for _ in range(2):
        page = _post(leader, away).content.decode()
        assert "sedang berjalan" in page

    assert Shift.objects.get(pk=teams[0].pk).is_cancelled
    assert LogEntry.objects.filter(action="shift_cancelled").count() == 1


def test_a_day_without_teams_says_when_the_next_visits_are(looker: Client, db, clock) -> None:
    page = _text(looker)
    assert "Tidak ada tim yang bertugas hari ini" in page
    assert "Kunjungan berikutnya" not in page
    later = clock.today() + timedelta(days=1)
    for shift in (ShiftFactory(date=later), ShiftFactory(date=later)):
        VisitFactory(shift=shift)
    VisitFactory(shift=ShiftFactory(date=later + timedelta(days=1)))
    assert f"Kunjungan berikutnya: {labels.format_day(later)}, 2 rumah oleh 2 tim." in _text(looker)


def test_who_may_look_may_not_act(looker: Client, nobody: Client, leader: Client, teams: list[Shift]) -> None:
    assert nobody.get(reverse(TODAY)).status_code == 403
    for name in ("fail", "go_on"):
        address = reverse(f"admin:visits_today_{name}", args=[teams[0].pk])
        assert looker.post(address).status_code == 403
        assert leader.get(address).status_code == 405
    for name in ("anew", "urgent"):
        assert looker.post(reverse(f"admin:visits_today_{name}")).status_code == 403
    other_day = ShiftFactory(date=NOW.date())
    assert leader.post(reverse("admin:visits_today_fail", args=[other_day.pk])).status_code == 404


def test_the_queries_do_not_grow(
    leader: Client, teams: list[Shift], django_assert_num_queries, clock
) -> None:
    NeedFactory()
    leader.get(reverse(TODAY))
    with django_assert_num_queries(15) as few:
        leader.get(reverse(TODAY))
    with clock.at(NOW):
        _team()
    NeedFactory()
    with django_assert_num_queries(len(few.captured_queries)):
        leader.get(reverse(TODAY))


def test_an_old_page_of_today_plans_nothing(leader: Client, teams: list[Shift]) -> None:
    mark = leader.get(reverse("admin:visits_today")).context["mark"]
    Shift.objects.filter(pk=teams[0].pk).update(is_cancelled=True)

    answer = leader.post(reverse("admin:visits_today_anew"), {"tanda": mark}, follow=True)

    assert "berubah sejak halaman itu dibuka" in answer.content.decode()
    assert not PlanRun.objects.filter(kind=RunKind.TODAY).exists()
    leader.post(reverse("admin:visits_today_anew"), {"tanda": answer.context["mark"]})
    assert PlanRun.objects.filter(kind=RunKind.TODAY).exists()


@pytest.mark.parametrize("name", ["anew", "urgent", "fail"])
def test_a_form_without_a_mark_is_taken_for_an_old_page(
    leader: Client, teams: list[Shift], name: str
) -> None:
    address = reverse(f"admin:visits_today_{name}", args=[teams[0].pk] if name == "fail" else [])

    answer = leader.post(address, {"keperluan": str(NeedFactory().pk)}, follow=True)

    assert "berubah sejak halaman itu dibuka" in answer.content.decode()
    assert not PlanRun.objects.filter(kind=RunKind.TODAY).exists()
    assert not Shift.objects.filter(is_cancelled=True).exists()


def test_every_form_of_today_sends_its_mark(leader: Client, teams: list[Shift]) -> None:
    NeedFactory()
    page = leader.get(reverse(TODAY))
    forms = [form.split("</form>")[0] for form in page.content.decode().split('action="/admin/visits/')[1:]]
    asking = [form for form in forms if "/hari-ini/" in form.split('"')[0]]

    assert len(asking) == 2 + len(teams)
    assert all(f'name="tanda" value="{page.context["mark"]}"' in form for form in asking)


def test_somebody_urgent_is_asked_for_on_the_page_of_the_need(teams: list[Shift]) -> None:
    client = staff("outreach.view_need", "visits.view_teamday", "visits.view_plan", "visits.add_plan")
    need = NeedFactory()
    page = client.get(reverse("admin:outreach_need_change", args=[need.pk])).content.decode()
    form = page.split(reverse("admin:visits_today_urgent"))[1].split("</form>")[0]
    sent = dict(re.findall(r'name="(tanda|keperluan)" value="([^"]*)"', form))

    client.post(reverse("admin:visits_today_urgent"), sent)

    assert PlanRun.objects.get(kind=RunKind.TODAY).facts == {"urgent": [str(need.pk)]}
