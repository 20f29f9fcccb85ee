"""Import of records that a tablet saved to a file ("Simpan ke berkas"): the same bytes through the same code
as online.

The file is a ZIP without compression: `captures/<id>/manifest.jws` and `captures/<id>/<sha256>` for each
chunk. The manifest's signature proves which tablet it comes from. Events in the file are not signed; they
stay on the tablet and are sent when it is connected.
"""

import re
import zipfile
from dataclasses import dataclass
from typing import IO
from uuid import UUID

from outreach.services import log
from visits.lib import jose
from visits.lib.problems import ProblemError
from visits.models import Device
from visits.records import blobs, captures
from visits.sync import limits, manifests

MOST_FILES = 20_000
_NAME = re.compile(r"captures/([0-9a-f-]{36})/(manifest\.jws|[0-9a-f]{64})")


class NotABundleError(ValueError):
    """The file was not written by a tablet."""


@dataclass(frozen=True)
class CarriedRecord:
    """The result for one record: stored, known, incomplete (chunks are not in the file), or a problem code."""

    capture: str
    result: str
    device: Device | None = None


def take_bundle(*, file: IO[bytes], actor: str) -> list[CarriedRecord]:
    """Receive every record of the file. Raises `NotABundleError`. Safe to repeat."""
    try:
        with zipfile.ZipFile(file) as bundle:
            listed = _list_captures(bundle)
            if not listed:
                raise NotABundleError
            taken = [_take_capture(bundle, capture, files) for capture, files in listed.items()]
    except (zipfile.BadZipFile, RuntimeError, EOFError, OverflowError):  # also locked, cut or of another make
        raise NotABundleError from None
    for device in {one.device.pk: one.device for one in taken if one.device}.values():
        mine = [one for one in taken if one.device == device]
        stored = sum(one.result == "stored" for one in mine)
        log.write_log(
            actor=actor,
            action="captures_carried",
            subject=device,
            detail={"captures": len(mine), "stored": stored},
        )
    return taken


def _list_captures(bundle: zipfile.ZipFile) -> dict[str, dict[str, zipfile.ZipInfo]]:
    """The entries of each capture. Other entries are ignored, and nothing is unpacked by its name."""
    entries = bundle.infolist()
    if len(entries) > MOST_FILES:
        raise NotABundleError
    found: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for entry in entries:
        match = _NAME.fullmatch(entry.filename)
        if match:
            found.setdefault(match[1], {}).setdefault(match[2], entry)
    return found


def _read_entry(bundle: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """The bytes of an entry. Raises `ProblemError` too-large if it is compressed or longer than `most`."""
    if entry.compress_type != zipfile.ZIP_STORED or entry.file_size > most:
        raise ProblemError("too-large")
    return bundle.read(entry)


def _take_capture(bundle: zipfile.ZipFile, capture: str, files: dict[str, zipfile.ZipInfo]) -> CarriedRecord:
    device = None
    try:
        if "manifest.jws" not in files:
            raise ProblemError("bad-signature")
        manifest = _read_entry(bundle, files["manifest.jws"], jose.MAX_JWS_CHARS).decode("ascii", "replace")
        device = _find_device(manifest)
        offer = captures.receive_manifest(device=device, capture_id=UUID(capture), manifest=manifest)
        known = bool(offer.receipt) and not offer.new
        if offer.missing:
            for sha in offer.missing:
                if sha in files:
                    blobs.store_chunk(
                        device=device, sha256=sha, data=_read_entry(bundle, files[sha], limits.CHUNK_BYTES)
                    )
            offer = captures.receive_manifest(device=device, capture_id=UUID(capture), manifest=manifest)
    except ProblemError as problem:
        return CarriedRecord(capture, problem.code, device)
    except ValueError:  # an id that is none
        return CarriedRecord(capture, "invalid", device)
    return CarriedRecord(capture, "known" if known else "stored" if offer.receipt else "incomplete", device)


def _find_device(manifest: str) -> Device:
    try:
        kid, _payload = jose.peek_jws(manifest, typ=manifests.MANIFEST_TYP)
        device = Device.objects.select_related("team").filter(pk=UUID(kid)).first()
    except (jose.JoseError, ValueError):
        device = None
    if device is None:
        raise ProblemError("bad-signature")
    return device
