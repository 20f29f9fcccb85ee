"""Loading of the regency that this installation serves."""

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import Model, ProtectedError, QuerySet

from outreach.lib.regionfiles import RegionError, RegionFiles, read_folder
from outreach.models import District, HealthPost, Regency, Village
from outreach.services import log

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "madiun"


@dataclass(frozen=True)
class LoadedRegion:
    """The result of a load: counts of rows now, and whether the files differed from the last load."""

    regency: Regency
    districts: int
    villages: int
    health_posts: int
    changed: bool


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
            postal_code=row.get("postal_code", ""),
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


def _drop_unused(gone: QuerySet[Model]) -> None:
    """Delete rows that the files no longer have, unless residents live there."""
    names = ", ".join(str(row) for row in gone[:5])
    try:
        gone.delete()
    except ProtectedError as error:
        raise RegionError(
            [
                f"{names} tidak ada lagi di berkas, tetapi masih dipakai data warga. "
                "Kembalikan ke berkas, atau pindahkan warganya dahulu."
            ]
        ) from error


@transaction.atomic
def load_region(*, folder: Path = SHIPPED) -> LoadedRegion:
    """Load a region folder; repeating it changes nothing. Raises `RegionError`; then nothing has changed."""
    region = read_folder(folder)
    other = Regency.objects.exclude(code=region.code).first()
    if other:
        raise RegionError(
            [
                f"Pemasangan ini sudah melayani {other.name} ({other.code}); satu pemasangan untuk satu kabupaten. "
                f"Pakai basis data lain untuk {region.name}."
            ]
        )
    before = Regency.objects.filter(code=region.code).values_list("files_sha256", flat=True).first()
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
    _drop_unused(HealthPost.objects.exclude(code__in=region.health_posts))
    _drop_unused(Village.objects.exclude(code__in=region.villages))
    _drop_unused(District.objects.exclude(code__in=region.districts))
    if before != region.sha256:
        log.write_log(
            actor="system", action="region_loaded", subject=regency, detail={"files_sha256": region.sha256}
        )
    return LoadedRegion(
        regency=regency,
        districts=len(region.districts),
        villages=len(region.villages),
        health_posts=len(region.health_posts),
        changed=before != region.sha256,
    )
