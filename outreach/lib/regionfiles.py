"""The files of a region folder: found by pattern, parsed, and validated as a whole before anything is stored.

Each error is one Indonesian sentence that names the file, the line and what to do, so that the office can
repair all of them at once.
"""

import csv
import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from outreach.lib import geo

VILLAGES, DISTRICTS = "wilayah_desa_kelurahan_*.csv", "wilayah_kecamatan_*.csv"
VILLAGE_AREAS, DISTRICT_AREAS, OUTLINE = (
    "desa_kelurahan_*.geojson",
    "kecamatan_*.geojson",
    "*_outline.geojson",
)
POPULATION, HEALTH_POSTS = "penduduk_kecamatan_*.csv", "puskesmas_*.csv"
NEIGHBOURS = ("tetangga_*.geojson", "kota_*_kelurahan.geojson")
REGENCY_CODE, DISTRICT_CODE = re.compile(r"\d\d\.\d\d"), re.compile(r"\d\d\.\d\d\.\d\d")
VILLAGE_CODE = re.compile(r"\d\d\.\d\d\.\d\d\.\d{4}")
KINDS = ("desa", "kelurahan")


class RegionError(ValueError):
    """The folder cannot be loaded; `problems` are the reasons, a sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass
class RegionFiles:
    """The validated content of a folder: rows by code, with the files' own column names."""

    code: str = ""
    name: str = ""
    outline: geo.Geometry = field(default_factory=dict)
    surroundings: list[dict[str, Any]] = field(default_factory=list)
    attribution: str = ""
    districts: dict[str, dict[str, Any]] = field(default_factory=dict)
    villages: dict[str, dict[str, Any]] = field(default_factory=dict)
    population: dict[str, dict[str, Any]] = field(default_factory=dict)
    health_posts: dict[str, dict[str, Any]] = field(default_factory=dict)
    sha256: str = ""


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[str] = []
        self.digest = hashlib.sha256()

    def find(self, pattern: str, *, required: bool = True) -> Path | None:
        found = sorted(self.folder.glob(pattern))
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(path.name for path in found)
            self.problems.append(f"Ada lebih dari satu berkas {pattern}: {names}. Sisakan satu.")
        elif required:
            self.problems.append(
                f"Berkas {pattern} tidak ada di folder {self.folder.name}. Tambahkan berkas itu."
            )
        return None

    def text(self, path: Path) -> str | None:
        content = path.read_bytes()
        self.digest.update(path.name.encode() + b"\0" + content)
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.problems.append(f"{path.name}: bukan teks UTF-8. Simpan ulang sebagai UTF-8.")
            return None

    def table(self, path: Path | None, *, key: str, columns: tuple[str, ...]) -> dict[str, dict[str, Any]]:
        """The rows by `key`. A missing column or a repeated key is a problem."""
        text = self.text(path) if path else None
        if path is None or text is None:
            return {}
        reader = csv.DictReader(text.splitlines())
        missing = [name for name in columns if name not in (reader.fieldnames or [])]
        if missing:
            self.problems.append(f"{path.name}: kolom {', '.join(missing)} tidak ada. Tambahkan kolom itu.")
            return {}
        rows: dict[str, dict[str, Any]] = {}
        for row in reader:
            where = f"{path.name} baris {reader.line_num}"
            code = (row[key] or "").strip()
            if not code:
                self.problems.append(f"{where}: kolom {key} kosong. Isi atau hapus baris itu.")
            elif code in rows:
                self.problems.append(f"{where}: {code} sudah ada di baris lain. Hapus salah satu.")
            else:
                rows[code] = {name: (value or "").strip() for name, value in row.items() if name} | {
                    "where": where
                }
        return rows

    def areas(self, path: Path | None) -> dict[str, dict[str, Any]]:
        """Features by their property `code`: {"name", "boundary"}."""
        text = self.text(path) if path else None
        if path is None or text is None:
            return {}
        try:
            features = json.loads(text)["features"]
            found = {
                str(feature["properties"]["code"]): {
                    "name": str(feature["properties"].get("name", "")),
                    "boundary": feature["geometry"],
                }
                for feature in features
            }
        except (ValueError, KeyError, TypeError, AttributeError):
            self.problems.append(
                f"{path.name}: bukan GeoJSON dengan properti code pada setiap wilayah. Periksa berkas itu."
            )
            return {}
        for code, area in found.items():
            if not geo.is_area(area["boundary"]):
                self.problems.append(f"{path.name}: batas {code} bukan Polygon atau MultiPolygon.")
        return found

    def point(self, row: dict[str, Any]) -> None:
        """Replace the texts of `lat` and `lng` by numbers."""
        try:
            row["lat"], row["lng"] = float(row["lat"]), float(row["lng"])
        except ValueError:
            self.problems.append(
                f"{row['where']}: titik {row['name']} (lat, lng) kosong atau bukan angka. Isi."
            )
            row["lat"] = row["lng"] = None
            return
        if not geo.is_in_indonesia(latitude=row["lat"], longitude=row["lng"]):
            self.problems.append(
                f"{row['where']}: titik {row['name']} di luar Indonesia. Periksa apakah lat dan lng tertukar."
            )
            row["lat"] = row["lng"] = None

    def whole(self, row: dict[str, Any], name: str) -> None:
        """Replace a text by an integer, an empty one by None."""
        try:
            row[name] = int(row[name]) if row.get(name) else None
        except ValueError:
            self.problems.append(f"{row['where']}: {name} bukan bilangan bulat.")

    def decimal(self, row: dict[str, Any], name: str) -> None:
        try:
            row[name] = float(row[name]) if row.get(name) else None
        except ValueError:
            self.problems.append(f"{row['where']}: {name} bukan angka.")


