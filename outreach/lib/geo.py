"""Points and GeoJSON boundaries: plain geometry on degrees, good for areas of the size of a regency."""

from collections.abc import Iterator
from math import cos, hypot, inf, radians
from typing import Any

Geometry = dict[str, Any]
KM_PER_DEGREE = 111.2
SCAN_LINES = 24
INDONESIA = (-11.5, 6.5, 94.5, 141.5)  # south, north, west, east


def list_polygons(geometry: Geometry) -> Iterator[list[list[list[float]]]]:
    """The polygons of a Polygon or MultiPolygon, each a list of rings (outer ring first)."""
    if geometry.get("type") == "Polygon":
        yield geometry["coordinates"]
    elif geometry.get("type") == "MultiPolygon":
        yield from geometry["coordinates"]


def _crosses_ring(ring: list[list[float]], longitude: float, latitude: float) -> bool:
    inside = False
    for (x1, y1, *_), (x2, y2, *_) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y1 > latitude) != (y2 > latitude) and longitude < (x2 - x1) * (latitude - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def contains_point(geometry: Geometry, *, latitude: float, longitude: float) -> bool:
    """Whether the point lies in the area (even-odd rule, so holes are outside)."""
    return any(
        sum(_crosses_ring(ring, longitude, latitude) for ring in polygon) % 2
        for polygon in list_polygons(geometry)
    )


def is_in_indonesia(*, latitude: float, longitude: float) -> bool:
    """Whether the point lies in Indonesia's bounding box; detects swapped or incomplete coordinates."""
    south, north, west, east = INDONESIA
    return south <= latitude <= north and west <= longitude <= east


def round_boundary(geometry: Geometry, digits: int) -> Geometry:
    """The boundary with fewer decimals (4 are 11 m), without points that coincide then. Points shared by
    neighbouring areas round alike, so their edges still coincide."""
    polygons = []
    for polygon in list_polygons(geometry):
        thin = []
        for ring in polygon:
            points: list[list[float]] = []
            for x, y, *_ in ring:
                point = [round(x, digits), round(y, digits)]
                if not points or points[-1] != point:
                    points.append(point)
            if len(points) >= 4:
                thin.append(points)
        if thin:
            polygons.append(thin)
    return {"type": "MultiPolygon", "coordinates": polygons}


def distance_to_area(geometry: Geometry, *, latitude: float, longitude: float) -> float:
    """Kilometres from a point to the nearest edge of an area, on a flat map around the point."""
    wide = KM_PER_DEGREE * cos(radians(latitude))
    best = inf
    for polygon in list_polygons(geometry):
        for ring in polygon:
            spots = [((x - longitude) * wide, (y - latitude) * KM_PER_DEGREE) for x, y, *_ in ring]
            for (x1, y1), (x2, y2) in zip(spots, spots[1:] + spots[:1], strict=True):
                run, rise = x2 - x1, y2 - y1
                long = run * run + rise * rise
                share = max(0.0, min(1.0, -(x1 * run + y1 * rise) / long)) if long else 0.0
                best = min(best, hypot(x1 + share * run, y1 + share * rise))
    return best


def find_inner_point(geometry: Geometry) -> tuple[float, float]:
    """A point well inside an area, as (latitude, longitude): the middle of the widest stretch of several lines
    through it from west to east."""
    polygons = list(list_polygons(geometry))
    heights = [y for polygon in polygons for _x, y, *_ in polygon[0]]
    low, high = min(heights), max(heights)
    best = (-1.0, polygons[0][0][0][1], polygons[0][0][0][0])
    for step in range(1, SCAN_LINES):
        # an odd share of the height, so that a line seldom runs along an edge
        y = low + (high - low) * (step + 0.137) / (SCAN_LINES + 0.274)
        for polygon in polygons:
            crossings = sorted(
                x1 + (y - y1) * (x2 - x1) / (y2 - y1)
                for ring in polygon
                for (x1, y1, *_), (x2, y2, *_) in zip(ring, ring[1:] + ring[:1], strict=True)
                if (y1 > y) != (y2 > y)
            )
            for west, east in zip(crossings[::2], crossings[1::2], strict=False):
                best = max(best, (east - west, y, (west + east) / 2))
    return round(best[1], 6), round(best[2], 6)
