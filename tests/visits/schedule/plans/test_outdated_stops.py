"""A draft made before a family asked for something else is not published as it is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from outreach.enums import CorrectionReason, NeedState, Urgency
from outreach.models import Need
from outreach.services import corrections, log, triage
from tests.factories.outreach import NeedFactory, VillageFactory
from tests.factories.visits import ShiftFactory
from tests.visits.admin.conftest import staff
from tests.visits.planned import NOW, TUESDAY, draft
from visits.models import Plan, Shift, Visit
from visits.schedule.plans import plan_changes
from visits.schedule.plans.publishing import PublishRefusedError, publish_plan

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday_noon(clock) -> None:
    clock.move_to(NOW, tick=False)


@pytest.fixture
def shift() -> Shift:
    return ShiftFactory(date=TUESDAY)


def _wish(need: Need, **changed) -> None:
    """What the family asks for now, by the office's own way."""
    wishes: dict[str, Any] = {
        "skills": [],
        "not_before": None,
        "deadline": None,
        "weekdays": [],
        "windows": [],
    } | changed
    assert triage.change_conditions(need=need, urgency=Urgency.NORMAL, actor="user:1", **wishes)


def _move_home(need: Need) -> None:
    log.write_log(actor="user:1", action="resident_located", subject=need.resident)


def _correct_village(need: Need) -> None:
    """The home is known by its village alone, and moves with it."""
    corrections.correct_resident(
        resident=need.resident,
        values={"village": VillageFactory(latitude=-7.9)},
        reason=CorrectionReason.TYPO,
        actor="user:1",
    )


CHANGES: dict[str, Callable[[Need], None]] = {
    "dates": lambda need: _wish(need, weekdays=[2]),
    "hours": lambda need: _wish(need, windows=[["13:00", "15:00"]]),
    "skills": lambda need: _wish(need, skills=["iris"]),
    "home": _move_home,
    "home of another village": _correct_village,
}


def _refuse(plan: Plan) -> list[tuple[str, Need]]:
    with pytest.raises(PublishRefusedError) as error:
        publish_plan(plan=plan, user=None, now=NOW)
    assert not Visit.objects.exists()
    return [(row.code, row.stop.need) for row in error.value.outdated]


@pytest.mark.parametrize("code", list(CHANGES))
def test_publishing_refuses_what_a_family_no_longer_wants_and_names_it(
    shift: Shift, clock, code: str
) -> None:
    need, other = NeedFactory(), NeedFactory()
    plan = draft({shift: [need, other]})
    clock.shift(60)
    CHANGES[code](need)

    assert _refuse(plan) == [(code.split()[0], need)]


def test_a_change_that_the_stop_keeps_holds_up_nothing(shift: Shift, clock) -> None:
    need = NeedFactory()
    plan = draft({shift: [need]})
    clock.shift(60)
    _wish(need, weekdays=[1], windows=[["07:30", "11:00"]], deadline=TUESDAY + timedelta(days=3))

    assert publish_plan(plan=plan, user=None, now=NOW).new == 1


def test_what_the_planner_knew_holds_up_nothing(shift: Shift, clock) -> None:
    need = NeedFactory()
    _wish(need, weekdays=[2])
    clock.shift(60)

    assert publish_plan(plan=draft({shift: [need]}), user=None, now=NOW).new == 1


def test_hours_that_the_family_keeps_stand(shift: Shift, clock) -> None:
    need, other = NeedFactory(), NeedFactory()
    publish_plan(plan=draft({shift: [need]}), user=None, now=NOW)
    plan = draft({shift: [need, other]})
    clock.shift(60)
    need.refresh_from_db()
    _wish(need, weekdays=[2])

    assert plan_changes.find_changes(plan=plan, now=NOW).outdated == []
    assert publish_plan(plan=plan, user=None, now=NOW).new == 1


@pytest.fixture
def coordinator() -> Client:
    return staff(
        *(f"visits.{name}_plan" for name in ("view", "add", "change", "publish")), "outreach.view_need"
    )


def test_the_page_says_what_changed_and_the_ways_on(coordinator: Client, shift: Shift, clock) -> None:
    need, other = NeedFactory(), NeedFactory()
    plan = draft({shift: [need, other]})
    clock.shift(60)
    _wish(need, weekdays=[2])
    address = reverse("admin:visits_plan_publish", args=[plan.pk])

    page = coordinator.get(address).content.decode()

    assert "Permintaan 1 keluarga berubah sejak rencana dihitung" in page
    assert f"{need.resident.village.name}: tanggal itu tidak lagi cocok untuk keluarga ini" in page
    assert "?dari=2026-12-01&amp;sampai=2026-12-01" in page
    assert "Terbitkan sekarang" not in page
    out = reverse("admin:visits_need_leave_draft", args=[need.pk, plan.pk])
    assert out in page
    answer = coordinator.post(out, {"terbitkan": "1"})
    assert answer["Location"] == address
    page = coordinator.get(address).content.decode()
    assert "Permintaan" not in page
    assert "Terbitkan sekarang" in page
    assert publish_plan(plan=plan, user=User.objects.get(), now=NOW).new == 1
    assert Need.objects.get(pk=need.pk).state == NeedState.OPEN


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("dates", "harinya tidak cocok lagi dengan yang diminta keluarga."),
        ("hours", "jamnya tidak cocok lagi dengan yang diminta keluarga."),
        ("skills", "tim itu tidak membawa semua yang dibutuhkan sekarang."),
        ("home", "jamnya dihitung dari letak rumah yang lama;"),
        ("home of another village", "jamnya dihitung dari letak rumah yang lama;"),
    ],
)
def test_a_published_visit_that_suits_its_family_no_more_is_marked_on_its_page(
    shift: Shift, clock, code: str, said: str
) -> None:
    need, other = NeedFactory(), NeedFactory()
    publish_plan(plan=draft({shift: [need, other]}), user=None, now=NOW)
    pages = [f"/admin/outreach/need/{one.pk}/" for one in (need, other)]
    client = staff("outreach.view_need", "visits.view_plan")
    assert [said in client.get(page).content.decode() for page in pages] == [False, False]
    clock.shift(60)

    CHANGES[code](need)

    assert [said in client.get(page).content.decode() for page in pages] == [True, False]
    assert (
        "Pindahkan, keluarkan dari jadwal, atau rencanakan lagi hari itu."
        in client.get(pages[0]).content.decode()
    )
    Visit.objects.filter(need=need).update(state="arrived")
    assert said not in client.get(pages[0]).content.decode()


def test_a_home_that_a_later_plan_knows_is_marked_no_more(shift: Shift, clock) -> None:
    need = NeedFactory()
    publish_plan(plan=draft({shift: [need]}), user=None, now=NOW)
    clock.shift(60)
    _move_home(need)
    clock.shift(60)
    draft({shift: [need]}, now=clock.now())  # which finds the same hours, so that there is nothing to publish

    page = staff("outreach.view_need", "visits.view_plan").get(f"/admin/outreach/need/{need.pk}/")

    assert "letak rumah yang lama" not in page.content.decode()
