from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from outreach.enums import ClosedReason, Milestone, NeedState
from outreach.models import LogEntry, Need
from outreach.services import progress, triage
from tests.factories.outreach import NeedFactory, ResidentFactory
from tests.factories.visits import ShiftFactory
from tests.support.forms import read_form
from tests.visits.admin.conftest import staff
from tests.visits.planned import NOW, draft
from visits.enums import PlanState
from visits.models import Plan, Shift
from visits.schedule.plans.publishing import publish_plan

pytestmark = pytest.mark.django_db
LIST = "/admin/outreach/need/"
GIVEN = {"urgency": "hospital", "skills": ["ramp", "iris"], "not_before": "", "deadline": ""}


def _url(need: Need, action: str = "") -> str:
    return f"{LIST}{need.pk}/{action}"


def test_nothing_is_for_the_anonymous(client: Client) -> None:
    need = NeedFactory()
    for path in (LIST, _url(need)):
        assert client.get(path).headers["Location"].startswith("/admin/login/")
    for path in ("buka-lagi/", "syarat/"):
        assert client.post(_url(need, path)).headers["Location"].startswith("/admin/login/")


def test_deciding_is_a_permission_of_its_own(login) -> None:
    client, need = login("view_need"), NeedFactory(state=NeedState.REVIEW)
    assert "Buka lagi" not in client.get(_url(need)).content.decode()
    for path in ("buka-lagi/", "syarat/"):
        assert client.post(_url(need, path), GIVEN).status_code == 403


def test_the_list_shows_a_state_with_the_most_pressing_first(coordinator: Client, clock) -> None:
    now = clock.now()
    for name, urgency, days in (("Biasa", "normal", 30), ("Mendesak", "high", 1), ("Lama", "high", 9)):
        NeedFactory(
            resident=ResidentFactory(name=name), urgency=urgency, waiting_since=now - timedelta(days=days)
        )
    NeedFactory(
        resident=ResidentFactory(name="Tutup"), state=NeedState.CLOSED, closed_reason=ClosedReason.MOVED
    )

    page = coordinator.get(LIST).content.decode()
    places = [page.index(f"<strong>{name}</strong>") for name in ("Lama", "Mendesak", "Biasa")]
    assert places == sorted(places)
    assert "<strong>Tutup</strong>" not in page
    page = coordinator.get(f"{LIST}?keadaan=closed").content.decode()
    assert "<strong>Tutup</strong>" in page
    assert "Warga pindah" in page
    assert "<strong>Lama</strong>" in coordinator.post(LIST, {"cari": "lam"}).content.decode()


def test_the_list_takes_the_same_queries_for_one_and_three_rows(
    coordinator: Client, django_assert_num_queries
) -> None:
    NeedFactory()
    coordinator.get(LIST)  # how long people wait, and which villages are behind, is kept for a while
    for _ in (1, 2):
        NeedFactory()
        with django_assert_num_queries(7):
            coordinator.get(LIST)
        NeedFactory()


def test_one_need_shows_what_its_resident_reads(coordinator: Client, clock) -> None:
    need = NeedFactory()
    progress.record_progress(need=need, milestone=Milestone.ACCEPTED, at=clock.now(), source="r")

    assert "Permohonan disetujui" in coordinator.get(_url(need)).content.decode()


def test_no_name_goes_into_the_browsers_history(coordinator: Client) -> None:
    need = NeedFactory(resident=ResidentFactory(name="Warga Rahasia"))
    for address in (_url(need), f"/admin/outreach/resident/{need.resident_id}/"):
        page = coordinator.get(address).content.decode()
        assert "Warga Rahasia" in page
        assert "Warga Rahasia" not in page.split("<title>")[1].split("</title>")[0]


def test_days_of_waiting_are_those_that_give_points(coordinator: Client, clock) -> None:
    with clock.at(NOW):
        need = NeedFactory(waiting_since=NOW - timedelta(days=66) + timedelta(hours=3))
        late = staff("outreach.view_need").get(_url(need)).content.decode()

    assert "(66 hari)" in late
    assert "menunggu 66 hari" in late


