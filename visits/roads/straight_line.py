"""The straight line in force: great circle x detour at one speed.

The idea: the speed is that of the settings until a coordinator applies one fitted to recorded trips, which are those
of cars; motorcycles keep the speed of the settings. Used where roads are not asked for or not known.
"""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from visits.enums import FitState, Vehicle
from visits.models import TravelFit
from visits.planning import GreatCircle


@dataclass(frozen=True)
class StraightLine:
    """The straight line; `fitted` is the day of its calibration, None for the settings' own."""

    model: GreatCircle
    fitted: dt.date | None = None


def line_of_settings(vehicle: str = Vehicle.CAR) -> GreatCircle:
    """`TRAVEL_DETOUR` at the speed of the settings for this vehicle."""
    car = vehicle == Vehicle.CAR
    return GreatCircle(
        settings.TRAVEL_DETOUR, settings.TRAVEL_SPEED_KMH if car else settings.TRAVEL_MOTORCYCLE_SPEED_KMH
    )


def line_in_force(vehicle: str = Vehicle.CAR) -> StraightLine:
    """The line with the applied fit of this vehicle, else the settings' own."""
    if vehicle != Vehicle.CAR:
        return StraightLine(line_of_settings(vehicle))
    row = TravelFit.objects.filter(state=FitState.APPLIED).only("detour", "speed_kmh", "made_at").first()
    if row is not None:
        return StraightLine(GreatCircle(row.detour, row.speed_kmh), timezone.localdate(row.made_at))
    return StraightLine(line_of_settings())
