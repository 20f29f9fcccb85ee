"""Chunks of ciphertext on disk, named by tablet and SHA-256; each is written whole or not at all."""

import hashlib
import logging
import os
import secrets
import time
from pathlib import Path

from django.conf import settings
from django.db import transaction

from visits.enums import CaptureStage
from visits.lib.problems import ProblemError
from visits.models import Blob, CaptureChunk, Device
from visits.records.stored_chunks import chunk_path, is_on_disk

DRAFT_SECONDS = 24 * 3600
logger = logging.getLogger(__name__)


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_chunk(target: Path, data: bytes) -> None:
    """Write and fsync under a temporary name, then rename. A crash leaves the whole chunk or a draft that is
    swept later."""
    new_folder = not target.parent.exists()
    target.parent.mkdir(parents=True, exist_ok=True)  # for whom: config/private.py
    if new_folder:
        _fsync_folder(target.parent.parent)
    draft = target.with_name(f".{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o660), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(target)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    _fsync_folder(target.parent)


def store_chunk(*, device: Device, sha256: str, data: bytes) -> bool:
    """Store a chunk. True if it is new, False if it was stored before.

    Problems: blob-differs (content has another hash), not-found (no incomplete capture of this tablet names
    it).
    """
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ProblemError("blob-differs")
    known = Blob.objects.filter(device=device, sha256=sha256).first()
    if known and is_on_disk(device, sha256, known.size):
        return False
    named = CaptureChunk.objects.filter(
        device=device, sha256=sha256, capture__status__stage=CaptureStage.INCOMPLETE
    )
    if not data or not named.exists():
        logger.warning("blob_not_named device=%s", device.pk)
        raise ProblemError("not-found")
    _write_chunk(chunk_path(device, sha256), data)
    with transaction.atomic():
        _row, made = Blob.objects.get_or_create(device=device, sha256=sha256, defaults={"size": len(data)})
    return made


def delete_stale_drafts() -> int:
    """Delete drafts older than `DRAFT_SECONDS`, left by killed processes. Returns how many."""
    before = time.time() - DRAFT_SECONDS
    drafts = (Path(settings.RECORDS_DIR) / "blobs").glob("*/.*")
    old = [draft for draft in drafts if draft.stat().st_mtime < before]
    for draft in old:
        draft.unlink(missing_ok=True)
    return len(old)
