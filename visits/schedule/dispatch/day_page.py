"""The page "Hari ini": every team's day so far in words, urgent needs, families to call, and the map."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from outreach.enums import NeedState
from outreach.models import Need
from visits.appointments import arrival_intervals
from visits.enums import PlanState, RunKind, VisitState
from visits.fieldwork import expected_arrivals, team_status
from visits.fieldwork.expected_arrivals import DayForecast, ExpectedVisit
from visits.fieldwork.team_status import TeamStatus
from visits.models import Plan, Shift, Visit
from visits.schedule.dispatch import timeline
from visits.schedule.dispatch.timeline import Timeline
from visits.schedule.plans import plan_page, version_marks
from visits.schedule.plans.plan_page import TeamStyle
from visits.wording import labels, map_shapes

LATE = timedelta(minutes=10)
SHOWN = 60


@dataclass(frozen=True, kw_only=True)
class TeamRow:
    """A team's day as the page shows it."""

    team: TeamStatus
    look: TeamStyle
    place: str
    departed: str  # when it set out, where it said so
    closed: str  # when its day ended, where it said so
    age: str
    state: str
    overrun: str
    next: Visit | None
    told: str  # the interval that the next family was told
    expected: str  # when the team is expected there
    late: str  # by how much that family is met later than it was told
    course: DayForecast


@dataclass(frozen=True, kw_only=True)
class LateHome:
    """A family that will probably be met later than it was told."""

    visit: Visit
    team: str
    look: TeamStyle
    told: str
    at: str
    by: str


@dataclass(frozen=True, kw_only=True)
class NextDay:
    """The next day for which visits are published."""

    date: date
    visits: int
    teams: int


def find_next_day(*, today: date) -> NextDay | None:
    rows = Visit.objects.filter(state=VisitState.PUBLISHED, shift__date__gt=today).values("shift__date")
    row = (
        rows.annotate(visits=Count("pk"), teams=Count("shift", distinct=True)).order_by("shift__date").first()
    )
    return row and NextDay(date=row["shift__date"], visits=row["visits"], teams=row["teams"])


def list_team_rows(*, now: datetime) -> list[TeamRow]:
    teams = team_status.list_team_statuses(now=now)
    looks = plan_page.assign_styles(team.shift for team in teams)
    return [_build_row(team, looks[team.shift.team_id], now) for team in teams]


def _build_row(team: TeamStatus, look: TeamStyle, now: datetime) -> TeamRow:
    course = expected_arrivals.forecast_day(team, now=now)
    following = team.following
    late = course.left[0].late if course.left else timedelta()
    expected = format_expected(course)
    return TeamRow(
        team=team,
        look=look,
        place=describe_place(team),
        departed=labels.format_local_clock(team.departed_at) if team.departed_at else "",
        closed=labels.format_local_clock(team.closed_at) if team.closed_at else "",
        age=describe_silence(team, now),
        state=_state_tag(team),
        overrun=labels.format_timedelta(team.overrun) if team.overrun >= LATE else "",
        next=following,
        told=_format_told(following) if following else "",
        expected=expected.get(following.need_id, "") if following else "",
        late=labels.format_timedelta(late) if late else "",
        course=course,
    )


def format_expected(course: DayForecast) -> dict[UUID, str]:
    """When the team is expected at the homes that it has not come to, by need."""
    ahead = [*course.left, *([course.under_way] if course.under_way is not None else [])]
    return {
        one.visit.need_id: labels.format_local_clock(one.begins)
        for one in ahead
        if one.visit.state != VisitState.ARRIVED
    }


def _format_told(visit: Visit) -> str:
    return labels.format_clocks(*arrival_intervals.interval_told(visit))


def list_late_homes(rows: list[TeamRow]) -> list[LateHome]:
    """Whom to call, the soonest first."""
    found = [(one, row) for row in rows for one in _list_expected(row) if one.late]
    found.sort(key=lambda pair: (pair[0].told[1], pair[0].begins))
    return [
        LateHome(
            visit=one.visit,
            team=row.team.shift.team.name,
            look=row.look,
            told=_format_told(one.visit),
            at=labels.format_local_clock(one.begins),
            by=labels.format_timedelta(one.late),
        )
        for one, row in found
    ]


def _list_expected(row: TeamRow) -> list[ExpectedVisit]:
    """Whom the team has not met yet, as far as is known."""
    first = row.course.under_way
    there = [first, *row.course.left] if first is not None and row.team.heading else row.course.left
    return [one for one in there if not one.visit.is_called_off]


