"""The office's pages about tablets, records and events."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from outreach import vault
from outreach.models import LogEntry
from tests.factories.visits import TeamFactory
from tests.support.tablet import JPEG, Tablet, client_send
from tests.visits.admin.conftest import staff
from visits.api import throttles
from visits.enums import KeyRole
from visits.keys import office_keys
from visits.models import CaptureState, Device, EventStatus, TeamMessage
from visits.records import verification
from visits.tablets import devices

pytestmark = pytest.mark.django_db
PAGES = [
    "visits_device_changelist",
    "visits_device_pair",
    "visits_capture_changelist",
    "visits_eventstatus_changelist",
]


@pytest.fixture
def office(client):
    """A coordinator who may do everything on these pages."""
    user = User.objects.create_user("koordinator", password="rahasia-uji-9", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="visits"))
    client.force_login(user)
    return client


@pytest.fixture(autouse=True)
def _both_doors(settings):
    settings.ROOT_URLCONF = "tests.support.every_door_urls"
    throttles.reset_counts()


@pytest.fixture
def paired(team) -> Tablet:
    tablet = Tablet(client_send(Client()))
    tablet.pair(devices.make_pairing_code(team=team, user=None, actor="system")[0])
    return tablet


@pytest.fixture
def recorded(paired, visit, officer, capture_key):
    """A record of the visit that waits for a person, for its tablet was revoked."""
    vault.seal_field(visit.need.resident, "nik", "3519015705500001")
    visit.need.resident.save()
    devices.revoke_device(device=Device.objects.get(), actor="user:1")
    sealed = paired.seal(
        visit=str(visit.pk), officer=officer.pk, capture_key=capture_key, form={"nik": "3519015705500001"}
    )
    paired.upload(sealed)
    verification.verify_waiting_captures()
    return sealed


def page(office, name, *args, **query):
    answer = office.get(reverse(f"admin:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_office_sees_what_to_do_next(office, name):
    assert page(office, name)


@pytest.mark.parametrize("name", PAGES)
def test_without_the_permission_the_page_is_closed(client, name):
    client.force_login(User.objects.create_user("tamu", password="rahasia-uji-9", is_staff=True))
    assert client.get(reverse(f"admin:{name}")).status_code == 403
    client.logout()
    assert client.get(reverse(f"admin:{name}")).status_code == 302


@pytest.mark.parametrize("name", PAGES)
def test_nothing_inline_stands_in_a_page(office, recorded, name):
    html = page(office, name)
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|\sstyle=|\son[a-z]+=|<style", html)


def test_a_code_with_its_picture_is_shown_once_and_pairs_a_tablet(office, team):
    answer = office.post(reverse("admin:visits_device_pair"), {"team": team.pk})
    html = answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert 'src="data:image/svg+xml' in html
    code = re.search(r"<dd>([2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{2})</dd>", html)
    assert code is not None
    tablet = Tablet(client_send(Client()))
    assert tablet.pair(code[1]).status == 201
    assert tablet.me()["team"]["id"] == team.pk
    assert code[1] not in page(office, "visits_device_changelist")
    assert LogEntry.objects.get(action="pairing_code_made").actor.startswith("user:")


def test_an_office_without_the_key_for_records_is_told_what_to_do(office):
    told = "manage.py capture_keys create"
    assert told in page(office, "visits_device_pair")
    office_keys.current_key(KeyRole.CAPTURE)
    assert told not in page(office, "visits_device_pair")


def test_a_code_needs_a_team(office):
    TeamFactory()
    answer = office.post(reverse("admin:visits_device_pair"), {"team": ""})
    assert answer.status_code == 400
    assert "Pilih tim yang akan memakai tablet ini." in answer.content.decode()


def test_a_tablet_shows_when_it_was_seen_and_what_never_came(office, paired, officer, clock):
    sent = [paired.event("departed", officer=officer.pk) for _ in range(5)]
    paired.events(sent[0], sent[4])
    device = Device.objects.get()
    html = page(office, "visits_device_change", device.pk)
    assert "2–4" in html
    assert "lebih dari 5 hari" not in html
    row = re.findall(r'<td class="num">(\d+)</td>', page(office, "visits_device_changelist"))
    assert row == ["0", "0", "3"]
    with clock.at(clock.now() + timedelta(days=6)):
        office.force_login(User.objects.get(username="koordinator"))
        assert "lebih dari 5 hari" in page(office, "visits_device_change", device.pk)
        assert "is-late" in page(office, "visits_device_changelist")


def test_revoking_is_done_once_and_logged(office, paired):
    device = Device.objects.get()
    url = reverse("admin:visits_device_revoke", args=[device.pk])
    assert office.get(url).status_code == 405
    texts = [
        [str(message) for message in office.post(url, follow=True).context["messages"]] for _ in range(2)
    ]
    assert "Izin tablet dicabut" in texts[0][0]
    assert "sudah dicabut sebelumnya" in texts[1][0]
    assert paired.call("GET", "/me").status == 423
    assert LogEntry.objects.filter(action="device_moved").count() == 1


def test_a_message_reaches_the_tablet(office, paired):
    device = Device.objects.get()
    url = reverse("admin:visits_device_change", args=[device.pk])
    assert "Tulis pesannya dahulu." in office.post(url, {"text": " "}).content.decode()
    office.post(url, {"text": "Bawa payung."})
    assert [m["text"] for m in paired.call("GET", "/days").json["messages"]] == ["Bawa payung."]
    assert TeamMessage.objects.get().written_by.username == "koordinator"  # type: ignore[union-attr]


def test_a_record_in_review_shows_why_and_what_it_meets(office, recorded, visit):
    assert visit.need.resident.name in page(office, "visits_capture_changelist")
    html = page(office, "visits_capture_change", recorded.id)
    assert "Izin tablet sudah dicabut" in html
    assert "Warga Contoh" in html
    assert "3519015705500001" not in html
    assert "Terima rekaman" in html
    assert LogEntry.objects.filter(action="capture_seen").count() == 1


def test_the_face_is_shown_to_those_who_may_see_it_and_never_cached(office, recorded):
    url = reverse("admin:visits_capture_face", args=[recorded.id])
    answer = office.get(url)
    assert (answer.content, answer["Content-Type"]) == (JPEG, "image/jpeg")
    assert "no-store" in answer["Cache-Control"]
    user = User.objects.get(username="koordinator")
    user.user_permissions.remove(Permission.objects.get(codename="view_capturecontent"))
    assert office.get(url).status_code == 403
    assert "Isi rekaman" not in page(office, "visits_capture_change", recorded.id)


def test_a_decision_is_made_once(office, recorded):
    url = reverse("admin:visits_capture_decide", args=[recorded.id])
    assert office.post(url, {"keputusan": "bakar"}).status_code == 404
    office.post(url, {"keputusan": "terima", "catatan": "Sudah dicek."})
    row = CaptureState.objects.get()
    assert (row.stage, row.note, row.reviewed_by.username) == (  # type: ignore[union-attr]
        "accepted",
        "Sudah dicek.",
        "koordinator",
    )
    answer = office.post(url, {"keputusan": "sisihkan"}, follow=True)
    assert "sudah diputuskan" in answer.content.decode()
    assert CaptureState.objects.get().stage == "accepted"


def test_an_erased_person_is_said_so(office, recorded, visit):
    vault.destroy_key(visit.need.resident.key)
    assert "sudah dihapus" in page(office, "visits_capture_change", recorded.id)
    assert office.get(reverse("admin:visits_capture_face", args=[recorded.id])).status_code == 404


def test_an_event_is_looked_at(office, paired, visit, officer):
    paired.events(
        paired.event("contact_corrected", visit=str(visit.pk), officer=officer.pk, phone="081299990000")
    )
    row = EventStatus.objects.get()
    assert "Kontak warga diperbaiki petugas" in page(office, "visits_eventstatus_changelist")
    assert "081299990000" in page(office, "visits_eventstatus_change", row.pk)
    office.post(reverse("admin:visits_eventstatus_change", args=[row.pk]), {"catatan": "Sudah dicatat."})
    row.refresh_from_db()
    assert (row.state, row.note) == ("reviewed", "Sudah dicatat.")
    assert "Tidak ada yang perlu diperiksa" in page(office, "visits_eventstatus_changelist")


@pytest.fixture
def correction(paired, visit, officer):
    """Reported at the home: another carer, another number."""
    paired.events(
        paired.event(
            "contact_corrected",
            visit=str(visit.pk),
            officer=officer.pk,
            name="Keluarga Baru",
            phone="0812 9999 0000",
        )
    )
    return reverse("admin:visits_eventstatus_change", args=[EventStatus.objects.get().pk])


def test_a_corrected_contact_is_taken_over_once_and_logged(office, correction, visit):
    resident = visit.need.resident
    vault.seal_field(resident, "carer_name", "Keluarga Lama")
    vault.seal_field(resident, "phone", "+6281200000001")
    resident.save()
    html = page(office, "visits_eventstatus_change", EventStatus.objects.get().pk)
    assert "Pakai kontak ini" in html
    assert "Keluarga Lama, •••• 0001" in html

    texts = [
        str(next(iter(office.post(correction, {"keputusan": "pakai"}, follow=True).context["messages"])))
        for _ in range(2)
    ]

    assert texts == [
        "Kontak warga diganti dengan yang dilaporkan petugas.",
        "Kejadian ini sudah diperiksa sebelumnya.",
    ]
    resident.refresh_from_db()
    assert (vault.unseal_field(resident, "carer_name"), vault.unseal_field(resident, "phone")) == (
        "Keluarga Baru",
        "+6281299990000",
    )
    assert resident.phone_index == vault.blind_index("phone", "+6281299990000")
    row = LogEntry.objects.get(action="contact_corrected")
    assert row.detail == {
        "changed": ["carer_name", "phone"],
        "source": f"event:{EventStatus.objects.get().pk}",
    }
    assert row.actor.startswith("user:")
    assert EventStatus.objects.get().state == "reviewed"


def test_a_look_at_a_reported_number_is_noted(office, correction):
    assert "0812 9999 0000" in page(office, "visits_eventstatus_change", EventStatus.objects.get().pk)

    assert LogEntry.objects.get(action="phones_seen").detail == {"families": 1}


def test_a_corrected_contact_that_is_left_changes_nothing(office, correction, visit):
    office.post(correction, {"keputusan": "abaikan", "catatan": "Nomor tetangga."})

    visit.need.resident.refresh_from_db()
    assert vault.unseal_field(visit.need.resident, "phone") == ""
    row = EventStatus.objects.get()
    assert (row.state, row.note) == ("reviewed", "Nomor tetangga.")
    assert not LogEntry.objects.filter(action="contact_corrected").exists()


def test_a_number_that_cannot_ring_is_said_and_still_waits(office, paired, visit, officer):
    paired.events(
        paired.event("contact_corrected", visit=str(visit.pk), officer=officer.pk, name="Baru", phone="12")
    )
    address = reverse("admin:visits_eventstatus_change", args=[EventStatus.objects.get().pk])

    answer = office.post(address, {"keputusan": "pakai"})

    assert answer.status_code == 422
    assert "Nomor telepon itu keliru" in answer.content.decode()
    assert EventStatus.objects.get().state == "review"
    visit.need.resident.refresh_from_db()
    assert vault.unseal_field(visit.need.resident, "carer_name") == ""


def test_a_contact_of_somebody_erased_is_no_longer_offered(office, correction, visit):
    vault.destroy_key(visit.need.resident.key)

    assert "Pakai kontak ini" not in page(office, "visits_eventstatus_change", EventStatus.objects.get().pk)
    assert office.post(correction, {"keputusan": "pakai"}).status_code == 422


def test_who_may_only_look_changes_nothing(office, paired, recorded, visit, officer):
    paired.events(paired.event("contact_corrected", visit=str(visit.pk), officer=officer.pk, phone="0812"))
    onlooker = staff(
        *(f"visits.view_{name}" for name in ("device", "capture", "capturecontent", "eventstatus"))
    )
    device, event = Device.objects.get().pk, EventStatus.objects.get().pk
    posts = {
        reverse("admin:visits_device_change", args=[device]): {"text": "Bawa payung."},
        reverse("admin:visits_device_revoke", args=[device]): {},
        reverse("admin:visits_device_pair"): {"team": "1"},
        reverse("admin:visits_eventstatus_change", args=[event]): {"catatan": "Sudah."},
        reverse("admin:visits_capture_decide", args=[recorded.id]): {"keputusan": "terima"},
        reverse("admin:visits_capture_carried"): {},
    }

    answers = {address: onlooker.post(address, data).status_code for address, data in posts.items()}

    assert answers == dict.fromkeys(posts, 403)
    assert page(onlooker, "visits_device_change", device)
    assert page(onlooker, "visits_eventstatus_change", event)
    assert not TeamMessage.objects.exists()
    assert EventStatus.objects.get().state == "review"


def _queries(office, name):
    with CaptureQueriesContext(connection) as queries:
        page(office, name)
    return len(queries)


def test_lists_take_the_same_queries_for_one_row_and_for_three(
    office, paired, visit, officer, team, capture_key
):
    names = ["visits_device_changelist", "visits_capture_changelist", "visits_eventstatus_changelist"]

    def one_more():
        tablet = Tablet(client_send(Client()))
        tablet.pair(devices.make_pairing_code(team=team, user=None, actor="system")[0])
        tablet.events(
            tablet.event("contact_corrected", visit=str(visit.pk), officer=officer.pk, phone="0812")
        )
        sealed = tablet.seal(visit=str(visit.pk), officer=10**9, capture_key=capture_key)
        tablet.upload(sealed)
        verification.verify_waiting_captures()

    one_more()
    [page(office, name) for name in names]
    first = [_queries(office, name) for name in names]
    one_more()
    one_more()
    assert [_queries(office, name) for name in names] == first


@pytest.mark.parametrize("number", ["\u00b2", "9" * 5000, "-1", "\0"])
@pytest.mark.parametrize("name", ["admin:visits_capture_changelist", "admin:visits_eventstatus_changelist"])
def test_a_page_number_that_is_none_is_the_first(office, name, number):
    assert office.get(reverse(name), {"hal": number}).status_code == 200


def test_a_zero_byte_in_a_note_is_left_out(office, recorded):
    address = reverse("admin:visits_capture_decide", args=[recorded.id])

    answer = office.post(address, {"keputusan": "sisihkan", "catatan": "buram\0 sekali"})

    assert answer.status_code == 302
    assert CaptureState.objects.get(pk=recorded.id).note == "buram sekali"


def test_a_zero_byte_in_the_note_of_an_event_is_left_out(office, paired, visit, officer):
    paired.events(paired.event("contact_corrected", visit=str(visit.pk), officer=officer.pk, phone="0812"))
    row = EventStatus.objects.get()

    office.post(reverse("admin:visits_eventstatus_change", args=[row.pk]), {"catatan": "sudah\0 dicatat"})

    row.refresh_from_db()
    assert (row.state, row.note) == ("reviewed", "sudah dicatat")
