"""Changes of the office (days, shifts, teams, officers, kit, breaks, hours) and the published visits they touch.

Every door makes its change through `carry_out`: the families that it touches are named before it is kept, and
their visits are called off, or reinstated, in the same transaction. A preview is the change itself, rolled
back, so that it cannot say anything else than what happens.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from django.db import transaction
from django.utils import timezone

from visits.appointments import call_offs
from visits.appointments.published_visits import departure_time
from visits.enums import CallOffReason
from visits.models import Shift, Visit
from visits.schedule.dispatch import touched_visits
from visits.schedule.dispatch.touched_visits import MovedShift, Obstacle, TouchedVisit
from visits.schedule.sessions import agreed_sessions
from visits.schedule.sessions.agreed_sessions import AgreedSession
from visits.workforce import calendar, team_shifts, team_skills

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Effects:
    """What a change does: the visits to call off, those that stand again, the team-days whose hours move, and the
    village sessions whose day falls out."""

    touched: list[TouchedVisit]
    restored: list[Visit]
    moved: list[MovedShift]
    sessions: list[AgreedSession]

    @property
    def mark(self) -> str:
        """A text that changes with whom the change touches and how, and which team-days it moves."""
        rows = [
            *(f"{row.visit.pk} {sorted(row.obstacles)}" for row in self.touched),
            *(f"{row.shift.pk} {row.now}" for row in self.moved),
            *(f"{row.village.pk} {row.on}" for row in self.sessions),
        ]
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Consent:
    """That somebody saw the effects with this mark, and why they shall be."""

    reason: CallOffReason
    mark: str


class ConsentNeededError(Exception):
    """Nothing was changed: nobody has seen these effects yet, or they are other ones by now."""

    def __init__(self, effects: Effects) -> None:
        super().__init__(effects.mark)
        self.effects = effects


@dataclass(frozen=True, kw_only=True)
class Carried(Generic[T]):
    """What the change returned, and its effects."""

    result: T
    effects: Effects


@transaction.atomic
def carry_out(
    change: Callable[[], T],
    *,
    consent: Consent | CallOffReason | None,
    actor: str,
    now: datetime | None = None,
    show_moved: bool = False,
) -> Carried[T]:
    """Make a change, and call off or reinstate the visits that it touches.

    Raises `ConsentNeededError`, with nothing changed, where it touches visits or village sessions (or, with
    `show_moved`, the hours of team-days) and `consent` is not for just that. A bare reason consents to whatever it touches.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    # as publishing takes them: whoever publishes meanwhile waits, and finds what the change left
    list(Shift.objects.filter(date__gte=today).select_for_update().order_by("pk").values_list("pk"))
    before, skills = touched_visits.look_ahead(now=now), team_skills.list_team_skills()
    hours = calendar.list_hours(shift.date for shift in before.shifts.values())
    bases, limits = team_shifts.list_bases(), team_shifts.list_limits()
    fallen_out = set(_list_fallen_out(today))
    result = change()
    ahead = [pk for pk, shift in before.shifts.items() if departure_time(shift) > now]
    team_shifts.follow_bases(before=bases, shifts=ahead, actor=actor)
    team_shifts.follow_hours(before=hours, actor=actor)
    team_shifts.follow_team_skills(before=skills, first=today, actor=actor)
    team_shifts.follow_limits(before=limits, first=today, actor=actor)
    after = touched_visits.look_ahead(now=now)
    grown = touched_visits.find_touched(before, after)
    effects = Effects(
        touched=[row for row in grown if not row.visit.called_off],
        restored=touched_visits.find_restored(after, now=now),
        moved=touched_visits.find_moved_shifts(before, after) if show_moved else [],
        sessions=[row for key, row in _list_fallen_out(today).items() if key not in fallen_out],
    )
    shown = consent.mark == effects.mark if isinstance(consent, Consent) else consent is not None
    if (effects.touched or effects.moved or effects.sessions) and not shown:
        raise ConsentNeededError(effects)
    _settle(grown, effects.restored, consent=consent, at=now, actor=actor)
    return Carried(result=result, effects=effects)


def _list_fallen_out(today: date) -> dict[tuple[str, date], AgreedSession]:
    """The village sessions to come on days without office work, by village and day."""
    rows = agreed_sessions.list_agreed_sessions(today=today)
    return {(row.village.pk, row.on): row for row in rows if row.closed}


def _settle(
    grown: Sequence[TouchedVisit],
    restored: Sequence[Visit],
    *,
    consent: Consent | CallOffReason | None,
    at: datetime,
    actor: str,
) -> None:
    reason = consent.reason if isinstance(consent, Consent) else consent or CallOffReason.OTHER
    for row in grown:
        call_offs.call_off_visit(
            visit=row.visit,
            reason=reason,
            obstacles={str(what): much for what, much in row.obstacles.items()},
            at=at,
            actor=actor,
        )
    for visit in restored:
        call_offs.reinstate_visit(visit=visit, at=at, actor=actor)


_REASONS = {
    Obstacle.CLOSED: CallOffReason.CLOSED,
    Obstacle.CANCELLED: CallOffReason.STAFF,
    Obstacle.INACTIVE: CallOffReason.STAFF,
}


@transaction.atomic
def call_off_voided(*, now: datetime | None = None) -> int:
    """Call off the visits of coming team-days that do not work, and on which no door did: holidays come with a
    new version of their library, too. Returns how many. Safe to repeat."""
    now = now or timezone.now()
    outlook, count = touched_visits.look_ahead(now=now), 0
    for pk, visit in outlook.visits.items():
        found = [what for what in _REASONS if what in outlook.obstacles[pk]]
        if found and not visit.called_off and visit.shift.date > timezone.localdate(now):
            count += call_offs.call_off_visit(
                visit=visit,
                reason=_REASONS[found[0]],
                obstacles={str(what): 0 for what in found},
                at=now,
                actor="system",
            )
    return count
