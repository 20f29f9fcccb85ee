"""A capture's manifest: who hands in what, in which parts and chunks."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from visits.lib import moments, shapes
from visits.lib.problems import ProblemError
from visits.sync import limits
from visits.sync.shapes import MANIFEST


@dataclass(frozen=True)
class ManifestPart:
    """One sealed part: `size` and `sha256` of its whole ciphertext, and the hashes of its chunks in order."""

    name: str
    size: int
    sha256: str
    chunks: tuple[str, ...]


@dataclass(frozen=True)
class Manifest:
    """The signed statement of a tablet about a capture."""

    capture: UUID
    visit: UUID
    officer: int
    day: date
    day_version: str
    client: int
    form_version: int
    capture_key: str
    parts: tuple[ManifestPart, ...]
    sealed_at: datetime  # by the tablet's clock, put right by what the server last told it

    @property
    def hashes(self) -> list[str]:
        """Of the chunks of all parts, in order."""
        return [sha for part in self.parts for sha in part.chunks]

    @property
    def size(self) -> int:
        """Bytes of ciphertext of all parts."""
        return sum(part.size for part in self.parts)


def read_manifest(payload: dict[str, Any]) -> Manifest:
    """The manifest of a verified payload. Problems: invalid (with fields), too-large."""
    found = shapes.list_errors(MANIFEST, payload)
    if found:
        raise ProblemError("invalid", errors=found)
    parts = tuple(
        ManifestPart(part["name"], int(part["size"]), part["sha256"], tuple(part["chunks"]))
        for part in payload["parts"]
    )
    _check_limits(parts)
    if len({part.name for part in parts}) != len(parts) or "form" not in {part.name for part in parts}:
        raise ProblemError(
            "invalid", errors=[{"field": "parts", "message": _("Bagian tidak lengkap atau ganda.")}]
        )
    try:
        day = date.fromisoformat(payload["day"])
    except ValueError:
        raise ProblemError(
            "invalid", errors=[{"field": "day", "message": _("Tanggal tidak ada di kalender.")}]
        ) from None
    sealed_at = _read_clocks(**payload["clocks"])
    if sealed_at is None:
        raise ProblemError(
            "invalid", errors=[{"field": "clocks.wall", "message": _("Jam tablet tidak terbaca.")}]
        )
    return Manifest(
        capture=UUID(payload["capture"]),
        visit=UUID(payload["visit"]),
        officer=int(payload["officer"]),
        day=day,
        day_version=payload["day_version"],
        client=int(payload["client"]),
        form_version=int(payload["form_version"]),
        capture_key=payload["capture_key"],
        parts=parts,
        sealed_at=sealed_at,
    )


def _read_clocks(*, wall: str, offset_ms: float | None = None, **_others: Any) -> datetime | None:
    """The tablet's moment plus the milliseconds by which it knew itself to be slow; None if there is no such moment."""
    at = moments.parse_moment(wall)
    if at is None or offset_ms is None:
        return at
    try:
        return at + timedelta(milliseconds=offset_ms)
    except OverflowError:
        return at


def _check_limits(parts: tuple[ManifestPart, ...]) -> None:
    too_many = len(parts) > limits.CAPTURE_PARTS
    chunks = sum(len(part.chunks) for part in parts)
    too_big = sum(part.size for part in parts) > limits.CAPTURE_BYTES or chunks > limits.CAPTURE_CHUNKS
    if too_many or too_big:
        message = (
            _("Paling banyak 20 bagian.")
            if too_many
            else _("Seluruh rekaman paling besar 25 MB; perkecil foto.")
        )
        raise ProblemError("too-large", errors=[{"field": "parts", "message": message}])


MANIFEST_TYP = "jb-manifest+jws"
