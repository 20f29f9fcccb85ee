"""JSON Schemas of what tablets send; used for validation and for the OpenAPI file."""

from typing import Any

from visits.enums import EventKind, Outcome
from visits.lib.shapes import (
    COUNT,
    DATE,
    JWS,
    MOMENT,
    NUMBER_ID,
    POSITION,
    SHA256,
    UUID,
    maybe,
    some,
    text,
    thing,
)
from visits.sync import limits

SIGNED = thing({"jws": JWS})
OFFER = thing({"manifest": JWS})
STATUS = thing({"captures": some(UUID, most=limits.STATUS_PER_CALL)})
# each event is checked on its own, so that one bad event does not hold up the others
EVENTS = thing({"events": {"type": "array", "items": {}, "maxItems": limits.EVENTS_PER_CALL}})

PAIRING = thing(
    {
        "code": text(40, shortest=1),
        "key": {"type": "object"},
        "client": COUNT,
    },
    {"name": text(80)},
)

PART_NAME = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,31}$", "maxLength": 32}
MANIFEST = thing(
    {
        "capture": UUID,
        "device": UUID,
        "visit": UUID,
        "officer": NUMBER_ID,
        "day": DATE,
        "day_version": text(64),
        "client": COUNT,
        "form_version": COUNT,
        "capture_key": text(64, shortest=1),
        "parts": some(
            thing(
                {
                    "name": PART_NAME,
                    "size": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
                    "sha256": SHA256,
                    "chunks": some(SHA256, least=1, most=4096),
                }
            ),
            least=1,
            most=4096,
        ),
        "clocks": thing(
            {"wall": MOMENT}, {"since_ms": maybe({"type": "number"}), "offset_ms": maybe({"type": "number"})}
        ),
    },
    {
        "quality": maybe(
            {
                "type": "object",
                "additionalProperties": {"type": ["number", "string", "boolean", "null", "object"]},
            }
        ),
        "exceptions": some(text(40), most=40),
        "position": maybe(POSITION),
    },
)

FORM = thing(
    {
        "version": COUNT,
        "capture": UUID,
        "visit": UUID,
        "name": text(120, shortest=1),
        "consent": {"const": True},
        "parts": {
            "type": "object",
            "maxProperties": limits.CAPTURE_PARTS,
            "additionalProperties": thing({"sha256": SHA256, "size": COUNT, "type": text(60)}),
        },
    },
    {
        "nik": maybe({"type": "string", "pattern": "^([0-9]{16})?$", "maxLength": 16}),
        "birth_date": maybe(DATE),
        "sex": {"enum": ["female", "male", "", None]},
        "phone": maybe(text(20)),
        "address": maybe(text(200)),
        "note": maybe(text(2000)),
        "exceptions": some(
            thing({"what": text(40, shortest=1), "reason": text(40, shortest=1)}, {"note": maybe(text(300))}),
            most=40,
        ),
    },
)

_DATA: dict[str, dict[str, Any]] = {
    EventKind.DEPARTED: thing({}, {"day": DATE}),  # without a visit: from the base, on that day
    EventKind.ARRIVED: {"type": "object"},
    EventKind.OUTCOME: thing(
        {"outcome": {"enum": [str(outcome) for outcome in Outcome]}}, {"capture": UUID, "note": text(2000)}
    ),
    EventKind.CONTACT_CORRECTED: thing({}, {"name": text(120), "phone": text(30), "note": text(2000)}),
    EventKind.LOCATION_FIXED: POSITION,
    EventKind.NOTE: thing({"text": text(2000, shortest=1)}),
    EventKind.MESSAGE_READ: thing({"message": NUMBER_ID}),
}
NEEDS_VISIT = {EventKind.ARRIVED, EventKind.OUTCOME, EventKind.CONTACT_CORRECTED, EventKind.LOCATION_FIXED}
# what an event must have to be kept at all: a name and a number
EVENT_NUMBER = thing({"id": UUID, "sequence": {"type": "integer", "minimum": 1, "maximum": 2**53 - 1}})


def event(kind: EventKind) -> dict[str, Any]:
    """The schema of an event of this kind."""
    return thing(
        {
            "id": UUID,
            "sequence": NUMBER_ID,
            "kind": {"const": str(kind)},
            "at": MOMENT,
            "since_ms": {"type": "integer", "minimum": 0, "maximum": 2**53 - 1},
            "officer": maybe(NUMBER_ID),  # none unlocked the tablet yet: a person looks at it
            "visit": UUID if kind in NEEDS_VISIT else maybe(UUID),
            "data": _DATA[kind],
        },
        {"position": maybe(POSITION)},
    )


EVENT_OF = {kind: event(kind) for kind in EventKind}
