"""The team-days of a range that may still change, and the needs that compete for them."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from outreach.enums import NeedState
from outreach.models import Need
from outreach.models.resident import SEALED_COLUMNS
from visits.appointments.published_visits import BEGUN, departure_time
from visits.enums import OPEN_VISITS, VisitState
from visits.models import Shift, TeamDay, Visit
from visits.workforce import calendar, team_skills


@dataclass(frozen=True, kw_only=True)
class TeamDays:
    """The team-days of a range. `usable` can be planned; `void` are cancelled, fall on a closed day or have no
    officer left, so that their visits go elsewhere; `begun` have a team on the road or fully behind us and are left alone.
    `live` maps a shift's id to the number of its published version (0: none)."""

    usable: list[Shift] = field(default_factory=list)
    void: list[Shift] = field(default_factory=list)
    begun: list[Shift] = field(default_factory=list)
    live: dict[int, int] = field(default_factory=dict)

    @property
    def scope(self) -> list[Shift]:
        """What publishing a plan decides about."""
        return [*self.usable, *self.void]


def find_team_days(*, first: date, last: date, now: datetime | None = None) -> TeamDays:
    now = now or timezone.now()
    open_days = {day.date for day in calendar.list_days(first=first, last=last) if day.is_open}
    begun = Visit.objects.filter(shift=OuterRef("pk"), state__in=BEGUN)
    deserted = team_skills.find_deserted_teams()
    found = TeamDays()
    shifts = list(
        Shift.objects.filter(date__range=(first, last))
        .annotate(begun=Exists(begun))
        .select_related("team")
        .order_by("date", "team__code")
    )
    for shift in shifts:
        if shift.begun or departure_time(shift) <= now:
            found.begun.append(shift)
        elif (
            shift.is_cancelled
            or shift.date not in open_days
            or not shift.team.is_active
            or shift.team_id in deserted
        ):
            found.void.append(shift)
        else:
            found.usable.append(shift)
    numbers = {
        (row.team_id, row.date): row.live.number
        for row in TeamDay.objects.filter(date__range=(first, last)).select_related("live")
    }
    found.live.update({shift.pk: numbers.get((shift.team_id, shift.date), 0) for shift in shifts})
    return found


def list_competing_needs(*, scope: list[Shift]) -> tuple[list[Need], dict[str, Visit], int]:
    """Needs that wait for a visit or whose visit lies in the scope and has not begun; by need, the visit of
    those that have one; and how many more wait whose resident is away."""
    needs = _needs_of_scope(scope)
    visits = Visit.objects.filter(state__in=OPEN_VISITS, need__in=needs.values("pk"))
    by_need = {visit.need_id: visit for visit in visits}
    away = Need.objects.filter(state=NeedState.OPEN, resident__away=True).count()
    sealed = [f"resident__{name}" for name in SEALED_COLUMNS]
    found = list(needs.select_related("resident").defer(*sealed).order_by("waiting_since", "pk"))
    return found, {str(need.pk): by_need[need.pk] for need in found if need.pk in by_need}, away


def has_needs(*, scope: list[Shift]) -> bool:
    return _needs_of_scope(scope).exists()


def _needs_of_scope(scope: list[Shift]) -> QuerySet[Need]:
    ids = [shift.pk for shift in scope]
    published = Visit.objects.filter(need=OuterRef("pk"), state=VisitState.PUBLISHED, shift__in=ids)
    unfinished = Visit.objects.filter(need=OuterRef("pk"), state__in=OPEN_VISITS)
    waiting = Need.objects.filter(state=NeedState.OPEN).exclude(Exists(unfinished))
    movable = Need.objects.filter(state=NeedState.PLANNED).filter(Exists(published))
    return (waiting | movable).filter(resident__away=False)


def count_waiting_needs() -> int:
    """How many needs wait for a plan (residents who are away do not)."""
    return Need.objects.filter(state=NeedState.OPEN, resident__away=False).count()


def allowed_dates(need: Need, *, horizon: list[date]) -> frozenset[date]:
    """The dates of a plan on which the need may be served. A deadline that passed no longer binds: late is
    better than never."""
    deadline = need.deadline if need.deadline and need.deadline >= min(horizon, default=date.max) else None
    return frozenset(
        day
        for day in horizon
        if (need.not_before is None or day >= need.not_before)
        and (deadline is None or day <= deadline)
        and (not need.weekdays or day.weekday() in need.weekdays)
    )
