from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.outreach import NeedFactory
from tests.factories.visits import PlanFactory, PlanRunFactory, ShiftFactory
from visits.enums import RunState
from visits.models import CalendarDay, PlanRun
from visits.schedule.runs import plan_runs
from visits.workforce import calendar

NEW = "admin:visits_plan_add"


def _working_day(clock) -> date:
    return calendar.next_working_days(after=clock.today(), count=1)[0]


def _form(first: date, last: date | None = None, **fields) -> dict[str, object]:
    last = last or first
    return {"first_date": first.isoformat(), "last_date": last.isoformat(), "seconds": 20} | fields


@pytest.fixture
def work(clock, db) -> date:
    """A working day with a team and somebody who waits."""
    day = _working_day(clock)
    ShiftFactory(date=day)
    NeedFactory()
    return day


def test_the_form_suggests_the_next_five_working_days(coordinator: Client, work: date) -> None:
    answer = coordinator.get(reverse(NEW))

    assert answer.status_code == 200
    form = answer.context["form"]
    assert (form["first_date"].value(), form["seconds"].value()) == (work, 20)
    assert "1 warga" in answer.content.decode()


def test_a_sound_form_starts_a_run_and_leads_to_its_page(coordinator: Client, work: date) -> None:
    answer = coordinator.post(reverse(NEW), _form(work, seconds=30, keep_published="on"))

    run = PlanRun.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == reverse("admin:visits_planrun_page", args=[run.pk])
    assert (run.first_date, run.seconds, run.keep_published) == (work, 30, True)
    assert run.asked_by is not None


def test_pressed_twice_it_is_one_run(coordinator: Client, work: date) -> None:
    coordinator.post(reverse(NEW), _form(work))
    coordinator.post(reverse(NEW), _form(work))

    assert PlanRun.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"first_date": "2026-02-31"}, "Tanggal mulai tidak ada di kalender"),
        ({"first_date": ""}, "Isi tanggal mulai"),
        ({"last_date": "besok"}, "Tanggal akhir tidak ada di kalender"),
        ({"first_date": "2020-01-06"}, "Tanggal mulai sudah lewat"),
        ({"seconds": "lama"}, "Tulis lama menghitung dengan angka"),
        ({"seconds": "0"}, "Beri waktu sedikitnya 5 detik"),
        ({"seconds": "999999"}, "Paling lama 300 detik"),
    ],
)
def test_mistakes_are_told_and_what_was_typed_stays(
    coordinator: Client, work: date, fields: dict[str, str], message: str
) -> None:
    typed = {"first_date": work.isoformat(), "last_date": work.isoformat(), "seconds": "20"} | fields

    answer = coordinator.post(reverse(NEW), typed)

    page = answer.content.decode()
    assert answer.status_code == 400
    assert message in page
    for value in filter(None, typed.values()):
        assert f'value="{value}"' in page
    assert not PlanRun.objects.exists()


def test_dates_in_the_wrong_order_and_too_many_days_are_told(coordinator: Client, work: date) -> None:
    swapped = coordinator.post(reverse(NEW), _form(work + timedelta(days=3), work))
    long = coordinator.post(reverse(NEW), _form(work, work + timedelta(days=31)))

    assert "Tukar keduanya" in swapped.content.decode()
    assert "Paling banyak 31 hari" in long.content.decode()


def test_closed_days_say_why(coordinator: Client, work: date) -> None:
    CalendarDay.objects.create(date=work, is_open=False, reason="Rapat kabupaten", set_by="user:1")

    page = coordinator.post(reverse(NEW), _form(work)).content.decode()

    assert "Kantor tutup pada semua hari ini" in page
    assert "Rapat kabupaten" in page


def test_days_without_a_team_or_without_anybody_waiting_are_told(clock, coordinator: Client) -> None:
    day = _working_day(clock)
    assert "Tidak ada tim yang bertugas" in coordinator.post(reverse(NEW), _form(day)).content.decode()

    ShiftFactory(date=day)
    assert "Tidak ada warga yang menunggu" in coordinator.post(reverse(NEW), _form(day)).content.decode()


def test_days_that_are_being_planned_lead_to_that_run(coordinator: Client, work: date) -> None:
    run = PlanRunFactory(first_date=work, last_date=work + timedelta(days=1))

    answer = coordinator.post(reverse(NEW), _form(work))

    assert answer.status_code == 400
    assert reverse("admin:visits_planrun_page", args=[run.pk]) in answer.content.decode()


