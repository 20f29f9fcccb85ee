import pytest
from django.test import Client, override_settings

from outreach.enums import NeedState
from tests.factories.outreach import NeedFactory
from tests.factories.visits import OfficerFactory, PlanRunFactory, ShiftFactory, TeamFactory, VisitFactory
from tests.support.tablet import Tablet, client_send
from tests.visits.admin.conftest import staff
from tests.visits.planned import NOW, TUESDAY, draft
from visits.appointments import call_offs
from visits.enums import CallOffReason, RunState
from visits.tablets import devices

pytestmark = pytest.mark.django_db


def _cards(client: Client) -> dict[str, int]:
    return {card.label: card.count for card in client.get("/admin/").context["work"]}


def test_the_first_page_counts_what_waits() -> None:
    NeedFactory()
    NeedFactory(resident__away=True)
    NeedFactory(state=NeedState.REVIEW)
    PlanRunFactory(state=RunState.RUNNING, progress=35)

    cards = _cards(staff("visits.view_plan"))

    assert cards["Warga menunggu jadwal"] == 1
    assert 35 in cards.values()


def test_cards_need_the_permission_of_their_page() -> None:
    assert _cards(staff()) == {}
    assert list(_cards(staff("visits.view_teamday"))) == ["Kunjungan hari ini, 0 selesai"]


def test_the_first_page_has_the_same_queries_for_1_and_3(django_assert_num_queries) -> None:
    client = staff("visits.view_plan", "visits.view_teamday", "visits.view_capture")
    NeedFactory()
    client.get("/admin/")
    with django_assert_num_queries(15):
        client.get("/admin/")
    NeedFactory()
    NeedFactory()
    with django_assert_num_queries(15):
        client.get("/admin/")


def test_drafts_to_publish_are_shown(clock) -> None:
    clock.move_to(NOW)
    draft({ShiftFactory(date=TUESDAY): [NeedFactory()]})

    assert _cards(staff("visits.view_plan"))["kunjungan dalam rancangan Selasa, 1 Desember 2026"] == 1


def test_the_card_of_reviews_leads_to_the_reviews() -> None:
    NeedFactory()
    waiting = NeedFactory(state=NeedState.REVIEW)
    client = staff("outreach.view_need")

    (card,) = [card for card in client.get("/admin/").context["work"] if card.count]

    assert list(client.get(card.url).context["listed"].page.object_list) == [waiting]


def test_reports_of_tablets_that_wait_for_a_person_are_counted() -> None:
    OfficerFactory(team=(team := TeamFactory()))
    code, _row = devices.make_pairing_code(team=team, user=None, actor="system")
    with override_settings(ROOT_URLCONF="tests.support.tablet_urls"):
        tablet = Tablet(client_send(Client()))
        tablet.pair(code)
        tablet.events(tablet.event("note", officer=10**6, text="x"))

    assert _cards(staff("visits.view_eventstatus")) == {"Laporan tablet perlu diperiksa": 1}


def test_called_off_visits_have_a_card_until_they_are_planned_again(clock) -> None:
    clock.move_to(NOW)
    visit = VisitFactory(shift=ShiftFactory(date=TUESDAY), need=NeedFactory(state=NeedState.PLANNED))
    client, label = staff("visits.view_teamday"), "Kunjungan batal, keluarganya menunggu hari baru"
    assert label not in _cards(client)

    call_offs.call_off_visit(
        visit=visit, reason=CallOffReason.CLOSED, obstacles={"closed": 0}, at=NOW, actor="user:1"
    )

    (card,) = (card for card in client.get("/admin/").context["work"] if card.label == label)
    assert (card.count, card.url) == (1, "/admin/visits/teamday/batal/")
    assert card.hint == "Kabar paling lambat Rabu, 2 Desember 2026."

    call_offs.reinstate_visit(visit=visit, at=NOW, actor="user:1")
    assert label not in _cards(client)
