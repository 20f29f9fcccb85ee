"""What a tablet said in an event, and why an event waits for a person."""

from typing import Any

from outreach.lib.text import clean_values
from visits.keys import sealing
from visits.lib import strict_json
from visits.models import Event

# Why an event waits for a person, as its status keeps it.
REVOKED, NO_VISIT, OFFICER = "revoked", "visit", "officer"
CANCELLED, CONTRADICTION, CONTACT, FAR = "cancelled", "contradiction", "contact", "far"
DAY = "day"
ASKED = "asked"


def unseal_event(event: Event) -> dict[str, Any]:
    """The event as the tablet sent it, its texts cleaned; what is stored stays as it came.

    Raises `outreach.lib.crypto.SealError` if its person was erased.
    """
    raw = sealing.unseal_reported(event, "sealed", bytes(event.sealed), key=event.key)
    value = clean_values(strict_json.parse_json(raw))
    assert isinstance(value, dict)
    return value