def test_a_running_page_shows_how_far_it_is_and_can_be_stopped(coordinator: Client, clock) -> None:
    run = PlanRunFactory(
        state=RunState.RUNNING,
        progress=40,
        served=12,
        candidates=30,
        started_at=clock.now(),
        lease_until=clock.now() + timedelta(seconds=20),
    )

    page = coordinator.get(reverse("admin:visits_planrun_page", args=[run.pk])).content.decode()

    assert 'value="40"' in page
    assert reverse("admin:visits_planrun_stop", args=[run.pk]) in page
    assert '<noscript><meta http-equiv="refresh"' in page

    answer = coordinator.post(reverse("admin:visits_planrun_stop", args=[run.pk]))
    assert answer.status_code == 302
    assert PlanRun.objects.get().stop_requested
    told = coordinator.get(reverse("admin:visits_planrun_state", args=[run.pk])).json()
    assert (told["stopping"], told["served"], told["candidates"], told["ended"]) == (True, 12, 30, False)


def test_whoever_looks_sees_that_the_worker_is_gone(onlooker: Client, clock) -> None:
    run = PlanRunFactory(state=RunState.RUNNING, attempts=1, lease_until=clock.now() - timedelta(seconds=1))

    told = onlooker.get(reverse("admin:visits_planrun_state", args=[run.pk])).json()

    assert told["state"] == RunState.INTERRUPTED
    assert "berhenti di tengah jalan" in told["message"]
    assert PlanRun.objects.get().state == RunState.RUNNING  # looking writes nothing; the worker's minute does
    plan_runs.mark_interrupted()
    assert PlanRun.objects.get().state == RunState.INTERRUPTED


def test_a_run_whose_worker_is_gone_is_started_again_by_hand(coordinator: Client, clock) -> None:
    run = PlanRunFactory(state=RunState.RUNNING, attempts=1, lease_until=clock.now() - timedelta(seconds=1))

    page = coordinator.get(reverse("admin:visits_planrun_page", args=[run.pk])).content.decode()
    assert reverse("admin:visits_planrun_restart", args=[run.pk]) in page

    coordinator.post(reverse("admin:visits_planrun_restart", args=[run.pk]))
    row = PlanRun.objects.get()
    assert (row.state, row.attempts) == (RunState.QUEUED, 0)


def test_an_interrupted_run_is_started_again_by_hand(coordinator: Client) -> None:
    run = PlanRunFactory(state=RunState.INTERRUPTED, attempts=2)

    page = coordinator.get(reverse("admin:visits_planrun_page", args=[run.pk])).content.decode()
    assert "Mulai lagi" in page

    coordinator.post(reverse("admin:visits_planrun_restart", args=[run.pk]))
    assert PlanRun.objects.get().state == RunState.QUEUED


def test_a_finished_run_leads_to_its_plan(onlooker: Client) -> None:
    plan = PlanFactory(run__state=RunState.DONE)

    answer = onlooker.get(reverse("admin:visits_planrun_page", args=[plan.run.pk]))
    told = onlooker.get(reverse("admin:visits_planrun_state", args=[plan.run.pk])).json()

    assert answer["Location"] == told["plan"] == reverse("admin:visits_plan_change", args=[plan.pk])


@pytest.mark.parametrize("name", ["page", "state", "stop", "restart"])
def test_run_pages_need_permission(nobody: Client, name: str) -> None:
    address = reverse(f"admin:visits_planrun_{name}", args=[PlanRunFactory().pk])
    answer = nobody.post(address) if name in ("stop", "restart") else nobody.get(address)

    assert answer.status_code == 403


def test_who_may_only_look_may_not_start_stop_or_restart(onlooker: Client) -> None:
    run = PlanRunFactory()

    assert onlooker.get(reverse(NEW)).status_code == 403
    assert onlooker.post(reverse("admin:visits_planrun_stop", args=[run.pk])).status_code == 403
    page = onlooker.get(reverse("admin:visits_planrun_page", args=[run.pk])).content.decode()
    assert "Berhenti, simpan" not in page


def test_wrong_verbs_and_unknown_runs(coordinator: Client) -> None:
    run = PlanRunFactory()

    assert coordinator.get(reverse("admin:visits_planrun_stop", args=[run.pk])).status_code == 405
    assert coordinator.post(reverse("admin:visits_planrun_state", args=[run.pk])).status_code == 405
    unknown = "01a20bfc-3689-7b7e-8636-b12a8de9e758"
    assert coordinator.get(reverse("admin:visits_planrun_page", args=[unknown])).status_code == 404


def test_strangers_are_sent_to_the_login(client: Client) -> None:
    answer = client.get(reverse(NEW))

    assert answer.status_code == 302
    assert "login" in answer["Location"]
