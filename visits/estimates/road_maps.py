"""Make an OpenStreetMap extract the map that plans are made on."""

import math
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from outreach.models import Village
from visits.roads.extract import read, rules, source


def speeds() -> dict[str, float]:
    """km/h by class of road: ours, with what the settings say otherwise."""
    return {**rules.SPEEDS, **{name: float(value) for name, value in settings.ROADS_SPEEDS.items()}}


def region(*, around_km: float) -> read.Box | None:
    """A box of degrees round all villages of the office; None where none are loaded."""
    places = list(Village.objects.values_list("latitude", "longitude"))
    if not places:
        return None
    lats, lons = zip(*places, strict=True)
    north = around_km / 111.2
    east = north / max(0.1, math.cos(math.radians(max(map(abs, lats)))))
    south, west = round(min(lats) - north, 4), round(min(lons) - east, 4)
    return south, west, round(max(lats) + north, 4), round(max(lons) + east, 4)


def build(*, path: Path, box: read.Box | None, say: Callable[[str, int], None]) -> tuple[source.Built, bool]:
    """See `visits.roads.extract.source.build`; into the folder of the settings."""
    return source.build(
        path, folder=settings.ROADS_DIR, speeds=speeds(), box=box, today=timezone.localdate(), say=say
    )
