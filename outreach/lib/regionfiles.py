"""The files of a region folder: found by pattern, parsed, and validated as a whole before anything is stored.

Each problem and each warning is one Indonesian sentence that names the file, the line and what to do, so that the
office can repair all of them at once. A problem stops the load; a warning says what was done instead.
"""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from outreach.lib import geo
from outreach.lib.region_areas import Area, read_areas
from outreach.lib.region_tables import Row, decode_text, read_number, read_table
from outreach.lib.text import clean_text

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
FAR_KM = 15.0  # a point farther than this from its area belongs to another place
LARGEST = 2**31 - 1


@dataclass
class RegionFiles:
    """The validated content of a folder: rows by code, with the files' own column names."""

    code: str = ""
    name: str = ""
    outline: geo.Geometry = field(default_factory=dict)
    surroundings: list[dict[str, Any]] = field(default_factory=list)
    attribution: str = ""
    districts: dict[str, Row] = field(default_factory=dict)
    villages: dict[str, Row] = field(default_factory=dict)
    population: dict[str, Row] = field(default_factory=dict)
    health_posts: dict[str, Row] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    sha256: str = ""


class RegionError(ValueError):
    """The folder cannot be loaded; `problems` are the reasons, a sentence each. `region` is what could be read of
    it all the same, if its villages could."""

    def __init__(self, problems: list[str], *, region: RegionFiles | None = None) -> None:
        super().__init__("\n".join(problems))
        self.problems, self.region = problems, region


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[str] = []
        self.warnings: list[str] = []
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
        text = decode_text(content)
        if text is None:
            self.problems.append(f"{path.name}: bukan teks UTF-8. Simpan ulang sebagai UTF-8.")
        return text

    def table(
        self, path: Path | None, *, key: str, columns: tuple[str, ...], required: bool = False
    ) -> dict[str, Row]:
        """The rows by `key`. A missing column or a repeated key is a problem, and a required table without rows."""
        text = self.text(path) if path else None
        if path is None or text is None:
            return {}
        rows, problems = read_table(text, file=path.name, key=key, columns=columns)
        if required and not rows and not problems:
            problems = [f"{path.name}: tidak memuat satu baris pun. Ekspor ulang berkas itu."]
        self.problems += problems
        return rows

    def areas(self, path: Path | None) -> dict[str, Area]:
        text = self.text(path) if path else None
        if path is None or text is None:
            return {}
        areas, problems = read_areas(text, file=path.name)
        self.problems += problems
        return areas

    def point(self, row: Row) -> None:
        """Replace the texts of `lat` and `lng` by numbers."""
        latitude, longitude = read_number(row["lat"]), read_number(row["lng"])
        row["lat"] = row["lng"] = None
        if latitude is None or longitude is None:
            self.problems.append(
                f"{row['where']}: titik {row['name']} (lat, lng) kosong atau bukan angka. Isi."
            )
        elif max(abs(latitude), abs(longitude)) > 180:
            self.problems.append(
                f"{row['where']}: titik {row['name']} tampak dalam meter (UTM), atau kehilangan titik desimalnya. "
                "Tulis dalam derajat, misalnya -7.6298 dan 111.5239."
            )
        elif not geo.is_in_indonesia(latitude=latitude, longitude=longitude):
            self.problems.append(
                f"{row['where']}: titik {row['name']} di luar Indonesia. Periksa apakah lat dan lng tertukar."
            )
        else:
            row["lat"], row["lng"] = latitude, longitude

    def whole(self, row: Row, name: str) -> None:
        """Replace a text by an integer, an empty one by None."""
        number = read_number(row.get(name) or "")
        if row.get(name) and (number is None or not number.is_integer() or not 0 <= number <= LARGEST):
            self.problems.append(f"{row['where']}: {name} bukan bilangan bulat.")
            number = None
        row[name] = None if number is None else int(number)

    def decimal(self, row: Row, name: str) -> None:
        number = read_number(row.get(name) or "")
        if row.get(name) and number is None:
            self.problems.append(f"{row['where']}: {name} bukan angka.")
        row[name] = number

    def boundary(self, row: Row, areas: dict[str, Area], *, label: str, file: str) -> None:
        """Set the row's boundary, {} without one, and see to it that its point lies inside."""
        area = areas.get(row["code"])
        boundary = row["boundary"] = area.boundary if area else {}
        if not boundary:
            self.warnings.append(
                f"{row['where']}: batas {label} {row['code']} {row['name']} tidak ada di {file}. "
                "Dimuat tanpa batas; peta dan pemeriksaan berjalan tanpanya."
            )
            return
        if row["lat"] is None or geo.contains_point(boundary, latitude=row["lat"], longitude=row["lng"]):
            return
        away = geo.distance_to_area(boundary, latitude=row["lat"], longitude=row["lng"])
        if away > FAR_KM:
            self.problems.append(
                f"{row['where']}: titik {row['name']} {away:.0f} km dari batas {label}nya. "
                "Periksa titik dan batasnya: salah satunya milik wilayah lain."
            )
            return
        row["lat"], row["lng"] = inner = geo.find_inner_point(boundary)
        self.warnings.append(
            f"{row['where']}: titik {row['name']} di luar batas {label}nya. Dipakai titik di dalamnya: "
            f"{inner[0]:.5f}, {inner[1]:.5f}."
        )

    def unknown(self, areas: dict[str, Area], rows: dict[str, Row], *, label: str, file: str) -> None:
        extra = sorted(areas.keys() - rows.keys())
        if extra and rows:
            more = f" dan {len(extra) - 3} lain" if len(extra) > 3 else ""
            self.warnings.append(
                f"Batas {label} {', '.join(extra[:3])}{more} tidak punya baris di {file}, jadi tidak dipakai."
            )


