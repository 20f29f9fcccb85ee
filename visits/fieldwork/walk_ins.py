"""A walk-in: another resident of a visited home, who asks the team at the door. It becomes a request in the queue
like any other; triage finds twins by NIK, name and birth date as it does for every request."""

import hashlib
from datetime import date
from typing import Any

from outreach.enums import Relation, ResidentKind, Sex
from outreach.services import intake
from visits.models import Event

CONSENT_VERSION = "2026-12/walk-in"
# what the officer reads aloud before the box is ticked; the tablet shows the same words
CONSENT_TEXT = (
    "Warga ini atau walinya setuju datanya dipakai kantor untuk merekam KTP-el, dan setuju petugas datang lagi ke rumah "
    "bila perlu."
)


def submit_walk_in(*, event: Event, data: dict[str, Any]) -> list[str]:
    """Make the event a request, once; the home is that of the visit. Returns the fields for which it cannot be one
    (a NIK that is none, a birth date in the future, too young); then nothing is written."""
    assert event.visit is not None
    home = event.visit.need.resident
    born = data.get("birth_date")
    asked = intake.Intake(
        relation=Relation(data["relation"]),
        name=data["name"],
        kind=ResidentKind(data["kind"]),
        village=home.village,
        birth_date=date.fromisoformat(born) if born else None,
        sex=Sex(data["sex"]) if data.get("sex") else None,
        married=data.get("married", False),
        nik=data.get("nik", ""),
        phone=data.get("phone", ""),
        address=home.address,
        rt=home.rt,
        rw=home.rw,
    )
    consent = intake.Consent(
        text_version=CONSENT_VERSION, text_sha256=hashlib.sha256(CONSENT_TEXT.encode()).hexdigest()
    )
    try:
        intake.submit_request(
            form_token=f"walk-in:{event.pk}", data=asked, consent=consent, actor=f"device:{event.device_id}"
        )
    except intake.IntakeError as error:
        return sorted(error.problems)
    return []
