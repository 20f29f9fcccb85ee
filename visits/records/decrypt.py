"""Decryption of captures by the worker: the only code that reads a private capture key."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from joserfc.jwk import ECKey

from outreach.lib.crypto import SealError
from outreach.lib.text import clean_values
from visits.enums import KeyRole, KeyState, ReviewReason
from visits.keys import key_files, sealing
from visits.lib import jose, shapes, strict_json
from visits.lib.problems import ProblemError
from visits.models import Capture, PublicKey
from visits.records import record_parts, stored_chunks
from visits.sync import limits, manifests
from visits.sync.manifests import MANIFEST_TYP
from visits.sync.shapes import FORM

PICTURE_BYTES = 512 * 1024


@dataclass(frozen=True)
class DecryptedCapture:
    """The result of decryption. `reasons` say why a person must review it; it `holds` if hashes and schema
    are right. `picture` is a small JPEG of the face, or of the handing over where the ministry's kit recorded.
    `sealed_at` is when the tablet sealed it, by its clock. `doubts` are reasons for review that do not keep it from
    holding: the rest of the record is good, and a person can decide on it."""

    form: dict[str, Any] = field(default_factory=dict)
    picture: bytes = b""
    sealed_at: datetime | None = None
    reasons: tuple[ReviewReason, ...] = ()
    doubts: tuple[ReviewReason, ...] = ()

    @property
    def holds(self) -> bool:
        return bool(self.form) and not self.reasons


class RefusedError(Exception):
    """A capture that cannot be decrypted or fails its checks, with the reason for review."""

    def __init__(self, reason: ReviewReason) -> None:
        super().__init__(reason)
        self.reason = reason


def decrypt_capture(capture: Capture) -> DecryptedCapture:
    """Decrypt and check a stored capture.

    Faults of the record itself are returned as reasons. Raises `OSError` or `key_files.KeyMissingError` if
    a file cannot be read now; the caller tries again later.
    """
    try:
        manifest, plain = decrypt_parts(capture)
        form = _check_form(capture, manifest, plain)
    except RefusedError as refused:
        return DecryptedCapture(reasons=(refused.reason,))
    picture = plain.get(record_parts.picture_part(form), b"")
    whole = record_parts.has_whole_captures(form, plain)
    return DecryptedCapture(
        form=form,
        picture=picture if len(picture) <= PICTURE_BYTES else b"",
        sealed_at=manifest.sealed_at,
        doubts=() if whole else (ReviewReason.DEVICE_CHAIN,),
    )


def decrypt_parts(capture: Capture) -> tuple[manifests.Manifest, dict[str, bytes]]:
    """The manifest and every decrypted part, by name. Raises `RefusedError`, or as `decrypt_capture`."""
    manifest = _read_manifest(capture)
    reseal = capture.reseals.first()
    if reseal is None:
        return manifest, _open_parts(capture, manifest)
    key = _load_capture_key(reseal.kid)
    plain = {}
    for part in manifest.parts:
        sealed = resealed_path(capture, reseal.kid, part.name).read_bytes()
        plain[part.name] = _open_part(sealed, key=key, kid=reseal.kid, capture=capture, part=part.name)
    return manifest, plain


def resealed_path(capture: Capture, kid: str, part: str) -> Path:
    """The file of a part that was sealed again to a later key."""
    return Path(settings.RECORDS_DIR) / "resealed" / str(capture.pk) / kid / part


def _open_part(sealed: bytes, *, key: ECKey, kid: str, capture: Capture, part: str) -> bytes:
    try:
        return jose.open_part(sealed, key=key, kid=kid, capture=str(capture.pk), part=part)
    except jose.JoseError:
        raise RefusedError(ReviewReason.NOT_OPENED) from None


def _read_manifest(capture: Capture) -> manifests.Manifest:
    try:
        text = sealing.unseal_reported(
            capture, "manifest_sealed", bytes(capture.manifest_sealed), key=capture.key
        ).decode()
    except SealError:
        raise RefusedError(ReviewReason.PERSON_ERASED) from None
    try:
        return manifests.read_manifest(jose.peek_jws(text, typ=MANIFEST_TYP)[1])
    except (jose.JoseError, ProblemError):  # a later version of ours may have stricter limits
        raise RefusedError(ReviewReason.BYTES_DIFFER) from None


def _load_capture_key(kid: str) -> ECKey:
    """The private capture key, also a retired one while its file is kept. Raises `RefusedError` if it is
    unknown."""
    row = PublicKey.objects.filter(pk=kid, role=KeyRole.CAPTURE).first()
    if row is None:
        raise RefusedError(ReviewReason.KEY_UNKNOWN)
    try:
        return key_files.load_private_key(KeyRole.CAPTURE, kid)
    except key_files.KeyMissingError:
        if row.state == KeyState.RETIRED:
            raise RefusedError(ReviewReason.KEY_UNKNOWN) from None
        raise


def _open_parts(capture: Capture, manifest: manifests.Manifest) -> dict[str, bytes]:
    key = _load_capture_key(manifest.capture_key)
    plain = {}
    for part in manifest.parts:
        sealed = stored_chunks.read_chunks(
            device=capture.device, hashes=part.chunks, record=capture.manifest_sha256
        )
        if len(sealed) != part.size or hashlib.sha256(sealed).hexdigest() != part.sha256:
            raise RefusedError(ReviewReason.BYTES_DIFFER)
        plain[part.name] = _open_part(
            sealed, key=key, kid=manifest.capture_key, capture=capture, part=part.name
        )
    return plain


def _check_form(capture: Capture, manifest: manifests.Manifest, plain: dict[str, bytes]) -> dict[str, Any]:
    """The form, if it has its schema, belongs to this capture and states the right hashes of the other parts.
    Raises `RefusedError`."""
    try:
        form = clean_values(strict_json.parse_json(plain["form"][: limits.FORM_BYTES + 1]))
    except strict_json.JsonError:
        raise RefusedError(ReviewReason.FORM_INVALID) from None
    half = isinstance(form, dict) and form.get("half") is True
    unfinished = ReviewReason.HALF_RECORD if half else ReviewReason.FORM_INVALID
    if shapes.list_errors(FORM, form):
        raise RefusedError(unfinished)
    if (form["capture"], form["visit"]) != (str(capture.pk), str(manifest.visit)):
        raise RefusedError(ReviewReason.FORM_INVALID)
    others = {name: data for name, data in plain.items() if name != "form"}
    if set(form["parts"]) != set(others):
        raise RefusedError(ReviewReason.BYTES_DIFFER)
    for name, data in others.items():
        told = form["parts"][name]
        if told["size"] != len(data) or told["sha256"] != hashlib.sha256(data).hexdigest():
            raise RefusedError(ReviewReason.BYTES_DIFFER)
    if not record_parts.is_complete(form, others):
        raise RefusedError(unfinished)
    return dict(form)
