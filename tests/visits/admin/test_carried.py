"""A file carried from a tablet without a network comes in by the same way, with the same receipt."""

import io
import json
import zipfile

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from outreach.models import LogEntry
from visits.api import throttles
from visits.models import Capture, CaptureState, Device
from visits.records import verification

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client, settings):
    settings.ROOT_URLCONF = "tests.support.every_door_urls"
    throttles.reset_counts()
    user = User.objects.create_user("koordinator", password="rahasia-uji-9", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="visits"))
    client.force_login(user)
    return client


def bundle(*captures, leave_out=(), compression=zipfile.ZIP_STORED, **more) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as target:
        for sealed in captures:
            target.writestr(f"captures/{sealed.id}/manifest.jws", sealed.manifest)
            for sha, data in sealed.chunks.items():
                if sha not in leave_out:
                    target.writestr(f"captures/{sealed.id}/{sha}", data)
        target.writestr("events.json", json.dumps({"device": "x", "events": []}))
        for name, data in more.items():
            target.writestr(name, data)
    return out.getvalue()


def take(office, data: bytes):
    file = SimpleUploadedFile("jemput-bola-123456.zip", data, "application/zip")
    return office.post(reverse("admin:visits_capture_carried"), {"file": file})


def test_a_carried_record_is_stored_verified_and_known_to_its_tablet(office, tablet, sealed):
    html = take(office, bundle(sealed)).content.decode()
    assert "Diterima dan tersimpan" in html
    verification.verify_waiting_captures()
    assert CaptureState.objects.get().stage == "accepted"
    (state,) = tablet.status(sealed.id)
    assert set(state["receipts"]) == {"stored", "verified"}
    assert tablet.offer(sealed).json["receipt"] == state["receipts"]["stored"]
    entry = LogEntry.objects.get(action="captures_carried")
    assert (entry.subject_id, entry.detail) == (tablet.device, {"captures": 1, "stored": 1})


def test_the_same_file_again_does_no_harm(office, sealed):
    take(office, bundle(sealed))
    assert "Sudah ada pada kami" in take(office, bundle(sealed)).content.decode()
    assert Capture.objects.count() == 1


def test_what_the_tablet_began_is_completed_by_the_file(office, tablet, sealed):
    sha = tablet.offer(sealed).json["missing"][0]
    tablet.put_chunk(sha, sealed.chunks[sha])
    assert "Diterima dan tersimpan" in take(office, bundle(sealed, leave_out=[sha])).content.decode()


def test_a_file_without_all_chunks_says_so(office, sealed):
    sha = next(iter(sealed.chunks))
    assert "Belum lengkap" in take(office, bundle(sealed, leave_out=[sha])).content.decode()
    assert CaptureState.objects.get().stage == "incomplete"


def test_a_record_signed_by_nobody_we_know_is_refused_and_the_others_go_on(
    office, tablet, sealed, visit, officer, capture_key
):
    forged = tablet.seal(visit=str(visit.pk), officer=officer.pk, capture_key=capture_key)
    forged.manifest = forged.manifest[:-6] + "AAAAAA"
    html = take(office, bundle(forged, sealed)).content.decode()
    assert "Tanda tangan tablet tidak cocok" in html
    assert "Diterima dan tersimpan" in html
    assert Capture.objects.count() == 1


def test_a_damaged_chunk_is_refused(office, sealed):
    sealed.chunks = {sha: b"x" + data[1:] for sha, data in sealed.chunks.items()}
    assert "Potongan data rusak" in take(office, bundle(sealed)).content.decode()


def test_a_compressed_file_is_none_of_ours(office, sealed):
    html = take(office, bundle(sealed, compression=zipfile.ZIP_DEFLATED)).content.decode()
    assert "Kiriman terlalu besar" in html
    assert Capture.objects.count() == 0


@pytest.mark.parametrize(
    "data",
    [
        b"PK not a zip",
        b"\x00" * 100,
        bundle(),
        bundle(**{"../../etc/passwd": "x", "captures/../x/manifest.jws": "y"}),
    ],
    ids=["text", "zeros", "empty", "paths"],
)
def test_another_file_gets_a_sentence_that_says_what_to_do(office, data):
    answer = take(office, data)
    assert answer.status_code == 400
    assert "Ini bukan berkas “Simpan ke berkas” dari tablet." in answer.content.decode()


@pytest.mark.parametrize("identifier", ["-" * 36, "0" * 36])
def test_an_id_that_is_none_is_named_as_such(office, identifier):
    answer = take(office, bundle(**{f"captures/{identifier}/manifest.jws": "x.y.z"}))
    assert answer.status_code == 200
    assert Device.objects.count() == 0


def test_no_file_and_no_permission(office):
    url = reverse("admin:visits_capture_carried")
    assert "Pilih berkas dari tablet dahulu." in office.post(url).content.decode()
    User.objects.get().user_permissions.clear()
    assert office.get(url).status_code == 403


def _locked(data: bytes) -> bytes:
    """The same ZIP, every entry marked as encrypted."""
    spoilt = bytearray(data)
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = spoilt.find(mark)
        while at >= 0:
            spoilt[at + flags] |= 1
            at = spoilt.find(mark, at + 1)
    return bytes(spoilt)


def test_a_locked_file_is_refused_in_words(office, sealed):
    answer = take(office, _locked(bundle(sealed)))

    assert answer.status_code == 400
    assert "Pilih berkas yang lain" in answer.content.decode()
    assert not Capture.objects.exists()
