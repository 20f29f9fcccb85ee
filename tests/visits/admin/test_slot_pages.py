import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from django.urls import reverse

from outreach.admin.need_extras import PagePlace, render_extras
from outreach.enums import NeedState
from outreach.models import Need
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory
from tests.visits.admin.conftest import staff
from tests.visits.planned import NOW, TUESDAY, draft
from visits.appointments import arrival_intervals
from visits.models import Shift, Visit
from visits.schedule.plans import slot_offers
from visits.schedule.plans.publishing import publish_plan


@pytest.fixture(autouse=True)
def _monday_noon(clock):
    clock.move_to(NOW, tick=False)


@pytest.fixture
def planner(db) -> Client:
    return staff("visits.view_plan", "visits.publish_plan", "outreach.view_need")


@pytest.fixture
def reader(db) -> Client:
    return staff("visits.view_plan", "outreach.view_need")


@pytest.fixture
def shift(db) -> Shift:
    shift = ShiftFactory(date=TUESDAY)
    publish_plan(plan=draft({shift: [NeedFactory(), NeedFactory()]}), user=None, now=NOW)
    return shift


def _places(need: Need) -> str:
    return reverse("admin:visits_need_places", args=[need.pk])


def _form(page) -> dict[str, object]:
    offer = page.context["offers"][0]["offer"]
    return {
        "dari": page.context["mark"],
        "jadwal": offer.shift.pk,
        "urutan": offer.slot.position,
        "mulai": offer.slot.start_s,
        "tanda": offer.mark,
    }


def test_a_page_opened_before_the_day_changed_takes_no_place(planner: Client, shift: Shift) -> None:
    first, second = NeedFactory(), NeedFactory()
    old = _form(planner.get(_places(second)))
    planner.post(reverse("admin:visits_need_take", args=[first.pk]), _form(planner.get(_places(first))))
    told = list(Visit.objects.order_by("pk").values_list("told_from", "told_until"))

    answer = planner.post(reverse("admin:visits_need_take", args=[second.pk]), old, follow=True)

    assert "Tempat itu sudah berubah. Pilih lagi dari daftar yang baru." in answer.content.decode()
    assert list(Visit.objects.order_by("pk").values_list("told_from", "told_until")) == told
    assert not Visit.objects.filter(need=second).exists()
    again = planner.post(reverse("admin:visits_need_take", args=[second.pk]), _form(answer), follow=True)
    assert "Kunjungan dijadwalkan" in again.content.decode()


def test_a_place_is_chosen_and_the_need_is_planned(planner: Client, shift: Shift) -> None:
    need = NeedFactory()
    page = planner.get(_places(need))
    text = page.content.decode()
    assert shift.team.name in text
    assert "jalan; " in text
    assert "Selasa, 1 Desember 2026" in text

    take = reverse("admin:visits_need_take", args=[need.pk])
    form = _form(page)
    done = planner.post(take, form, follow=True)
    assert "Kunjungan dijadwalkan" in done.content.decode()
    assert "Pindah ke waktu lain" in done.content.decode()
    assert Visit.objects.get(need=need).shift == shift

    assert "sudah ada di tempat itu" in planner.post(take, form, follow=True).content.decode()
    assert "Jadwal sekarang" in planner.get(_places(need)).content.decode()


def test_the_buttons_send_what_takes_the_place(planner: Client, shift: Shift) -> None:
    need = NeedFactory()
    page = planner.get(_places(need))

    take = reverse("admin:visits_need_take", args=[need.pk])
    form = page.content.decode().split(f'action="{take}"')[1].split("</form>")[0]
    sent = dict(re.findall(r'name="(dari|jadwal|urutan|mulai|tanda)" value="([^"]*)"', form))

    assert sent == {name: str(value) for name, value in _form(page).items()}  # no point in a thousand
    assert "Kunjungan dijadwalkan" in planner.post(take, sent, follow=True).content.decode()


def test_the_place_that_a_family_has_is_not_offered_to_it(planner: Client, shift: Shift) -> None:
    visit = Visit.objects.select_related("need").get(sequence=1)
    wednesday = ShiftFactory(date=TUESDAY + timedelta(days=1))

    has = (shift, arrival_intervals.interval_told(visit))
    found = [(offer.shift, offer.told) for offer in slot_offers.list_slot_offers(need=visit.need)]

    rows = planner.get(_places(visit.need)).context["offers"]

    assert {shift, wednesday} == {place for place, _ in found}
    assert [(row["offer"].shift, row["offer"].told) for row in rows] == [one for one in found if one != has]


