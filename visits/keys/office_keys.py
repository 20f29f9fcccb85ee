"""The office's key pairs: the server's and the worker's signing keys, and the capture keys that records are
sealed to.

The public half is a row; the private half is a file named after the key id, readable by its user alone. The
server's files are in `KEYS_DIR/server`. The worker's and the capture keys are in `CAPTURE_PRIVATE_KEYS_DIR`,
which in production only the worker's user may read: the process that serves tablets cannot open a record.
"""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from joserfc.jwk import ECKey

from outreach.services import log
from outreach.services.transitions import transition
from visits.enums import CaptureStage, DeviceState, KeyRole, KeyState
from visits.keys.key_files import key_path, load_private_key, load_public_key
from visits.lib import jose
from visits.models import Capture, CaptureReseal, Device, PublicKey

KEY_TYP = "jb-key+jws"


class KeyInUseError(RuntimeError):
    """A key is still needed; the message says by what."""


def _write_key(path: Path, key: ECKey) -> None:
    """Write the key file atomically and fsync it, before the row that names it exists."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(key.as_dict(private=True), file)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _make_key(role: KeyRole, endorsed_by: PublicKey | None = None) -> PublicKey:
    key = jose.new_ec_key()
    jwk = jose.public_jwk(key)
    kid = jose.key_thumbprint(jwk)
    _write_key(key_path(role, kid), key)
    endorsement = ""
    if endorsed_by:
        endorsement = jose.sign_jws(
            payload={"kid": kid, "role": str(role), "jwk": jwk},
            typ=KEY_TYP,
            key=load_private_key(role, endorsed_by.kid),
            kid=endorsed_by.kid,
        )
    return PublicKey(kid=kid, role=role, jwk=jwk, endorsement=endorsement)


def _current_row(role: KeyRole) -> PublicKey | None:
    return PublicKey.objects.filter(role=role, state=KeyState.CURRENT).first()


def key_exists(role: KeyRole) -> bool:
    """Whether the office has a current key of this role. Never creates one."""
    return _current_row(role) is not None


def current_key(role: KeyRole, *, actor: str = "system") -> PublicKey:
    """The current key of a role; created at the first call."""
    row = _current_row(role)
    if row:
        return row
    made = _make_key(role)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            log.write_log(
                actor=actor, action="key_made", subject=made, to_state=made.state, detail={"role": role}
            )
    except IntegrityError:  # another process was first; its key stands
        key_path(role, made.kid).unlink()
        return PublicKey.objects.get(role=role, state=KeyState.CURRENT)
    return made


def rotate_key(role: KeyRole, *, actor: str) -> PublicKey:
    """Make a new current key; the old one stays valid for what was made under it. Raises `KeyInUseError` if
    another process rotates at the same time."""
    old = current_key(role, actor=actor)
    made = _make_key(role, endorsed_by=old if role == KeyRole.SERVER else None)
    with transaction.atomic():
        if not transition(row=old, to=KeyState.OLD, actor=actor, reason={"after": made.kid}):
            raise KeyInUseError("another rotation is under way")
        made.save(force_insert=True)
        detail = {"role": role, "before": old.kid}
        log.write_log(actor=actor, action="key_made", subject=made, to_state=made.state, detail=detail)
    return made


def sign_payload(*, role: KeyRole, typ: str, payload: dict[str, Any], kid: str = "") -> str:
    """Sign a payload as JWS by the current key of a role; `kid` is that key's id where it is known."""
    kid = kid or current_key(role).kid
    return jose.sign_jws(payload=payload, typ=typ, key=load_private_key(role, kid), kid=kid)


def verify_own(token: Any, *, typ: str) -> dict[str, Any]:
    """The payload of a JWS signed by the server. Raises `jose.JoseError`."""
    kid, _payload = jose.peek_jws(token, typ=typ)
    row = PublicKey.objects.filter(pk=kid, role=KeyRole.SERVER).exclude(state=KeyState.RETIRED).first()
    if row is None:
        raise jose.JoseError("signed under another key id")
    return jose.verify_jws(token, typ=typ, key=load_public_key(row.jwk), kid=kid)


def count_key_users(kid: str) -> dict[str, int]:
    """What still needs a capture key: counts of `captures` sealed to it, `incomplete` ones among them, and
    `tablets` that were not told its successor."""
    row = PublicKey.objects.get(pk=kid, role=KeyRole.CAPTURE)
    newest = PublicKey.objects.filter(role=KeyRole.CAPTURE, state=KeyState.CURRENT).first()
    tablets = Device.objects.exclude(state=DeviceState.WIPED)
    if newest and newest.pk != row.pk:
        tablets = tablets.exclude(told_kid=newest.pk)
    captures = Capture.objects.annotate(
        sealed_to=Coalesce(
            Subquery(CaptureReseal.objects.filter(capture=OuterRef("pk")).values("kid")[:1]), F("capture_key")
        )
    ).filter(sealed_to=kid)
    return {
        "captures": captures.count(),
        "incomplete": captures.filter(status__stage=CaptureStage.INCOMPLETE).count(),
        "tablets": tablets.count(),
    }


def retire_key(*, kid: str, actor: str) -> None:
    """Retire an old capture key; its file stays. Raises `KeyInUseError` while anything needs it."""
    needed = count_key_users(kid)
    if any(needed.values()):
        raise KeyInUseError(
            f"{needed['captures']} rekaman dan {needed['tablets']} tablet masih memerlukan kunci ini"
        )
    if not transition(
        row=PublicKey.objects.get(pk=kid, role=KeyRole.CAPTURE),
        to=KeyState.RETIRED,
        actor=actor,
        action="key_retired",
        retired_at=timezone.now(),
    ):
        raise KeyInUseError("hanya kunci lama yang dapat ditarik; buat penggantinya dahulu (rotate)")
