"""A family's visit put back from the page on which a draft is published: its price, the button, who may."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.outreach import NeedFactory, VillageFactory
from tests.factories.visits import ShiftFactory
from tests.visits.planned import NOW, TUESDAY, draft
from visits.models import Plan
from visits.schedule.plans.publishing import publish_plan


@pytest.fixture(autouse=True)
def _monday_noon(clock):
    clock.move_to(NOW, tick=False)


def _address(plan: Plan, need: object) -> str:
    return reverse("admin:visits_plan_keep", args=[plan.pk, need])


def test_every_change_has_its_price_and_what_is_free_can_be_kept(coordinator: Client) -> None:
    shift, here = ShiftFactory(date=TUESDAY, max_visits=3), VillageFactory()
    early, gone, *new = (
        NeedFactory(resident__name=name, resident__village=here)
        for name in ("Warga Geser", "Warga Batal", "Warga Baru", "Warga Lain")
    )
    publish_plan(plan=draft({shift: [early, gone]}, starts=10 * 60), user=None, now=NOW)
    plan = draft({shift: [early, *new]}, left=[gone])

    answer = coordinator.get(reverse("admin:visits_plan_publish", args=[plan.pk]))
    prices = {family.name: family.price for family in answer.context["families"]}
    assert all(price is not None for price in prices.values())
    assert "harus ditunda" in prices["Warga Batal"].text
    assert (prices["Warga Geser"].title, prices["Warga Geser"].can) == ("Bisa tetap pada jam semula", True)
    keep, other = (_address(plan, need.pk) for need in (early, gone))
    assert keep in answer.content.decode()
    assert other not in answer.content.decode()

    shown = {"tanda": answer.context["mark"]}
    for unmarked in ({}, {"tanda": "lain"}):
        old = coordinator.post(keep, unmarked, follow=True)
        assert "berubah sejak halaman itu dibuka" in old.content.decode()
        assert len(old.context["families"]) == 2
    kept = coordinator.post(keep, shown, follow=True)
    assert "Kunjungan ini tetap seperti semula." in kept.content.decode()
    assert "sudah seperti semula" in coordinator.post(keep, shown, follow=True).content.decode()
    refused = coordinator.post(other, {"tanda": kept.context["mark"]}, follow=True)
    assert "tidak bisa lagi tetap" in refused.content.decode()
    assert [family.what for family in refused.context["families"]] == ["cancelled"]


def test_who_only_looks_keeps_nothing(onlooker: Client) -> None:
    need = NeedFactory()
    plan = draft({ShiftFactory(date=TUESDAY): [need]})

    assert onlooker.post(_address(plan, need.pk)).status_code == 403


def test_wrong_verbs_and_ids_that_are_none(coordinator: Client) -> None:
    need = NeedFactory()
    plan = draft({ShiftFactory(date=TUESDAY): [need]})

    assert coordinator.get(_address(plan, need.pk)).status_code == 405
    assert coordinator.post(reverse("admin:visits_plan_keep", args=[uuid4(), need.pk])).status_code == 404
