"""Records with fingers and eyes that devices took: what the worker accepts, and what a person must look at."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from outreach.enums import NeedState
from tests.factories.outreach import NeedFactory
from tests.factories.visits import VisitFactory
from tests.fakes.sbi_answers import EMPTY, SUBTYPES, MadeUpDevice
from tests.support.tablet import JPEG, PNG
from visits import tasks
from visits.lib.device_chains import BODY_PARTS
from visits.models import CaptureState, Receipt, Visit
from visits.records import reviews

pytestmark = pytest.mark.django_db

OTHER_VISIT = "01900000-0000-7000-8000-0000000000ff"
FINGERS = sorted(name for name, kind in SUBTYPES.items() if kind == "Finger")
EYES = ["Left", "Right"]
LEFT_OUT = object()  # a member that the form does not have


class DeviceKit:
    """Takes captures and hands them in as a tablet does, one capture for each call of `take`."""

    def __init__(self, visit: str) -> None:
        self.visit = visit  # whose captures these are
        self.device = MadeUpDevice()
        self.links: list[str] = []
        self.captures: dict[str, list[dict[str, Any]]] = {}
        self.pictures = {"photo": JPEG, "signature": PNG}

    def take(self, kind: str, names: list[str], **changes: Any) -> None:
        previous = self.links[-1] if self.links else EMPTY
        entries = self.device.capture(
            kind, names, **{"transaction": self.visit, "previous": previous, **changes}
        )
        modality = "fingers" if kind == "Finger" else "irises"
        self.captures.setdefault(modality, []).append({"link": len(self.links), "entries": entries})
        self.links.append(entries[-1]["hash"])

    @property
    def parts(self) -> dict[str, bytes]:
        files = {name: json.dumps({"captures": taken}).encode() for name, taken in self.captures.items()}
        return self.pictures | files

    @property
    def form(self) -> dict[str, Any]:
        return {"way": "our_devices", "biometrics": {"transaction": self.visit, "links": self.links}}


@pytest.fixture
def kit(visit: Visit) -> DeviceKit:
    return DeviceKit(str(visit.pk))


@pytest.fixture
def whole(kit: DeviceKit) -> DeviceKit:
    """All ten fingers and both eyes, as three captures."""
    kit.take("Finger", FINGERS[:5])
    kit.take("Finger", FINGERS[5:])
    kit.take("Iris", EYES)
    return kit


@pytest.fixture
def verified(tablet, visit, officer, capture_key) -> Callable[..., CaptureState]:
    """How the record of a kit stands after the worker has opened it; `form` changes members of the form, `home` is
    another visit than the kit's."""

    def verify(kit: DeviceKit, *, home: Visit = visit, **form: Any) -> CaptureState:
        given = {"visit": str(home.pk), "officer": officer.pk, "capture_key": capture_key}
        told = {name: value for name, value in {**kit.form, **form}.items() if value is not LEFT_OUT}
        sealed = tablet.seal(**given, parts=kit.parts, form=told)
        assert tablet.upload(sealed).status == 201
        tasks.verify_capture(sealed.id)
        return CaptureState.objects.select_related("capture").get(pk=sealed.id)

    return verify


def _excepted(*parts: str, reason: str = "worn") -> list[dict[str, str]]:
    return [{"what": part, "reason": reason, "note": ""} for part in parts]


def test_fingers_and_eyes_that_hold_are_accepted_and_stay_sealed(verified, whole):
    status = verified(whole)

    assert (status.stage, status.reasons) == ("accepted", [])
    assert {"fingers", "irises"} < set(status.capture.chunks.values_list("part", flat=True))
    # what a review reads has the face, and of fingers and eyes only that they were taken
    form = reviews.unseal_form(status.capture)
    assert reviews.unseal_face(status.capture) == JPEG
    assert "entries" not in str(form)
    assert len(str(form)) < 3000


def test_worn_fingers_and_closed_eyes_have_their_reason(verified, kit):
    assert verified(kit, biometrics=None, exceptions=_excepted(*BODY_PARTS)).reasons == []


def test_a_broken_chain_waits_for_a_person_and_nothing_is_lost(verified, whole):
    whole.captures["fingers"][1]["entries"].reverse()

    status = verified(whole)

    assert (status.stage, status.reasons) == ("review", ["device_chain"])
    assert sorted(Receipt.objects.values_list("kind", flat=True)) == ["stored", "verified"]
    assert reviews.unseal_form(status.capture)["way"] == "our_devices"
    assert reviews.accept_capture(capture=status.capture, user=None, actor="user:1", note="")


def test_captures_of_another_record_wait_for_a_person(verified, kit):
    kit.take("Finger", FINGERS, transaction=OTHER_VISIT)
    kit.take("Iris", EYES)

    assert verified(kit).reasons == ["device_chain"]


def test_what_holds_for_one_visit_holds_for_no_other(verified, whole, shift):
    assert verified(whole).reasons == []
    neighbour = VisitFactory(shift=shift, need=NeedFactory(state=NeedState.PLANNED))

    status = verified(whole, home=neighbour)

    assert (status.stage, status.reasons) == ("review", ["device_chain"])


@pytest.mark.parametrize("way", ["tablet_only", LEFT_OUT], ids=["tablet_only", "none"])
@pytest.mark.parametrize("part", ["fingers", "irises"])
def test_what_no_device_of_this_way_took_waits_for_a_person(verified, kit, way, part):
    kit.pictures = {"photo": JPEG, "signature": PNG, part: b"{}"}

    status = verified(kit, way=way, biometrics=None)

    assert (status.stage, status.reasons) == ("review", ["device_chain"])


def test_a_finger_that_nobody_explains_waits_for_a_person(verified, kit):
    kit.take("Finger", FINGERS[:-1])
    kit.take("Iris", EYES)

    assert verified(kit).reasons == ["device_chain"]


def test_an_explained_finger_need_not_be_there(verified, kit):
    kit.take("Finger", [name for name in FINGERS if name != "Right Thumb"])
    kit.take("Iris", EYES)

    assert verified(kit, exceptions=_excepted("right_thumb")).reasons == []


@pytest.mark.parametrize(
    "biometrics",
    [
        {"transaction": OTHER_VISIT, "links": ["x"]},
        {"transaction": "", "links": []},
        {"transaction": OTHER_VISIT},
    ],
)
def test_a_form_that_tells_its_chain_wrongly_is_no_form(verified, whole, biometrics):
    assert verified(whole, biometrics=biometrics).reasons == ["form_invalid"]


def test_photo_and_signature_are_asked_for_as_of_a_tablet_alone(verified, whole):
    whole.pictures = {"photo": JPEG}

    assert verified(whole).reasons == ["form_invalid"]
