"""JSON Schemas of what tablets send; used for validation and for the OpenAPI file."""

from typing import Any

from outreach.enums import Relation, ResidentKind
from visits.enums import EventKind, Outcome, RecordingWay
from visits.lib.shapes import (
    COUNT,
    DATE,
    JWS,
    MOMENT,
    NUMBER_ID,
    POSITION,
    SHA256,
    UUID,
    array_schema,
    nullable_schema,
    object_schema,
    text_schema,
)
from visits.sync import limits

SIGNED = object_schema({"jws": JWS})
OFFER = object_schema({"manifest": JWS})
STATUS = object_schema({"captures": array_schema(UUID, most=limits.STATUS_PER_CALL)})
# each event is checked on its own, so that one bad event does not hold up the others
EVENTS = object_schema({"events": {"type": "array", "items": {}, "maxItems": limits.EVENTS_PER_CALL}})

PAIRING = object_schema(
    {
        "code": text_schema(40, shortest=1),
        "key": {"type": "object"},
        "client": COUNT,
    },
    {"name": text_schema(80)},
)

PART_NAME = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,31}$", "maxLength": 32}
MANIFEST = object_schema(
    {
        "capture": UUID,
        "device": UUID,
        "visit": UUID,
        "officer": NUMBER_ID,
        "day": DATE,
        "day_version": text_schema(64),
        "client": COUNT,
        "form_version": COUNT,
        "capture_key": text_schema(64, shortest=1),
        "parts": array_schema(
            object_schema(
                {
                    "name": PART_NAME,
                    "size": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
                    "sha256": SHA256,
                    "chunks": array_schema(SHA256, least=1, most=4096),
                }
            ),
            least=1,
            most=4096,
        ),
        "clocks": object_schema(
            {"wall": MOMENT},
            {
                "since_ms": nullable_schema({"type": "number"}),
                "offset_ms": nullable_schema({"type": "number"}),
            },
        ),
    },
    {
        "quality": nullable_schema(
            {
                "type": "object",
                "additionalProperties": {"type": ["number", "string", "boolean", "null", "object"]},
            }
        ),
        "exceptions": array_schema(text_schema(40), most=40),
        "position": nullable_schema(POSITION),
    },
)

_LINK = {"type": "string", "pattern": "^[0-9A-Fa-f]{64}$", "maxLength": 64}
FORM = object_schema(
    {
        "version": COUNT,
        "capture": UUID,
        "visit": UUID,
        "name": text_schema(120, shortest=1),
        "consent": {"const": True},
        "parts": {
            "type": "object",
            "maxProperties": limits.CAPTURE_PARTS,
            "additionalProperties": object_schema({"sha256": SHA256, "size": COUNT, "type": text_schema(60)}),
        },
    },
    {
        "nik": nullable_schema({"type": "string", "pattern": "^([0-9]{16})?$", "maxLength": 16}),
        "birth_date": nullable_schema(DATE),
        "sex": {"enum": ["female", "male", "", None]},
        "phone": nullable_schema(text_schema(20)),
        "address": nullable_schema(text_schema(200)),
        "note": nullable_schema(text_schema(2000)),
        "half": {"type": "boolean"},  # a draft when the tablet was revoked
        # older tablets name no way: theirs took photo and signature
        "way": {"enum": [str(way) for way in RecordingWay]},
        "registration_number": nullable_schema(text_schema(40)),
        # of fingers and eyes taken by devices: what was asked of them, and the hash after each capture
        "biometrics": nullable_schema(
            object_schema(
                {"transaction": text_schema(64, shortest=8), "links": array_schema(_LINK, most=200)}
            )
        ),
        "consent_text": text_schema(20),
        "attorney": nullable_schema(
            object_schema(
                {
                    "name": text_schema(120, shortest=1),
                    "relation": text_schema(40, shortest=1),
                    "witness": text_schema(120, shortest=1),
                }
            )
        ),
        "exceptions": array_schema(
            object_schema(
                {"what": text_schema(40, shortest=1), "reason": text_schema(40, shortest=1)},
                {"note": nullable_schema(text_schema(300))},
            ),
            most=40,
        ),
    },
)

_DATA: dict[str, dict[str, Any]] = {
    EventKind.DEPARTED: object_schema({}, {"day": DATE}),  # without a visit: from the base, on that day
    EventKind.ARRIVED: {"type": "object"},
    EventKind.DAY_CLOSED: object_schema(
        {"day": DATE}, {"carried": COUNT}
    ),  # homes whose records lie in a file
    EventKind.OUTCOME: object_schema(
        {"outcome": {"enum": [str(outcome) for outcome in Outcome]}},
        {"capture": UUID, "note": text_schema(2000)},
    ),
    EventKind.CONTACT_CORRECTED: object_schema(
        {}, {"name": text_schema(120), "phone": text_schema(30), "note": text_schema(2000)}
    ),
    EventKind.LOCATION_FIXED: POSITION,
    EventKind.NOTE: object_schema({"text": text_schema(2000, shortest=1)}),
    EventKind.MESSAGE_READ: object_schema({"message": NUMBER_ID}),
    EventKind.WALK_IN: object_schema(  # the home is the visit's
        {
            "name": text_schema(120, shortest=1),
            "kind": {"enum": [str(kind) for kind in ResidentKind]},
            "relation": {"enum": [str(relation) for relation in Relation]},
            "consent": {"const": True},
        },
        {
            "birth_date": nullable_schema(DATE),
            "sex": {"enum": ["female", "male", ""]},
            "nik": {"type": "string", "pattern": "^([0-9]{16})?$", "maxLength": 16},
            "phone": text_schema(20),
            "married": {"type": "boolean"},
        },
    ),
}
NEEDS_VISIT = {
    *(EventKind.ARRIVED, EventKind.OUTCOME, EventKind.CONTACT_CORRECTED, EventKind.LOCATION_FIXED),
    EventKind.WALK_IN,
}
# what an event must have to be kept at all: a name and a number
EVENT_NUMBER = object_schema(
    {"id": UUID, "sequence": {"type": "integer", "minimum": 1, "maximum": 2**53 - 1}}
)


def event_schema(kind: EventKind) -> dict[str, Any]:
    """The schema of an event of this kind."""
    return object_schema(
        {
            "id": UUID,
            "sequence": NUMBER_ID,
            "kind": {"const": str(kind)},
            "at": MOMENT,
            "since_ms": {"type": "integer", "minimum": 0, "maximum": 2**53 - 1},
            "officer": nullable_schema(NUMBER_ID),  # none unlocked the tablet yet: a person looks at it
            "visit": UUID if kind in NEEDS_VISIT else nullable_schema(UUID),
            "data": _DATA[kind],
        },
        {"position": nullable_schema(POSITION)},
    )


EVENT_OF = {kind: event_schema(kind) for kind in EventKind}
