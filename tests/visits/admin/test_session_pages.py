import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from outreach.enums import ClosedReason, NeedState
from outreach.models import LogEntry, Need, Village
from tests.factories.outreach import NeedFactory, VillageFactory
from tests.factories.visits import ShiftFactory
from tests.visits.admin.conftest import staff
from tests.visits.planned import NOW, TUESDAY
from visits.models import CalendarDay, Shift
from visits.schedule.sessions import agreed_sessions

LIST = "/admin/visits/plan/sesi/"


@pytest.fixture(autouse=True)
def _monday_noon(clock):
    clock.move_to(NOW, tick=False)


@pytest.fixture
def village(db) -> Village:
    """A hall some 15 km from the team's base, with a dozen elderly around it, and a few who cannot come."""
    shift = ShiftFactory(
        date=TUESDAY, start_latitude=-7.6, start_longitude=111.5, end_latitude=-7.6, end_longitude=111.5
    )
    Shift.objects.filter(pk=shift.pk).update(starts="07:30", ends="15:30")
    village = VillageFactory(name="Desa Ramai", latitude=-7.70, longitude=111.60)
    for number in range(12):
        NeedFactory(
            resident__village=village,
            resident__name=f"Mbah {number}",
            resident__latitude=-7.70 + number / 5000,
        )
    NeedFactory(resident__village=village, resident__kind="sick", resident__name="Tidak Bisa Datang")
    NeedFactory(resident__village=village, urgency="hospital", resident__name="Tidak Bisa Datang")
    NeedFactory(resident__village=village, resident__infectious=True, resident__name="Tidak Bisa Datang")
    return village


def test_a_session_is_proposed_where_homes_cluster_with_what_it_saves(
    onlooker: Client, village: Village
) -> None:
    answer = onlooker.get(LIST)

    page = answer.content.decode()
    (one,) = answer.context["found"].sessions
    assert (one.village, len(one.needs)) == (village, 12)
    assert f"12 warga di satu balai: menghemat {one.saved_days} hari tim." in " ".join(page.split())
    assert one.proposal.saved_days > 0.5
    assert "Tidak Bisa Datang" not in page
    assert "Mbah 3" in page
    assert "Catat sebagai disepakati" not in page  # may only look
    drawn = json.loads(page.split('id="map-data" type="application/json">')[1].split("</script>")[0])
    assert [len(route["stops"]) for route in drawn["routes"]] == [12]


def test_a_session_is_agreed_on_once_and_logged_without_names(coordinator: Client, village: Village) -> None:
    address = reverse("admin:visits_plan_session_accept", args=[village.pk])
    day = (TUESDAY + timedelta(days=2)).isoformat()

    page = coordinator.post(address, {"tanggal": day}, follow=True).content.decode()
    coordinator.post(address, {"tanggal": day})

    assert "Sesi di Desa Ramai dicatat untuk Kamis, 3 Desember 2026." in page
    assert "Disepakati" in page
    (row,) = LogEntry.objects.filter(action="session_accepted")
    assert (row.subject_id, row.detail["date"], row.detail["people"]) == (village.pk, day, 12)
    assert set(row.detail) == {"date", "people", "saved_days"}


def test_what_was_agreed_on_is_found_when_it_is_proposed_no_more(
    coordinator: Client, onlooker: Client, village: Village
) -> None:
    address = reverse("admin:visits_plan_session_accept", args=[village.pk])
    for days in (2, 1):
        coordinator.post(address, {"tanggal": (TUESDAY + timedelta(days=days)).isoformat()})
    Need.objects.update(state=NeedState.CLOSED, closed_reason=ClosedReason.DELIVERED)

    answer = onlooker.get(LIST)
    assert answer.context["found"].sessions == []
    page = " ".join(answer.content.decode().split())
    assert "Belum ada desa dengan cukup banyak warga" in page
    assert [(one.on.day, one.village, one.people) for one in answer.context["agreed"]] == [
        (2, village, 12),
        (3, village, 12),
    ]
    assert f"Rabu, 2 Desember 2026</th><td>Balai Desa Ramai, {village.district.name}</td>" in page

    later = agreed_sessions.list_agreed_sessions(today=TUESDAY + timedelta(days=2))
    assert [one.over for one in later] == [True, False]
    assert agreed_sessions.list_agreed_sessions(today=TUESDAY + timedelta(days=60)) == []


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("", "Isi tanggal sesi"),
        ("2026-13-99", "Isi tanggal sesi"),
        ("2026-11-30", "harus sesudah hari ini"),
        ("2026-12-05", "kantor tutup"),
        ("9999-12-31", "lebih dari setahun"),
    ],
)
def test_a_day_that_cannot_be_is_explained(
    coordinator: Client, village: Village, day: str, said: str
) -> None:
    address = reverse("admin:visits_plan_session_accept", args=[village.pk])
    assert said in coordinator.post(address, {"tanggal": day}, follow=True).content.decode()
    assert not LogEntry.objects.filter(action="session_accepted").exists()


