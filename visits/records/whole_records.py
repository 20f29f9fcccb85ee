"""Receipt of records in one body, while the line is good: two statements and one file for a new one.

Everything else goes the way of `captures`: a repeat, what is left after a cut, a damaged chunk.
"""

from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone

from outreach import vault
from outreach.services import log
from outreach.services.row_inserts import insert_rows
from visits.enums import CaptureStage, DeviceState, ReceiptKind
from visits.lib.problems import ProblemError
from visits.models import CaptureState, Device
from visits.ops import task_rows
from visits.records import blobs, captures, receipts
from visits.records.captures import ManifestAnswer
from visits.records.record_places import RecordPlace, find_place
from visits.sync.manifests import Manifest
from visits.sync.record_bodies import RecordBody


def receive_record(*, device: Device, capture_id: UUID, body: RecordBody) -> ManifestAnswer:
    """Receive a manifest with its chunks in one go. Safe to repeat, also in parallel, and after a cut: what came
    whole is kept, and the capture with it.

    Problems: as `captures.receive_manifest`. Raises `body.cut`.
    """
    try:
        content = captures.verify_manifest(device=device, capture_id=capture_id, manifest=body.manifest)
    except ProblemError:
        return _receive_known(device, capture_id, body)
    place = find_place(device=device, content=content)
    if place.known:
        return _receive_known(device, capture_id, body)
    captures.require_room(place.open)
    if _store_chunks(device, body, content.hashes):
        try:
            return _insert_stored(device, body.manifest, content, place)
        except IntegrityError:  # another call was first
            pass
    return _answer_rest(device, capture_id, body)


def _receive_known(device: Device, capture_id: UUID, body: RecordBody) -> ManifestAnswer:
    """Answer a repeat from its row, before anything is checked."""
    offer = captures.read_offer(device=device, capture_id=capture_id, manifest=body.manifest)
    if offer.capture is not None and (signed := captures.find_stored_receipt(offer.capture)):
        for _data in body.read_chunks():  # who sends must have been heard before an answer is
            pass
        return ManifestAnswer(receipt=signed)
    _store_chunks(device, body, offer.hashes)
    return _answer_rest(device, capture_id, body)


def _store_chunks(device: Device, body: RecordBody, named: list[str]) -> bool:
    """Whether all that are named came whole."""
    kept = blobs.store_record(
        device=device,
        record=captures.hash_manifest(body.manifest),
        named=frozenset(named),
        chunks=body.read_chunks(),
    )
    return body.cut is None and kept >= set(named)


def _answer_rest(device: Device, capture_id: UUID, body: RecordBody) -> ManifestAnswer:
    """What the tablet has to send still, or the receipt."""
    answer = captures.receive_manifest(device=device, capture_id=capture_id, manifest=body.manifest)
    if body.cut:
        raise body.cut
    return answer


def _insert_stored(device: Device, manifest: str, content: Manifest, place: RecordPlace) -> ManifestAnswer:
    """Insert a capture all of whose chunks are on disk as a stored one, with its receipt and its task. A tablet
    that is revoked from now on is seen when the record is verified. Raises `IntegrityError` where another call was
    first."""
    key = place.key or vault.build_person_key()
    capture = captures.build_capture(
        content, device=device, manifest=manifest, visit=place.visit, officer=place.officer, key=key
    )
    now = timezone.now()
    receipt = receipts.build_receipt(capture=capture, kind=ReceiptKind.STORED, at=now, kid=place.server_key)
    insert_rows(
        [
            *([] if place.key else [key]),
            capture,
            *captures.build_chunks(capture, content),
            CaptureState(
                capture=capture,
                stage=CaptureStage.STORED,
                stored_at=now,
                revoked=device.state != DeviceState.ACTIVE,
            ),
            captures.build_offer_entry(capture, content),
            log.build_entry(
                actor=f"device:{device.pk}",
                action="capture_stored",
                subject=capture,
                from_state=CaptureStage.INCOMPLETE,
                to_state=CaptureStage.STORED,
            ),
            receipt,
            task_rows.build_task(captures.VERIFY_TASK, str(capture.pk)),
        ]
    )
    return ManifestAnswer(receipt=receipt.jws, new=True)