def _read_districts(reader: _Reader, region: RegionFiles) -> None:
    areas = reader.areas(reader.find(DISTRICT_AREAS))
    region.districts = reader.table(
        reader.find(DISTRICTS),
        key="code",
        columns=("code", "name", "regency_code", "lat", "lng"),
        required=True,
    )
    for code, row in region.districts.items():
        if not DISTRICT_CODE.fullmatch(code) or not code.startswith(region.code + "."):
            reader.problems.append(f"{row['where']}: kecamatan {code} bukan wilayah {region.code}.")
        reader.point(row)
        reader.decimal(row, "area_km2")
        reader.boundary(row, areas, label="kecamatan", file=DISTRICT_AREAS)
    reader.unknown(areas, region.districts, label="kecamatan", file=DISTRICTS)


def _read_villages(reader: _Reader, region: RegionFiles) -> None:
    areas = reader.areas(reader.find(VILLAGE_AREAS))
    region.villages = reader.table(
        reader.find(VILLAGES),
        key="code",
        columns=("code", "name", "type", "kecamatan_code", "lat", "lng"),
        required=True,
    )
    for code, row in region.villages.items():
        reader.point(row)
        if not VILLAGE_CODE.fullmatch(code) or not code.startswith(region.code + "."):
            broken = re.search(r"e\+?\d", code, re.IGNORECASE)
            cause = " Kodenya rusak oleh lembar kerja: simpan kolom itu sebagai teks." if broken else ""
            reader.problems.append(
                f"{row['where']}: desa {code} {row['name']} bukan wilayah {region.code}.{cause}"
            )
            continue
        if row["kecamatan_code"] != code[:8]:
            reader.problems.append(
                f"{row['where']}: kecamatan_code {row['kecamatan_code']} tidak cocok dengan kode desa {code}."
            )
        elif region.districts and code[:8] not in region.districts:
            reader.problems.append(f"{row['where']}: kecamatan {code[:8]} tidak ada di {DISTRICTS}.")
        row["type"] = row["type"].casefold()
        if row["type"] not in KINDS:
            reader.problems.append(f"{row['where']}: type harus desa atau kelurahan.")
        postal = re.fullmatch(r"(\d{5})(?:[.,]0)?", row.get("postal_code") or "")
        row["postal_code"] = postal[1] if postal else ""
        reader.decimal(row, "area_km2")
        reader.boundary(row, areas, label="desa", file=VILLAGE_AREAS)
    reader.unknown(areas, region.villages, label="desa", file=VILLAGES)
    _warn_of_empty_districts(reader, region)


