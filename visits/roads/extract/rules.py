"""Which OpenStreetMap ways a team's car may use, in which direction, and how fast.

The idea: a way is driven at the speed of its class, which includes crossings and villages, or slower if its
tags say so. Tags are those of wiki.openstreetmap.org (Key:highway, Key:access, Key:oneway, Key:maxspeed,
Key:surface). Ignored: turn restrictions, barriers on a way, opening hours.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

# km/h over a whole drive, crossings and villages included; `unpaved` caps all others where the surface is.
SPEEDS: dict[str, float] = {
    "motorway": 80,
    "trunk": 50,
    "primary": 42,
    "secondary": 38,
    "tertiary": 34,
    "unclassified": 28,
    "residential": 22,
    "living_street": 12,
    "road": 20,
    "service": 14,
    "track": 12,
    "unpaved": 20,
}
_CLOSED = frozenset({"no", "private", "agricultural", "forestry", "emergency", "military", "psv", "bus"})
_UNPAVED = frozenset(
    {
        "unpaved",
        "compacted",
        "fine_gravel",
        "gravel",
        "dirt",
        "earth",
        "ground",
        "grass",
        "mud",
        "sand",
        "rock",
    }
)
_FORWARD, _BACKWARD = frozenset({"yes", "true", "1"}), frozenset({"-1", "reverse"})
_MAXSPEED = re.compile(r"^\s*(\d{1,3})\s*(mph|km/h|kmh|kph)?\s*$")
MILE_KM = 1.609344


@dataclass(frozen=True)
class RoadUse:
    """How a way may be driven: km/h and directions."""

    speed_kmh: float
    forward: bool
    backward: bool


def road_use(tags: Mapping[str, str], speeds: Mapping[str, float]) -> RoadUse | None:
    """How a car may use the way of these tags; None if it may not or cannot."""
    kind = tags.get("highway", "").removesuffix("_link")
    speed = speeds.get(kind, 0.0) if kind != "unpaved" else 0.0
    if speed <= 0 or tags.get("area") == "yes" or _car_access(tags) in _CLOSED:
        return None
    if tags.get("surface") in _UNPAVED and kind != "track":
        speed = min(speed, speeds.get("unpaved", speed))
    told = _MAXSPEED.match(tags.get("maxspeed", ""))
    if told and int(told[1]) > 0:
        speed = min(speed, int(told[1]) * (MILE_KM if told[2] == "mph" else 1.0))
    return RoadUse(speed, *_driving_directions(tags, kind))


def _car_access(tags: Mapping[str, str]) -> str:
    """The value of the most specific access key for cars."""
    for key in ("motorcar", "motor_vehicle", "vehicle", "access"):
        if key in tags:
            return tags[key]
    return ""


def _driving_directions(tags: Mapping[str, str], kind: str) -> tuple[bool, bool]:
    told = tags.get("oneway", "")
    if told in _BACKWARD:
        return False, True
    implied = tags.get("junction") in ("roundabout", "circular") or (
        kind == "motorway" and not tags["highway"].endswith("_link")
    )
    return True, not (told in _FORWARD or (implied and told != "no"))
