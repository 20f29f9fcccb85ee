"""Residents: created from a request, completed by a later one, located on the map."""

from django.db import transaction

from outreach import vault
from outreach.enums import LocationSource
from outreach.lib import geo
from outreach.lib.phone import parse_phone
from outreach.models import PersonKey, Regency, Resident, VisitRequest
from outreach.services import log

SEALED = ("nik", "family_card", "phone", "health")


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


def _copy_sealed(request: VisitRequest, resident: Resident, *, only_missing: bool) -> list[str]:
    """Re-encrypt the request's numbers for the resident's row. Returns the names of the fields set."""
    done = []
    for name in SEALED:
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
    *, request: VisitRequest, kind: str, point: tuple[float, float] | None, actor: str
) -> Resident:
    """Create a resident from a request, under the request's key. `point` = (latitude, longitude), else the
    village's.

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
    resident.save(force_insert=True)
    log.write_log(actor=actor, action="resident_made", subject=resident, detail={"request": str(request.pk)})
    return resident


def _locked(resident: Resident) -> Resident:
    """The resident as the database has it, locked until the end of the transaction."""
    return Resident.objects.select_for_update(of=("self",)).select_related("key").get(pk=resident.pk)


def complete_resident(*, resident: Resident, request: VisitRequest, actor: str) -> Resident:
    """Add to a known resident what a later request knows and the office did not; nothing known is changed.

    Returns the resident, locked until the end of the transaction in which this is called.
    """
    row = _locked(resident)
    added = _copy_sealed(request, row, only_missing=True)
    columns = [f"{name}_sealed" for name in added]
    columns += [f"{name}_index" for name in added if name in ("nik", "phone")]
    for name in ("birth_date", "sex", "address", "rt", "rw", "infectious"):
        if not getattr(row, name) and getattr(request, name):
            setattr(row, name, getattr(request, name))
            added.append(name)
            columns.append(name)
    if added:
        row.save(update_fields=[*columns, "updated_at"])
        detail = {"added": added, "request": str(request.pk)}
        log.write_log(actor=actor, action="resident_completed", subject=row, detail=detail)
    return row


@transaction.atomic
def locate_resident(*, resident: Resident, latitude: float, longitude: float, actor: str) -> bool:
    """Set the home's location. False if it is there already. Raises `LocationError`."""
    check_point(latitude=latitude, longitude=longitude)
    before = _put_at(resident, latitude, longitude, LocationSource.PIN)
    if before is None:
        return False
    log.write_log(
        actor=actor,
        action="resident_located",
        subject=resident,
        from_state=before,
        to_state=LocationSource.PIN,
    )
    return True


@transaction.atomic
def fix_location(*, resident: Resident, latitude: float, longitude: float, actor: str, source: str) -> bool:
    """Put the home where an officer stood before it; False where it is there already. `source` names the
    report.

    The caller has looked whether the point can be true: a home may lie outside the regency's outline.
    """
    before = _put_at(resident, latitude, longitude, LocationSource.OFFICER)
    if before is None:
        return False
    log.write_log(
        actor=actor,
        action="location_fixed",
        subject=resident,
        from_state=before,
        to_state=LocationSource.OFFICER,
        detail={"source": source},
    )
    return True


def _put_at(resident: Resident, latitude: float, longitude: float, source: LocationSource) -> str | None:
    """The conditional UPDATE; the source of the place before, None where nothing changed."""
    row = _locked(resident)
    place = {"latitude": latitude, "longitude": longitude, "location_source": source}
    if not Resident.objects.filter(pk=row.pk).exclude(**place).update(**place):
        return None
    return row.location_source


@transaction.atomic
def correct_contact(*, resident: Resident, carer_name: str, phone: str, actor: str, source: str) -> list[str]:
    """Replace the family's contact; an empty text keeps the stored value. Returns the names of the changed
    fields.

    Raises `outreach.lib.phone.PhoneError`, and `outreach.lib.crypto.SealError` if the person was erased.
    """
    number = parse_phone(phone) if phone else ""
    row = _locked(resident)
    told = {"carer_name": carer_name, "phone": number}
    changed = [name for name, text in told.items() if text and text != vault.unseal_field(row, name)]
    for name in changed:
        vault.seal_field(row, name, told[name])
    if "phone" in changed:
        row.phone_index = vault.blind_index("phone", number)
    if changed:
        row.save(update_fields=["carer_name_sealed", "phone_sealed", "phone_index"])
        detail = {"changed": changed, "source": source}
        log.write_log(actor=actor, action="contact_corrected", subject=row, detail=detail)
    return changed


@transaction.atomic
def reveal_sealed(*, row: Resident | VisitRequest, actor: str) -> dict[str, str]:
    """The decrypted texts of a row, with a log row that says who looked."""
    names = [*SEALED, "applicant_name"] if isinstance(row, VisitRequest) else [*SEALED, "carer_name"]
    log.write_log(actor=actor, action="sealed_revealed", subject=row)
    return {name: vault.unseal_field(row, name) for name in names}
