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

from outreach.models import LogEntry, PersonKey
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

TRY_LATER_SECONDS = 60
VERIFY_TASK = "visits.tasks.verify_capture"


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
    offer = read_offer(device=device, capture_id=capture_id, manifest=manifest)
    if offer.capture is None:
        try:
            offer.capture = commit_together(partial(_insert_capture, offer))
        except IntegrityError:  # the same id came in parallel; whoever was first stands
            offer = _meet_known(offer)
    return _answer_manifest(offer)


@dataclass
class Offer:
    """One manifest on its way: the capture if it is known, else what the manifest says."""

    device: Device
    capture_id: UUID
    manifest: str
    fingerprint: str
    capture: Capture | None
    content: manifests.Manifest | None

    @cached_property
    def hashes(self) -> list[str]:
        if self.content is not None:
            return self.content.hashes
        return list(CaptureChunk.objects.filter(capture=self.capture).values_list("sha256", flat=True))

    def find_missing(self) -> list[str]:
        """What is not on disk; if all is, what is damaged there: the receipt lets go of the tablet's copy, so
        what is signed for is read once more."""
        device, record = self.device, self.fingerprint
        if missing := stored_chunks.find_missing(device=device, hashes=self.hashes, record=record):
            return missing
        damaged = stored_chunks.find_damaged(device=device, hashes=self.hashes, record=record)
        if damaged and self.capture is not None:
            log.write_log(
                actor="system", action="chunks_damaged", subject=self.capture, detail={"chunks": len(damaged)}
            )
        if not damaged:  # another call may have given them their names just now
            blobs.fsync_folder(stored_chunks.device_folder(self.device))
        return damaged


def hash_manifest(manifest: str) -> str:
    return hashlib.sha256(manifest.encode()).hexdigest()


def read_offer(*, device: Device, capture_id: UUID, manifest: str) -> Offer:
    """The offer of a tablet. Problems: those of `receive_manifest` but too-many-open."""
    fingerprint = hash_manifest(manifest)
    known = _find_known(device=device, capture_id=capture_id, fingerprint=fingerprint)
    content = None
    if known is None:
        content = verify_manifest(device=device, capture_id=capture_id, manifest=manifest)
    return Offer(device, capture_id, manifest, fingerprint, known, content)


def _meet_known(offer: Offer) -> Offer:
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


def verify_manifest(*, device: Device, capture_id: UUID, manifest: str) -> manifests.Manifest:
    """What a manifest says that this tablet signed for this id. Problems: bad-signature, invalid, too-large."""
    kid = str(device.pk)
    try:
        payload = jose.verify_jws(
            manifest, typ=MANIFEST_TYP, key=key_files.load_public_key(device.jwk), kid=kid
        )
    except jose.JoseError as error:
        raise ProblemError("bad-signature") from error
    if payload.get("capture") != str(capture_id) or payload.get("device") != kid:
        raise ProblemError("bad-signature")
    return manifests.read_manifest(payload)


def require_room(opened: int) -> None:
    """Raise the problem `too-many-open` where a tablet has so many captures open that none may be added."""
    if opened >= limits.OPEN_CAPTURES:
        raise ProblemError("too-many-open", retry_after=TRY_LATER_SECONDS)


def _insert_capture(offer: Offer) -> Capture:
    device = offer.device
    # one hand-in of a tablet at a time, so that the count of open captures holds
    held = Device.objects.select_for_update().get(pk=device.pk)
    known = _find_known(device=device, capture_id=offer.capture_id, fingerprint=offer.fingerprint)
    if known is not None:
        return known
    opened = CaptureState.objects.filter(capture__device=device, stage=CaptureStage.INCOMPLETE)
    require_room(opened.count())
    capture = _create_capture(offer)
    CaptureState.objects.create(capture=capture, revoked=held.state != DeviceState.ACTIVE)
    return capture


def build_offer_entry(capture: Capture, content: manifests.Manifest) -> LogEntry:
    """The log row of a first offer, not saved."""
    return log.build_entry(
        actor=f"device:{capture.device_id}",
        action="capture_offered",
        subject=capture,
        to_state=CaptureStage.INCOMPLETE,
        detail={"visit": str(content.visit), "parts": len(content.parts), "bytes": content.size},
    )


def _create_capture(offer: Offer) -> Capture:
    """The row of the capture, those of its chunks, and the one in the log."""
    content = offer.content
    assert content is not None
    visit = Visit.objects.select_related("need__resident__key").filter(pk=content.visit).first()
    capture = build_capture(
        content,
        device=offer.device,
        manifest=offer.manifest,
        visit=visit.pk if visit else None,
        officer=Officer.objects.filter(pk=content.officer).values_list("pk", flat=True).first(),
        key=sealing.choose_person_key(visit),
    )
    capture.save(force_insert=True)
    CaptureChunk.objects.bulk_create(build_chunks(capture, content))
    build_offer_entry(capture, content).save(force_insert=True)
    return capture


def build_capture(
    content: manifests.Manifest,
    *,
    device: Device,
    manifest: str,
    visit: UUID | None,
    officer: int | None,
    key: PersonKey,
) -> Capture:
    """The row of a capture, not saved. `visit` and `officer` are ids of rows that exist; `manifest` is what was
    signed, which is sealed under `key`."""
    capture = Capture(
        pk=content.capture,
        device=device,
        visit_id=visit,
        visit_named=content.visit,
        officer_id=officer,
        officer_named=content.officer,
        day=content.day,
        day_version=content.day_version,
        client=content.client,
        form_version=content.form_version,
        capture_key=content.capture_key,
        size=content.size,
        key=key,
        manifest_sha256=hash_manifest(manifest),
        received_at=timezone.now(),
    )
    capture.manifest_sealed = sealing.seal_reported(capture, "manifest_sealed", manifest.encode(), key=key)
    return capture


def build_chunks(capture: Capture, content: manifests.Manifest) -> list[CaptureChunk]:
    """The rows of a capture's chunks, not saved."""
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


def find_stored_receipt(capture: Capture) -> str:
    """The receipt `stored` of a capture; "" before it is stored."""
    rows = Receipt.objects.filter(capture=capture, kind=ReceiptKind.STORED).values_list("jws", flat=True)
    return rows.first() or ""


def _answer_manifest(offer: Offer) -> ManifestAnswer:
    assert offer.capture is not None
    signed = find_stored_receipt(offer.capture)
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
        return ManifestAnswer(receipt=find_stored_receipt(capture))
    signed = receipts.write_receipt(capture=capture, kind=ReceiptKind.STORED, at=now)
    async_task(VERIFY_TASK, str(capture.pk))
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
            device=device,
            hashes=[chunk.sha256 for chunk in capture.chunks.all()],
            record=capture.manifest_sha256,
        )
    return answer
