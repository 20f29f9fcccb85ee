"""What a biometric device of the MOSIP Secure Biometric Interface answers, signed with a key made up for the run.

No finger or eye of anybody is in here: each "picture" is a sentence that says so, and noise.
"""

import base64
import hashlib
import json
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from tests.support import clock

LABEL = b"CONTOH, BUKAN BIOMETRI SIAPA PUN: "
EMPTY = hashlib.sha256(b"").hexdigest()
SUBTYPES = {
    **{f"{side} {name}": "Finger" for side in ("Left", "Right") for name in ("Thumb", "IndexFinger")},
    **{
        f"{side} {name}": "Finger"
        for side in ("Left", "Right")
        for name in ("MiddleFinger", "RingFinger", "LittleFinger")
    },
    **dict.fromkeys(("Left", "Right"), "Iris"),
}


def encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def made_up_picture(kind: str, name: str, *, size: int = 20_000) -> bytes:
    """The same bytes for the same name: a label, then noise."""
    label = LABEL + f"{kind} {name} ".encode()
    return label + random.Random(f"{kind} {name}").randbytes(size - len(label))


@dataclass
class MadeUpDevice:
    """Signs as a device does. `rule` is how its vendor joins hashes: "digests" of the pictures, or "text" digits of the
    data blocks."""

    rule: str = "digests"
    at: datetime = field(default_factory=clock.now)

    @cached_property
    def key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @cached_property
    def x5c(self) -> list[str]:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Alat contoh, kunci karangan")])
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
        builder = builder.public_key(self.key.public_key()).serial_number(1)
        builder = builder.not_valid_before(self.at - timedelta(days=1))
        made = builder.not_valid_after(self.at + timedelta(days=365)).sign(self.key, hashes.SHA256())
        return [base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode()]

    def sign(self, payload: dict[str, Any], **header: Any) -> str:
        told = {"alg": "RS256", "typ": "JWT", "x5c": self.x5c, **header}
        text = f"{encode(json.dumps(told).encode())}.{encode(json.dumps(payload).encode())}"
        signature = self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{text}.{encode(signature)}"

    def entry(
        self, kind: str, name: str, *, transaction: str, previous: str, version: str = "1.0", **changes: Any
    ) -> dict[str, Any]:
        """One finger or eye as a device answers it; `changes` overwrite members of what is signed."""
        picture = made_up_picture(kind, name)
        payload = {
            "digitalId": self.digital_id(kind),
            "deviceCode": "contoh",
            "deviceServiceVersion": "contoh 1",
            "bioType": kind,
            "bioSubType": name,
            "purpose": "Registration",
            "env": "Developer",
            "bioValue": encode(picture),
            "transactionId": transaction,
            "timestamp": self.at.isoformat(timespec="seconds"),
            "requestedScore": "60",
            "qualityScore": "80",
            **changes,
        }
        data = self.sign(payload)
        joined = self._join(previous, data, picture)
        return {
            "specVersion": version,
            "data": data,
            "hash": joined,
            "error": {"errorCode": "0", "errorInfo": "Success"},
        }

    def digital_id(self, kind: str) -> str:
        told = {
            "serialNo": f"CONTOH-{kind.upper()}",
            "make": "Contoh",
            "model": "Contoh",
            "type": kind,
            "deviceSubType": "Slap" if kind == "Finger" else "Double",
            "deviceProvider": "Contoh",
            "deviceProviderId": "CONTOH",
            "dateTime": self.at.isoformat(timespec="seconds"),
        }
        return self.sign(told)

    def _join(self, previous: str, data: str, picture: bytes) -> str:
        if self.rule == "text":
            block = data.split(".")[1]
            digest = (
                hashlib.sha256(base64.urlsafe_b64decode(block + "=" * (-len(block) % 4))).hexdigest().upper()
            )
            return hashlib.sha256((previous + digest).encode()).hexdigest().upper()
        return hashlib.sha256(bytes.fromhex(previous) + hashlib.sha256(picture).digest()).hexdigest().upper()

    def capture(
        self,
        kind: str,
        names: list[str],
        *,
        transaction: str,
        previous: str,
        version: str = "1.0",
        **changes: Any,
    ) -> list[dict[str, Any]]:
        """The entries of one capture, chained."""
        entries: list[dict[str, Any]] = []
        for name in names:
            last = entries[-1]["hash"] if entries else previous
            entries.append(
                self.entry(kind, name, transaction=transaction, previous=last, version=version, **changes)
            )
        return entries
