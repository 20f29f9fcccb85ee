"""Corrections of a family's contact by an officer, which a person of the office accepts or leaves."""

from typing import Any

from django.db import transaction

from outreach import vault
from outreach.lib import phone
from outreach.lib.text import clean_line
from outreach.services import residents
from visits.enums import EventKind, EventState
from visits.fieldwork import event_content, events
from visits.models import Event


def awaits_decision(event: Event) -> bool:
    """Whether the event corrects the contact of a known resident and is still under review."""
    return (
        event.kind == EventKind.CONTACT_CORRECTED
        and event.visit is not None
        and event.status.state == EventState.REVIEW
    )


def describe_known_contact(event: Event) -> str:
    """The resident's stored contact with the number masked, to compare with the correction."""
    assert event.visit is not None
    resident = event.visit.need.resident
    number = phone.mask_phone(vault.unseal_field(resident, "phone"))
    return ", ".join(filter(None, (vault.unseal_field(resident, "carer_name"), number)))


@transaction.atomic
def take_over_contact(*, event: Event, user: Any, actor: str, note: str) -> bool:
    """Write the corrected contact to the resident. False if somebody has decided about the event before.

    Raises `outreach.lib.phone.PhoneError` for an invalid number and `outreach.lib.crypto.SealError` if the
    person was erased; then nothing has changed.
    """
    assert event.visit is not None
    told = event_content.unseal_event(event)["data"]
    if not events.mark_looked_at(event=event, user=user, actor=actor, note=note):
        return False
    residents.correct_contact(
        resident=event.visit.need.resident,
        carer_name=clean_line(told.get("name", "")),
        phone=told.get("phone", ""),
        actor=actor,
        source=f"event:{event.pk}",
    )
    return True
