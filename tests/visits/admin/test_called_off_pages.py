from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from outreach import vault
from outreach.enums import Milestone, NeedState
from outreach.models import LogEntry, Need, Progress
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory, VisitFactory, at
from tests.visits.admin.conftest import staff
from tests.visits.planned import NOW, TUESDAY, draft
from visits.appointments import call_offs, lifecycle
from visits.enums import CallOffReason, VisitState
from visits.models import Plan, Visit
from visits.schedule.plans.publishing import publish_plan

LIST, ACT = "admin:visits_teamday_called_off", "admin:visits_teamday_called_off_act"


@pytest.fixture(autouse=True)
def _monday_noon(clock) -> None:
    clock.move_to(NOW, tick=False)


@pytest.fixture
def caller(db) -> Client:
    return staff("visits.view_teamday", "visits.publish_plan", "visits.add_plan", "visits.view_plan")


@pytest.fixture
def family(db) -> Visit:
    return _call_off(1)[0]


def _call_off(count: int) -> list[Visit]:
    shift = ShiftFactory(date=TUESDAY)
    rows: list[Visit] = []
    for number in range(count):
        need = NeedFactory(state=NeedState.PLANNED)
        vault.seal_field(need.resident, "phone", "081234567890")
        need.resident.save()
        visit = VisitFactory(shift=shift, need=need, sequence=number + 1)
        call_offs.call_off_visit(
            visit=visit, reason=CallOffReason.CLOSED, obstacles={"closed": 0}, at=NOW, actor="user:1"
        )
        rows.append(visit)
    return rows


def _act(client: Client, visits: Iterable[UUID | str], **more: str) -> str:
    answer = client.post(reverse(ACT), {"kunjungan": [str(pk) for pk in visits], **more}, follow=True)
    return answer.content.decode()


def test_the_list_names_family_hour_cause_phone_and_promise(caller: Client, family: Visit) -> None:
    page = caller.get(reverse(LIST)).content.decode()

    for shown in (
        family.need.resident.name,
        "081234567890",
        "Kantor tutup pada hari itu",
        "Rab 2 Des",
        reverse("admin:visits_need_places", args=[family.need_id]),
        "?dari=2026-12-01&amp;sampai=2026-12-01",
    ):
        assert shown in page
    assert LogEntry.objects.get(action="phones_seen").detail == {"families": 1}


def test_who_may_not_call_sees_no_phone_and_no_button(family: Visit) -> None:
    page = staff("visits.view_teamday").get(reverse(LIST)).content.decode()

    assert family.need.resident.name in page
    assert "081234567890" not in page
    assert "Sudah dikabari" not in page


def test_strangers_are_kept_out(family: Visit) -> None:
    assert staff().get(reverse(LIST)).status_code == 403
    assert staff("visits.view_teamday").post(reverse(ACT)).status_code == 403
    assert staff("visits.view_teamday", "visits.publish_plan").get(reverse(ACT)).status_code == 405


def test_a_family_is_noted_as_told_once(caller: Client, family: Visit) -> None:
    assert "1 keluarga dicatat sudah tahu" in _act(caller, [family.pk])
    assert "Tidak ada yang berubah" in _act(caller, [family.pk])

    family.refresh_from_db()
    assert family.called_off_told
    assert LogEntry.objects.filter(action="call_off_told").count() == 1


def test_a_visit_is_given_back_to_the_queue(caller: Client, family: Visit) -> None:
    assert "1 kunjungan dikembalikan ke antrean" in _act(caller, [family.pk], antrean="1")

    family.refresh_from_db()
    assert (family.state, Need.objects.get().state) == (VisitState.CANCELLED, NeedState.OPEN)
    assert Progress.objects.order_by("at", "pk").last().milestone == Milestone.UNPLANNED  # type: ignore[union-attr]
    assert "Belum dapat hari baru" in caller.get(reverse(LIST)).content.decode()


def test_visits_that_stand_are_not_given_back_here(caller: Client, db) -> None:
    visit = VisitFactory(shift=ShiftFactory(date=TUESDAY), need=NeedFactory(state=NeedState.PLANNED))

    assert "Tidak ada yang berubah" in _act(caller, [visit.pk], antrean="1")
    assert caller.post(reverse(ACT), {"kunjungan": "bukan"}).status_code == 404
    visit.refresh_from_db()
    assert visit.state == VisitState.PUBLISHED


def test_an_overdue_promise_stands_out(caller: Client, family: Visit, clock) -> None:
    assert 'tag waiting">Rab 2 Des' in caller.get(reverse(LIST)).content.decode()

    clock.move_to(NOW + timedelta(days=3))
    later = staff("visits.view_teamday", "visits.publish_plan")  # the other session is over

    page = later.get(reverse(LIST)).content.decode()
    assert 'tag late">Rab 2 Des' in page, "of a day that is over, too"
    assert "kembalikan ke antrean, lalu buat rencana" in page


