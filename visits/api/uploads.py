"""Uploads of tablets: events, captures, chunks. Revoked tablets may call all of these."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from visits.api import schema
from visits.api.base import TabletView, calling_device, calling_device_or_none, require_shape
from visits.api.parsers import ChunkParser, RecordParser
from visits.fieldwork import events
from visits.keys import epochs
from visits.lib.problems import ProblemError
from visits.lib.shapes import SHA256
from visits.records import blobs, captures, whole_records
from visits.sync import limits, shapes
from visits.sync.record_bodies import RecordBody
from visits.tablets import devices

_JSON = "malformed-json unauthenticated unsupported-media invalid"


class EventsView(TabletView):
    """Facts from the field."""

    hand_in = True

    @schema.describe_call(
        "events",
        "Up to 500 facts; one result each, in the order sent",
        body=schema.EVENTS,
        answers={200: schema.EVENT_RESULTS},
        problems=_JSON,
    )
    def post(self, request: Request) -> Response:
        body = request.data
        items = body.get("events") if isinstance(body, dict) else None
        if isinstance(items, list) and len(items) > limits.EVENTS_PER_CALL:
            raise ProblemError("too-large")
        items = require_shape(shapes.EVENTS, body)["events"]
        results = events.receive_events(device=calling_device(request), items=items)
        return Response({"results": [result.document() for result in results]})


class CaptureView(TabletView):
    """One record's manifest."""

    hand_in = True

    @schema.describe_call(
        "offerCapture",
        "Hand in a signed manifest; the answer is the receipt, or which chunks are missing",
        body=shapes.OFFER,
        answers={200: schema.STORED, 201: schema.STORED, 202: schema.MISSING},
        problems=f"{_JSON} bad-signature not-found not-mine content-differs too-many-open",
    )
    def put(self, request: Request, capture: UUID) -> Response:
        manifest = require_shape(shapes.OFFER, request.data)["manifest"]
        offer = captures.receive_manifest(
            device=calling_device(request), capture_id=capture, manifest=manifest
        )
        return _answer_offer(capture, offer)


class RecordView(TabletView):
    """One record whole, while the line is good."""

    hand_in = True
    parser_classes = [RecordParser]

    @schema.describe_call(
        "putRecord",
        "A signed manifest and its chunks in one body, each after its length (4 bytes, the highest first); what "
        "came whole of it before a cut is kept, and the loop of offerCapture and putChunk goes on from there",
        body=b"",
        answers={200: schema.STORED, 201: schema.STORED, 202: schema.MISSING},
        problems="unauthenticated unsupported-media invalid bad-signature not-found not-mine content-differs"
        " too-many-open",
    )
    def put(self, request: Request, capture: UUID) -> Response:
        body: Any = request.data  # an empty dict where there is no body at all
        if not isinstance(body, RecordBody):
            raise ProblemError("bad-request")
        offer = whole_records.receive_record(device=calling_device(request), capture_id=capture, body=body)
        return _answer_offer(capture, offer)


def _answer_offer(capture: UUID, offer: captures.ManifestAnswer) -> Response:
    """The receipt, or which chunks are missing."""
    if offer.missing:
        return Response({"capture": str(capture), "missing": offer.missing}, status=202)
    answer = {"capture": str(capture), "receipt": offer.receipt}
    return Response(answer, status=201 if offer.new else 200)


class ChunkView(TabletView):
    """One chunk of ciphertext."""

    hand_in = True
    parser_classes = [ChunkParser]

    @schema.describe_call(
        "putChunk",
        "A chunk of ciphertext under its own hash, taken while an incomplete capture names it",
        body=b"",
        answers={200: schema.CHUNK, 201: schema.CHUNK},
        problems="unauthenticated unsupported-media not-found blob-differs",
        parameters=[OpenApiParameter("sha256", type=SHA256, location=OpenApiParameter.PATH)],
    )
    def put(self, request: Request, sha256: str) -> Response:
        body: Any = request.data  # bytes, or an empty dict where there is no body at all
        data = body if isinstance(body, bytes) else b""
        made = blobs.store_chunk(device=calling_device(request), sha256=sha256, data=data)
        return Response({"sha256": sha256, "size": len(data)}, status=201 if made else 200)


class StatusView(TabletView):
    """How far records are."""

    hand_in = True

    @schema.describe_call(
        "captureStatus",
        "The state and the receipts of up to 500 captures",
        body=shapes.STATUS,
        answers={200: schema.STATUSES},
        problems=_JSON,
    )
    def post(self, request: Request) -> Response:
        ids = [UUID(text) for text in require_shape(shapes.STATUS, request.data)["captures"]]
        answer = captures.list_statuses(device=calling_device(request), ids=ids)
        return Response({"epoch": epochs.current_epoch(), "captures": answer})


class WipedView(TabletView):
    """The last word of a wiped tablet."""

    hand_in = True

    def check_permissions(self, request: Request) -> None:
        if calling_device_or_none(request) is None:
            raise ProblemError("unauthenticated")

    @schema.describe_call(
        "wiped",
        "The tablet has removed everything; ends its token, harmless when repeated",
        body=schema.EMPTY,
        answers={204: None},
        problems="malformed-json unauthenticated unsupported-media",
    )
    def post(self, request: Request) -> Response:
        devices.mark_wiped(device=calling_device(request))
        return Response(status=204)
