"""Sealing of fields with content from tablets, under the key of the person that it is about."""

from django.db.models import Model

from outreach import vault
from outreach.models import PersonKey
from visits.models import Visit


def choose_person_key(visit: Visit | None) -> PersonKey:
    """The key of the visited person; a new key if the visit is unknown or the person was erased."""
    if visit is not None:
        key = visit.need.resident.key
        if key.destroyed_at is None:
            return key
    return vault.create_person_key()


def seal_reported(row: Model, field: str, data: bytes, *, key: PersonKey) -> bytes:
    """Encrypt `data` for a field of a row. The row's primary key must be set."""
    return vault.seal_bytes(key, data, place=f"{row._meta.db_table}.{field}.{row.pk}")


def unseal_reported(row: Model, field: str, sealed: bytes, *, key: PersonKey) -> bytes:
    """Decrypt a sealed field. Raises `outreach.lib.crypto.SealError`, also if the key was destroyed."""
    return vault.unseal_bytes(key, sealed, place=f"{row._meta.db_table}.{field}.{row.pk}")
