"""Residents: created from a request, completed by a later one, located on the map."""

from collections.abc import Collection

from django.db import transaction

from outreach import vault
from outreach.enums import LocationSource, NikException
from outreach.lib import geo
from outreach.lib.phone import parse_phone
from outreach.models import LogEntry, PersonKey, Regency, Resident, VisitRequest
from outreach.selectors.page_marks import PageSeen
from outreach.services import log

SEALED = ("nik", "family_card", "phone", "health")
CORRECTING = ("person_corrected", "contact_corrected", "completion_undone")


class LocationError(ValueError):
    """The point cannot be a home here; `code` says why: numbers, outside."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check_point(*, latitude: float, longitude: float) -> None:
    """Raise `LocationError` for a point outside the regency (outside Indonesia if the regency has no
    outline)."""
    if not geo.is_in_indonesia(latitude=latitude, longitude=longitude):
        raise LocationError("numbers")
    outline = Regency.objects.values_list("outline", flat=True).first()
    if outline and not geo.contains_point(outline, latitude=latitude, longitude=longitude):
        raise LocationError("outside")


def _copy_sealed(
    request: VisitRequest, resident: Resident, *, only_missing: bool, names: Collection[str] = SEALED
) -> list[str]:
    """Re-encrypt the request's numbers for the resident's row. Returns the names of the fields set."""
    done = []
    for name in names:
        text = vault.unseal_field(request, name)
        if text and not (only_missing and getattr(resident, f"{name}_sealed")):
            vault.seal_field(resident, name, text)
            done.append(name)
    if "nik" in done:
        resident.nik_index = request.nik_index or None
    if "phone" in done:
        resident.phone_index = request.phone_index
    return done


def create_from_request(
    *,
    request: VisitRequest,
    kind: str,
    point: tuple[float, float] | None,
    actor: str,
    nik_exception: NikException | None = None,
) -> Resident:
    """Create a resident from a request, under the request's key. `point` = (latitude, longitude), else the
    village's. `nik_exception`: why another resident may have the same NIK.

    Raises `LocationError`. Call in the transaction that accepts the request.
    """
    village = request.village
    if point:
        check_point(latitude=point[0], longitude=point[1])
    taken = Resident.objects.filter(key=request.key_id).exists()
    key: PersonKey = vault.create_person_key() if taken else request.key
    resident = Resident(
        key=key,
        name=request.name,
        birth_date=request.birth_date,
        birth_basis=request.birth_basis,
        sex=request.sex,
        kind=kind,
        infectious=request.infectious,
        village=village,
        address=request.address,
        rt=request.rt,
        rw=request.rw,
        latitude=point[0] if point else village.latitude,
        longitude=point[1] if point else village.longitude,
        location_source=LocationSource.PIN if point else LocationSource.VILLAGE,
        made_up=request.made_up,
    )
    _copy_sealed(request, resident, only_missing=False)
    if request.relation != "self":
        vault.seal_field(resident, "carer_name", vault.unseal_field(request, "applicant_name"))
    why = _allow_same_nik(resident, nik_exception)
    resident.save(force_insert=True)
    detail = {"request": str(request.pk), **why}
    log.write_log(actor=actor, action="resident_made", subject=resident, detail=detail)
    return resident


def _allow_same_nik(resident: Resident, exception: NikException | None) -> dict[str, str]:
    """Let the resident have a NIK that another one has, where that was checked. What the log says of it."""
    others = Resident.objects.filter(nik_index=resident.nik_index or "").exclude(pk=resident.pk)
    resident.nik_shared = exception is not None and others.exists()
    return {"nik_exception": str(exception)} if resident.nik_shared else {}


def lock_resident(resident: Resident) -> Resident:
    """The resident as the database has it, locked until the end of the transaction."""
    return Resident.objects.select_for_update(of=("self",)).select_related("key").get(pk=resident.pk)


def complete_resident(
    *,
    resident: Resident,
    request: VisitRequest,
    actor: str,
    nik_exception: NikException | None = None,
) -> Resident:
    """Add to a known resident what a later request knows and the office did not; nothing known is changed.

    The telephone of a request that is not known to be the family's is left out: the office would tell it the
    hour of the visit. Returns the resident, locked until the end of the transaction in which this is called.
    """
    row = lock_resident(resident)
    names = SEALED if request.family_confirmed_at else [name for name in SEALED if name != "phone"]
    added = _copy_sealed(request, row, only_missing=True, names=names)
    columns = [f"{name}_sealed" for name in added]
    columns += [f"{name}_index" for name in added if name in ("nik", "phone")]
    if not row.birth_date and request.birth_date:
        row.birth_basis = request.birth_basis
        columns.append("birth_basis")
    for name in ("birth_date", "sex", "address", "rt", "rw", "infectious"):
        if not getattr(row, name) and getattr(request, name):
            setattr(row, name, getattr(request, name))
            added.append(name)
            columns.append(name)
    if added:
        why = _allow_same_nik(row, nik_exception) if "nik" in added else {}
        row.save(update_fields=[*columns, "nik_shared", "updated_at"])
        detail = {"added": added, "request": str(request.pk), **why}
        log.write_log(actor=actor, action="resident_completed", subject=row, detail=detail)
    return row


def take_back_completion(*, resident: Resident, request: VisitRequest, actor: str) -> None:
    """Empty what a request added to a resident, where nobody corrected it since."""
    row = lock_resident(resident)
    done = LogEntry.objects.filter(subject_type=row._meta.label_lower, subject_id=str(row.pk))
    completed = done.filter(action="resident_completed", detail__request=str(request.pk)).order_by("id")
    gone = {name for entry in completed for name in entry.detail["added"]}
    for entry in completed[:1]:
        for later in done.filter(action__in=CORRECTING, id__gt=entry.pk):
            gone -= set(later.detail["changed"])
    for name in gone:
        if name not in SEALED:
            setattr(row, name, getattr(Resident(), name))
            continue
        vault.seal_field(row, name, "")
        if name == "nik":
            row.nik_index, row.nik_shared = None, False
        elif name == "phone":
            row.phone_index = ""
    if gone:
        row.save()
        detail = {"changed": sorted(gone), "request": str(request.pk)}
        log.write_log(actor=actor, action="completion_undone", subject=row, detail=detail)


@transaction.atomic
def locate_resident(
    *, resident: Resident, latitude: float, longitude: float, actor: str, seen: PageSeen | None = None
) -> bool:
    """Set the home's location. False if it is there already. Raises `LocationError` and `StalePageError`."""
    check_point(latitude=latitude, longitude=longitude)
    if seen:
        lock_resident(resident)
        seen.require_fresh()
    return _put_at(resident, latitude, longitude, LocationSource.PIN, action="resident_located", actor=actor)


