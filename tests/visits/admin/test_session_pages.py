import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from outreach.enums import ClosedReason, NeedState
from outreach.models import LogEntry, Need, Village
from tests.factories.outreach import NeedFactory, VillageFactory
from tests.factories.visits import ShiftFactory
from tests.visits.planned import NOW, TUESDAY
from visits.models import Shift
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
            with django_assert_num_queries(12):
                assert len(onlooker.get(LIST).context["agreed"]) == days
