"""Which OpenStreetMap ways a team may use with its vehicle, in which direction, and how fast.

The idea: a way is driven at the speed of its class, which includes crossings and villages, or slower if its tags say
so; what a vehicle is, and which keys speak of it, is in vehicles.py. Tags are those of wiki.openstreetmap.org
(Key:highway, Key:access, Key:oneway, Key:maxspeed, Key:surface, Key:smoothness, Key:seasonal, Key:barrier, Key:ford,
Tag:route=ferry). Ignored: turn restrictions, opening hours, `:conditional` tags.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from visits.roads.extract.vehicles import CAR, Profile

EDITION = 3  # raised with the rules, so that a map built by older ones is built anew
# what stands on a road and lets everybody through; else it stops a vehicle unless its tags or the vehicle pass it
_PASSABLE = frozenset(
    {
        *("border_control", "bump", "cattle_grid", "checkpoint", "coupure", "entrance", "height_restrictor"),
        *("kerb", "no", "open", "sally_port", "toll_booth", "width_restrictor"),
    }
)
_OPEN = frozenset({"yes", "permissive", "designated", "destination", "customers", "delivery", "residents"})
FERRY_KMH = 6.0  # with the wait, where the map does not tell the time of a ferry
_CLOCK = re.compile(r"^(?:(\d{1,2}):)?(\d{1,3})(?::(\d\d))?$")
_PERIOD = re.compile(r"^PT(?:(\d{1,2})H)?(?:(\d{1,3})M)?(?:(\d{1,4})S)?$")
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
_METRES = re.compile(r"^\s*(\d{1,2}(?:\.\d{1,3})?)\s*m?\s*$")
_MAXSPEED = re.compile(r"^\s*(\d{1,3})\s*(mph|km/h|kmh|kph)?\s*$")
MILE_KM = 1.609344


@dataclass(frozen=True)
class RoadUse:
    """How a way may be driven: km/h and directions."""

    speed_kmh: float
    forward: bool
    backward: bool


def road_use(tags: Mapping[str, str], speeds: Mapping[str, float], by: Profile = CAR) -> RoadUse | None:
    """How the vehicle may use the way of these tags; None if it may not or cannot."""
    kind = tags.get("highway", "").removesuffix("_link")
    speed = speeds.get(kind, 0.0) if kind != "unpaved" else 0.0
    if speed <= 0 or tags.get("area") == "yes" or not _may_use(tags, kind, by):
        return None
    if tags.get("surface") in _UNPAVED and kind not in ("track", *by.only_if_told):
        speed = min(speed, speeds.get("unpaved", speed))
    told = _MAXSPEED.match(tags.get("maxspeed", ""))
    if told and int(told[1]) > 0:
        speed = min(speed, int(told[1]) * (MILE_KM if told[2] == "mph" else 1.0))
    return RoadUse(speed, *_driving_directions(tags, kind, by))


def _may_use(tags: Mapping[str, str], kind: str, by: Profile) -> bool:
    """Whether the vehicle may drive on the way, and can on every day of the year."""
    own, told = _own_access(tags, by), _access(tags, by)
    if kind in by.only_if_told or (tags.get("motorroad") == "yes" and by.motorroads_if_told):
        if own not in _OPEN:
            return False
    elif told in _CLOSED:
        return False
    if tags.get("smoothness") in by.too_rough or (tags.get("4wd_only") == "yes" and by.no_off_road):
        return False
    if any(_is_narrower(tags.get(key, ""), by.width_m) for key in ("maxwidth", "maxwidth:physical", "width")):
        return False
    wet = tags.get("ford", "no") != "no" or tags.get("tidal") == "yes"
    dry_only = any(tags.get(key, "no") != "no" for key in ("seasonal", "winter_road", "ice_road"))
    return not (wet or dry_only) or own in _OPEN


def _is_narrower(text: str, metres: float) -> bool:
    told = _METRES.match(text)
    return told is not None and 0 < float(told[1]) < metres


def _access(tags: Mapping[str, str], by: Profile) -> str:
    """The value of the most specific access key for the vehicle."""
    return next((tags[key] for key in (*by.keys, "access") if key in tags), "")


def _own_access(tags: Mapping[str, str], by: Profile) -> str:
    """As `_access`, of the keys that speak of vehicles alone: `access=yes` makes no footpath a road."""
    return next((tags[key] for key in by.keys if key in tags), "")


def _driving_directions(tags: Mapping[str, str], kind: str, by: Profile) -> tuple[bool, bool]:
    told = tags.get(f"oneway:{by.keys[0]}", tags.get("oneway", ""))
    if told in _BACKWARD:
        return False, True
    implied = tags.get("junction") in ("roundabout", "circular") or (
        kind == "motorway" and not tags["highway"].endswith("_link")
    )
    return True, not (told in _FORWARD or (implied and told != "no"))


def closes_road(tags: Mapping[str, str], by: Profile = CAR) -> bool:
    """Whether a node of these tags (bollard, gate, lift gate, ford) stops the vehicle.

    It does unless the tags say that such vehicles may pass, or the vehicle is narrow enough for it; a locked gate
    stays shut whoever may pass.
    """
    barrier, ford = tags.get("barrier", "no"), tags.get("ford", "no")
    if (barrier in _PASSABLE or barrier in by.passes) and ford == "no":
        return _access(tags, by) in _CLOSED or _is_narrower(tags.get("maxwidth:physical", ""), by.width_m)
    return tags.get("locked") == "yes" or _access(tags, by) not in _OPEN


def ferry_use(tags: Mapping[str, str], *, metres: float, by: Profile = CAR) -> RoadUse | None:
    """How the vehicle may use a ferry of this length: in the time that the map tells. None if it may not, or if
    nothing says that it may: many boats take no more than people. What takes cars takes motorcycles."""
    told = _access(tags, by) or tags.get("motorcar", "")
    if tags.get("route") != "ferry" or told not in _OPEN or metres <= 0:
        return None
    seconds = _read_duration(tags.get("duration", "")) or metres / (FERRY_KMH / 3.6)
    return RoadUse(metres / seconds * 3.6, *_driving_directions(tags, "ferry", by))


def _read_duration(text: str) -> float | None:
    """Seconds of "00:15", "1:05:00", "15" (minutes) or "PT15M"; None for anything else."""
    clock, period = _CLOCK.match(text.strip()), _PERIOD.match(text.strip())
    found = clock or period
    if not found:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    if clock and found[3] is None and found[1] is None:
        hours, minutes = divmod(minutes, 60)
    return float(hours * 3600 + minutes * 60 + seconds) or None
