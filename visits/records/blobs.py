"""Chunks of ciphertext on disk, named by tablet and SHA-256; each is written whole or not at all."""

import hashlib
import logging
import os
import secrets
import time
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db import transaction

from visits.enums import CaptureStage
from visits.lib.problems import ProblemError
from visits.models import Blob, CaptureChunk, Device

DRAFT_SECONDS = 24 * 3600
logger = logging.getLogger(__name__)


def _device_folder(device: Device) -> Path:
    return Path(settings.RECORDS_DIR) / "blobs" / str(device.pk)


def chunk_path(device: Device, sha256: str) -> Path:
    """The file of a tablet's chunk."""
    return _device_folder(device) / sha256


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


def _is_on_disk(device: Device, sha256: str, size: int) -> bool:
    """Whether the file exists with this size; after a restore the database may know more chunks than the
    disk."""
    try:
        return chunk_path(device, sha256).stat().st_size == size
    except OSError:
        return False


def store_chunk(*, device: Device, sha256: str, data: bytes) -> bool:
    """Store a chunk. True if it is new, False if it was stored before.

    Problems: blob-differs (content has another hash), not-found (no incomplete capture of this tablet names
    it).
    """
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ProblemError("blob-differs")
    known = Blob.objects.filter(device=device, sha256=sha256).first()
    if known and _is_on_disk(device, sha256, known.size):
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


def find_missing(*, device: Device, hashes: Iterable[str]) -> list[str]:
    """Which of these chunks are not on disk, in the given order without repeats."""
    wanted = list(dict.fromkeys(hashes))
    sizes = dict(Blob.objects.filter(device=device, sha256__in=wanted).values_list("sha256", "size"))
    return [sha for sha in wanted if sha not in sizes or not _is_on_disk(device, sha, sizes[sha])]


def read_chunks(*, device: Device, hashes: Iterable[str]) -> bytes:
    """The concatenated chunks. Raises `OSError` if one cannot be read."""
    return b"".join(chunk_path(device, sha).read_bytes() for sha in hashes)
