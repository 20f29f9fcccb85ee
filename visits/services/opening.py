"""The worker opens a record: the only code that reads a private capture key."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from joserfc.jwk import ECKey

from outreach.lib.crypto import SealError
from visits.enums import KeyRole, KeyState, ReviewReason
from visits.lib import jose, shapes, strict_json
from visits.lib.problems import ProblemError
from visits.models import Capture, PublicKey
from visits.services import blobs, keys, sealing
from visits.services.captures import MANIFEST_TYP
from visits.sync import limits, manifests
from visits.sync.shapes import FORM

FACE_BYTES = 512 * 1024
_MAGIC = {"photo": b"\xff\xd8\xff", "signature": b"\x89PNG\r\n\x1a\n"}


@dataclass(frozen=True)
class Opened:
    """What came out. `reasons` are why a person must look; `holds` says that hashes and schema hold."""

    form: dict[str, Any] = field(default_factory=dict)
    face: bytes = b""
    reasons: tuple[ReviewReason, ...] = ()

    @property
    def holds(self) -> bool:
        return bool(self.form) and not self.reasons


class _RefusedError(Exception):
    def __init__(self, reason: ReviewReason) -> None:
        super().__init__(reason)
        self.reason = reason


def open_capture(capture: Capture) -> Opened:
    """Open and check a stored capture.

    Raises `OSError` or `keys.KeyMissingError` where a file cannot be read now: that is tried again. What is
    wrong with the record itself comes back as a reason.
    """
    try:
        manifest = _manifest(capture)
        plain = _parts(capture, manifest)
        form = _form(capture, manifest, plain)
    except _RefusedError as refused:
        return Opened(reasons=(refused.reason,))
    photo = plain.get("photo", b"")
    return Opened(form=form, face=photo if len(photo) <= FACE_BYTES else b"")


def _manifest(capture: Capture) -> manifests.Manifest:
    try:
        text = sealing.unseal(
            capture, "manifest_sealed", bytes(capture.manifest_sealed), key=capture.key
        ).decode()
    except SealError:
        raise _RefusedError(ReviewReason.PERSON_ERASED) from None
    try:
        return manifests.read(jose.peek(text, typ=MANIFEST_TYP)[1])
    except (jose.JoseError, ProblemError):  # a later version of ours may have stricter limits
        raise _RefusedError(ReviewReason.BYTES_DIFFER) from None


def _key(kid: str) -> ECKey:
    row = PublicKey.objects.filter(pk=kid, role=KeyRole.CAPTURE).exclude(state=KeyState.RETIRED).first()
    if row is None:
        raise _RefusedError(ReviewReason.KEY_UNKNOWN)
    return keys.private(KeyRole.CAPTURE, kid)


def _parts(capture: Capture, manifest: manifests.Manifest) -> dict[str, bytes]:
    key = _key(manifest.capture_key)
    plain = {}
    for part in manifest.parts:
        sealed = blobs.read(device=capture.device, hashes=part.chunks)
        if len(sealed) != part.size or hashlib.sha256(sealed).hexdigest() != part.sha256:
            raise _RefusedError(ReviewReason.BYTES_DIFFER)
        try:
            plain[part.name] = jose.open_sealed(
                sealed, key=key, kid=manifest.capture_key, capture=str(capture.pk), part=part.name
            )
        except jose.JoseError:
            raise _RefusedError(ReviewReason.NOT_OPENED) from None
    return plain


def _form(capture: Capture, manifest: manifests.Manifest, plain: dict[str, bytes]) -> dict[str, Any]:
    """The form, if it has its shape, belongs to this capture and tells the truth about the other parts."""
    try:
        form = strict_json.loads(plain["form"][: limits.FORM_BYTES + 1])
    except strict_json.JsonError:
        raise _RefusedError(ReviewReason.FORM_INVALID) from None
    if shapes.errors(FORM, form):
        raise _RefusedError(ReviewReason.FORM_INVALID)
    if (form["capture"], form["visit"]) != (str(capture.pk), str(manifest.visit)):
        raise _RefusedError(ReviewReason.FORM_INVALID)
    others = {name: data for name, data in plain.items() if name != "form"}
    if set(form["parts"]) != set(others):
        raise _RefusedError(ReviewReason.BYTES_DIFFER)
    for name, data in others.items():
        told = form["parts"][name]
        if told["size"] != len(data) or told["sha256"] != hashlib.sha256(data).hexdigest():
            raise _RefusedError(ReviewReason.BYTES_DIFFER)
    excepted = {exception["what"] for exception in form.get("exceptions", [])}
    for name, magic in _MAGIC.items():
        if not (others[name].startswith(magic) if name in others else name in excepted):
            raise _RefusedError(ReviewReason.FORM_INVALID)
    return dict(form)
