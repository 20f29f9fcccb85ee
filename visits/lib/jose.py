"""Signatures and encryption of the tablet protocol, on joserfc.

One algorithm of each kind: ES256 to sign, ECDH-ES+A256KW with A256GCM to encrypt. The header is parsed and
compared here before any key is used: exactly the members that the protocol names. So an `alg` of none or
HS256, a `zip`, a `p2c`, a `jku` or a `crit` never reaches the library.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from joserfc import jwe, jws
from joserfc.errors import JoseError as LibraryError
from joserfc.jwe import JWERegistry
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry
from joserfc.registry import HeaderParameter

from visits.lib import strict_json

MAX_JWS_CHARS = 64 * 1024
MAX_HEADER_CHARS = 1024
# 25 MiB of ciphertext is what a whole capture may hold (visits.sync.manifests).
MAX_JWE_CHARS = 25 * 1024 * 1024
SEAL_ALG, SEAL_ENC, SEAL_TYP = "ECDH-ES+A256KW", "A256GCM", "jb-part+jwe"

_COMPACT = re.compile(r"[A-Za-z0-9_-]+")
_POINT = re.compile(r"[A-Za-z0-9_-]{43}")


class JoseError(ValueError):
    """The message breaks a rule of the protocol. The text names the rule and quotes no content."""


def new_ec_key() -> ECKey:
    """A new P-256 key whose `kid` is its RFC 7638 thumbprint and does not begin with "-", so that it works as
    an argument."""
    key = ECKey.generate_key("P-256", private=True)
    while key.thumbprint().startswith("-"):
        key = ECKey.generate_key("P-256", private=True)
    return ECKey.import_key({**key.as_dict(private=True), "kid": key.thumbprint()})


def import_private(jwk: dict[str, Any]) -> ECKey:
    """The private key of a key file."""
    return ECKey.import_key(jwk)


def public_jwk(key: ECKey) -> dict[str, str]:
    """The four members of the public half."""
    data = key.as_dict(private=False)
    return {name: str(data[name]) for name in ("kty", "crv", "x", "y")}


def import_public(jwk: Any) -> ECKey:
    """A P-256 public key from outside. Raises `JoseError` for private members, other curves and points off
    the curve."""
    if (
        not isinstance(jwk, dict)
        or set(jwk) != {"kty", "crv", "x", "y"}
        or jwk["kty"] != "EC"
        or jwk["crv"] != "P-256"
    ):
        raise JoseError("the key is not a P-256 public key")
    if not all(isinstance(jwk[name], str) and _POINT.fullmatch(jwk[name]) for name in ("x", "y")):
        raise JoseError("the key is not a P-256 public key")
    try:
        key = ECKey.import_key(dict(jwk))
        key.get_op_key("verify")
    except (LibraryError, ValueError) as error:
        raise JoseError("the key is not a point of the curve") from error
    return key


def key_thumbprint(jwk: dict[str, str]) -> str:
    """RFC 7638 SHA-256 thumbprint of a public key."""
    return str(import_public(jwk).thumbprint())


def decode_segment(segment: str) -> bytes:
    """Decode base64url without padding. Raises `JoseError` unless it is the canonical encoding."""
    if not _COMPACT.fullmatch(segment):
        raise JoseError("not base64url")
    try:
        raw = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except (binascii.Error, ValueError) as error:
        raise JoseError("not base64url") from error
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != segment:
        raise JoseError("not canonical base64url")
    return raw


def _split_segments(token: Any, count: int, limit: int) -> list[str]:
    if not isinstance(token, str) or len(token) > limit or not token.isascii():
        raise JoseError("not a compact message, or too long")
    parts = token.split(".")
    if len(parts) != count or len(parts[0]) > MAX_HEADER_CHARS:
        raise JoseError("not a compact message")
    return parts


def _parse_object(raw: bytes) -> dict[str, Any]:
    try:
        value = strict_json.parse_json(raw)
    except strict_json.JsonError as error:
        raise JoseError(f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise JoseError("not a JSON object")
    return value


def sign_jws(*, payload: dict[str, Any], typ: str, key: ECKey, kid: str) -> str:
    """Sign the canonical payload as compact JWS (ES256)."""
    header = {"alg": "ES256", "typ": typ, "kid": kid}
    return jws.serialize_compact(
        header, strict_json.canonical_json(payload), key, registry=JWSRegistry(algorithms=["ES256"])
    )


def peek_jws(token: Any, *, typ: str) -> tuple[str, dict[str, Any]]:
    """The `kid` and the payload of a JWS that is NOT verified: only for finding the key to verify with."""
    parts = _split_segments(token, 3, MAX_JWS_CHARS)
    header = _parse_object(decode_segment(parts[0]))
    if set(header) != {"alg", "typ", "kid"} or header["alg"] != "ES256" or header["typ"] != typ:
        raise JoseError("the header is not the one of this message")
    if not isinstance(header["kid"], str) or len(header["kid"]) > 64:
        raise JoseError("the key id is not one of ours")
    return header["kid"], _parse_object(decode_segment(parts[1]))


def verify_jws(token: Any, *, typ: str, key: ECKey, kid: str) -> dict[str, Any]:
    """The payload of a JWS signed by this key under this key id with this type. Raises `JoseError`."""
    found, payload = peek_jws(token, typ=typ)
    if found != kid:
        raise JoseError("signed under another key id")
    if len(decode_segment(token.rsplit(".", 1)[1])) != 64:
        raise JoseError("the signature is not of ES256")
    registry = JWSRegistry(algorithms=["ES256"])
    try:
        jws.deserialize_compact(token, key, registry=registry)
    except (LibraryError, ValueError) as error:
        raise JoseError("the signature does not hold") from error
    return payload


def _seal_registry() -> JWERegistry:
    registry = JWERegistry(
        header_registry={
            "jb_capture": HeaderParameter("Capture id", "str", True),
            "jb_part": HeaderParameter("Part name", "str", True),
        },
        algorithms=[SEAL_ALG, SEAL_ENC],
    )
    registry.max_ciphertext_length = MAX_JWE_CHARS
    return registry


def seal_part(*, plain: bytes, key: ECKey, kid: str, capture: str, part: str) -> bytes:
    """Encrypt a part to a capture key as tablets do: the ASCII bytes of a compact JWE."""
    header = {
        "alg": SEAL_ALG,
        "enc": SEAL_ENC,
        "kid": kid,
        "typ": SEAL_TYP,
        "jb_capture": capture,
        "jb_part": part,
    }
    return jwe.encrypt_compact(header, plain, key, registry=_seal_registry()).encode()


def _seal_header(sealed: bytes) -> dict[str, Any]:
    try:
        token = sealed.decode("ascii")
    except UnicodeDecodeError as error:
        raise JoseError("not a compact message") from error
    header = _parse_object(decode_segment(_split_segments(token, 5, MAX_JWE_CHARS)[0]))
    allowed = {"alg", "enc", "kid", "typ", "jb_capture", "jb_part", "epk"}
    if set(header) != allowed or (header["alg"], header["enc"], header["typ"]) != (
        SEAL_ALG,
        SEAL_ENC,
        SEAL_TYP,
    ):
        raise JoseError("the header is not the one of a sealed part")
    import_public(header["epk"])
    return header


def open_part(sealed: bytes, *, key: ECKey, kid: str, capture: str, part: str) -> bytes:
    """Decrypt a part that is sealed to this key, for this capture and part name. Raises `JoseError`."""
    header = _seal_header(sealed)
    if (header["kid"], header["jb_capture"], header["jb_part"]) != (kid, capture, part):
        raise JoseError("sealed for another capture, part or key")
    try:
        opened = jwe.decrypt_compact(sealed, key, registry=_seal_registry())
    except (LibraryError, ValueError) as error:
        raise JoseError("cannot be opened with this key") from error
    return bytes(opened.plaintext or b"")