def _warn_of_empty_districts(reader: _Reader, region: RegionFiles) -> None:
    """A table that was cut off lacks the villages of whole districts."""
    filled = {code[:8] for code in region.villages}
    for code, row in region.districts.items():
        if region.villages and code not in filled:
            reader.warnings.append(
                f"{row['where']}: kecamatan {code} {row['name']} tidak punya satu desa pun di {VILLAGES}. "
                "Periksa apakah berkas desanya terpotong."
            )


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
            region.surroundings += [
                {"code": code, "name": area.name, "boundary": area.boundary}
                for code, area in reader.areas(path).items()
                if area.boundary
            ]


def _read_outline(reader: _Reader, region: RegionFiles) -> None:
    outlines = reader.areas(reader.find(OUTLINE))
    if len(outlines) > 1:
        reader.problems.append(f"{OUTLINE}: harus berisi tepat satu kabupaten atau kota.")
        return
    for code, area in outlines.items():
        region.code, region.name, region.outline = code, area.name, area.boundary
        if not REGENCY_CODE.fullmatch(code) or not area.name:
            reader.problems.append(f"{OUTLINE}: perlu code seperti 35.19 dan name kabupaten.")
        elif not area.boundary:
            reader.problems.append(f"{OUTLINE}: {code} tidak punya geometri. Tambahkan batas kabupaten.")


def _check_outline(reader: _Reader, region: RegionFiles) -> None:
    """The outline must hold its villages: else it is another place's, or its coordinates are shifted."""
    points = [(row["lat"], row["lng"]) for row in region.villages.values() if row["lat"] is not None]
    if not region.outline or not points:
        return
    outside = sum(not geo.contains_point(region.outline, latitude=lat, longitude=lng) for lat, lng in points)
    told = f"{OUTLINE}: {outside} dari {len(points)} titik desa di luar garis batas kabupaten."
    if 2 * outside > len(points):
        reader.problems.append(
            f"{told} Garis batas itu milik wilayah lain, atau sistem koordinatnya bukan WGS84."
        )
    elif outside:
        reader.warnings.append(f"{told} Periksa garis batasnya; desa itu tetap dimuat.")


def read_folder(folder: Path) -> RegionFiles:
    """Parse and validate a region folder. Raises `RegionError` with all problems of all files."""
    reader, region = _Reader(folder), RegionFiles()
    if not folder.is_dir():
        raise RegionError([f"Folder {folder} tidak ada. Periksa namanya."])
    _read_outline(reader, region)
    if not REGENCY_CODE.fullmatch(region.code):
        region.code = _guess_code(reader.folder)
    _read_districts(reader, region)
    _read_villages(reader, region)
    _read_extras(reader, region)
    _check_outline(reader, region)
    credit = folder / "ATTRIBUTION.txt"
    region.attribution = clean_text(reader.text(credit) or "") if credit.exists() else ""
    if reader.problems:
        raise RegionError(reader.problems, region=region if region.villages else None)
    region.warnings = reader.warnings
    region.sha256 = reader.digest.hexdigest()
    return region


def _guess_code(folder: Path) -> str:
    """The regency that the names of the files speak of, to check the rest of them where the outline is broken."""
    names = [match for path in folder.iterdir() for match in REGENCY_CODE.findall(path.name)]
    return Counter(names).most_common(1)[0][0] if names else ""
