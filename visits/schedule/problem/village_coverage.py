"""Villages that got less than their share of visits lately, so that remote ones are not starved."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

from django.db.models import Count

from outreach.enums import NeedState
from outreach.models import Need
from visits.enums import VisitState
from visits.models import Visit

LEAST = 1.0  # visits that a village's share must come to; below, chance decides who was served


def find_coverage_gaps(*, on: date, weeks: int) -> dict[str, float]:
    """Village -> how much of its share it did not get in the weeks before `on`, 0..1; only where it is short.

    A village's share is its part of all who were visited or still wait; of as many visits as there were.
    """
    since = on - timedelta(weeks=weeks)
    visited = Visit.objects.filter(state=VisitState.FINISHED, shift__date__gte=since, shift__date__lt=on)
    served = _by_village(visited.values_list("need__resident__village").annotate(Count("pk")))
    waiting = Need.objects.filter(state=NeedState.OPEN, resident__away=False)
    asked = Counter(served) + Counter(
        _by_village(waiting.values_list("resident__village").annotate(Count("pk")))
    )
    total, all_served = sum(asked.values()), sum(served.values())
    if not all_served:
        return {}
    shares = {village: all_served * count / total for village, count in asked.items()}
    return {
        village: (share - served.get(village, 0)) / share
        for village, share in shares.items()
        if share >= LEAST and served.get(village, 0) < share
    }


def _by_village(rows: object) -> Mapping[str, int]:
    return dict(rows)  # type: ignore[call-overload, no-any-return]
