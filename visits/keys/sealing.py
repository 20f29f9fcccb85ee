"""Sealing of what tablets report: under the key of the person it is about, else under one of its own."""

from django.db.models import Model

from outreach import vault
from outreach.models import PersonKey
from visits.models import Visit


def key_for(visit: Visit | None) -> PersonKey:
    """The visited person's key; a new one where nobody is known or the person was erased."""
    if visit is not None:
        key = visit.need.resident.key
        if key.destroyed_at is None:
            return key
    return vault.new_person()


def seal(row: Model, field: str, data: bytes, *, key: PersonKey) -> bytes:
    """`data` sealed for a row's field; the row's id must be known."""
    return vault.seal_bytes(key, data, place=f"{row._meta.db_table}.{field}.{row.pk}")


def unseal(row: Model, field: str, sealed: bytes, *, key: PersonKey) -> bytes:
    """What was sealed there. Raises `outreach.lib.crypto.SealError`, also once the key is destroyed."""
    return vault.unseal_bytes(key, sealed, place=f"{row._meta.db_table}.{field}.{row.pk}")
