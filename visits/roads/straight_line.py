"""The straight line in force, for drives without roads.

The idea: great circle x detour at one speed, from the settings until a coordinator applies a speed that was fitted to
the teams' own trips; it serves where roads are not asked for, and where they are not known.
"""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from visits.enums import FitState
from visits.models import TravelFit
from visits.planning import GreatCircle


@dataclass(frozen=True)
class Straight:
    """Great circle x detour at a speed; `fitted` is the day it was calibrated, None for the settings' own."""

    model: GreatCircle
    fitted: dt.date | None = None


def of_settings() -> GreatCircle:
    """`TRAVEL_DETOUR` at `TRAVEL_SPEED_KMH`."""
    return GreatCircle(settings.TRAVEL_DETOUR, settings.TRAVEL_SPEED_KMH)


def in_force() -> Straight:
    """What a coordinator applied, else the settings."""
    row = TravelFit.objects.filter(state=FitState.APPLIED).only("detour", "speed_kmh", "made_at").first()
    if row is not None:
        return Straight(GreatCircle(row.detour, row.speed_kmh), timezone.localdate(row.made_at))
    return Straight(of_settings())
