"""Seconds from place to place: great circle x detour at one speed, or a given table.

The idea: a travel model is a value that can answer for one pair (plain Python, the truth that plans
are judged by) and for all pairs (numpy, for the engine). Great-circle metres are haversine on a
sphere of geopy's mean radius, so they equal `geopy.distance.great_circle` to less than a millimetre;
rounding up is done as the referee of planning cases does it. For many places nobody needs the full
matrix: `unit_vectors` lets the engine compute a pair from a chord in a few nanoseconds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from visits.planning.errors import PlanningError

EARTH_M = 6371009.0  # metres, geopy.distance.EARTH_RADIUS
ROUNDING = 1e-6  # seconds; sums this little above a whole number are not rounded up
EXTREME, LONGEST_S = 1e9, 2**30  # bounds of the factors, and of a drive half round the earth

Locations = Sequence[tuple[float, float]]


class Travel(Protocol):
    """How long a drive takes; `locations` are (latitude, longitude) in degrees, places indices into them."""

    def seconds(self, locations: Locations, a: int, b: int) -> int:
        """Seconds from place `a` to place `b` (different indices)."""

    def matrix(self, locations: Locations) -> NDArray[Any]:
        """int32[n, n] seconds between all places; the diagonal is zero."""


@dataclass(frozen=True, slots=True)
class GreatCircle:
    """Great-circle metres x `detour` at `speed_kmh`, rounded up to whole seconds."""

    detour: float = 1.35
    speed_kmh: float = 30.0

    def __post_init__(self) -> None:
        if not self.detour >= 0:
            raise PlanningError("detour_range", "travel.detour must be a number, zero or more")
        if not self.speed_kmh > 0:
            raise PlanningError("speed_range", "travel.speed_kmh must be above zero")
        usable = self.detour <= EXTREME and 1 / EXTREME <= self.speed_kmh <= EXTREME
        if not usable or math.pi * EARTH_M * self.seconds_per_m >= LONGEST_S:
            raise PlanningError("travel_extreme", "travel: detour or speed_kmh makes no sense; check both")

    @property
    def seconds_per_m(self) -> float:
        """Of great-circle metres, the detour included."""
        return self.detour / (self.speed_kmh / 3.6)

    def seconds(self, locations: Locations, a: int, b: int) -> int:
        """Seconds from place `a` to place `b`, rounded up."""
        (lat1, lon1), (lat2, lon2) = locations[a], locations[b]
        phi1, phi2 = math.radians(lat1), math.radians(lat2)
        dphi, dlam = phi2 - phi1, math.radians(lon2 - lon1)
        h = math.sin(dphi / 2) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(dlam / 2) ** 2
        metres = 2 * EARTH_M * math.asin(math.sqrt(min(1.0, h)))
        return math.ceil(metres * self.detour / (self.speed_kmh / 3.6) - ROUNDING)

    def matrix(self, locations: Locations) -> NDArray[Any]:
        """int32[n, n] seconds between all places, as `seconds` has them; the diagonal is zero."""
        degrees = np.asarray(locations, dtype=np.float64).reshape(-1, 2)
        phi, lam = np.radians(degrees[:, 0]), degrees[:, 1]
        out = np.empty((len(phi), len(phi)), dtype=np.int32)
        for at in range(0, len(phi), 256):  # blocks bound the memory of the temporaries
            rows = slice(at, at + 256)
            dphi = phi[None, :] - phi[rows, None]
            dlam = np.radians(lam[None, :] - lam[rows, None])
            h = np.sin(dphi / 2) ** 2 + np.cos(phi[rows, None]) * np.cos(phi)[None, :] * np.sin(dlam / 2) ** 2
            metres = 2 * EARTH_M * np.arcsin(np.sqrt(np.minimum(1.0, h)))
            out[rows] = np.ceil(metres * self.detour / (self.speed_kmh / 3.6) - ROUNDING)
        np.fill_diagonal(out, 0)
        return out


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A given table of seconds (roads): `values[a, b]` from place a to place b, not always symmetric."""

    values: NDArray[Any]

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or self.values.shape[0] != self.values.shape[1]:
            raise PlanningError("table_shape", "the travel table must be square")
        if not np.issubdtype(self.values.dtype, np.integer) or (self.values < 0).any():
            raise PlanningError("table_values", "the travel table must hold whole seconds, zero or more")

    def seconds(self, locations: Locations, a: int, b: int) -> int:
        """Seconds from place `a` to place `b`, as given."""
        return int(self.values[a, b])

    def matrix(self, locations: Locations) -> NDArray[Any]:
        """int32[n, n] as given, with a diagonal of zeros. Raises PlanningError if it is not for that many
        places."""
        if len(self.values) != len(locations):
            raise PlanningError("table_size", "the travel table must be as large as the list of places")
        out = self.values.astype(np.int32)
        np.fill_diagonal(out, 0)
        return out


def unit_vectors(locations: Locations) -> NDArray[Any]:
    """Points on the unit sphere, shape (n, 3): a chord between two gives their great circle."""
    degrees = np.asarray(locations, dtype=np.float64).reshape(-1, 2)
    phi, lam = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    return np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
