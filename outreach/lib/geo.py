"""Points and GeoJSON boundaries: plain geometry on degrees, good for areas of the size of a regency."""

from collections.abc import Iterator
from typing import Any

Geometry = dict[str, Any]
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


def is_area(geometry: object) -> bool:
    """Whether this is a Polygon or MultiPolygon whose rings have at least four points of numbers."""
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return False
    try:
        polygons = list(list_polygons(geometry))
        return bool(polygons) and all(
            len(ring) >= 4 and all(float(x) is not None and float(y) is not None for x, y, *_ in ring)
            for polygon in polygons
            for ring in polygon
        )
    except (KeyError, TypeError, ValueError):
        return False


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
