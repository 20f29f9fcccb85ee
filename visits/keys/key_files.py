"""The private halves of the office's keys, read from their files, and the public halves of others."""

import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from joserfc.jwk import ECKey

from visits.enums import KeyRole
from visits.lib import jose


class KeyMissingError(RuntimeError):
    """The private half of a key is not readable by this process."""


def key_directory(role: KeyRole) -> Path:
    """The folder of the private halves of a role."""
    if role == KeyRole.SERVER:
        return Path(settings.KEYS_DIR) / "server"
    return Path(settings.CAPTURE_PRIVATE_KEYS_DIR or Path(settings.KEYS_DIR) / "worker")


def key_path(role: KeyRole, kid: str) -> Path:
    return key_directory(role) / f"{role}-{kid}.json"


@lru_cache(maxsize=64)
def read_key(path: Path) -> ECKey:
    try:
        return jose.import_private(json.loads(path.read_text()))
    except OSError as error:
        raise KeyMissingError(f"{path.name}: {type(error).__name__}") from error


def load_private_key(role: KeyRole, kid: str) -> ECKey:
    """The private half of a key. Raises `KeyMissingError`."""
    return read_key(key_path(role, kid))


@lru_cache(maxsize=64)
def _import_public(x: str, y: str) -> ECKey:
    return jose.import_public({"kty": "EC", "crv": "P-256", "x": x, "y": y})


def load_public_key(jwk: dict[str, str]) -> ECKey:
    """The public key of a stored JWK."""
    return _import_public(jwk["x"], jwk["y"])