def test_points_are_shown_with_their_parts(coordinator: Client, clock) -> None:
    since = clock.now() - timedelta(days=20)
    need = NeedFactory(urgency="hospital", resident__kind="sick", waiting_since=since)

    page = " ".join(coordinator.get(_url(need)).content.decode().split())

    assert "75</span> = 30 sangat mendesak + 25 sakit + 20 menunggu 20 hari" in page
    assert "20 menunggu 20 hari" in coordinator.get(LIST).content.decode()
    Need.objects.update(waiting_since=since - timedelta(days=80))
    late = coordinator.get(_url(need)).content.decode()
    assert "Didahulukan: menunggu melewati batas (100 hari)" in late
    assert "didahulukan: menunggu melewati batas (100 hari)" in coordinator.get(LIST).content.decode()
    assert "Yang menunggu lebih dari 90 hari" in late
    Need.objects.update(state=NeedState.CLOSED, closed_reason=ClosedReason.MOVED)
    assert "Prioritas untuk rencana" not in coordinator.get(_url(need)).content.decode()


@pytest.mark.clock(NOW)
def test_a_need_says_why_the_last_plan_left_it_and_names_nobody_else(coordinator: Client, clock) -> None:
    shift = ShiftFactory(date=clock.today() + timedelta(days=1))
    need, other = NeedFactory(), NeedFactory(resident__name="Siti Contoh")
    plan = draft({shift: [other]}, left=[need], first=shift.date, now=clock.now())
    row = plan.unserved.get()
    row.reasons = [
        {"code": "pushes", "shift": str(shift.pk), "needs": [str(other.pk)], "points": 45, "at": 38_400}
    ]
    row.save()

    page = coordinator.get(_url(need)).content.decode()

    assert "tetapi untuk itu satu keluarga lain harus mundur" in page
    assert "Rencana itu belum diterbitkan." in page
    assert f"bila S. C. ({other.resident.village.name}) ditunda (prioritas 45)" in page
    assert "Siti Contoh" not in page
    assert "satu keluarga lain" not in coordinator.get(_url(other)).content.decode()
    later = draft({shift: [need]}, first=shift.date, now=clock.now())
    assert "Mengapa belum dijadwalkan" not in coordinator.get(_url(need)).content.decode()
    Plan.objects.filter(pk=later.pk).update(state=PlanState.DISCARDED)
    assert "Mengapa belum dijadwalkan" in coordinator.get(_url(need)).content.decode()


@pytest.mark.clock(NOW)
def test_a_need_says_what_the_published_days_say_now(db, clock) -> None:
    """As of which moment each answer is, and one text only for the family: the one of now."""
    coordinator = staff("outreach.view_need", "visits.view_plan")
    now = clock.now()
    shift = ShiftFactory(date=clock.today() + timedelta(days=1), team__max_visits=2, max_visits=2)
    need, first, second = NeedFactory(), *(NeedFactory(resident__name="Siti Contoh") for _ in range(2))
    plan = draft({shift: [first, second]}, left=[need], first=shift.date, now=now)
    publish_plan(plan=plan, user=None, now=now)

    page = " ".join(coordinator.get(_url(need)).content.decode().split())

    assert "Mengapa belum bisa dijadwalkan" in page
    assert "tetapi untuk itu satu keluarga lain harus mundur" in page
    assert "bila S. C. (" in page
    assert "Siti Contoh" not in page
    assert page.count("Untuk dibacakan kepada keluarga:") == 1
    assert "Menurut jadwal yang terbit untuk dua minggu ini, dilihat" in page
    assert "Mengapa belum dijadwalkan dalam rencana terakhir" in page
    assert "Pakai jawaban di atas." not in page  # nothing changed since the plan was made

    Shift.objects.update(max_visits=3)
    LogEntry.objects.create(
        actor="user:1", action="shift_changed", subject_type="visits.shift", subject_id=str(shift.pk)
    )
    page = " ".join(coordinator.get(_url(need)).content.decode().split())
    assert "Bisa dijadwalkan sekarang" in page
    assert f"Masih ada tempat: {shift.team.name}, " in page
    assert "Sejak itu hari tugas tim berubah. Pakai jawaban di atas." in page


def test_a_need_in_review_is_opened_again(coordinator: Client) -> None:
    need = NeedFactory(state=NeedState.REVIEW)

    coordinator.post(_url(need, "buka-lagi/"))

    need.refresh_from_db()
    assert need.state == NeedState.OPEN
    answer = coordinator.post(_url(need, "buka-lagi/"), follow=True)
    assert "Antrean ini sudah berubah." in answer.content.decode()


def test_a_need_that_was_closed_by_mistake_is_opened_again(coordinator: Client) -> None:
    need = NeedFactory()
    triage.close_need(need=need, reason=ClosedReason.MOVED, actor="user:1")
    assert "Masukkan lagi ke antrean" in coordinator.get(_url(need)).content.decode()

    coordinator.post(_url(need, "buka-lagi/"))

    need.refresh_from_db()
    assert (need.state, need.closed_reason) == (NeedState.OPEN, "")
    assert LogEntry.objects.filter(action="need_reopened", from_state="closed", to_state="open").count() == 1


