"""Another resident at the door: an event of the tablet becomes a request in the queue, once."""

from pathlib import Path

import pytest
from django.conf import settings

from outreach import vault
from outreach.enums import RequestState
from outreach.models import ConsentRecord, LogEntry, VisitRequest
from outreach.selectors import duplicates
from visits.enums import EventState
from visits.fieldwork import event_content, event_effects, events, walk_ins
from visits.models import Device, Event, EventStatus

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-12-01T09:00")]

NIK = "3519015705500002"
TOLD = {
    "name": "Contoh  Tetangga ",
    "kind": "elderly",
    "relation": "family",
    "consent": True,
    "birth_date": "1950-05-17",
    "sex": "female",
    "nik": NIK,
    "phone": "081234567890",
}


@pytest.fixture
def walk_in(tablet, visit, officer):
    def tell(**changes):
        item = tablet.event("walk_in", visit=str(visit.pk), officer=officer.pk)
        return {**item, "data": {**TOLD, **changes}}

    return tell


def _receive(tablet, *items):
    return [
        row.result
        for row in events.receive_events(device=Device.objects.get(pk=tablet.device), items=list(items))
    ]


def test_a_walk_in_becomes_a_request_with_consent_and_a_log_row(tablet, visit, walk_in):
    home = visit.need.resident
    home.rt, home.rw, home.address = "003", "001", "Jl. Contoh 4"
    home.save()

    assert _receive(tablet, walk_in()) == ["applied"]

    row = VisitRequest.objects.get()
    assert (row.state, row.name, row.relation) == (RequestState.RECEIVED, "Contoh Tetangga", "family")
    assert (row.village, row.address, row.rt, row.rw) == (home.village, "Jl. Contoh 4", "003", "001")
    assert row.nik_index == vault.blind_index("nik", NIK)
    assert ConsentRecord.objects.get().text_version == walk_ins.CONSENT_VERSION
    logged = LogEntry.objects.get(action="request_received")
    assert (logged.actor, logged.subject_id) == (f"device:{tablet.device}", str(row.pk))
    assert "081234567890" not in str(LogEntry.objects.values_list("detail", flat=True))


def test_the_same_report_twice_is_one_request(tablet, walk_in):
    told = walk_in()
    assert _receive(tablet, told) == ["applied"]
    assert _receive(tablet, told) == ["duplicate"]
    event = Event.objects.get()
    event_effects.apply_event(event=event, data=told["data"])  # as after a restore of half a database
    assert VisitRequest.objects.count() == 1


def test_what_is_told_of_the_neighbour_is_not_sealed_under_the_visited_persons_key(tablet, visit, walk_in):
    _receive(tablet, walk_in())
    event = Event.objects.get()
    assert event.key_id != visit.need.resident.key_id
    assert event_content.unseal_event(event)["data"]["nik"] == NIK


def test_triage_is_shown_the_person_who_has_this_nik_already(tablet, visit, walk_in):
    known = visit.need.resident
    vault.seal_field(known, "nik", NIK)
    known.nik_index = vault.blind_index("nik", NIK)
    known.save()
    _receive(tablet, walk_in())
    (found,) = duplicates.find_duplicates(VisitRequest.objects.get())
    assert (found.resident, found.same_nik) == (known, True)


@pytest.mark.parametrize(
    "wrong", [{"nik": "9999999999999999"}, {"birth_date": "2027-01-01"}, {"birth_date": "2015-01-01"}]
)
def test_what_cannot_be_a_request_waits_for_a_person(tablet, walk_in, wrong):
    assert _receive(tablet, walk_in(**wrong), walk_in()) == ["review", "applied"]
    assert EventStatus.objects.get(state=EventState.REVIEW).reason == event_content.ASKED
    assert VisitRequest.objects.count() == 1


@pytest.mark.parametrize("missing", [{"consent": False}, {"name": ""}, {"kind": "rich"}, {"nik": "12"}])
def test_without_consent_or_a_name_it_is_refused(tablet, walk_in, missing):
    assert _receive(tablet, walk_in(**missing)) == ["rejected"]
    assert not VisitRequest.objects.exists()


def test_the_tablet_shows_the_words_whose_hash_is_kept():
    texts = Path(settings.BASE_DIR, "visits/static/visits/tablet/texts/id_day.js").read_text()
    assert f'  "walk.consent": "{walk_ins.CONSENT_TEXT}",\n' in texts
