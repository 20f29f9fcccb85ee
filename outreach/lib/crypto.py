"""Encryption of fields: AES-256-GCM under a key per person, which is wrapped by the office's key ring.

A ciphertext is bound to its place (table, column, row) as associated data, so that it cannot be moved to
another row or column. Destroying a person's key erases all that was encrypted under it, also in copies.
Numbers that must be found again have a blind index: HMAC-SHA256 under a key of its own. Sources: NIST SP
800-38D (GCM); 96-bit random nonces, far below 2^32 encryptions a key.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT = b"\x01"


class SealError(ValueError):
    """A field cannot be decrypted: another key, another place, or changed bytes."""


class KeyRingError(RuntimeError):
    """The key ring is missing or unreadable; the message says where to put it back."""


def new_aes_key() -> bytes:
    """A fresh 256-bit key."""
    return AESGCM.generate_key(256)


def encrypt_field(plain: bytes, *, key: bytes, place: str) -> bytes:
    """Encrypt `plain` for `place`: format byte, nonce of 12 bytes, ciphertext with its tag of 16 bytes."""
    nonce = secrets.token_bytes(12)
    return FORMAT + nonce + AESGCM(key).encrypt(nonce, plain, place.encode())


def decrypt_field(sealed: bytes, *, key: bytes, place: str) -> bytes:
    """Decrypt what `encrypt_field` returned. Raises `SealError`."""
    if sealed[:1] != FORMAT or len(sealed) < 29:
        raise SealError("format")
    try:
        return AESGCM(key).decrypt(sealed[1:13], sealed[13:], place.encode())
    except InvalidTag as error:
        raise SealError("tag") from error


@dataclass(frozen=True)
class KeyRing:
    """The office's field keys: `current` encrypts, each of `keys` decrypts. `index_key` is for blind indexes."""

    current: str
    keys: dict[str, bytes]
    index_key: bytes

    def wrap(self, key: bytes, *, place: str) -> bytes:
        """A person's key encrypted under the current office key, with the office key's id in front."""
        return self.current.encode() + b":" + encrypt_field(key, key=self.keys[self.current], place=place)

    def unwrap(self, wrapped: bytes, *, place: str) -> bytes:
        """The person's key. Raises `SealError`, also if the office key is not on the ring."""
        name, _, sealed = wrapped.partition(b":")
        if name.decode() not in self.keys:
            raise SealError("key")
        return decrypt_field(sealed, key=self.keys[name.decode()], place=place)

    def blind(self, kind: str, text: str) -> str:
        """The blind index of a text: 64 hexadecimal digits, equal for equal texts of one kind."""
        return hmac.new(self.index_key, f"{kind}:{text}".encode(), hashlib.sha256).hexdigest()


def load_ring(path: Path) -> KeyRing:
    """Read the key ring from its file; created at the first start, readable by our user alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        text = json.dumps(
            {
                "current": "k1",
                "keys": {"k1": base64.b64encode(new_aes_key()).decode()},
                "index_key": base64.b64encode(new_aes_key()).decode(),
            }
        )
        # written beside its name and linked to it: no process ever reads half a ring, and two never make two
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    try:
        data = json.loads(path.read_text())
        ring = KeyRing(
            current=data["current"],
            keys={name: base64.b64decode(key, validate=True) for name, key in data["keys"].items()},
            index_key=base64.b64decode(data["index_key"], validate=True),
        )
        sound = ring.current in ring.keys and {len(key) for key in (*ring.keys.values(), ring.index_key)} == {
            32
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        sound = False
    if not sound:
        raise KeyRingError(f"{path.name} is not a whole key ring: put back the copy that was kept apart")
    return ring
