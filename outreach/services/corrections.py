"""Corrections of what is known about a person: who, why, and the old values sealed in the log.

A person has one place for them: the request while nobody is accepted from it, the resident afterwards, with the
requests that said the same wrong thing.
"""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, models, transaction

from outreach import vault
from outreach.enums import CorrectionReason, LocationSource, NikException
from outreach.models import Resident, VisitRequest
from outreach.selectors.page_marks import PageSeen
from outreach.services import log
from outreach.services.residents import lock_resident

PLAIN = ("name", "birth_date", "birth_basis", "village", "address", "rt", "rw")
SEALED = ("nik", "family_card", "phone")


class CorrectionError(ValueError):
    """The correction is not possible; `code` says why: same_nik, accepted."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def correct_resident(
    *,
    resident: Resident,
    values: Mapping[str, Any],
    reason: CorrectionReason,
    actor: str,
    note: str = "",
    nik_exception: NikException | None = None,
    seen: PageSeen | None = None,
) -> list[str]:
    """Replace these values (names of `PLAIN` and `SEALED`; "" empties) of a resident, and of the requests that
    said the same. The names of the changed fields; none where a repeat finds them so.

    What is published stays; tablets fetch the new values with their next day. A home that is only known by its
    village moves with it. Raises `StalePageError`, and `CorrectionError` "same_nik" where another resident has
    the NIK and no `nik_exception` says why.
    """
    rows = list(resident.requests.select_for_update(of=("self",)).select_related("key").order_by("pk"))
    row = lock_resident(resident)
    if seen:
        seen.require_fresh()
    before = _list_changes(row, values)
    if not before:
        return []
    _set_values(row, {name: values[name] for name in before})
    if "nik" in before:
        others = Resident.objects.filter(nik_index=row.nik_index).exclude(pk=row.pk)
        row.nik_shared = row.nik_index is not None and others.exists()
        if row.nik_shared and nik_exception is None:
            raise CorrectionError("same_nik")
    moves = "village" in before and row.location_source == LocationSource.VILLAGE
    if moves:
        row.latitude, row.longitude = row.village.latitude, row.village.longitude
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:  # another one was given the NIK in this moment
        raise CorrectionError("same_nik") from error
    _write(row, before, reason=reason, note=note, actor=actor, nik_exception=nik_exception)
    if moves:  # plans made before it look for this row
        state = LocationSource.VILLAGE
        log.write_log(actor=actor, action="resident_located", subject=row, from_state=state, to_state=state)
    for request in rows:
        same = {name: values[name] for name, was in before.items() if _read(request, name) == was}
        _correct_row(request, same, reason=reason, actor=actor)
    return list(before)


@transaction.atomic
def correct_request(
    *,
    request: VisitRequest,
    values: Mapping[str, Any],
    reason: CorrectionReason,
    actor: str,
    note: str = "",
    seen: PageSeen | None = None,
) -> list[str]:
    """The same for a request that no resident came of. Raises `CorrectionError` "accepted" where one did."""
    rows = VisitRequest.objects.select_for_update(of=("self",)).select_related("key")
    row = rows.get(pk=request.pk)
    if seen:
        seen.require_fresh()
    if row.resident_id is not None:
        raise CorrectionError("accepted")
    return _correct_row(row, values, reason=reason, note=note, actor=actor)


def _correct_row(
    row: VisitRequest,
    values: Mapping[str, Any],
    *,
    reason: CorrectionReason,
    actor: str,
    note: str = "",
) -> list[str]:
    before = _list_changes(row, values)
    if before:
        _set_values(row, {name: values[name] for name in before})
        row.save()
        _write(row, before, reason=reason, note=note, actor=actor)
    return list(before)


def _read(row: Resident | VisitRequest, name: str) -> Any:
    return vault.unseal_field(row, name) if name in SEALED else getattr(row, name)


def _list_changes(row: Resident | VisitRequest, values: Mapping[str, Any]) -> dict[str, Any]:
    """The present values of the fields that would get others."""
    return {name: now for name, value in values.items() if (now := _read(row, name)) != value}


def _set_values(row: Resident | VisitRequest, values: Mapping[str, Any]) -> None:
    """Set fields and their blind indexes, without saving."""
    for name, value in values.items():
        if name not in SEALED:
            setattr(row, name, value)
            continue
        vault.seal_field(row, name, value)
        if name == "nik":
            row.nik_index = vault.blind_index("nik", value) or ("" if isinstance(row, VisitRequest) else None)
        elif name == "phone":
            row.phone_index = vault.blind_index("phone", value)
            if isinstance(row, VisitRequest):
                vault.set_status_secret(row, value)


def _write(
    row: Resident | VisitRequest,
    before: Mapping[str, Any],
    *,
    reason: CorrectionReason,
    note: str,
    actor: str,
    nik_exception: NikException | None = None,
) -> None:
    detail: dict[str, Any] = {"changed": sorted(before), "reason": str(reason)}
    if "nik" in before and nik_exception:
        detail["nik_exception"] = str(nik_exception)
    old = {name: _as_text(value) for name, value in before.items()}
    secret = old | ({"note": note.strip()} if note.strip() else {})
    log.write_log(
        actor=actor, action="person_corrected", subject=row, detail=detail, secret=secret, key=row.key
    )


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return str(value.pk) if isinstance(value, models.Model) else str(value)
