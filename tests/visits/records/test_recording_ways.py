"""What a record must have by its kit's way of recording, and what the office shows of it."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from outreach.models import LogEntry
from tests.support.tablet import JPEG, PNG
from visits import tasks
from visits.api import throttles
from visits.models import Capture, CaptureContent, CaptureState, Receipt
from visits.records import reviews

pytestmark = pytest.mark.django_db

NUMBER = "REG-3519-000123"
OFFICIAL = {"way": "official_kit", "registration_number": NUMBER}
NO_NUMBER = [{"what": "registration_number", "reason": "device", "note": ""}]


@pytest.fixture
def verified(tablet, visit, officer, capture_key):
    """How a record stands after the worker has opened it; its parts and members of its form are given."""

    def verify(parts: dict[str, bytes], **form: Any) -> CaptureState:
        sealed = tablet.seal(
            visit=str(visit.pk), officer=officer.pk, capture_key=capture_key, parts=parts, form=form
        )
        assert tablet.upload(sealed).status == 201
        tasks.verify_capture(sealed.id)
        return CaptureState.objects.select_related("capture").get(pk=sealed.id)

    return verify


@pytest.mark.parametrize(
    ("parts", "form", "reasons"),
    [
        ({}, OFFICIAL, []),
        ({"handover": JPEG}, OFFICIAL, []),
        ({}, {"way": "official_kit", "exceptions": NO_NUMBER}, []),
        ({}, {"way": "official_kit"}, ["form_invalid"]),
        ({}, {"way": "official_kit", "registration_number": " "}, ["form_invalid"]),
        ({"handover": PNG}, OFFICIAL, ["form_invalid"]),
        ({"photo": JPEG, "signature": PNG}, {"way": "tablet_only"}, []),
        ({"photo": JPEG}, {"way": "tablet_only"}, ["form_invalid"]),
        ({"photo": JPEG, "signature": PNG}, {}, []),  # an older tablet
        ({}, {}, ["form_invalid"]),
        ({"photo": JPEG, "signature": PNG}, {"way": "another"}, ["form_invalid"]),
        ({}, {**OFFICIAL, "attorney": {"name": "A", "relation": "child", "witness": "B"}}, []),
        ({}, {**OFFICIAL, "attorney": {"name": "A", "relation": "child", "witness": ""}}, ["form_invalid"]),
    ],
)
def test_a_record_has_what_its_way_asks_for(verified, parts, form, reasons):
    assert verified(parts, **form).reasons == reasons


@pytest.mark.parametrize("part", ["photo", "signature", "fingers", "irises"])
def test_a_biometric_beside_the_official_kit_waits_for_a_person_and_nothing_is_lost(verified, part):
    status = verified({"handover": JPEG, part: JPEG}, **OFFICIAL)

    assert (status.stage, status.reasons) == ("review", ["biometric_unwanted"])
    assert sorted(Receipt.objects.values_list("kind", flat=True)) == ["stored", "verified"]
    assert reviews.unseal_form(status.capture)["registration_number"] == NUMBER
    assert status.capture.chunks.filter(part=part).exists()
    assert reviews.accept_capture(capture=status.capture, user=None, actor="user:1", note="")


def test_no_face_is_kept_of_an_official_record(verified):
    status = verified({"photo": JPEG}, **OFFICIAL)

    assert status.reasons == ["biometric_unwanted"]
    assert CaptureContent.objects.get().face_sealed is None


def test_the_registration_number_lies_sealed_and_is_in_no_log(verified):
    verified({"handover": JPEG}, **OFFICIAL)

    assert NUMBER.encode() not in bytes(CaptureContent.objects.get().form_sealed)
    assert not [row for row in LogEntry.objects.all() if NUMBER in str(row.__dict__)]


def test_the_office_sees_way_number_and_who_signed_for_whom(verified, client, settings):
    settings.ROOT_URLCONF = "tests.support.every_door_urls"
    throttles.reset_counts()
    attorney = {"name": "Contoh Anak", "relation": "family", "witness": "Contoh Tetangga"}
    exceptions = [{"what": "left_iris", "reason": "closed"}]
    verified({"handover": JPEG}, **OFFICIAL, attorney=attorney, exceptions=exceptions)
    capture = Capture.objects.get()
    user = User.objects.create_user("koordinator", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=("view_capture", "view_capturecontent")))
    client.force_login(user)

    page = client.get(reverse("admin:visits_capture_change", args=[capture.pk])).content.decode()
    picture = client.get(reverse("admin:visits_capture_face", args=[capture.pk]))

    assert "Alat rekam resmi kementerian" in page
    assert NUMBER in page
    assert "Contoh Anak, Keluarga" in page
    assert "Contoh Tetangga" in page
    assert "<dt>Pengecualian</dt><dd>Mata kiri: mata tertutup</dd>" in page
    assert "Foto penyerahan dari rekaman" in page
    assert picture.content == JPEG

    user.user_permissions.set(Permission.objects.filter(codename="view_capture"))
    client.force_login(User.objects.get(pk=user.pk))
    assert (
        NUMBER not in client.get(reverse("admin:visits_capture_change", args=[capture.pk])).content.decode()
    )
