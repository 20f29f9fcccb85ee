"""Sealed fields of rows: the only module that combines keys, places and blind indexes.

A row with sealed fields has `key` (a `PersonKey`) and a UUID set before it is saved; a field's place is
table, column and row. If a resident takes over a request's key, the fields are encrypted again for the
resident's row.
"""

import json
from functools import cache

from django.conf import settings
from django.utils import timezone

from outreach.lib import crypto, reference
from outreach.models import PersonKey, Resident, SealedDetail, VisitRequest

SealedRow = Resident | VisitRequest


@cache
def load_key_ring() -> crypto.KeyRing:
    """The office's key ring, read once a process. A new one is created only if nothing is sealed yet.

    Raises `crypto.KeyRingError` otherwise: a new ring could not decrypt what is stored.
    """
    path = settings.FIELD_KEYS_FILE
    if not path.exists() and PersonKey.objects.filter(destroyed_at__isnull=True).exists():
        raise crypto.KeyRingError(f"{path.name} is missing: put back the copy that was kept apart")
    return crypto.load_ring(path)


def check_key_ring() -> None:
    """Raise `crypto.KeyRingError` unless the file of the ring is there and opens what is sealed, if anything
    is; also where this process has read the ring before the file went away."""
    path = settings.FIELD_KEYS_FILE
    person = PersonKey.objects.filter(destroyed_at__isnull=True).first()
    if person is None:
        return
    if not path.exists():
        raise crypto.KeyRingError(f"{path.name} is missing: put back the copy that was kept apart")
    try:
        _unwrap_key(person)
    except crypto.SealError:
        raise crypto.KeyRingError(
            f"{path.name} does not open this database: put back the copy that was kept with it"
        ) from None


def build_person_key() -> PersonKey:
    """A key for a new person, not saved."""
    person = PersonKey()
    person.wrapped = load_key_ring().wrap(crypto.new_aes_key(), place=f"person:{person.pk}")
    return person


def create_person_key() -> PersonKey:
    """Create a key for a new person."""
    person = build_person_key()
    person.save(force_insert=True)
    return person


def _unwrap_key(person: PersonKey) -> bytes:
    if person.destroyed_at:
        raise crypto.SealError("destroyed")
    return load_key_ring().unwrap(bytes(person.wrapped), place=f"person:{person.pk}")


def seal_bytes(person: PersonKey, data: bytes, *, place: str) -> bytes:
    """Encrypt `data` under the person's key for a place "table.column.pk"."""
    return crypto.encrypt_field(data, key=_unwrap_key(person), place=place)


def unseal_bytes(person: PersonKey, sealed: bytes, *, place: str) -> bytes:
    """Decrypt what `seal_bytes` returned. Raises `crypto.SealError`, also if the key was destroyed."""
    return crypto.decrypt_field(bytes(sealed), key=_unwrap_key(person), place=place)


def _field_place(row: SealedRow, field: str) -> str:
    return f"{row._meta.db_table}.{field}.{row.pk}"


def seal_field(row: SealedRow, field: str, text: str) -> None:
    """Set `row.<field>_sealed` (without saving); an empty text empties it."""
    value = seal_bytes(row.key, text.encode(), place=_field_place(row, field)) if text else None
    setattr(row, f"{field}_sealed", value)


def unseal_field(row: SealedRow, field: str) -> str:
    """The text of a sealed field; "" if there is none or the person's key was destroyed."""
    sealed = getattr(row, f"{field}_sealed")
    if not sealed or row.key.destroyed_at:
        return ""
    return unseal_bytes(row.key, sealed, place=_field_place(row, field)).decode()


def seal_detail(row: SealedDetail, detail: dict[str, str]) -> None:
    """Set `row.sealed` (without saving): labelled texts about the person of `row.key`."""
    text = json.dumps(detail, sort_keys=True)
    row.sealed = seal_bytes(row.key, text.encode(), place=f"{row._meta.db_table}.sealed.{row.pk}")


def unseal_detail(row: SealedDetail) -> dict[str, str]:
    """What `seal_detail` sealed; nothing if the person's key was destroyed."""
    if row.key.destroyed_at:
        return {}
    text = unseal_bytes(row.key, bytes(row.sealed), place=f"{row._meta.db_table}.sealed.{row.pk}")
    found: dict[str, str] = json.loads(text)
    return found


def blind_index(kind: str, text: str) -> str:
    """The blind index of a text ("nik", "phone", "code", ...); "" for an empty text."""
    return load_key_ring().blind(kind, text) if text else ""


def destroy_key(person: PersonKey) -> bool:
    """Erase the person's sealed data by destroying its key. False if it was destroyed before."""
    return bool(
        PersonKey.objects.filter(pk=person.pk, destroyed_at__isnull=True).update(
            wrapped=b"", destroyed_at=timezone.now()
        )
    )


def seal_draft(text: str, *, place: str) -> str:
    """Encrypt the text of a half-filled form under the office's own key, as hexadecimal."""
    return load_key_ring().wrap(text.encode(), place=place).hex()


def unseal_draft(sealed: str, *, place: str) -> str:
    """Decrypt what `seal_draft` returned. Raises `crypto.SealError`."""
    try:
        return load_key_ring().unwrap(bytes.fromhex(sealed), place=place).decode()
    except ValueError as error:
        raise crypto.SealError("format") from error


def status_code(request: VisitRequest) -> str:
    """The printed code of a request: always the same, derived with the office's key."""
    return reference.derive_code(bytes.fromhex(load_key_ring().blind("status_code", str(request.pk))))


def set_status_secret(request: VisitRequest, phone: str) -> None:
    """Set what opens the request's status page (without saving): its phone's last digits, or where it has no
    phone its printed code. A code that was printed once stays good."""
    request.phone_tail_index = blind_index("phone_tail", f"{request.pk}:{phone[-4:]}") if phone else ""
    if not phone:
        request.code_index = blind_index("code", status_code(request))
