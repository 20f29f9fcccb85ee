"""Chunks of ciphertext that are on disk: where they lie, which are missing, what they hold."""

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from visits.models import Blob, Device


def device_folder(device: Device) -> Path:
    return Path(settings.RECORDS_DIR) / "blobs" / str(device.pk)


def chunk_path(device: Device, sha256: str) -> Path:
    """The file of a tablet's chunk."""
    return device_folder(device) / sha256


def is_on_disk(device: Device, sha256: str, size: int) -> bool:
    """Whether the file exists with this size; after a restore the database may know more chunks than the
    disk."""
    try:
        return chunk_path(device, sha256).stat().st_size == size
    except OSError:
        return False


def find_missing(*, device: Device, hashes: Iterable[str]) -> list[str]:
    """Which of these chunks are not on disk, in the given order without repeats."""
    wanted = list(dict.fromkeys(hashes))
    sizes = dict(Blob.objects.filter(device=device, sha256__in=wanted).values_list("sha256", "size"))
    return [sha for sha in wanted if sha not in sizes or not is_on_disk(device, sha, sizes[sha])]


def read_chunks(*, device: Device, hashes: Iterable[str]) -> bytes:
    """The concatenated chunks. Raises `OSError` if one cannot be read."""
    return b"".join(chunk_path(device, sha).read_bytes() for sha in hashes)
