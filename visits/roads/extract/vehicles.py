"""What cars and motorcycles may and can drive on, as OpenStreetMap's tags speak of them.

The idea: the rules (rules.py) are the same for all; a profile says which access keys speak of the vehicle, how wide it
is, what it passes, and which ways it takes only where the map says that it may. In Indonesia a motorway is closed to
motorcycles unless it is signed for them, and a path or an alley for feet is a road where `motorcycle=yes` says so.
"""

from dataclasses import dataclass, field

from visits.enums import Vehicle

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
MOTORCYCLE_SPEEDS: dict[str, float] = {
    "motorway": 60,
    "trunk": 46,
    "primary": 42,
    "secondary": 39,
    "tertiary": 36,
    "unclassified": 31,
    "residential": 25,
    "living_street": 15,
    "road": 22,
    "service": 17,
    "track": 15,
    "path": 12,
    "bridleway": 10,
    "cycleway": 12,
    "footway": 8,
    "pedestrian": 8,
    "unpaved": 22,
}


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A vehicle: `keys` are its access keys, the most specific first; ways `only_if_told` are open where one of them
    says so; `passes` are barriers that it passes unless tags close them; `too_rough` are values of `smoothness`."""

    vehicle: Vehicle
    keys: tuple[str, ...]
    width_m: float
    passes: frozenset[str] = frozenset()
    only_if_told: frozenset[str] = frozenset()
    motorroads_if_told: bool = False
    too_rough: frozenset[str]
    no_off_road: bool = False
    speeds: dict[str, float] = field(default_factory=dict)


CAR = Profile(
    vehicle=Vehicle.CAR,
    keys=("motorcar", "motor_vehicle", "vehicle"),
    width_m=1.8,
    too_rough=frozenset({"horrible", "very_horrible", "impassable"}),
    no_off_road=True,
    speeds=SPEEDS,
)
MOTORCYCLE = Profile(
    vehicle=Vehicle.MOTORCYCLE,
    keys=("motorcycle", "motor_vehicle", "vehicle"),
    width_m=0.8,
    passes=frozenset({"block", "bollard", "cycle_barrier", "planter"}),
    only_if_told=frozenset({"motorway", "path", "bridleway", "cycleway", "footway", "pedestrian"}),
    motorroads_if_told=True,
    too_rough=frozenset({"very_horrible", "impassable"}),
    speeds=MOTORCYCLE_SPEEDS,
)
PROFILES = (CAR, MOTORCYCLE)
