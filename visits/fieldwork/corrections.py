"""A family's contact as an officer corrected it at the home: a person takes it over, or leaves it."""

from typing import Any

from django.db import transaction

from outreach import vault
from outreach.lib import phone
from outreach.services import residents
from visits.enums import EventKind, EventState
from visits.fieldwork import events
from visits.models import Event


def waits(event: Event) -> bool:
    """Whether the event corrects the contact of a known resident and nobody has decided yet."""
    return (
        event.kind == EventKind.CONTACT_CORRECTED
        and event.visit is not None
        and event.status.state == EventState.REVIEW
    )


def known(event: Event) -> str:
    """The contact as the office has it, the number masked, for the eye to compare."""
    assert event.visit is not None
    resident = event.visit.need.resident
    number = phone.masked(vault.get(resident, "phone"))
    return ", ".join(filter(None, (vault.get(resident, "carer_name"), number)))


@transaction.atomic
def take_over(*, event: Event, user: Any, actor: str, note: str) -> bool:
    """Write what the officer told to the resident; False where somebody has decided before.

    Raises `outreach.lib.phone.PhoneError` (nothing has changed then) and `outreach.lib.crypto.SealError`.
    """
    assert event.visit is not None
    told = events.content(event)["data"]
    if not events.look_at(event=event, user=user, actor=actor, note=note):
        return False
    residents.correct_contact(
        resident=event.visit.need.resident,
        carer_name=told.get("name", "").strip(),
        phone=told.get("phone", "").strip(),
        actor=actor,
        source=f"event:{event.pk}",
    )
    return True
