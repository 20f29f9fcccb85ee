"""The numbers of the admin's first page: today's work, and the coming days."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Min, Q
from django.utils import timezone

from outreach.enums import NeedState
from outreach.models import Need
from visits.enums import ACTIVE_RUNS, OPEN_VISITS, PlanState, VisitState
from visits.models import Plan, PlanRun, Shift, TeamDay, Visit
from visits.schedule.dispatch import called_off_visits
from visits.schedule.sessions import agreed_sessions
from visits.workforce import calendar


@dataclass(frozen=True, kw_only=True)
class ComingDay:
    """A day ahead: whether the office works, how many teams, how many visits are published."""

    day: calendar.CalendarDate
    teams: int
    visits: int


def list_coming_days(count: int = 14, *, today: date | None = None) -> list[ComingDay]:
    first = today or timezone.localdate()
    last = first + timedelta(days=count - 1)
    shifts = dict(
        Shift.objects.filter(date__range=(first, last), is_cancelled=False, team__is_active=True)
        .values_list("date")
        .annotate(Count("pk"))
    )
    visits = dict(
        Visit.objects.filter(shift__date__range=(first, last), state__in=OPEN_VISITS)
        .values_list("shift__date")
        .annotate(Count("pk"))
    )
    return [
        ComingDay(day=day, teams=shifts.get(day.date, 0), visits=visits.get(day.date, 0))
        for day in calendar.list_days(first=first, last=last)
    ]


@dataclass(frozen=True, kw_only=True)
class WorkCounts:
    """The numbers of the index page that the visits side knows."""

    waiting: int
    oldest_days: int
    review: int
    planned: int
    runs: list[PlanRun]
    drafts: list[Plan]
    teams: int
    stops: int
    finished: int
    called_off: int  # visits that the office called off and nobody planned again, left out of a plan or not
    hear_by: date | None  # when the first of their families was promised to hear
    sessions_closed: int  # village sessions to come on days on which the office is closed
    unheard: int  # visits of days that are over, of which nothing was heard


def count_work(*, now: date | None = None) -> WorkCounts:
    on = now or timezone.localdate()
    states = Need.objects.filter(state__in=[NeedState.REVIEW, NeedState.PLANNED]).aggregate(
        review=Count("pk", filter=Q(state=NeedState.REVIEW)),
        planned=Count("pk", filter=Q(state=NeedState.PLANNED)),
    )
    waiting = Need.objects.filter(state=NeedState.OPEN, resident__away=False).aggregate(
        count=Count("pk"), oldest=Min("waiting_since")
    )
    oldest = waiting["oldest"]
    (called_off, first), (owed, first_owed) = (
        called_off_visits.count_called_off(),
        called_off_visits.count_owed(),
    )
    promised = [day for day in (first, first_owed) if day]
    visits = Visit.objects.filter(shift__date=on).exclude(state=VisitState.PUBLISHED, called_off__gt="")
    done = visits.aggregate(
        stops=Count("pk", filter=~Q(state=VisitState.CANCELLED)),
        finished=Count("pk", filter=Q(state=VisitState.FINISHED)),
    )
    return WorkCounts(
        waiting=waiting["count"],
        oldest_days=(on - timezone.localdate(oldest)).days if oldest else 0,
        review=states["review"],
        planned=states["planned"],
        runs=list(PlanRun.objects.filter(state__in=ACTIVE_RUNS).order_by("asked_at")),
        drafts=list(
            Plan.objects.filter(state=PlanState.DRAFT, run__last_date__gte=on)
            .select_related("run")
            .order_by("-made_at")[:3]
        ),
        teams=TeamDay.objects.filter(date=on).count(),
        stops=done["stops"],
        finished=done["finished"],
        called_off=called_off + owed,
        hear_by=min(promised, default=None),
        sessions_closed=sum(one.closed for one in agreed_sessions.list_agreed_sessions(today=on)),
        unheard=Visit.objects.filter(shift__date__lt=on, state__in=OPEN_VISITS, called_off="").count(),
    )
