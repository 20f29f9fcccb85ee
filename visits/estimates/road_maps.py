"""Build the road map that plans use from an OpenStreetMap extract."""

import math
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from outreach.models import Village
from visits.enums import Vehicle
from visits.roads.extract import read, source
from visits.roads.extract.vehicles import PROFILES


def road_speeds() -> dict[Vehicle, dict[str, float]]:
    """km/h by vehicle and road class: the defaults, overridden by `ROADS_SPEEDS` and `ROADS_MOTORCYCLE_SPEEDS`."""
    told = {
        Vehicle.CAR: settings.ROADS_SPEEDS,
        Vehicle.MOTORCYCLE: settings.ROADS_MOTORCYCLE_SPEEDS,
    }
    return {
        by.vehicle: {**by.speeds, **{name: float(value) for name, value in told[by.vehicle].items()}}
        for by in PROFILES
    }


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