def test_two_coordinators_who_place_the_same_need(planner: Client, shift: Shift) -> None:
    need = NeedFactory()
    later = ShiftFactory(date=TUESDAY + timedelta(days=1))
    other = staff("visits.view_plan", "visits.publish_plan", "outreach.view_need")
    name = User.objects.get(pk=planner.session["_auth_user_id"]).get_username()
    take = reverse("admin:visits_need_take", args=[need.pk])
    pages = [client.get(_places(need)) for client in (planner, other)]
    forms = {}
    for page in pages:
        for row in page.context["offers"]:
            forms[row["offer"].shift.pk] = {
                "dari": page.context["mark"],
                "jadwal": row["offer"].shift.pk,
                "urutan": row["offer"].slot.position,
                "mulai": row["offer"].slot.start_s,
                "tanda": row["offer"].mark,
            }

    assert "Kunjungan dijadwalkan" in planner.post(take, forms[shift.pk], follow=True).content.decode()
    refused = other.post(take, forms[later.pk], follow=True)
    text = refused.content.decode()
    assert f"{name} menempatkan kunjungan ini pada {shift.team.name}, Selasa, 1 Desember 2026, antara" in text
    assert "(Senin, 30 November 2026, pukul 12.00)" in text
    assert f"bicarakan dulu dengan {name}" in text
    (message,) = refused.context["messages"]
    assert need.resident.name not in str(message)
    assert refused.redirect_chain[0][0] == _places(need)
    assert "Jadwal sekarang" in text
    assert Visit.objects.get(need=need).shift == shift

    assert "sudah ada di tempat itu" in planner.post(take, forms[shift.pk], follow=True).content.decode()
    mine = planner.post(take, forms[later.pk], follow=True).content.decode()
    assert f"sudah Bapak/Ibu tempatkan pada {shift.team.name}" in mine
    now = next(row["offer"] for row in refused.context["offers"] if row["offer"].shift == later)
    form = forms[later.pk] | {"dari": refused.context["mark"], "tanda": now.mark}
    assert "Kunjungan dijadwalkan" in other.post(take, form, follow=True).content.decode()


def test_a_place_asked_for_without_a_mark_is_not_taken(planner: Client, shift: Shift) -> None:
    need = NeedFactory()
    form = _form(planner.get(_places(need)))
    del form["tanda"]

    answer = planner.post(reverse("admin:visits_need_take", args=[need.pk]), form, follow=True)

    assert "Tempat itu sudah berubah. Pilih lagi dari daftar yang baru." in answer.content.decode()
    assert not Visit.objects.filter(need=need).exists()


@pytest.mark.parametrize("form", [{}, {"jadwal": "1", "urutan": "x", "mulai": "²"}, {"jadwal": "9" * 30}])
def test_a_place_that_is_none_leads_back_to_the_list(planner: Client, shift: Shift, form) -> None:
    need = NeedFactory()
    done = planner.post(reverse("admin:visits_need_take", args=[need.pk]), form, follow=True)
    assert "sudah berubah" in done.content.decode()
    assert done.redirect_chain[0][0] == _places(need)


def test_what_there_is_to_say_where_no_place_is_left(planner: Client, db) -> None:
    assert "Belum ada tempat" in planner.get(_places(NeedFactory())).content.decode()
    closed = NeedFactory(state=NeedState.CLOSED)
    assert "tidak sedang menunggu" in planner.get(_places(closed)).content.decode()


def test_who_may_look_may_not_take(reader: Client, onlooker: Client, shift: Shift) -> None:
    need = NeedFactory()
    page = reader.get(_places(need))
    assert page.status_code == 200
    assert "Pilih<span" not in page.content.decode()
    assert reader.post(reverse("admin:visits_need_take", args=[need.pk]), _form(page)).status_code == 403
    assert onlooker.get(_places(need)).status_code == 403
    assert reader.post(_places(need)).status_code == 405
    assert reader.get(reverse("admin:visits_need_places", args=[uuid4()])).status_code == 404


def test_an_accepted_request_leads_to_the_places_by_a_link_and_on_its_page_by_a_button(
    reader: Client,
) -> None:
    request, need = RequestFactory().get("/"), NeedFactory()
    request.user = User.objects.get()
    places = reverse("admin:visits_need_places", args=[need.pk])

    assert f'<a href="{places}">' in render_extras(PagePlace.NEXT_STEP, request, need)
    assert f'<a class="button secondary small" href="{places}">' in render_extras(
        PagePlace.REQUEST, request, need
    )
