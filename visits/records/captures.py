"""Receipt of captures: the tablet sends the manifest, then the missing chunks, then the manifest again for
its receipt.

A repeat is recognised by the hash of the signed manifest and answered before anything is checked; the receipt
is a row, so that every answer has the same bytes.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django_q.tasks import async_task

from outreach.services import log
from outreach.services.transitions import transition
from visits.enums import CaptureStage, DeviceState, ReceiptKind
from visits.keys import key_files, sealing
from visits.lib import jose
from visits.lib.problems import ProblemError
from visits.models import Capture, CaptureChunk, CaptureState, Device, Officer, Receipt, Visit
from visits.records import receipts, stored_chunks
from visits.sync import limits, manifests
from visits.sync.capture_words import CaptureWord, capture_word
from visits.sync.manifests import MANIFEST_TYP

TRY_LATER_SECONDS = 60


@dataclass(frozen=True)
class ManifestAnswer:
    """The answer to a manifest: the receipt, or the missing chunks. `new` is True for the call that stored
    the capture."""

    receipt: str = ""
    missing: list[str] = field(default_factory=list)
    new: bool = False


def receive_manifest(*, device: Device, capture_id: UUID, manifest: str) -> ManifestAnswer:
    """Receive a manifest, for the first time or again. Safe to repeat, also in parallel.

    Problems: not-mine (id used by another tablet), content-differs (same id, other content), bad-signature,
    invalid, too-large, too-many-open.
    """
    fingerprint = hashlib.sha256(manifest.encode()).hexdigest()
    known = _find_known(device=device, capture_id=capture_id, fingerprint=fingerprint)
    if known is None:
        payload = _verify_manifest(device=device, capture_id=capture_id, manifest=manifest)
        content = manifests.read_manifest(payload)
        try:
            with transaction.atomic():
                known = _insert_capture(
                    device=device, manifest=manifest, fingerprint=fingerprint, content=content
                )
        except IntegrityError:  # the same id came in parallel; whoever was first stands
            known = _find_known(device=device, capture_id=capture_id, fingerprint=fingerprint)
            if known is None:
                raise
    return _answer_manifest(device=device, capture=known)


def _find_known(*, device: Device, capture_id: UUID, fingerprint: str) -> Capture | None:
    """The capture of this id, if its manifest is the same; None if there is none. Raises `ProblemError` for a
    collision, which is logged."""
    capture = Capture.objects.filter(pk=capture_id).first()
    if capture is None:
        return None
    if capture.device_id == device.pk and capture.manifest_sha256 == fingerprint:
        return capture
    code = "content-differs" if capture.device_id == device.pk else "not-mine"
    log.write_log(
        actor=f"device:{device.pk}",
        action="capture_collides",
        subject=capture,
        detail={"problem": code, "sha256": fingerprint, "kept_sha256": capture.manifest_sha256},
    )
    raise ProblemError(code)


def _verify_manifest(*, device: Device, capture_id: UUID, manifest: str) -> dict[str, Any]:
    kid = str(device.pk)
    try:
        payload = jose.verify_jws(
            manifest, typ=MANIFEST_TYP, key=key_files.load_public_key(device.jwk), kid=kid
        )
    except jose.JoseError as error:
        raise ProblemError("bad-signature") from error
    if payload.get("capture") != str(capture_id) or payload.get("device") != kid:
        raise ProblemError("bad-signature")
    return payload


def _insert_capture(
    *, device: Device, manifest: str, fingerprint: str, content: manifests.Manifest
) -> Capture:
    # one hand-in of a tablet at a time, so that the count of open captures holds
    held = Device.objects.select_for_update().get(pk=device.pk)
    known = _find_known(device=device, capture_id=content.capture, fingerprint=fingerprint)
    if known is not None:
        return known
    incomplete = CaptureState.objects.filter(capture__device=device, stage=CaptureStage.INCOMPLETE).count()
    if incomplete >= limits.OPEN_CAPTURES:
        raise ProblemError("too-many-open", retry_after=TRY_LATER_SECONDS)
    visit = Visit.objects.select_related("need__resident__key").filter(pk=content.visit).first()
    key = sealing.choose_person_key(visit)
    capture = Capture(
        pk=content.capture,
        device=device,
        visit=visit,
        visit_named=content.visit,
        officer=Officer.objects.filter(pk=content.officer).first(),
        officer_named=content.officer,
        day=content.day,
        day_version=content.day_version,
        client=content.client,
        form_version=content.form_version,
        capture_key=content.capture_key,
        size=content.size,
        key=key,
        manifest_sha256=fingerprint,
        received_at=timezone.now(),
    )
    capture.manifest_sealed = sealing.seal_reported(capture, "manifest_sealed", manifest.encode(), key=key)
    capture.save(force_insert=True)
    CaptureState.objects.create(capture=capture, revoked=held.state != DeviceState.ACTIVE)
    CaptureChunk.objects.bulk_create(_build_chunks(capture, content))
    log.write_log(
        actor=f"device:{device.pk}",
        action="capture_offered",
        subject=capture,
        to_state=CaptureStage.INCOMPLETE,
        detail={"visit": str(content.visit), "parts": len(content.parts), "bytes": content.size},
    )
    return capture


def _build_chunks(capture: Capture, content: manifests.Manifest) -> list[CaptureChunk]:
    return [
        CaptureChunk(
            capture=capture,
            device_id=capture.device_id,
            part=part.name,
            part_number=number,
            ordinal=ordinal,
            sha256=sha,
        )
        for number, part in enumerate(content.parts)
        for ordinal, sha in enumerate(part.chunks)
    ]


def _stored_receipt(capture: Capture) -> str:
    rows = Receipt.objects.filter(capture=capture, kind=ReceiptKind.STORED).values_list("jws", flat=True)
    return rows.first() or ""


def _answer_manifest(*, device: Device, capture: Capture) -> ManifestAnswer:
    signed = _stored_receipt(capture)
    if signed:
        return ManifestAnswer(receipt=signed)
    hashes = CaptureChunk.objects.filter(capture=capture).values_list("sha256", flat=True)
    missing = stored_chunks.find_missing(device=device, hashes=hashes)
    if missing:
        return ManifestAnswer(missing=missing)
    return _store_capture(device=device, capture=capture)


@transaction.atomic
def _store_capture(*, device: Device, capture: Capture) -> ManifestAnswer:
    """Change the stage to STORED, sign the receipt and enqueue the verification, in one transaction."""
    now = timezone.now()
    if not transition(
        row=capture.status,
        to=CaptureStage.STORED,
        actor=f"device:{device.pk}",
        action="capture_stored",
        sources=(CaptureStage.INCOMPLETE,),
        stored_at=now,
    ):  # a parallel call was first; its receipt is committed by now
        return ManifestAnswer(receipt=_stored_receipt(capture))
    signed = receipts.write_receipt(capture=capture, kind=ReceiptKind.STORED, at=now)
    async_task("visits.tasks.verify_capture", str(capture.pk))
    return ManifestAnswer(receipt=signed, new=True)


def list_statuses(*, device: Device, ids: list[UUID]) -> list[dict[str, Any]]:
    """The state of each of these captures, in the given order; `unknown` for captures that are not this
    tablet's."""
    rows = {
        capture.pk: capture
        for capture in Capture.objects.filter(pk__in=ids, device=device)
        .select_related("status", "outbox")
        .prefetch_related("receipts", "chunks")
    }
    return [_describe_status(device, identifier, rows.get(identifier)) for identifier in ids]


def _describe_status(device: Device, identifier: UUID, capture: Capture | None) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "capture": str(identifier),
        "state": CaptureWord.UNKNOWN,
        "receipts": {},
        "missing": [],
        "backed_up": False,
    }
    if capture is None:
        return answer
    at_centre = capture.outbox.state if hasattr(capture, "outbox") else None
    answer["state"] = capture_word(stage=capture.status.stage, at_centre=at_centre)
    answer["receipts"] = {receipt.kind: receipt.jws for receipt in capture.receipts.all()}
    if capture.status.stage == CaptureStage.INCOMPLETE:
        answer["missing"] = stored_chunks.find_missing(
            device=device, hashes=[chunk.sha256 for chunk in capture.chunks.all()]
        )
    return answer
