"""The straight line in force: great circle x detour at one speed.

The idea: the speed is that of the settings until a coordinator applies one fitted to recorded trips. Used
where roads are not asked for or not known.
"""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from visits.enums import FitState
from visits.models import TravelFit
from visits.planning import GreatCircle


@dataclass(frozen=True)
class StraightLine:
    """The straight line; `fitted` is the day of its calibration, None for the settings' own."""

    model: GreatCircle
    fitted: dt.date | None = None


def line_of_settings() -> GreatCircle:
    """`TRAVEL_DETOUR` at `TRAVEL_SPEED_KMH`."""
    return GreatCircle(settings.TRAVEL_DETOUR, settings.TRAVEL_SPEED_KMH)


def line_in_force() -> StraightLine:
    """The line with the applied fit, else the settings' own."""
    row = TravelFit.objects.filter(state=FitState.APPLIED).only("detour", "speed_kmh", "made_at").first()
    if row is not None:
        return StraightLine(GreatCircle(row.detour, row.speed_kmh), timezone.localdate(row.made_at))
    return StraightLine(line_of_settings())
