"""How the calls are described in the OpenAPI file (`openapi.yaml`, compared in a test)."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from visits.lib.problems import PROBLEMS
from visits.lib.shapes import JWS, MOMENT, SHA256, UUID, array_schema, object_schema
from visits.sync import limits, shapes

_TEXT = {"type": "string"}


def _schema_ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


PROBLEM = object_schema(
    {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "Indonesian, for the officer"},
        "code": {"enum": sorted(PROBLEMS)},
        "retry": {"enum": sorted({problem.retry for problem in PROBLEMS.values()})},
    },
    {
        "errors": {"type": "array", "items": object_schema({"field": _TEXT, "message": _TEXT})},
        "signed": {"type": "string", "description": "on device-revoked: JWS jb-me+jws with wipe: true"},
    },
)

PING = object_schema({"ping": JWS, "key_chain": array_schema(JWS, most=limits.KEY_CHAIN)})
ISSUED = object_schema({"token": _TEXT, "token_expires_at": MOMENT})
PAIRED = object_schema(
    {"device": UUID, "token": _TEXT, "token_expires_at": MOMENT, "epoch": _TEXT, "me": JWS}
)
ME = object_schema({"me": JWS})
DAYS = object_schema(
    {
        "today": _TEXT,
        "days": {"type": "object", "additionalProperties": SHA256},
        "messages": {
            "type": "array",
            "items": object_schema({"id": {"type": "integer"}, "text": _TEXT, "at": MOMENT}),
        },
    }
)
DAY = object_schema({"date": _TEXT, "version": SHA256, "content": {"type": "object"}})
EVENT_RESULTS = object_schema(
    {
        "results": array_schema(
            object_schema(
                {
                    "index": {"type": "integer"},
                    "id": {"anyOf": [UUID, {"type": "null"}]},
                    "result": {"enum": ["applied", "duplicate", "review", "rejected"]},
                    "problem": {"anyOf": [_schema_ref("Problem"), {"type": "null"}]},
                }
            ),
            most=500,
        )
    }
)
STORED = object_schema({"capture": UUID, "receipt": JWS})
MISSING = object_schema({"capture": UUID, "missing": {"type": "array", "items": SHA256}})
CHUNK = object_schema({"sha256": SHA256, "size": {"type": "integer"}})
STATUSES = object_schema(
    {
        "epoch": _TEXT,
        "captures": array_schema(
            object_schema(
                {
                    "capture": UUID,
                    "state": _TEXT,
                    "receipts": {"type": "object", "additionalProperties": JWS},
                    "missing": {"type": "array", "items": SHA256},
                    "backed_up": {"type": "boolean"},
                }
            ),
            most=500,
        ),
    }
)
EMPTY: dict[str, Any] = {"type": "object"}


def _event_name(kind: str) -> str:
    return "Event" + "".join(word.title() for word in kind.split("_"))


EVENTS = object_schema(
    {
        "events": array_schema(
            {"oneOf": [_schema_ref(_event_name(kind)) for kind in shapes.EVENT_OF]},
            most=limits.EVENTS_PER_CALL,
        )
    }
)


def add_components(result: dict[str, Any], **_generator: Any) -> dict[str, Any]:
    """Add the named schemas: problems, events, and the contents of signed and sealed messages."""
    named = {
        "Problem": PROBLEM,
        "PairingPayload": shapes.PAIRING,
        "ManifestPayload": shapes.MANIFEST,
        "FormPart": shapes.FORM,
        **{_event_name(kind): shape for kind, shape in shapes.EVENT_OF.items()},
    }
    result["components"]["schemas"] = {**result["components"].get("schemas", {}), **named}
    return result


class TabletSchema(AutoSchema):
    """Adds what every call has: the client header and the problem documents."""

    def get_override_parameters(self) -> list[Any]:
        return [
            OpenApiParameter(
                "Jb-Client",
                type={"type": "integer", "minimum": 0},
                location=OpenApiParameter.HEADER,
                description="The client's protocol number.",
            )
        ]

    def get_tags(self) -> list[str]:
        return ["tablet"]


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The tablet's token in the OpenAPI file."""

    target_class = "visits.api.authentication.DeviceAuthentication"
    name = "deviceToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "The tablet's opaque token."}


def describe_call(
    name: str,
    summary: str,
    *,
    answers: dict[int, dict[str, Any] | None],
    problems: str,
    body: dict[str, Any] | bytes | None = None,
    parameters: list[OpenApiParameter] | None = None,
) -> Callable[[Any], Any]:
    """The OpenAPI description of one call. `problems`: codes besides those that every call may answer."""
    responses: dict[Any, Any] = {
        status: OpenApiResponse(response=schema, description="")
        if schema is not None
        else OpenApiResponse(description="")
        for status, schema in answers.items()
    }
    codes = [*problems.split(), "bad-request", "too-large", "too-many", "server-error", "busy"]
    for status in sorted({PROBLEMS[code].status for code in codes}):
        found = sorted(code for code in set(codes) if PROBLEMS[code].status == status)
        responses[(status, "application/problem+json")] = OpenApiResponse(
            response=_schema_ref("Problem"), description=", ".join(found)
        )
    request: Any = None
    if isinstance(body, bytes):
        request = {"application/octet-stream": {"type": "string", "format": "binary"}}
    elif body is not None:
        request = {"application/json": body}
    return extend_schema(
        operation_id=name, summary=summary, request=request, responses=responses, parameters=parameters or []
    )
