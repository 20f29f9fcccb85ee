"""Captures of biometric devices (MOSIP Secure Biometric Interface 0.9.5 and 1.0), checked without trusting the tablet.

The tablet checks the same before it keeps anything (visits/static/visits/tablet/scanners/chain.js). What it hands in:

* in the form: the transaction, which is the id of the record's visit, and `links`, the hash at the end of each capture,
  in order. A capture that was taken again leaves only its link, so that the chain stays whole and no finger is kept for
  nothing;
* in the parts "fingers" and "irises": `{"captures": [{"link": n, "entries": [{"specVersion", "data", "hash"}]}]}`,
  each capture as the device answered it, with the number of its link (from 0).
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from visits.lib import strict_json

EMPTY = hashlib.sha256(b"").hexdigest()  # what the first capture of a chain is linked to
VERSIONS = ("0.9.5", "1.0", "1.0.0")
PART_BYTES = 16 * 1024 * 1024
MOST_ENTRIES = 20  # of one capture: a hand and what a strange device adds
MOST_CAPTURES = 20  # of one part
_HASH = re.compile(r"[0-9A-Fa-f]{64}")
_SEGMENT = re.compile(r"[A-Za-z0-9_-]+")
_FINGERS = {
    "index": "IndexFinger",
    "middle": "MiddleFinger",
    "ring": "RingFinger",
    "little": "LittleFinger",
    "thumb": "Thumb",
}
# our name of a finger or eye, by the device's kind and name of it
_NAMES = {
    **{
        ("Finger", f"{side.title()} {told}"): f"{side}_{finger}"
        for side in ("left", "right")
        for finger, told in _FINGERS.items()
    },
    ("Iris", "Left"): "left_iris",
    ("Iris", "Right"): "right_iris",
}
BODY_PARTS = frozenset(_NAMES.values())
MODALITIES = {"fingers": "Finger", "irises": "Iris"}


class ChainError(ValueError):
    """A capture that does not hold. `code`: shape, version, signature, transaction, hash or parts. Quotes no content."""

    def __init__(self, code: str) -> None:
        super().__init__(f"the capture of a device does not hold: {code}")
        self.code = code


@dataclass(frozen=True)
class _Entry:
    part: str
    raw: bytes  # the payload as it was signed
    value: bytes  # the picture of the finger or eye
    told_hash: str


def verify_captures(parts: Mapping[str, bytes], *, transaction: str, links: list[str]) -> frozenset[str]:
    """The names of the fingers and eyes in these parts (by modality, decrypted). Raises `ChainError`."""
    if not all(_HASH.fullmatch(link) for link in links):
        raise ChainError("shape")
    taken: set[str] = set()
    numbers: set[int] = set()
    for modality, raw in parts.items():
        for number, entries in _read_captures(raw):
            if number in numbers or not 0 <= number < len(links):
                raise ChainError("hash")
            numbers.add(number)
            start = links[number - 1] if number else EMPTY
            found = [
                _read_entry(entry, kind=MODALITIES[modality], transaction=transaction) for entry in entries
            ]
            if _follow_hashes(found, start) != links[number]:
                raise ChainError("hash")
            for entry in found:
                if entry.part in taken:
                    raise ChainError("parts")
                taken.add(entry.part)
    return frozenset(taken)


def _read_captures(raw: bytes) -> Iterator[tuple[int, list[Any]]]:
    if len(raw) > PART_BYTES:
        raise ChainError("shape")
    try:
        told = strict_json.parse_json(raw)
    except strict_json.JsonError:
        raise ChainError("shape") from None
    captures = told.get("captures") if isinstance(told, dict) else None
    if not isinstance(captures, list) or not 0 < len(captures) <= MOST_CAPTURES:
        raise ChainError("shape")
    for capture in captures:
        number = capture.get("link") if isinstance(capture, dict) else None
        entries = capture.get("entries") if isinstance(capture, dict) else None
        if type(number) is not int or not isinstance(entries, list) or not 0 < len(entries) <= MOST_ENTRIES:
            raise ChainError("shape")
        yield number, entries


def _read_entry(entry: Any, *, kind: str, transaction: str) -> _Entry:
    if not isinstance(entry, dict) or not all(
        isinstance(entry.get(name), str) for name in ("specVersion", "data", "hash")
    ):
        raise ChainError("shape")
    if entry["specVersion"] not in VERSIONS:
        raise ChainError("version")
    if not _HASH.fullmatch(entry["hash"]):
        raise ChainError("shape")
    raw = _verify_jws(entry["data"])
    payload = _parse_object(raw)
    if payload.get("transactionId") != transaction:
        raise ChainError("transaction")
    name = payload.get("bioSubType")
    part = _NAMES.get((kind, name)) if payload.get("bioType") == kind and isinstance(name, str) else None
    if part is None:
        raise ChainError("parts")
    value = payload.get("bioValue")
    if not isinstance(value, str) or not value:
        raise ChainError("shape")
    return _Entry(part, raw, _decode(value), entry["hash"])


def _follow_hashes(entries: list[_Entry], start: str) -> str:
    """The hash at the end. Two rules of joining are in use, and each binds value and order: the specification's text
    joins hexadecimal digests of the data block, its reference device the digests of the picture."""
    last = start
    for entry in entries:
        block, picture = hashlib.sha256(entry.raw), hashlib.sha256(entry.value)
        right = {
            hashlib.sha256((last + block.hexdigest()).encode()).hexdigest(),
            hashlib.sha256((last + block.hexdigest().upper()).encode()).hexdigest(),
            hashlib.sha256(bytes.fromhex(last) + picture.digest()).hexdigest(),
        }
        if entry.told_hash.lower() not in right:
            raise ChainError("hash")
        last = entry.told_hash
    return last


def _verify_jws(token: str) -> bytes:
    """The payload of a JWS that its own certificate signed (RS256). Who issued the certificate is not looked at."""
    segments = token.split(".")
    if len(segments) != 3:
        raise ChainError("shape")
    header = _parse_object(_decode(segments[0]))
    payload, signature = _decode(segments[1]), _decode(segments[2])
    chain = header.get("x5c")
    if header.get("alg") != "RS256" or not isinstance(chain, list) or not chain or "crit" in header:
        raise ChainError("shape")
    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode(chain[0], validate=True))
        key = certificate.public_key()
    except (TypeError, ValueError, UnsupportedAlgorithm, x509.InvalidVersion):
        raise ChainError("shape") from None
    if not isinstance(key, rsa.RSAPublicKey):
        raise ChainError("shape")
    try:
        key.verify(signature, token.rpartition(".")[0].encode(), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        raise ChainError("signature") from None
    return payload


def _parse_object(raw: bytes) -> dict[str, Any]:
    try:
        value = strict_json.parse_json(raw)
    except strict_json.JsonError:
        raise ChainError("shape") from None
    if not isinstance(value, dict):
        raise ChainError("shape")
    return value


def _decode(segment: str) -> bytes:
    """Base64url, with padding or without."""
    bare = segment.rstrip("=")
    if not _SEGMENT.fullmatch(bare):
        raise ChainError("shape")
    try:
        return base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except (binascii.Error, ValueError):
        raise ChainError("shape") from None
