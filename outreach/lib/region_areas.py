"""The boundaries of a region folder: GeoJSON as GIS programs export it, read feature by feature.

Several features with one code are the parts of one area. Heights are dropped. What is no number, no ring or no
longitude and latitude is named by file, feature and field, with the likely cause.
"""

import json
import re
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from outreach.lib import geo
from outreach.lib.region_tables import clean_code
from outreach.lib.text import clean_line

MOST_NAMED = 3  # features named in one sentence; the others are counted
DEEPEST = 12  # a MultiPolygon's numbers lie six levels below its feature
_WGS84 = re.compile(r"CRS84|EPSG:{1,2}(?:[\d.]*:)?4326\b", re.IGNORECASE)


@dataclass
class Area:
    """An area of a file: its name, and its boundary as a MultiPolygon or Polygon; {} if it has none."""

    name: str
    boundary: geo.Geometry = field(default_factory=dict)


class _FeatureError(ValueError):
    """What is wrong with a feature, as the end of a sentence; `cause` is the same for all features with it."""

    def __init__(self, cause: str, *, place: str = "") -> None:
        super().__init__(cause)
        self.cause, self.place = cause, place


def _read_number(value: Any, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _FeatureError("bukan angka. Ekspor ulang dengan koordinat berupa angka.", place=place)
    try:
        number = float(value)
    except OverflowError:
        number = float("inf")
    if not isfinite(number):
        raise _FeatureError(
            "bukan angka (NaN atau tak hingga). Perbaiki geometrinya, lalu ekspor ulang.", place=place
        )
    return number


def _read_ring(ring: Any, place: str) -> list[list[float]]:
    if not isinstance(ring, list):
        raise _FeatureError("bukan daftar titik. Ekspor ulang sebagai GeoJSON.", place=place)
    points = []
    for number, point in enumerate(ring):
        here = f"{place}[{number}]"
        if not isinstance(point, list) or len(point) < 2:
            raise _FeatureError("bukan titik [bujur, lintang].", place=here)
        points.append([_read_number(point[0], f"{here}[0]"), _read_number(point[1], f"{here}[1]")])
    if points and points[0] != points[-1]:
        points.append(points[0])
    if len(points) < 4:
        raise _FeatureError("kurang dari tiga titik, bukan wilayah.", place=place)
    return points


def _read_polygons(geometry: Any, place: str = "geometry") -> list[list[list[list[float]]]]:
    """The polygons of a Polygon, MultiPolygon or a collection of these. Raises `_FeatureError`."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind == "GeometryCollection" and isinstance(geometry.get("geometries"), list):
        parts = [
            _read_polygons(part, f"{place}.geometries[{n}]") for n, part in enumerate(geometry["geometries"])
        ]
        return [polygon for part in parts for polygon in part]
    if kind not in ("Polygon", "MultiPolygon"):
        raise _FeatureError("bukan Polygon atau MultiPolygon.", place=place)
    place = f"{place}.coordinates"
    found = geometry.get("coordinates")
    polygons = [found] if kind == "Polygon" else found
    if (
        not isinstance(polygons, list)
        or not polygons
        or not all(isinstance(rings, list) and rings for rings in polygons)
    ):
        raise _FeatureError("kosong atau bukan daftar. Ekspor ulang sebagai GeoJSON.", place=place)
    return [
        [
            _read_ring(ring, f"{place}[{m}]" if kind == "Polygon" else f"{place}[{n}][{m}]")
            for m, ring in enumerate(rings)
        ]
        for n, rings in enumerate(polygons)
    ]


def _check_degrees(polygons: list[list[list[list[float]]]]) -> None:
    """Raise `_FeatureError` for what is not longitude and latitude in Indonesia, with the likely cause."""
    points = [point for polygon in polygons for point in polygon[0]]
    if all(geo.is_in_indonesia(latitude=y, longitude=x) for x, y in points):
        return
    if any(abs(x) > 180 or abs(y) > 180 for x, y in points):
        raise _FeatureError(
            "koordinatnya tampak dalam meter (UTM atau Mercator), bukan derajat. Ekspor ulang dalam WGS84 (EPSG:4326)."
        )
    if all(geo.is_in_indonesia(latitude=x, longitude=y) for x, y in points):
        raise _FeatureError(
            "bujur dan lintangnya tertukar. GeoJSON menulis bujur dahulu, misalnya [111.5, -7.6]."
        )
    raise _FeatureError("terletak di luar Indonesia. Periksa sistem koordinatnya (harus WGS84, EPSG:4326).")


def _depth(text: str) -> int:
    """How deep brackets are nested, texts left out; more than a parser should be given is told apart."""
    depth = deepest = 0
    for bracket in re.findall(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', text):
        if bracket in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif bracket in "]}":
            depth -= 1
    return deepest


def _parse_collection(text: str) -> dict[str, Any] | str:
    """The collection, or what is wrong with the file."""
    try:
        if _depth(text) > 2 * DEEPEST:
            return "bersarang terlalu dalam, bukan GeoJSON. Ekspor ulang berkas itu."
        found = json.loads(text)
    except (ValueError, RecursionError):  # also for a number of thousands of digits
        return "bukan GeoJSON, atau berkasnya terpotong. Ekspor ulang berkas itu."
    if isinstance(found, dict) and found.get("type") == "Feature":
        found = {"type": "FeatureCollection", "features": [found]}
    if not isinstance(found, dict) or not isinstance(found.get("features"), list):
        return "bukan GeoJSON dengan features. Ekspor ulang sebagai FeatureCollection."
    told = found.get("crs")
    name = (
        told.get("properties", {}).get("name")
        if isinstance(told, dict) and isinstance(told.get("properties"), dict)
        else None
    )
    if isinstance(name, str) and not _WGS84.search(name):
        shown = clean_line(name)[:60]
        return f"memakai sistem koordinat {shown}. Ekspor ulang dalam WGS84 (EPSG:4326)."
    return found


def _read_feature(feature: Any) -> tuple[str, Area]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict) or properties.get("code") in (None, ""):
        raise _FeatureError("tidak punya properti code.")
    code, name = clean_code(properties["code"])[:40], clean_line(str(properties.get("name") or ""))[:80]
    area = Area(name)
    if feature.get("geometry") is not None:
        try:
            polygons = _read_polygons(feature["geometry"])
            _check_degrees(polygons)
        except _FeatureError as error:
            raise _FeatureError(
                error.cause, place=f"{code}{' ' if error.place else ''}{error.place}"
            ) from error
        area.boundary = (
            {"type": "Polygon", "coordinates": polygons[0]}
            if len(polygons) == 1
            else {"type": "MultiPolygon", "coordinates": polygons}
        )
    return code, area


def _join_parts(one: Area, other: Area) -> Area:
    polygons = [*geo.list_polygons(one.boundary), *geo.list_polygons(other.boundary)]
    boundary = (
        {"type": "MultiPolygon", "coordinates": polygons}
        if len(polygons) > 1
        else one.boundary or other.boundary
    )
    return Area(one.name or other.name, boundary)


def read_areas(text: str, *, file: str) -> tuple[dict[str, Area], list[str]]:
    """The areas of a GeoJSON text by code, and its problems, a sentence each."""
    collection = _parse_collection(text)
    if isinstance(collection, str):
        return {}, [f"{file}: {collection}"]
    areas: dict[str, Area] = {}
    wrong: dict[str, list[str]] = {}
    for number, feature in enumerate(collection["features"], start=1):
        try:
            code, area = _read_feature(feature)
        except _FeatureError as error:
            wrong.setdefault(error.cause, []).append(f"fitur {number} {error.place}".rstrip())
            continue
        areas[code] = _join_parts(areas[code], area) if code in areas else area
    problems = []
    for cause, places in wrong.items():
        more = f" dan {len(places) - MOST_NAMED} fitur lain" if len(places) > MOST_NAMED else ""
        problems.append(f"{file}: {', '.join(places[:MOST_NAMED])}{more}: {cause}")
    if not collection["features"]:
        problems.append(f"{file}: tidak ada wilayah di dalamnya. Ekspor ulang berkas itu.")
    return areas, problems
