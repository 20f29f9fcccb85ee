"""Chunks of ciphertext that are on disk: where they lie, which are missing, what they hold.

A chunk's file is the only word on whether it is here: it has its name once it is whole and fsynced.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from visits.models import Device


def device_folder(device: Device) -> Path:
    return Path(settings.RECORDS_DIR) / "blobs" / str(device.pk)


def chunk_path(device: Device, sha256: str) -> Path:
    """The file of a tablet's chunk."""
    return device_folder(device) / sha256


def is_on_disk(device: Device, sha256: str) -> bool:
    """Whether the file exists and is not empty; nothing is read of it."""
    try:
        return chunk_path(device, sha256).stat().st_size > 0
    except OSError:
        return False


def find_missing(*, device: Device, hashes: Iterable[str]) -> list[str]:
    """Which of these chunks are not on disk, in the given order without repeats."""
    return [sha for sha in dict.fromkeys(hashes) if not is_on_disk(device, sha)]


def is_whole(device: Device, sha256: str) -> bool:
    """Whether the file on disk can be read and holds the bytes of this hash."""
    try:
        return hashlib.sha256(chunk_path(device, sha256).read_bytes()).hexdigest() == sha256
    except OSError:
        return False


def find_damaged(*, device: Device, hashes: Iterable[str]) -> list[str]:
    """Which of these chunks do not hold what they held when they came, in the given order without repeats. Reads
    every byte."""
    return [sha for sha in dict.fromkeys(hashes) if not is_whole(device, sha)]


def read_chunks(*, device: Device, hashes: Iterable[str]) -> bytes:
    """The concatenated chunks. Raises `OSError` if one cannot be read."""
    return b"".join(chunk_path(device, sha).read_bytes() for sha in hashes)
