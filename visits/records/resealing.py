"""Resealing: stored captures encrypted again to the current capture key, by the worker's user."""

import os
from pathlib import Path

from django.db import transaction

from outreach.services import log
from visits.enums import CaptureStage, KeyRole
from visits.keys import key_files, office_keys
from visits.lib import jose
from visits.models import Capture, CaptureReseal
from visits.records import decrypt


def sealing_key_id(capture: Capture) -> str:
    """The id of the key that opens the capture now."""
    reseal = capture.reseals.first()
    return reseal.kid if reseal else capture.capture_key


def _write_file(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)  # for whom: config/private.py
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o660), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def reseal_capture(*, capture: Capture, actor: str) -> bool:
    """Seal a stored capture's parts to the current key. False if they are already, or it is not stored yet.

    Raises `decrypt.RefusedError` if it cannot be opened, `key_files.KeyMissingError` or `OSError` if a file
    cannot be read. The row is written after all files are on disk.
    """
    row = office_keys.current_key(KeyRole.CAPTURE)
    if capture.status.stage == CaptureStage.INCOMPLETE or sealing_key_id(capture) == row.kid:
        return False
    _manifest, plain = decrypt.decrypt_parts(capture)
    for part, data in plain.items():
        sealed = jose.seal_part(
            plain=data,
            key=key_files.load_public_key(row.jwk),
            kid=row.kid,
            capture=str(capture.pk),
            part=part,
        )
        _write_file(decrypt.resealed_path(capture, row.kid, part), sealed)
    with transaction.atomic():
        _row, made = CaptureReseal.objects.get_or_create(capture=capture, kid=row.kid)
        if made:
            log.write_log(
                actor=actor,
                action="capture_resealed",
                subject=capture,
                detail={"from": capture.capture_key, "to": row.kid},
            )
    return made
