"""Calibration of driving speed: fitted to recorded trips, proposed, and applied only by a coordinator."""

from dataclasses import asdict
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from outreach.services import log
from outreach.services.transitions import transition
from visits.enums import FitState
from visits.estimates import trips
from visits.models import TravelFit
from visits.roads import fit, straight_line

LOOK_BACK = timedelta(days=365)


def propose_fit(*, now: datetime | None = None) -> TravelFit | None:
    """Fit the speed to the trips of the last year and store a proposal, replacing an older one. None if there
    are too few trips, or if the newest proposal or applied fit says the same."""
    now = now or timezone.now()
    given, line = straight_line.line_of_settings(), straight_line.line_in_force().model
    found = fit.fit_speed(trips.list_trips(since=now - LOOK_BACK), settings_line=given, in_force=line)
    if found is None:
        return None
    fields = {
        "detour": given.detour,
        "before_detour": line.detour,
        "before_speed_kmh": line.speed_kmh,
        "detail": {"hours": [asdict(hour) for hour in found.hours], "points": found.points},
        **{name: getattr(found, name) for name in _FIGURES},
    }
    with transaction.atomic():
        newest = TravelFit.objects.filter(state__in=(FitState.PROPOSED, FitState.APPLIED)).first()
        if newest is not None and (newest.trips, newest.speed_kmh) == (found.trips, found.speed_kmh):
            return None
        _replace(FitState.PROPOSED, actor="system")
        row = TravelFit.objects.create(made_at=now, **fields)
        log.write_log(
            actor="system",
            action="travel_proposed",
            subject=row,
            to_state=row.state,
            detail={"trips": row.trips, "used": row.used, "speed_kmh": row.speed_kmh},
        )
    return row


_FIGURES = (
    *("speed_kmh", "low_kmh", "high_kmh", "trips", "used", "absurd", "far", "spread"),
    *("off_before", "off_after", "still_s"),
)


@transaction.atomic
def apply_fit(*, row: TravelFit, user: AbstractBaseUser) -> bool:
    """Apply a proposal to all plans made from now on. False if it is no proposal any more."""
    actor = log.actor_of(user)
    if TravelFit.objects.select_for_update().filter(pk=row.pk, state=FitState.PROPOSED).first() is None:
        return False
    _replace(FitState.APPLIED, actor=actor)
    return transition(
        row=row,
        to=FitState.APPLIED,
        actor=actor,
        reason={"speed_kmh": row.speed_kmh},
        applied_at=timezone.now(),
        applied_by_id=user.pk,
    )


@transaction.atomic
def back_to_settings(*, user: AbstractBaseUser) -> bool:
    """Plans made from now on use the settings. False where they did already."""
    return _replace(FitState.APPLIED, actor=log.actor_of(user))


def _replace(state: FitState, *, actor: str) -> bool:
    """Nothing is left in this state; there is one fit in it at most. False where there was none."""
    row = TravelFit.objects.filter(state=state).first()
    if row is None:
        return False
    reason = {"speed_kmh": row.speed_kmh}
    return transition(row=row, to=FitState.REPLACED, actor=actor, sources=(state,), reason=reason)
