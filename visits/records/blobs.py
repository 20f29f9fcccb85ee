"""Chunks of ciphertext on disk, named by tablet and SHA-256; each is written whole or not at all."""

import hashlib
import os
import secrets
import time
from collections.abc import Iterable, Set
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from django.conf import settings

from outreach.services import log
from visits.enums import CaptureStage
from visits.lib.problems import ProblemError
from visits.models import Capture, CaptureChunk, Device
from visits.records.stored_chunks import (
    HEAD_BYTES,
    RECORD_SUFFIX,
    chunk_head,
    chunk_path,
    device_folder,
    is_on_disk,
    is_whole,
    record_path,
)

STALE_SECONDS = 24 * 3600
OPEN_DRAFTS = 8  # files that a batch holds open
_ASIDE = ".swept-"  # before the hash, while a sweep looks whether a chunk is needed


def fsync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _open_draft(device: Device) -> tuple[int, Path]:
    """A new file of a tablet without a name of its own yet."""
    draft = device_folder(device) / f".{secrets.token_hex(8)}"
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
    try:
        return os.open(draft, flags, 0o660), draft  # for whom: config/private.py
    except FileNotFoundError:
        draft.parent.mkdir(parents=True, exist_ok=True)
        fsync_folder(draft.parent.parent)
        return os.open(draft, flags, 0o660), draft


def _write_whole(handle: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]


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
        handle, draft = _open_draft(self._device)
        try:
            _write_whole(handle, data)
        except OSError:
            os.close(handle)
            draft.unlink(missing_ok=True)
            raise
        self._open.append((handle, draft, chunk_path(self._device, sha256)))
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


def store_record(*, device: Device, record: str, named: Set[str], chunks: Iterable[bytes]) -> Set[str]:
    """Store the chunks that are `named`, as they come: in the one file of the record if all came, else each in its
    own. Returns the hashes of those that came; all are whole on disk then. What is not named is not written, and
    logged."""
    strange: list[str] = []
    handle, draft = _open_draft(device)
    try:
        places = _write_record(handle, named, chunks, strange)
        if places.keys() >= named:
            os.fsync(handle)
            draft.rename(record_path(device, record))
            fsync_folder(draft.parent)
        else:
            with ChunkBatch(device) as batch:
                for sha256, (offset, size) in places.items():
                    batch.add(sha256, os.pread(handle, size, offset))
    finally:
        os.close(handle)
        draft.unlink(missing_ok=True)
    if strange:
        _log_not_named(device, strange)
    return places.keys()


def _write_record(
    handle: int, named: Set[str], chunks: Iterable[bytes], strange: list[str]
) -> dict[str, tuple[int, int]]:
    """Offset and size of each chunk that was written; the hashes of others are added to `strange`."""
    places: dict[str, tuple[int, int]] = {}
    end = 0
    for data in chunks:
        digest = hashlib.sha256(data)
        sha256 = digest.hexdigest()
        if sha256 not in named:
            strange.append(sha256)
        elif sha256 not in places:
            _write_whole(handle, chunk_head(digest.digest(), len(data)))
            _write_whole(handle, data)
            places[sha256] = (end + HEAD_BYTES, len(data))
            end += HEAD_BYTES + len(data)
    return places


def _log_not_named(device: Device, hashes: list[str]) -> None:
    """What no incomplete capture of this tablet names was not taken."""
    log.write_log(
        actor=f"device:{device.pk}",
        action="blob_not_named",
        subject=device,
        detail={"sha256": hashes[0], "chunks": len(hashes)},
    )


def delete_stale_drafts() -> int:
    """Delete drafts older than `STALE_SECONDS`, left by killed processes. Returns how many. Safe beside tablets that
    hand in, whose drafts get their names meanwhile."""
    before = time.time() - STALE_SECONDS
    drafts = [draft for draft in _blobs_folder().glob("*/.*") if not draft.name.startswith(_ASIDE)]
    old = [draft for draft in drafts if _is_older(draft, before)]
    for draft in old:
        draft.unlink(missing_ok=True)
    return len(old)


def delete_orphan_chunks() -> int:
    """Delete chunks older than `STALE_SECONDS` that no capture names: of a whole record whose process was killed
    before its row was written. Returns how many. Safe to repeat, and beside tablets that hand in."""
    deleted = 0
    for device in Device.objects.filter(pk__in=_list_device_folders()):
        gone = _delete_orphans_of(device)
        if gone:
            log.write_log(actor="system", action="chunks_swept", subject=device, detail={"chunks": gone})
        deleted += gone
    return deleted


def _blobs_folder() -> Path:
    return Path(settings.RECORDS_DIR) / "blobs"


def _list_device_folders() -> list[str]:
    return [folder.name for folder in _blobs_folder().glob("*-*-*-*-*") if folder.is_dir()]


def _delete_orphans_of(device: Device) -> int:
    """A chunk is renamed before it is looked at for the last time: who needs it either sees that it is missing, or
    has its row written already, or wrote the file anew just now; then it gets its name back."""
    before = time.time() - STALE_SECONDS
    folder = device_folder(device)
    for left in folder.glob(f"{_ASIDE}*"):  # by a sweep that was killed
        _give_back(left, chunk_path(device, left.name.removeprefix(_ASIDE)))
    unnamed = {path.name for path in folder.glob("[0-9a-f]*")} - _list_named(device)
    aside = [
        sha256
        for sha256 in unnamed
        if _is_older(chunk_path(device, sha256), before)
        and _rename_if_there(chunk_path(device, sha256), folder / f"{_ASIDE}{sha256}")
    ]
    named = _list_named(device) if aside else set()
    deleted = 0
    for sha256 in aside:
        path = folder / f"{_ASIDE}{sha256}"
        if sha256 in named or not _is_older(path, before):
            _give_back(path, chunk_path(device, sha256))
        else:
            path.unlink(missing_ok=True)
            deleted += 1
    return deleted


def _is_older(path: Path, moment: float) -> bool:
    """Whether the file was written before this moment (seconds since 1970); False where it has gone."""
    try:
        return path.stat().st_mtime < moment
    except FileNotFoundError:
        return False


def _rename_if_there(path: Path, target: Path) -> bool:
    """Rename a file. False where another sweep was first."""
    try:
        path.rename(target)
    except FileNotFoundError:
        return False
    return True


def _give_back(path: Path, target: Path) -> None:
    """Its name again, unless somebody wrote the file anew meanwhile: that one is the good one."""
    with suppress(FileExistsError, FileNotFoundError):
        os.link(path, target)
    path.unlink(missing_ok=True)


def _list_named(device: Device) -> set[str]:
    """The names of all files that captures of this tablet may need."""
    records = Capture.objects.filter(device=device).values_list("manifest_sha256", flat=True)
    chunks = CaptureChunk.objects.filter(device=device).values_list("sha256", flat=True)
    return {*chunks, *(f"{record}{RECORD_SUFFIX}" for record in records)}
