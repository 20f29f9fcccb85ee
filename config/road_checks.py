"""System checks of the settings of travel times."""

import math
import re
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from visits.enums import RoadSource
from visits.roads.extract import source
from visits.roads.extract.vehicles import MOTORCYCLE_SPEEDS, SPEEDS

# Outside of these no vehicle of an office drives.
BOUNDS: dict[str, tuple[float, float]] = {
    "TRAVEL_DETOUR": (1.0, 5.0),
    "TRAVEL_SPEED_KMH": (1.0, 150.0),
    "TRAVEL_MOTORCYCLE_SPEED_KMH": (1.0, 150.0),
    "TRAVEL_MAX_PLACES": (2, 10_000),
    "TRAVEL_SPEED_SCALE": (0.1, 10.0),
    "TRAVEL_SNAP_LIMIT_M": (0.0, 50_000.0),
    "TRAVEL_SNAP_SPEED_KMH": (1.0, 150.0),
    "OSRM_TABLE_SIZE": (2, 10_000),
    "OSRM_TIMEOUT_SECONDS": (0.1, 120.0),
    "OSRM_CACHE_DAYS": (1, 3650),
}


@register("travel")
def travel_check(*, app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Travel times need a known source and numbers that a vehicle can drive."""
    found: list[CheckMessage] = []
    if settings.TRAVEL_SOURCE not in RoadSource.values:
        found.append(
            Error(
                f"TRAVEL_SOURCE is {settings.TRAVEL_SOURCE!r}.",
                hint=f"Use one of {', '.join(RoadSource.values)}.",
                id="config.E012",
            )
        )
    for name, (least, most) in BOUNDS.items():
        value = getattr(settings, name)
        if not (math.isfinite(value) and least <= value <= most):
            found.append(
                Error(
                    f"{name} is {value:g}: no travel time can be made with that.",
                    hint=f"Between {least:g} and {most:g}.",
                    id="config.E013",
                )
            )
    return found


@register("travel")
def osrm_check(*, app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Where roads come from a server, there must be one; its address carries no secrets and no questions."""
    if settings.TRAVEL_SOURCE != RoadSource.OSRM:
        return []
    wrong = [
        name
        for name in ("OSRM_URL", "OSRM_MOTORCYCLE_URL")
        if (name == "OSRM_URL" or settings.OSRM_MOTORCYCLE_URL) and not _is_address(getattr(settings, name))
    ]
    if wrong:
        return [
            Error(
                f"{wrong[0]} is not the address of a server, and TRAVEL_SOURCE is osrm.",
                hint="Set it like http://osrm.kantor.example:5000, without user, password or question mark.",
                id="config.E014",
            )
        ]
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", settings.OSRM_PROFILE):
        return [Error("OSRM_PROFILE is not a profile's name.", hint="Mostly: driving.", id="config.E015")]
    return []


def _is_address(text: str) -> bool:
    """Whether it is the bare address of a server."""
    try:
        url = urlsplit(text)
        sound = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:  # a port that is no number
        return False
    return sound and not (url.query or url.fragment or url.username or url.password)


def _is_speed(name: str, value: Any, known: dict[str, float]) -> bool:
    """Whether it is a speed for a class of roads that the vehicle knows."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return name in known and number and 0 <= value <= 150


@register("travel")
def extract_check(*, app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Where roads come from an extract, its packages are there and the map was built; plans go on without."""
    found: list[CheckMessage] = []
    for setting, known in (("ROADS_SPEEDS", SPEEDS), ("ROADS_MOTORCYCLE_SPEEDS", MOTORCYCLE_SPEEDS)):
        wrong = [
            name for name, value in getattr(settings, setting).items() if not _is_speed(name, value, known)
        ]
        if wrong:
            told = f"{setting}: {', '.join(sorted(wrong))}."
            hint = f"km/h from 0 (not driven) to 150 for {', '.join(known)}."
            found.append(Error(told, hint=hint, id="config.E016"))
    if settings.TRAVEL_SOURCE != RoadSource.EXTRACT:
        return found
    if find_spec("scipy") is None:
        hint = "pip install -r visits/roads/requirements.txt; until then the straight line is used."
        found.append(Warning("TRAVEL_SOURCE is extract, and scipy is missing.", hint=hint, id="config.W017"))
    if source.current_extract(settings.ROADS_DIR) is None:
        hint = "manage.py build_roads FILE.osm.pbf; until then the straight line is used."
        found.append(Warning("TRAVEL_SOURCE is extract, and no map was built.", hint=hint, id="config.W018"))
    return found
