"""System checks of the settings of visit durations and told intervals."""

import math
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from visits.enums import VisitKind

BOUNDS: dict[str, tuple[float, float]] = {
    "VISIT_MINUTES_SIGMA": (0.01, 2.0),
    "VISIT_MINUTES_PRIOR": (1.0, 1000.0),
    "VISIT_IN_VAIN": (0.0, 0.9),
    "BREAK_GRACE_MINUTES": (0, 60),
    "PLAN_RESERVE": (0.0, 3.0),
    "TRAVEL_CV": (0.0, 2.0),
    "ARRIVAL_COVERAGE": (0.5, 0.99),
    "ARRIVAL_EARLY": (0.0, 0.5),
    "ARRIVAL_NARROWEST": (0, 240),
    "REPLAYS": (50, 20_000),
}


@register("times")
def times_check(*, app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Plans and intervals need numbers that visits can have."""
    found: list[CheckMessage] = [
        Error(f"{name} is {value:g}.", hint=f"Between {least:g} and {most:g}.", id="config.E019")
        for name, (least, most) in BOUNDS.items()
        if not (math.isfinite(value := getattr(settings, name)) and least <= value <= most)
    ]
    wrong = [
        kind
        for kind, minutes in settings.VISIT_MINUTES.items()
        if kind not in VisitKind.values
        or isinstance(minutes, bool)
        or not isinstance(minutes, int | float)
        or not 1 <= minutes <= 240
    ]
    if wrong:
        found.append(
            Error(
                f"VISIT_MINUTES: {', '.join(map(str, sorted(wrong)))}.",
                hint=f"Minutes from 1 to 240 for {', '.join(VisitKind.values)}.",
                id="config.E020",
            )
        )
    return found
