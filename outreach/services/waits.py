"""Counts how long people usually wait, for the pages that say it."""

from dataclasses import asdict

from django.utils import timezone

from outreach.models import StageWait
from outreach.selectors import flow


def count_usual_waits() -> int:
    """Count the usual wait for every stage and keep it; how many stages can be said. Safe to repeat."""
    now, said = timezone.now(), 0
    for stage, found in flow.estimate_usual_waits(flow.Stage, now=now).items():
        fields = asdict(found) if found else dict.fromkeys(("half", "most", "known_until"))
        StageWait.objects.update_or_create(name=stage, defaults={**fields, "counted_at": now})
        said += found is not None
    return said
