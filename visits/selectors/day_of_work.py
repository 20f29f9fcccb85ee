"""The page "Hari ini": every team's day so far in words, who is urgent, and the map of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext as _

from outreach.enums import NeedState, Urgency
from outreach.models import Need
from visits.enums import VisitState
from visits.models import Plan, Shift, Visit
from visits.selectors import field, maps, plans, words
from visits.selectors.field import TeamNow
from visits.selectors.plans import Look

LATE = timedelta(minutes=10)
SHOWN = 60


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A team's day as the page shows it."""

    team: TeamNow
    look: Look
    place: str
    age: str
    state: str
    overrun: str
    later: str  # by how much the next visit will be later than published
    next: Visit | None


@dataclass(frozen=True, kw_only=True)
class NextDay:
    """The next day for which visits are published."""

    date: date
    visits: int
    teams: int


def next_day(*, today: date) -> NextDay | None:
    rows = Visit.objects.filter(state=VisitState.PUBLISHED, shift__date__gt=today).values("shift__date")
    row = (
        rows.annotate(visits=Count("pk"), teams=Count("shift", distinct=True)).order_by("shift__date").first()
    )
    return row and NextDay(date=row["shift__date"], visits=row["visits"], teams=row["teams"])


def lanes(*, now: datetime) -> list[Lane]:
    teams = field.today(now=now)
    looks = plans.looks(team.shift for team in teams)
    return [_lane(team, looks[team.shift.team_id], now) for team in teams]


def _lane(team: TeamNow, look: Look, now: datetime) -> Lane:
    following = team.left[0] if team.left else None
    late = team.free_at - following.planned_arrive if following else timedelta()
    return Lane(
        team=team,
        look=look,
        place=_place(team, now),
        age=words.duration(int((now - team.heard_at).total_seconds())) if team.heard_at else "",
        state=_state(team),
        overrun=words.duration(int(team.overrun.total_seconds())) if team.overrun >= LATE else "",
        later=words.duration(int(late.total_seconds())) if late >= LATE and not team.fails else "",
        next=following,
    )


def _state(team: TeamNow) -> str:
    """The look of a team's day (admin.css .tag)."""
    if team.fails:
        return "failed"
    if team.silent:
        return "late"
    return "done" if team.total and not team.left and team.under_way is None else "planned"


def _place(team: TeamNow, now: datetime) -> str:
    """Where the team is, as far as is known."""
    visit = team.under_way
    if visit is not None and visit.state == VisitState.ARRIVED:
        return _("di rumah ke-%(number)d, %(village)s") % _of(visit)
    if visit is not None:
        return _("menuju rumah ke-%(number)d, %(village)s") % _of(visit)
    if team.assumed:
        return _("menurut jadwal di rumah ke-%(number)d, %(village)s") % _of(team.assumed[-1])
    if team.done:
        return _("selesai di rumah ke-%(number)d, %(village)s") % _of(team.done[-1])
    return _("belum ada laporan berangkat")


def _of(visit: Visit) -> dict[str, Any]:
    return {"number": visit.sequence, "village": visit.need.resident.village.name}


def line(plan: Plan, shifts: dict[int, Shift]) -> str:
    """What a plan for the rest of a day rests on; empty for any other plan."""
    told = plan.summary.get("today")
    if told is None:
        return ""
    said = [_("Sisa hari ini sejak pukul %(at)s.") % {"at": words.clock(told["now_s"])}]
    for text, key in (
        (_("Tidak bisa lanjut: %(teams)s."), "failed"),
        (_("Tanpa kabar, dianggap menurut jadwal: %(teams)s."), "silent"),
    ):
        names = [shifts[shift].team.name for shift in told[key] if shift in shifts]
        if names:
            said.append(text % {"teams": ", ".join(names)})
    return " ".join(said)


def waiting() -> QuerySet[Need]:
    """Needs that could be visited today, the most urgent first."""
    rank = Case(
        When(urgency=Urgency.HOSPITAL, then=Value(0)),
        When(urgency=Urgency.HIGH, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = Need.objects.filter(state=NeedState.OPEN, resident__away=False)
    return (
        rows.select_related("resident__village")
        .defer("resident__village__boundary")
        .annotate(rank=rank)
        .order_by("rank", "waiting_since", "pk")[:SHOWN]
    )


def map_data(rows: list[Lane]) -> dict[str, Any]:
    """Today's routes for the map of plans: what is left is numbered, what is behind is not drawn."""
    return {
        "routes": [
            {
                "id": f"tim-{row.team.shift.pk}",
                "team": row.team.shift.team.name,
                "day": row.place,
                "colour": int(row.look.css.removeprefix("team-")),
                "dashed": row.look.dashed,
                "base": {"name": row.place, "at": [row.team.latitude, row.team.longitude]},
                "end": [row.team.shift.end_latitude, row.team.shift.end_longitude],
                "stops": [
                    maps.home(visit.need, number=visit.sequence, arrive=words.clock_of(visit.planned_start))
                    for visit in row.team.left
                ],
            }
            for row in rows
        ]
    }