def test_agreeing_needs_a_permission_and_a_proposal(
    onlooker: Client, coordinator: Client, village: Village
) -> None:
    day = {"tanggal": (TUESDAY + timedelta(days=2)).isoformat()}
    address = reverse("admin:visits_plan_session_accept", args=[village.pk])
    assert onlooker.post(address, day).status_code == 403
    other = reverse("admin:visits_plan_session_accept", args=[VillageFactory().pk])
    assert "sudah berubah" in coordinator.post(other, day, follow=True).content.decode()
    for none in ("tidak-ada", "%00", "a%00b"):
        assert coordinator.post(f"{LIST}{none}/", day).status_code == 404


def test_empty_states_say_what_to_do(onlooker: Client, db) -> None:
    assert "Belum ada hari tugas tim" in onlooker.get(LIST).content.decode()
    ShiftFactory(date=TUESDAY)
    assert "Belum ada desa dengan cukup banyak warga" in onlooker.get(LIST).content.decode()


def test_the_queries_do_not_grow_with_homes(
    onlooker: Client, village: Village, django_assert_num_queries
) -> None:
    with django_assert_num_queries(11):
        onlooker.get(LIST)
    for _ in range(3):
        NeedFactory(resident__village=village)
    with django_assert_num_queries(11):
        onlooker.get(LIST)


def test_the_queries_do_not_grow_with_agreed_sessions(
    coordinator: Client, onlooker: Client, village: Village, django_assert_num_queries
) -> None:
    address = reverse("admin:visits_plan_session_accept", args=[village.pk])
    for days in (1, 2, 3):
        coordinator.post(address, {"tanggal": (TUESDAY + timedelta(days=days)).isoformat()})
        if days != 2:
            with django_assert_num_queries(13):
                assert len(onlooker.get(LIST).context["agreed"]) == days


def test_a_session_is_cancelled_once_and_may_be_agreed_on_again(
    coordinator: Client, onlooker: Client, village: Village
) -> None:
    on = TUESDAY + timedelta(days=2)
    accept = reverse("admin:visits_plan_session_accept", args=[village.pk])
    cancel = reverse("admin:visits_plan_session_cancel", args=[village.pk])
    coordinator.post(accept, {"tanggal": on.isoformat()})
    assert onlooker.post(cancel, {"tanggal": on.isoformat()}).status_code == 403
    assert "Batalkan sesi" not in onlooker.get(LIST).content.decode()

    page = coordinator.post(cancel, {"tanggal": on.isoformat()}, follow=True).content.decode()
    again = coordinator.post(cancel, {"tanggal": on.isoformat()}, follow=True).content.decode()

    assert "Sesi di Desa Ramai, Kamis, 3 Desember 2026, dibatalkan. Kabari desanya bila belum." in page
    assert "Tidak ada sesi yang disepakati untuk desa dan hari itu." in again
    assert LogEntry.objects.filter(action="session_cancelled", subject_id=village.pk).count() == 1
    answer = coordinator.get(LIST)
    assert (answer.context["agreed"], answer.context["found"].sessions[0].accepted) == ([], [])
    coordinator.post(accept, {"tanggal": on.isoformat()})
    assert [one.on for one in agreed_sessions.list_agreed_sessions(today=TUESDAY)] == [on]


def test_a_session_on_a_day_that_is_closed_is_said_before_and_marked_after(village: Village) -> None:
    names = [f"visits.{name}" for name in ("view_calendarday", "add_calendarday", "change_calendarday")]
    office = staff(*names, "visits.delete_calendarday", "visits.view_plan", "visits.add_plan")
    on = TUESDAY + timedelta(days=2)
    accept = reverse("admin:visits_plan_session_accept", args=[village.pk])
    office.post(accept, {"tanggal": on.isoformat()})
    add, closed = reverse("admin:visits_calendarday_add"), {"date": on.isoformat(), "is_open": "0"}
    closed["reason"] = "Rapat"

    asked = office.post(add, closed)

    page = asked.content.decode()
    assert (asked.status_code, CalendarDay.objects.exists()) == (409, False)
    assert "Perubahan ini menyentuh sesi desa yang sudah disepakati" in page
    assert f"Kamis, 3 Desember 2026: Balai Desa Ramai, {village.district.name} (12 warga)" in page

    mark = page.split('name="dampak" value="')[1].split('"')[0]
    done = office.post(add, {**closed, "dampak": mark, "alasan_batal": "hours"}, follow=True)
    assert "Sesi di balai Desa Ramai, Kamis, 3 Desember 2026, jatuh pada hari tutup." in done.content.decode()
    assert "Kantor tutup hari itu: kabari desanya" in office.get(LIST).content.decode()
    (card,) = (row for row in office.get("/admin/").context["work"] if row.url == LIST)
    assert (card.count, card.look) == (1, "late")

    delete = reverse("admin:visits_calendarday_delete", args=[CalendarDay.objects.get().pk])
    assert office.post(delete, {"post": "yes"}).status_code == 302
    assert "Kantor tutup hari itu" not in office.get(LIST).content.decode()