@transaction.atomic
def fix_location(*, resident: Resident, latitude: float, longitude: float, actor: str, source: str) -> bool:
    """Put the home where an officer stood before it; False where it is there already. `source` names the
    report.

    The caller has looked whether the point can be true: a home may lie outside the regency's outline.
    """
    by, detail = LocationSource.OFFICER, {"source": source}
    return _put_at(resident, latitude, longitude, by, action="location_fixed", actor=actor, detail=detail)


def _put_at(
    resident: Resident,
    latitude: float,
    longitude: float,
    source: LocationSource,
    *,
    action: str,
    actor: str,
    detail: dict[str, str] | None = None,
) -> bool:
    """The conditional UPDATE with its log row; False where the home is there already."""
    before = lock_resident(resident).location_source
    place = {"latitude": latitude, "longitude": longitude, "location_source": source}
    if not Resident.objects.filter(pk=resident.pk).exclude(**place).update(**place):
        return False
    log.write_log(
        actor=actor, action=action, subject=resident, from_state=before, to_state=source, detail=detail
    )
    return True


@transaction.atomic
def correct_contact(*, resident: Resident, carer_name: str, phone: str, actor: str, source: str) -> list[str]:
    """Replace the family's contact; an empty text keeps the stored value. Returns the names of the changed
    fields.

    Raises `outreach.lib.phone.PhoneError`, and `outreach.lib.crypto.SealError` if the person was erased.
    """
    number = parse_phone(phone) if phone else ""
    row = lock_resident(resident)
    told = {"carer_name": carer_name, "phone": number}
    changed = [name for name, text in told.items() if text and text != vault.unseal_field(row, name)]
    before = {name: vault.unseal_field(row, name) for name in changed}
    for name in changed:
        vault.seal_field(row, name, told[name])
    if "phone" in changed:
        row.phone_index = vault.blind_index("phone", number)
    if changed:
        row.save(update_fields=["carer_name_sealed", "phone_sealed", "phone_index"])
        detail = {"changed": changed, "source": source}
        log.write_log(
            actor=actor,
            action="contact_corrected",
            subject=row,
            detail=detail,
            secret=before,
            key=row.key,
        )
    return changed


@transaction.atomic
def reveal_sealed(*, row: Resident | VisitRequest, actor: str) -> dict[str, str]:
    """The decrypted texts of a row, with a log row that says who looked."""
    names = [*SEALED, "applicant_name"] if isinstance(row, VisitRequest) else [*SEALED, "carer_name"]
    log.write_log(actor=actor, action="sealed_revealed", subject=row)
    return {name: vault.unseal_field(row, name) for name in names}
