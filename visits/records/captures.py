"""Receipt of captures: the tablet sends the manifest, then the missing chunks, then the manifest again for
its receipt.

A repeat is recognised by the hash of the signed manifest and answered before anything is checked; the receipt
is a row, so that every answer has the same bytes.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone
from django_q.tasks import async_task

from outreach.services import log
from outreach.services.shared_commits import commit_together
from outreach.services.transitions import transition
from visits.enums import CaptureStage, DeviceState, ReceiptKind
from visits.keys import backup_times, key_files, sealing
from visits.lib import jose
from visits.lib.problems import ProblemError
from visits.models import Capture, CaptureChunk, CaptureState, Device, Officer, Receipt, Visit
from visits.records import blobs, receipts, stored_chunks
from visits.sync import limits, manifests
from visits.sync.capture_words import CaptureWord, capture_word
from visits.sync.manifests import MANIFEST_TYP
from visits.sync.record_bodies import RecordBody

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
    offer = _read_offer(device=device, capture_id=capture_id, manifest=manifest)
    if offer.capture is None:
        try:
            offer.capture = commit_together(partial(_insert_capture, offer))
        except IntegrityError:  # the same id came in parallel; whoever was first stands
            offer = _meet_known(offer)
    return _answer_manifest(offer)


def receive_record(*, device: Device, capture_id: UUID, body: RecordBody) -> ManifestAnswer:
    """Receive a manifest with its chunks in one go. Safe to repeat, also in parallel, and after a cut: what came
    whole is kept, and the capture with it.

    Problems: as `receive_manifest`. Raises `body.cut`.
    """
    offer = _read_offer(device=device, capture_id=capture_id, manifest=body.manifest)
    if offer.capture is not None and (signed := _stored_receipt(offer.capture)):
        for _data in body.read_chunks():  # who sends must have been heard before an answer is
            pass
        return ManifestAnswer(receipt=signed)
    if offer.capture is None:
        _require_room(device)
    named = frozenset(offer.hashes)
    offer.fresh = frozenset(blobs.store_chunks(device=device, named=named, chunks=body.read_chunks()))
    if offer.capture is not None or body.cut or not offer.fresh.issuperset(offer.hashes):
        answer = receive_manifest(device=device, capture_id=capture_id, manifest=body.manifest)
        if body.cut:
            raise body.cut
        return answer
    try:
        return commit_together(partial(_insert_stored, offer))
    except IntegrityError:
        return _answer_manifest(_meet_known(offer))


@dataclass
class _Offer:
    """One manifest on its way: the capture if it is known, else what the manifest says. `fresh` are the chunks
    that were written, and hashed before, in this very call."""

    device: Device
    capture_id: UUID
    manifest: str
    fingerprint: str
    capture: Capture | None
    content: manifests.Manifest | None
    fresh: frozenset[str] = frozenset()

    @cached_property
    def hashes(self) -> list[str]:
        if self.content is not None:
            return [sha for part in self.content.parts for sha in part.chunks]
        return list(CaptureChunk.objects.filter(capture=self.capture).values_list("sha256", flat=True))

    def find_missing(self) -> list[str]:
        """What is not on disk; if all is, what is damaged there: the receipt lets go of the tablet's copy, so
        what is signed for is read once more."""
        older = [sha for sha in self.hashes if sha not in self.fresh]
        missing = stored_chunks.find_missing(device=self.device, hashes=older)
        if missing:
            return missing
        damaged = stored_chunks.find_damaged(device=self.device, hashes=older)
        if damaged and self.capture is not None:
            log.write_log(
                actor="system", action="chunks_damaged", subject=self.capture, detail={"chunks": len(damaged)}
            )
        if older and not damaged:  # another call may have given them their names just now
            blobs.fsync_folder(stored_chunks.device_folder(self.device))
        return damaged


def _read_offer(*, device: Device, capture_id: UUID, manifest: str) -> _Offer:
    fingerprint = hashlib.sha256(manifest.encode()).hexdigest()
    known = _find_known(device=device, capture_id=capture_id, fingerprint=fingerprint)
    content = None
    if known is None:
        payload = _verify_manifest(device=device, capture_id=capture_id, manifest=manifest)
        content = manifests.read_manifest(payload)
    return _Offer(device, capture_id, manifest, fingerprint, known, content)


def _meet_known(offer: _Offer) -> _Offer:
    """After another call was first: its capture. Raises `ProblemError` for a collision."""
    offer.capture = _find_known(
        device=offer.device, capture_id=offer.capture_id, fingerprint=offer.fingerprint
    )
    if offer.capture is None:
        raise ProblemError("busy", retry_after=TRY_LATER_SECONDS)
    return offer


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


def _require_room(device: Device) -> None:
    incomplete = CaptureState.objects.filter(capture__device=device, stage=CaptureStage.INCOMPLETE).count()
    if incomplete >= limits.OPEN_CAPTURES:
        raise ProblemError("too-many-open", retry_after=TRY_LATER_SECONDS)


def _insert_stored(offer: _Offer) -> ManifestAnswer:
    """Insert a capture all of whose chunks are here as a stored one, in the transaction of the caller. Raises
    `IntegrityError` where another call was first."""
    state = Device.objects.filter(pk=offer.device.pk).values_list("state", flat=True).get()
    capture, now = _create_capture(offer), timezone.now()
    CaptureState.objects.create(
        capture=capture, stage=CaptureStage.STORED, stored_at=now, revoked=state != DeviceState.ACTIVE
    )
    _log_offer(offer, capture)
    log.write_log(
        actor=f"device:{offer.device.pk}",
        action="capture_stored",
        subject=capture,
        from_state=CaptureStage.INCOMPLETE,
        to_state=CaptureStage.STORED,
    )
    return _sign_stored(capture, now)


def _insert_capture(offer: _Offer) -> Capture:
    device = offer.device
    # one hand-in of a tablet at a time, so that the count of open captures holds
    held = Device.objects.select_for_update().get(pk=device.pk)
    known = _find_known(device=device, capture_id=offer.capture_id, fingerprint=offer.fingerprint)
    if known is not None:
        return known
    _require_room(device)
    capture = _create_capture(offer)
    CaptureState.objects.create(capture=capture, revoked=held.state != DeviceState.ACTIVE)
    _log_offer(offer, capture)
    return capture


def _log_offer(offer: _Offer, capture: Capture) -> None:
    assert offer.content is not None
    log.write_log(
        actor=f"device:{offer.device.pk}",
        action="capture_offered",
        subject=capture,
        to_state=CaptureStage.INCOMPLETE,
        detail={
            "visit": str(offer.content.visit),
            "parts": len(offer.content.parts),
            "bytes": offer.content.size,
        },
    )


def _create_capture(offer: _Offer) -> Capture:
    """The row of the capture and those of its chunks."""
    device, content = offer.device, offer.content
    assert content is not None
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
        manifest_sha256=offer.fingerprint,
        received_at=timezone.now(),
    )
    capture.manifest_sealed = sealing.seal_reported(
        capture, "manifest_sealed", offer.manifest.encode(), key=key
    )
    capture.save(force_insert=True)
    CaptureChunk.objects.bulk_create(_build_chunks(capture, content))
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


def _answer_manifest(offer: _Offer) -> ManifestAnswer:
    assert offer.capture is not None
    signed = _stored_receipt(offer.capture)
    if signed:
        return ManifestAnswer(receipt=signed)
    missing = offer.find_missing()
    if missing:
        return ManifestAnswer(missing=missing)
    return commit_together(partial(_store_capture, device=offer.device, capture=offer.capture))


def _store_capture(*, device: Device, capture: Capture) -> ManifestAnswer:
    """Change the stage to STORED, sign the receipt and enqueue the verification, in the transaction of the
    caller."""
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
    return _sign_stored(capture, now)


def _sign_stored(capture: Capture, at: datetime) -> ManifestAnswer:
    signed = receipts.write_receipt(capture=capture, kind=ReceiptKind.STORED, at=at)
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
    _log_foreign(device, [identifier for identifier in ids if identifier not in rows])
    safe_until = backup_times.find_safe_until()
    return [_describe_status(device, identifier, rows.get(identifier), safe_until) for identifier in ids]


def _log_foreign(device: Device, unknown: list[UUID]) -> None:
    """A tablet that asks for records of another one learns nothing, and the office learns of it."""
    foreign = Capture.objects.filter(pk__in=unknown).values_list("pk", flat=True) if unknown else ()
    found = [str(identifier) for identifier in foreign]
    if found:
        log.write_log(
            actor=f"device:{device.pk}",
            action="captures_not_mine",
            subject=device,
            detail={"captures": found},
        )


def _describe_status(
    device: Device, identifier: UUID, capture: Capture | None, safe_until: datetime | None
) -> dict[str, Any]:
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
    verified_at = capture.status.verified_at
    answer["backed_up"] = bool(safe_until and verified_at and verified_at < safe_until)
    if capture.status.stage == CaptureStage.INCOMPLETE:
        answer["missing"] = stored_chunks.find_missing(
            device=device, hashes=[chunk.sha256 for chunk in capture.chunks.all()]
        )
    return answer
