"""Loading of the regency that this installation serves."""

from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.db.models import Count, Model, Q

from outreach.lib.regionfiles import RegionError, RegionFiles, read_folder
from outreach.models import District, HealthPost, Regency, Village
from outreach.services import log
from outreach.services.region_renumber import MovedVillage, Pair, Renumbering, move_people, read_renumbering

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "madiun"


@dataclass(frozen=True)
class LoadedRegion:
    """The result of a load: counts of rows now, whether the files differed from the last load, what the office
    should look at, and what a decree's table moved or had moved before."""

    regency: Regency
    districts: int
    villages: int
    health_posts: int
    changed: bool
    warnings: list[str] = field(default_factory=list)
    moved: list[MovedVillage] = field(default_factory=list)
    done: list[Pair] = field(default_factory=list)


def _store_rows(model: type[Model], rows: list[Model], *, fields: list[str]) -> None:
    model._default_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=["code"], update_fields=fields, batch_size=100
    )


def _store_districts(region: RegionFiles) -> None:
    rows: list[Model] = []
    for code, row in region.districts.items():
        people = region.population.get(code, {})
        rows.append(
            District(
                code=code,
                regency_id=region.code,
                name=row["name"],
                latitude=row["lat"],
                longitude=row["lng"],
                area_km2=row["area_km2"],
                boundary=row["boundary"],
                population=people.get("population"),
                elderly=people.get("age_60plus"),
                not_recorded=people.get("belum_rekam"),
            )
        )
    fields = [
        "name",
        "latitude",
        "longitude",
        "area_km2",
        "boundary",
        "population",
        "elderly",
        "not_recorded",
    ]
    _store_rows(District, rows, fields=fields)


def _store_villages(region: RegionFiles) -> None:
    rows: list[Model] = [
        Village(
            code=code,
            district_id=code[:8],
            name=row["name"],
            kind=row["type"],
            postal_code=row["postal_code"],
            latitude=row["lat"],
            longitude=row["lng"],
            area_km2=row["area_km2"],
            boundary=row["boundary"],
        )
        for code, row in region.villages.items()
    ]
    fields = ["district", "name", "kind", "postal_code", "latitude", "longitude", "area_km2", "boundary"]
    _store_rows(Village, rows, fields=fields)


def _store_health_posts(region: RegionFiles) -> None:
    rows: list[Model] = [
        HealthPost(
            code=code,
            village_id=row["desa_code"],
            name=row["name"],
            service=row.get("service", ""),
            address=row.get("address", ""),
            latitude=row["lat"],
            longitude=row["lng"],
        )
        for code, row in region.health_posts.items()
    ]
    _store_rows(HealthPost, rows, fields=["village", "name", "service", "address", "latitude", "longitude"])


def _list_in_use(region: RegionFiles) -> list[str]:
    """Why villages that left the files cannot go: people live there, or asked from there."""
    gone = Village.objects.exclude(code__in=region.villages).annotate(
        lived=Count("residents", distinct=True), asked=Count("requests", distinct=True)
    )
    used = gone.filter(Q(lived__gt=0) | Q(asked__gt=0)).order_by("code")
    return [
        f"{row.code} {row.name} tidak ada lagi di berkas, tetapi dipakai {row.lived} warga dan {row.asked} permohonan. "
        "Kembalikan ke berkas, atau pindahkan warganya: load_region FOLDER --renumber TABEL.csv "
        "(kolom old_code,new_code)."
        for row in used.only("code", "name")
    ]


def _store_region(region: RegionFiles) -> Regency:
    regency, _made = Regency.objects.update_or_create(
        code=region.code,
        defaults={
            "name": region.name,
            "outline": region.outline,
            "surroundings": region.surroundings,
            "attribution": region.attribution,
            "files_sha256": region.sha256,
        },
    )
    _store_districts(region)
    _store_villages(region)
    _store_health_posts(region)
    return regency


def _drop_unused(region: RegionFiles) -> None:
    """Delete rows that the files no longer have. Raises `RegionError` where residents live there."""
    in_use = _list_in_use(region)
    if in_use:
        raise RegionError(in_use)
    HealthPost.objects.exclude(code__in=region.health_posts).delete()
    Village.objects.exclude(code__in=region.villages).delete()
    District.objects.exclude(code__in=region.districts).delete()


def _read_folder(folder: Path) -> RegionFiles:
    """The folder's files. Where they have problems, the villages that may not go are named with them."""
    try:
        return read_folder(folder)
    except RegionError as error:
        raise RegionError([*error.problems, *(_list_in_use(error.region) if error.region else [])]) from error


@transaction.atomic
def load_region(
    *, folder: Path = SHIPPED, renumber: Path | None = None, check: bool = False, actor: str = "system"
) -> LoadedRegion:
    """Load a region folder; repeating it changes nothing. Raises `RegionError`; then nothing has changed.

    `renumber` is a decree's table old_code,new_code: who lives in a village of an old code moves to the new one.
    With `check` everything is tried, and nothing changes.
    """
    region = _read_folder(folder)
    other = Regency.objects.exclude(code=region.code).first()
    if other:
        raise RegionError(
            [
                f"Pemasangan ini sudah melayani {other.name} ({other.code}); satu pemasangan untuk satu kabupaten. "
                f"Pakai basis data lain untuk {region.name}."
            ]
        )
    before = Regency.objects.filter(code=region.code).values_list("files_sha256", flat=True).first()
    renumbering = read_renumbering(renumber, region=region) if renumber else Renumbering()
    regency = _store_region(region)
    moved = move_people(renumbering, region=region, actor=actor)
    _drop_unused(region)
    if before != region.sha256:
        log.write_log(
            actor=actor, action="region_loaded", subject=regency, detail={"files_sha256": region.sha256}
        )
    if check:
        transaction.set_rollback(True)
    return LoadedRegion(
        regency=regency,
        districts=len(region.districts),
        villages=len(region.villages),
        health_posts=len(region.health_posts),
        changed=before != region.sha256,
        warnings=region.warnings,
        moved=moved,
        done=renumbering.done,
    )
