"""Build the road map that plans use from an OpenStreetMap extract."""

import math
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from outreach.models import Village
from visits.roads.extract import read, rules, source


def road_speeds() -> dict[str, float]:
    """km/h by road class: the defaults, overridden by the setting `ROADS_SPEEDS`."""
    return {**rules.SPEEDS, **{name: float(value) for name, value in settings.ROADS_SPEEDS.items()}}


def region_box(*, around_km: float) -> read.Box | None:
    """A bounding box in degrees around all villages of the office, widened by `around_km`; None without
    villages."""
    places = list(Village.objects.values_list("latitude", "longitude"))
    if not places:
        return None
    lats, lons = zip(*places, strict=True)
    north = around_km / 111.2
    east = north / max(0.1, math.cos(math.radians(max(map(abs, lats)))))
    south, west = round(min(lats) - north, 4), round(min(lons) - east, 4)
    return south, west, round(max(lats) + north, 4), round(max(lons) + east, 4)


def build_road_map(
    *, path: Path, box: read.Box | None, say: Callable[[str, int], None]
) -> tuple[source.BuiltExtract, bool]:
    """Build the map in the folder of the settings; see `visits.roads.extract.source.build_extract`."""
    return source.build_extract(
        path, folder=settings.ROADS_DIR, speeds=road_speeds(), box=box, today=timezone.localdate(), say=say
    )
