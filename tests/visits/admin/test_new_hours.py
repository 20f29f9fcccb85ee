"""A promise whose hours are not true in a plan ahead: the coordinator is offered the way on."""

import pytest
from django.test import Client
from django.urls import reverse

from outreach.models import LogEntry, Need
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory
from tests.visits.admin.conftest import staff
from tests.visits.planned import NOW, TUESDAY, draft
from visits.appointments import promises
from visits.enums import VisitState
from visits.models import Plan, Shift, Visit
from visits.schedule.plans import plan_changes
from visits.schedule.plans.publishing import publish_plan
from visits.schedule.runs import appointment_windows


@pytest.fixture(autouse=True)
def _monday_noon(clock) -> None:
    clock.move_to(NOW, tick=False)


@pytest.fixture
def coordinator(db) -> Client:
    return staff(*(f"visits.{name}_plan" for name in ("view", "add", "change", "publish")))


@pytest.fixture
def shift(db) -> Shift:
    return ShiftFactory(date=TUESDAY)


@pytest.fixture
def plan(shift: Shift) -> Plan:
    """A draft whose second family was promised 08.40 and is expected at 11.00, beside one that keeps its hours."""
    home = {
        "resident__latitude": shift.start_latitude + 0.033,  # ten minutes from the base, as drafts have it
        "resident__longitude": shift.start_longitude,
    }
    needs: list[Need] = [NeedFactory(**home), NeedFactory(**home)]
    first = draft({shift: needs})
    appointment_windows.assign_windows(plan=first)
    publish_plan(plan=first, user=None, now=NOW)
    promises.make_promises(visits=Visit.objects.values_list("pk", flat=True), actor="user:1")
    plan = draft({shift: needs})
    appointment_windows.assign_windows(plan=plan)
    assert plan_changes.find_changes(plan=plan, now=NOW).untrue == []
    plan.stops.filter(need=needs[1]).update(
        travel_seconds=9000,
        arrive=11 * 3600,
        start=11 * 3600,
        leave=11 * 3600 + 1800,
        expected=11 * 3600,
    )
    return plan


def _post(client: Client, plan: Plan, **fields: str) -> str:
    stop = plan.stops.get(sequence=2)
    page = client.get(reverse("admin:visits_plan_publish", args=[plan.pk]))
    address = reverse("admin:visits_plan_new_hours", args=[plan.pk, stop.need_id])
    told = {"tanda": page.context["mark"], "alasan": "team", **fields}
    return client.post(address, told, follow=True).content.decode()


def test_the_page_offers_to_release_the_promise(coordinator: Client, plan: Plan) -> None:
    page = coordinator.get(reverse("admin:visits_plan_publish", args=[plan.pk])).content.decode()

    assert "Jam untuk 1 keluarga tidak benar" in page
    assert "tim diperkirakan datang di luar jam itu" in page
    assert "Lepas janji, cari jam baru" in page
    assert "Terbitkan sekarang" not in page


def test_without_a_reason_the_promise_stands(coordinator: Client, plan: Plan) -> None:
    assert "Pilih alasan mengapa janji ini dilepas." in _post(coordinator, plan, alasan="")
    assert Visit.objects.filter(promised=True).count() == 2


def test_an_old_page_changes_nothing(coordinator: Client, plan: Plan) -> None:
    assert "Belum diubah" in _post(coordinator, plan, tanda="x")
    assert Visit.objects.filter(promised=True).count() == 2


def test_the_family_gets_new_hours_and_is_listed_with_them(coordinator: Client, plan: Plan) -> None:
    was = Visit.objects.get(sequence=2)

    page = _post(coordinator, plan)

    assert "Keluarga ini mendapat jam yang baru" in page
    assert LogEntry.objects.get(action="promise_released").detail["reason"] == "team"
    found = plan_changes.find_changes(plan=plan, now=NOW)
    assert (found.untrue, found.unreleased) == ([], [])
    assert [change.visit for change in found.having(plan_changes.ChangeKind.SHIFTED)] == [was]
    publish_plan(plan=plan, user=None, now=NOW)
    now = Visit.objects.get(pk=was.pk)
    assert (now.told_from, now.told_until) != (was.told_from, was.told_until)
    assert not now.promised
    assert Visit.objects.get(sequence=1).promised
    assert [row["need"] for row in plan.changes["shifted"]] == [str(was.need_id)]


def test_where_no_hours_are_true_the_family_waits_and_is_listed(coordinator: Client, plan: Plan) -> None:
    was = Visit.objects.get(sequence=2)
    late = 15 * 3600 + 1500  # five minutes before the end of the shift
    plan.stops.filter(sequence=2).update(
        travel_seconds=7 * 3600, arrive=late, start=late, leave=late + 1800, expected=late
    )

    page = _post(coordinator, plan)

    assert "kunjungan ini keluar dari rancangan" in page
    publish_plan(plan=plan, user=None, now=NOW)
    assert Visit.objects.get(pk=was.pk).state == VisitState.CANCELLED
    assert [row["need"] for row in plan.changes["cancelled"]] == [str(was.need_id)]
    assert Visit.objects.get(sequence=1).promised


def test_who_may_only_look_is_refused(plan: Plan) -> None:
    client = staff("visits.view_plan")
    address = reverse("admin:visits_plan_new_hours", args=[plan.pk, plan.stops.get(sequence=2).need_id])

    assert client.post(address, {"alasan": "team"}).status_code == 403
    assert staff("visits.change_plan", "visits.publish_plan").get(address).status_code == 405