def test_the_list_has_the_same_queries_for_1_and_3(caller: Client, django_assert_num_queries) -> None:
    _call_off(1)
    caller.get(reverse(LIST))
    with django_assert_num_queries(7):
        caller.get(reverse(LIST))
    Visit.objects.update(state=VisitState.CANCELLED)
    _call_off(3)
    with django_assert_num_queries(7):
        caller.get(reverse(LIST))


@pytest.mark.parametrize("told", [True, False])
def test_given_back_who_was_not_told_stays_on_a_list_of_whom_to_tell(
    caller: Client, published: Visit, told: bool
) -> None:
    if told:
        _act(caller, [published.pk])

    for _ in range(2):
        _act(caller, [published.pk], antrean="1")

    assert len(Plan.objects.get().changes["cancelled"]) == (0 if told else 1)


@pytest.fixture
def published(db) -> Visit:
    """The only visit of a published plan, called off."""
    publish_plan(plan=draft({ShiftFactory(date=TUESDAY): [NeedFactory()]}), user=None, now=NOW)
    visit = Visit.objects.get()
    call_offs.call_off_visit(
        visit=visit, reason=CallOffReason.KIT, obstacles={"skill": 0}, at=NOW, actor="user:1"
    )
    return visit


def test_the_days_and_the_teams_day_say_so(caller: Client, published: Visit) -> None:
    shift = published.shift
    days = caller.get(reverse("admin:visits_teamday_changelist")).content.decode()
    day = caller.get(reverse("admin:visits_teamday_page", args=[shift.team_id, TUESDAY])).content.decode()

    assert "1 batal" in days
    assert "1 kunjungan hari ini batal dan menunggu dijadwalkan lagi." in day
    assert "Batal: Alat rusak atau tidak ada" in day
    assert 'name="kunjungan"' not in day, "it cannot be promised"


def test_the_need_and_the_plan_say_so(published: Visit) -> None:
    client = staff("outreach.view_need", "visits.view_plan", "visits.view_teamday")
    plan = published.shift.team.day_versions.get().plan

    need_page = client.get(reverse("admin:outreach_need_change", args=[published.need_id])).content.decode()
    plan_page = client.get(reverse("admin:visits_plan_change", args=[plan.pk])).content.decode()

    assert "batal: Alat rusak atau tidak ada. Keluarganya dijanjikan kabar paling lambat" in need_page
    assert "1 kunjungan pada jadwal ini batal dan menunggu dijadwalkan lagi." in plan_page


@pytest.fixture
def left_out(published: Visit) -> Visit:
    """Called off, and left out of the plan that was published next."""
    publish_plan(plan=draft({ShiftFactory(date=TUESDAY): [NeedFactory()]}), user=None, now=NOW)
    published.refresh_from_db()
    assert published.state == VisitState.CANCELLED
    return published


def _home_card(client: Client) -> tuple[int, str] | None:
    label = "Kunjungan batal, keluarganya menunggu hari baru"
    cards = (card for card in client.get("/admin/").context["work"] if card.label == label)
    return next(((card.count, card.hint) for card in cards), None)


def test_a_family_left_out_of_the_next_plan_keeps_its_hear_by_date(caller: Client, left_out: Visit) -> None:
    row = Progress.objects.filter(need=left_out.need_id).order_by("at", "pk").last()
    page = caller.get(reverse(LIST)).content.decode()

    assert row is not None
    assert (row.milestone, row.latest) == (Milestone.UNPLANNED, at(TUESDAY + timedelta(days=1), 23 * 60 + 59))
    assert left_out.need.resident.name in page
    assert 'tag waiting">Rab 2 Des' in page
    assert _home_card(caller) == (1, "Kabar paling lambat Rabu, 2 Desember 2026.")


def test_a_hear_by_date_that_is_over_is_shown_on_the_home_page(left_out: Visit, clock) -> None:
    clock.move_to(NOW + timedelta(days=3))
    later = staff("visits.view_teamday", "visits.publish_plan")

    assert _home_card(later) == (1, "Terlambat: kabar dijanjikan paling lambat Rabu, 2 Desember 2026.")
    assert 'tag late">Rab 2 Des' in later.get(reverse(LIST)).content.decode()


def test_nothing_is_owed_after_a_new_appointment_or_the_end(caller: Client, left_out: Visit, clock) -> None:
    clock.shift(60)
    wednesday = ShiftFactory(date=TUESDAY + timedelta(days=1))
    publish_plan(plan=draft({wednesday: [left_out.need]}, first=wednesday.date), user=None, now=clock.now())
    assert _home_card(caller) is None
    lifecycle.cancel_visit(
        visit=Visit.objects.get(need=left_out.need_id, state=VisitState.PUBLISHED),
        at=clock.now() + timedelta(minutes=1),
        actor="user:1",
        source="x",
    )
    assert _home_card(caller) is None, "that visit was not called off"


def test_a_need_that_is_closed_is_owed_nothing(caller: Client, left_out: Visit) -> None:
    Need.objects.filter(pk=left_out.need_id).update(state=NeedState.CLOSED, closed_reason="cancelled")

    assert _home_card(caller) is None
