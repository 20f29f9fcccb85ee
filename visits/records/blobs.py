"""Chunks of ciphertext on disk, named by tablet and SHA-256; each is written whole or not at all."""

import hashlib
import os
import secrets
import time
from collections.abc import Collection, Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from django.conf import settings

from outreach.services import log
from visits.enums import CaptureStage
from visits.lib.problems import ProblemError
from visits.models import CaptureChunk, Device
from visits.records.stored_chunks import (
    chunk_path,
    device_folder,
    is_on_disk,
    is_whole,
)

DRAFT_SECONDS = 24 * 3600
OPEN_DRAFTS = 8  # files that a batch holds open


def fsync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class ChunkBatch:
    """Chunks of one tablet on their way to the disk. All that were added are whole, under their names and
    fsynced, folder included, once the `with` block has ended, by an error too; a crash leaves drafts that are
    swept later. An `OSError` of the disk leaves none."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._open: list[tuple[int, Path, Path]] = []
        self._renamed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._name_drafts()
            if self._renamed:
                fsync_folder(device_folder(self._device))
        finally:
            self._drop_drafts()

    def add(self, sha256: str, data: bytes) -> None:
        """Write a chunk of this hash as a draft."""
        target = chunk_path(self._device, sha256)
        draft = target.with_name(f".{secrets.token_hex(8)}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        try:
            handle = os.open(draft, flags, 0o660)  # for whom: config/private.py
        except FileNotFoundError:
            target.parent.mkdir(parents=True, exist_ok=True)
            fsync_folder(target.parent.parent)
            handle = os.open(draft, flags, 0o660)
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(handle, left) :]
        except OSError:
            os.close(handle)
            draft.unlink(missing_ok=True)
            raise
        self._open.append((handle, draft, target))
        if len(self._open) >= OPEN_DRAFTS:
            self._name_drafts()

    def _name_drafts(self) -> None:
        for handle, _draft, _target in self._open:
            os.fsync(handle)
        while self._open:
            handle, draft, target = self._open.pop()
            os.close(handle)
            draft.rename(target)
            self._renamed = True

    def _drop_drafts(self) -> None:
        for handle, draft, _target in self._open:
            os.close(handle)
            draft.unlink(missing_ok=True)
        self._open = []


def store_chunk(*, device: Device, sha256: str, data: bytes) -> bool:
    """Store a chunk. True if it is new, False if it was stored before; one that was damaged on our disk since is
    written again.

    Problems: blob-differs (content has another hash), not-found (no incomplete capture of this tablet names
    it), which is logged.
    """
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ProblemError("blob-differs")
    known = is_on_disk(device, sha256)
    if known and is_whole(device, sha256):
        return False
    named = CaptureChunk.objects.filter(
        device=device, sha256=sha256, capture__status__stage=CaptureStage.INCOMPLETE
    )
    if not data or not named.exists():
        _log_not_named(device, [sha256])
        raise ProblemError("not-found")
    with ChunkBatch(device) as batch:
        batch.add(sha256, data)
    return not known


def store_chunks(*, device: Device, named: Collection[str], chunks: Iterable[bytes]) -> set[str]:
    """Store the chunks that are `named`, as they come. Returns the hashes of those; all are whole on disk then.
    What is not named is not written, and logged."""
    kept: set[str] = set()
    strange: list[str] = []
    with ChunkBatch(device) as batch:
        for data in chunks:
            sha256 = hashlib.sha256(data).hexdigest()
            if sha256 not in named:
                strange.append(sha256)
            elif sha256 not in kept:
                batch.add(sha256, data)
                kept.add(sha256)
    if strange:
        _log_not_named(device, strange)
    return kept


def _log_not_named(device: Device, hashes: list[str]) -> None:
    """What no incomplete capture of this tablet names was not taken."""
    log.write_log(
        actor=f"device:{device.pk}",
        action="blob_not_named",
        subject=device,
        detail={"sha256": hashes[0], "chunks": len(hashes)},
    )


def delete_stale_drafts() -> int:
    """Delete drafts older than `DRAFT_SECONDS`, left by killed processes. Returns how many."""
    before = time.time() - DRAFT_SECONDS
    drafts = (Path(settings.RECORDS_DIR) / "blobs").glob("*/.*")
    old = [draft for draft in drafts if draft.stat().st_mtime < before]
    for draft in old:
        draft.unlink(missing_ok=True)
    return len(old)