@pytest.mark.parametrize("because", ["delivered", "another"])
def test_what_cannot_be_opened_again_stays_closed(coordinator: Client, because: str) -> None:
    need = NeedFactory()
    reason = ClosedReason.DELIVERED if because == "delivered" else ClosedReason.MOVED
    triage.close_need(need=need, reason=reason, actor="user:1")
    if because == "another":
        NeedFactory(resident=need.resident)

    answer = coordinator.post(_url(need, "buka-lagi/"), follow=True)

    assert "Antrean ini sudah berubah." in answer.content.decode()
    need.refresh_from_db()
    assert need.state == NeedState.CLOSED


@pytest.mark.parametrize("state", [NeedState.OPEN, NeedState.PLANNED, NeedState.REVIEW])
def test_wished_days_and_hours_are_changed_whether_a_visit_is_published_or_not(
    coordinator: Client, state: NeedState
) -> None:
    need = NeedFactory(state=state, windows=[["07:30", "09:00"]], weekdays=[0])
    page = coordinator.get(_url(need)).content.decode()
    assert ("Kunjungan yang sudah terbit tetap" in page) == (state == NeedState.PLANNED)
    form = read_form(page, _url(need, "syarat/"))
    assert (form["weekdays"], form.get("windows")) == (["0"], None)

    coordinator.post(_url(need, "syarat/"), form | {"weekdays": ["1", "3"]})
    need.refresh_from_db()
    assert (need.weekdays, need.windows) == ([1, 3], [["07:30", "09:00"]])  # hours of no part of the day stay

    form = read_form(coordinator.get(_url(need)).content.decode(), _url(need, "syarat/"))
    coordinator.post(_url(need, "syarat/"), form | {"windows": ["siang"]})
    need.refresh_from_db()
    assert (need.weekdays, need.windows) == ([1, 3], [["10:00", "12:00"]])
    changed = [entry.detail["changed"] for entry in LogEntry.objects.filter(action="need_changed")]
    assert changed == [["weekdays"], ["windows"]]


def test_conditions_are_changed_and_logged_by_name_only(coordinator: Client) -> None:
    need = NeedFactory()

    for _ in range(2):
        coordinator.post(_url(need, "syarat/"), GIVEN)

    need.refresh_from_db()
    assert (need.urgency, need.skills) == ("hospital", ["iris", "ramp"])
    (entry,) = LogEntry.objects.all()
    assert (entry.action, entry.detail) == ("need_changed", {"changed": ["skills", "urgency"]})


def test_bad_conditions_are_told(coordinator: Client) -> None:
    need = NeedFactory()

    answer = coordinator.post(_url(need, "syarat/"), GIVEN | {"deadline": "2020-01-01"})

    assert answer.status_code == 422
    assert "Tanggal ini sudah lewat." in answer.content.decode()


def test_a_need_that_was_recorded_has_no_wishes_any_more(coordinator: Client) -> None:
    need = NeedFactory(state=NeedState.RECORDED)
    assert "Syarat kunjungan" not in coordinator.get(_url(need)).content.decode()

    for path, data in (("syarat/", GIVEN), ("buka-lagi/", {})):
        answer = coordinator.post(_url(need, path), data, follow=True)
        assert "Antrean ini sudah berubah." in answer.content.decode()

    need.refresh_from_db()
    assert (need.state, need.urgency) == ("recorded", "normal")


def test_the_most_used_button_comes_first_and_the_rest_is_folded(db) -> None:
    user = User.objects.create_superuser("koordinator")
    client = Client()
    client.force_login(user)
    page = client.get(_url(NeedFactory())).content.decode()

    facts, _sep, after = page.partition("</dl>")
    assert "<button" not in facts.partition('class="facts"')[2]
    assert (
        after.index("Kapan bisa dikunjungi?") < after.index("Tutup: meninggal") < after.index("Yang dibaca")
    )
    for folded in ("Simpan syarat", "Bagaimana prioritas dihitung"):
        before = after[: after.index(folded)]
        opened = before.rindex("<details")
        assert " open" not in before[opened : before.index(">", opened)]
        assert "</details>" not in before[opened:]
    refused = client.post(f"{_url(NeedFactory())}syarat/", {"urgency": "unknown"})
    assert (refused.status_code, '<details class="card" open>' in refused.content.decode()) == (422, True)