def _read_districts(reader: _Reader, region: RegionFiles) -> None:
    areas = reader.areas(reader.find(DISTRICT_AREAS))
    region.districts = reader.table(
        reader.find(DISTRICTS), key="code", columns=("code", "name", "regency_code", "lat", "lng")
    )
    for code, row in region.districts.items():
        if not DISTRICT_CODE.fullmatch(code) or not code.startswith(region.code + "."):
            reader.problems.append(f"{row['where']}: kecamatan {code} bukan wilayah {region.code}.")
        reader.point(row)
        reader.decimal(row, "area_km2")
        row["boundary"] = areas.get(code, {}).get("boundary")
        if areas and row["boundary"] is None:
            reader.problems.append(f"{row['where']}: batas kecamatan {code} tidak ada di {DISTRICT_AREAS}.")


def _read_villages(reader: _Reader, region: RegionFiles) -> None:
    areas = reader.areas(reader.find(VILLAGE_AREAS))
    region.villages = reader.table(
        reader.find(VILLAGES), key="code", columns=("code", "name", "type", "kecamatan_code", "lat", "lng")
    )
    for code, row in region.villages.items():
        if not VILLAGE_CODE.fullmatch(code) or not code.startswith(region.code + "."):
            reader.problems.append(f"{row['where']}: desa {code} {row['name']} bukan wilayah {region.code}.")
            continue
        if row["kecamatan_code"] != code[:8]:
            reader.problems.append(
                f"{row['where']}: kecamatan_code {row['kecamatan_code']} tidak cocok dengan kode desa {code}."
            )
        elif region.districts and code[:8] not in region.districts:
            reader.problems.append(f"{row['where']}: kecamatan {code[:8]} tidak ada di {DISTRICTS}.")
        if row["type"] not in KINDS:
            reader.problems.append(f"{row['where']}: type harus desa atau kelurahan.")
        reader.point(row)
        reader.decimal(row, "area_km2")
        boundary: Any = areas.get(code, {}).get("boundary")
        row["boundary"] = boundary
        if areas and boundary is None:
            reader.problems.append(f"{row['where']}: batas desa {code} tidak ada di {VILLAGE_AREAS}.")
        elif (
            row["lat"] is not None
            and geo.is_area(boundary)
            and not geo.contains_point(boundary, latitude=row["lat"], longitude=row["lng"])
        ):
            reader.problems.append(f"{row['where']}: titik {row['name']} di luar batas desanya.")


def _read_extras(reader: _Reader, region: RegionFiles) -> None:
    region.population = reader.table(
        reader.find(POPULATION, required=False), key="code", columns=("code", "population")
    )
    for code, row in region.population.items():
        for name in ("population", "age_60plus", "belum_rekam"):
            reader.whole(row, name)
        if region.districts and code not in region.districts:
            reader.problems.append(f"{row['where']}: kecamatan {code} tidak ada di {DISTRICTS}.")
    region.health_posts = reader.table(
        reader.find(HEALTH_POSTS, required=False),
        key="kmk_code",
        columns=("kmk_code", "name", "desa_code", "lat", "lng"),
    )
    for row in region.health_posts.values():
        reader.point(row)
        if region.villages and row["desa_code"] not in region.villages:
            reader.problems.append(f"{row['where']}: desa {row['desa_code']} tidak ada di {VILLAGES}.")
    for pattern in NEIGHBOURS:
        for path in sorted(reader.folder.glob(pattern)):
            region.surroundings += [{"code": code} | area for code, area in reader.areas(path).items()]


def read_folder(folder: Path) -> RegionFiles:
    """Parse and validate a region folder. Raises `RegionError` with all problems."""
    reader, region = _Reader(folder), RegionFiles()
    if not folder.is_dir():
        raise RegionError([f"Folder {folder} tidak ada. Periksa namanya."])
    outlines = reader.areas(reader.find(OUTLINE))
    if len(outlines) == 1:
        region.code, area = next(iter(outlines.items()))
        region.name, region.outline = area["name"], area["boundary"]
        if not REGENCY_CODE.fullmatch(region.code) or not region.name:
            reader.problems.append(f"{OUTLINE}: perlu code seperti 35.19 dan name kabupaten.")
    elif outlines:
        reader.problems.append(f"{OUTLINE}: harus berisi tepat satu kabupaten atau kota.")
    if reader.problems:
        raise RegionError(reader.problems)  # without the regency's code nothing else can be checked
    _read_districts(reader, region)
    _read_villages(reader, region)
    _read_extras(reader, region)
    credit = folder / "ATTRIBUTION.txt"
    region.attribution = (reader.text(credit) or "").strip() if credit.exists() else ""
    if reader.problems:
        raise RegionError(reader.problems)
    region.sha256 = reader.digest.hexdigest()
    return region