def draw_timeline(rows: list[TeamRow], *, now: datetime) -> Timeline | None:
    return timeline.draw_lanes([(row.team, row.look, row.course) for row in rows], now=now)


def find_draft(*, on: date) -> Plan | None:
    """The newest plan for the rest of this day, where it still waits to be published."""
    rows = Plan.objects.filter(run__kind=RunKind.TODAY, run__first_date=on)
    newest = rows.exclude(state=PlanState.DISCARDED).order_by("-made_at").first()
    return newest if newest is not None and newest.state == PlanState.DRAFT else None


def mark_today(*, now: datetime) -> str:
    """The mark of today as its pages show it (version_marks.py)."""
    draft = find_draft(on=timezone.localdate(now))
    return version_marks.mark_day(team_status.list_team_statuses(now=now), draft=draft)


def _state_tag(team: TeamStatus) -> str:
    """The look of a team's day (admin.css .tag)."""
    if team.fails:
        return "failed"
    if team.silent:
        return "late"
    return "done" if team.total and not team.left and team.under_way is None else "planned"


def describe_place(team: TeamStatus) -> str:
    """Where the team is, as far as is known."""
    visit = team.under_way
    if visit is not None and visit.state == VisitState.ARRIVED:
        return _("di rumah ke-%(number)d, %(village)s") % _describe_visit(visit)
    if visit is not None:
        return _("menuju rumah ke-%(number)d, %(village)s") % _describe_visit(visit)
    if team.heading:
        return _("menuju rumah ke-%(number)d, %(village)s") % _describe_visit(team.assumed[0])
    if team.assumed:
        return _("menurut jadwal di rumah ke-%(number)d, %(village)s") % _describe_visit(team.assumed[-1])
    if team.done:
        return _("selesai di rumah ke-%(number)d, %(village)s") % _describe_visit(team.done[-1])
    return _("di perjalanan") if team.departed_at else _("belum ada laporan berangkat")


def describe_silence(team: TeamStatus, now: datetime) -> str:
    """Of what its tablet said last; empty where it said nothing today."""
    return labels.format_timedelta(now - team.heard_at) if team.heard_at else ""


def _describe_visit(visit: Visit) -> dict[str, Any]:
    return {"number": visit.sequence, "village": visit.need.resident.village.name}


def describe_basis(plan: Plan, shifts: dict[int, Shift]) -> str:
    """What a plan for the rest of a day rests on; empty for any other plan."""
    told = plan.figures.today
    if told is None:
        return ""
    said = [_("Sisa hari ini sejak pukul %(at)s.") % {"at": labels.format_seconds_of_day(told.now_s)}]
    for text, ids in (
        (_("Tidak bisa lanjut: %(teams)s."), told.failed),
        (_("Hari ditutup: %(teams)s."), told.closed),
        (_("Tanpa kabar, dianggap menurut jadwal: %(teams)s."), told.silent),
    ):
        names = [shifts[shift].team.name for shift in ids if shift in shifts]
        if names:
            said.append(text % {"teams": ", ".join(names)})
    return " ".join(said)


def list_waiting_needs() -> QuerySet[Need]:
    """Needs that could be visited today, the most urgent first."""
    rows = Need.objects.filter(state=NeedState.OPEN, resident__away=False)
    return (
        rows.select_related("resident__village")
        .defer("resident__village__boundary")
        .order_by("urgency_rank", "waiting_since", "pk")[:SHOWN]
    )


def build_day_map(rows: list[TeamRow]) -> dict[str, Any]:
    """Today's routes for the map of plans: what is left is numbered, what is behind is not drawn."""
    return {"routes": [_describe_route(row) for row in rows]}


def _describe_route(row: TeamRow) -> dict[str, Any]:
    expected = format_expected(row.course)
    return {
        "id": f"tim-{row.team.shift.pk}",
        "team": row.team.shift.team.name,
        "day": row.place,
        "colour": int(row.look.css.removeprefix("team-")),
        "dashed": row.look.dashed,
        "base": {"name": row.place, "at": [row.team.latitude, row.team.longitude]},
        "end": [row.team.shift.end_latitude, row.team.shift.end_longitude],
        "stops": [
            map_shapes.describe_home(
                visit.need,
                number=visit.sequence,
                arrive=expected.get(visit.need_id) or _format_told(visit),
            )
            for visit in row.team.left
        ],
    }
