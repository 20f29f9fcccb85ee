"""Chunks of ciphertext that are on disk: where they lie, which are missing, what they hold.

A chunk that came by itself has a file of its own, named by its hash. A record that came in one body has one file,
named by the hash of its manifest (`record`), in which each chunk follows its hash and its length. A file is the only
word on whether a chunk is here: it has its name once it is whole and fsynced.
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from visits.models import Device

RECORD_SUFFIX = ".whole"
HASH_BYTES, LENGTH_BYTES = 32, 4
HEAD_BYTES = HASH_BYTES + LENGTH_BYTES


def device_folder(device: Device) -> Path:
    return Path(settings.RECORDS_DIR) / "blobs" / str(device.pk)


def chunk_path(device: Device, sha256: str) -> Path:
    """The file of a chunk that came by itself."""
    return device_folder(device) / sha256


def record_path(device: Device, record: str) -> Path:
    """The file of a record that came in one body."""
    return device_folder(device) / f"{record}{RECORD_SUFFIX}"


def chunk_head(digest: bytes, size: int) -> bytes:
    """What stands before a chunk in the file of its record."""
    return digest + size.to_bytes(LENGTH_BYTES, "big")


def is_on_disk(device: Device, sha256: str) -> bool:
    """Whether the chunk's own file exists and is not empty; nothing is read of it."""
    try:
        return chunk_path(device, sha256).stat().st_size > 0
    except OSError:
        return False


def is_whole(device: Device, sha256: str) -> bool:
    """Whether the chunk's own file can be read and holds the bytes of this hash."""
    try:
        return _has_hash(chunk_path(device, sha256).read_bytes(), sha256)
    except OSError:
        return False


def _has_hash(data: bytes, sha256: str) -> bool:
    return hashlib.sha256(data).hexdigest() == sha256


class _RecordReader:
    """The chunks of one record, wherever they lie."""

    def __init__(self, device: Device, record: str) -> None:
        self._device, self._path = device, record_path(device, record)
        self._places = _list_places(self._path)

    def holds(self, sha256: str) -> bool:
        return sha256 in self._places or is_on_disk(self._device, sha256)

    def read(self, sha256: str) -> bytes:
        """A chunk; of two copies the one that is whole. Raises `OSError` if it cannot be read."""
        place = self._places.get(sha256)
        if place is None:
            try:
                return chunk_path(self._device, sha256).read_bytes()
            except FileNotFoundError:
                if self._places:  # its record is here and does not hold it: damaged, not away
                    return b""
                raise
        if is_whole(self._device, sha256):
            return chunk_path(self._device, sha256).read_bytes()
        offset, size = place
        with self._path.open("rb", buffering=0) as file:
            return os.pread(file.fileno(), size, offset)


def _list_places(path: Path) -> dict[str, tuple[int, int]]:
    """Offset and size of each chunk in a record's file; empty if there is none."""
    found: dict[str, tuple[int, int]] = {}
    try:
        with path.open("rb", buffering=0) as file:
            end, at = path.stat().st_size, 0
            while at + HEAD_BYTES <= end:
                head = os.pread(file.fileno(), HEAD_BYTES, at)
                at, size = at + HEAD_BYTES, int.from_bytes(head[HASH_BYTES:], "big")
                if 0 < size <= end - at:
                    found[head[:HASH_BYTES].hex()] = (at, size)
                at += size
    except OSError:
        pass
    return found


def find_missing(*, device: Device, hashes: Iterable[str], record: str) -> list[str]:
    """Which of a record's chunks are not on disk, in the given order without repeats."""
    reader = _RecordReader(device, record)
    return [sha for sha in dict.fromkeys(hashes) if not reader.holds(sha)]


def find_damaged(*, device: Device, hashes: Iterable[str], record: str) -> list[str]:
    """Which of a record's chunks do not hold what they held when they came, in the given order without repeats.
    Reads every byte."""
    reader = _RecordReader(device, record)

    def is_damaged(sha: str) -> bool:
        try:
            return not _has_hash(reader.read(sha), sha)
        except OSError:
            return True

    return [sha for sha in dict.fromkeys(hashes) if is_damaged(sha)]


def read_chunks(*, device: Device, hashes: Iterable[str], record: str) -> bytes:
    """The concatenated chunks of a record. Raises `OSError` if one cannot be read."""
    reader = _RecordReader(device, record)
    return b"".join(map(reader.read, hashes))
