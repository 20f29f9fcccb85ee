"""The regency: its map, districts and villages."""

import gzip
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from outreach.lib import geo
from outreach.models import District, Regency, Village

MAP_DIGITS = 4  # decimals of a degree: 11 m, finer than the boundaries are


@dataclass(frozen=True)
class RegionMap:
    """The boundaries for maps: a GeoJSON FeatureCollection, gzipped, with its ETag.

    Each feature has `code`, `name` and `level` ("neighbour", "village", "district", "regency"); villages and
    districts also have `point` [longitude, latitude]. The collection has `attribution` and `bbox`.
    """

    gzipped: bytes
    etag: str


def get_regency() -> Regency | None:
    """The regency of this installation without its boundary; None until `load_region` has run."""
    return Regency.objects.defer("outline", "surroundings").first()


def _build_feature(
    level: str, code: str, name: str, boundary: geo.Geometry, point: tuple[float, float] | None = None
) -> dict[str, Any]:
    properties: dict[str, Any] = {"level": level, "code": code, "name": name}
    if point:
        properties["point"] = [round(point[1], 5), round(point[0], 5)]
    return {"type": "Feature", "properties": properties, "geometry": geo.round_boundary(boundary, MAP_DIGITS)}


def _build_features() -> list[dict[str, Any]]:
    home = Regency.objects.get()
    features = [
        _build_feature("neighbour", area["code"], area["name"], area["boundary"])
        for area in home.surroundings
    ]
    for level, model in (("village", Village), ("district", District)):
        features += [
            _build_feature(level, row.code, row.name, row.boundary, (row.latitude, row.longitude))
            for row in model.objects.all()
            if row.boundary  # a new village may have none yet
        ]
    return [*features, _build_feature("regency", home.code, home.name, home.outline)]


@lru_cache(maxsize=2)
def _build_map(version: str, attribution: str) -> RegionMap:
    features = _build_features()
    corners = [
        point
        for feature in features
        if feature["properties"]["level"] == "regency"
        for polygon in feature["geometry"]["coordinates"]
        for point in polygon[0]
    ]
    xs, ys = zip(*corners, strict=True)
    collection = {
        "type": "FeatureCollection",
        "bbox": [min(xs), min(ys), max(xs), max(ys)],
        "attribution": attribution,
        "features": features,
    }
    text = json.dumps(collection, separators=(",", ":"), ensure_ascii=False)
    return RegionMap(gzipped=gzip.compress(text.encode(), 9, mtime=0), etag=f'"{version[:32]}"')


def load_region_map() -> RegionMap | None:
    """The map, built once for each process and version of the region; None until `load_region` has run."""
    row = Regency.objects.values_list("files_sha256", "attribution").first()
    return _build_map(*row) if row and row[0] else None
