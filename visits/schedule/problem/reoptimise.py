"""Builds the problem of the rest of a day under way, from where the teams are
(visits/planning/day/replan.py).

The result is a draft like any other. Visits that are done, under way or assumed stay on their team-day; a
team whose shift was cancelled, or that closed its day, loses what is left; the needs in the run's `facts` ask
for a place today.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from outreach.enums import NeedState
from outreach.models import Need
from visits import planning, roads
from visits.appointments import appointment_news, arrival_intervals
from visits.enums import VisitState
from visits.estimates import visit_durations
from visits.estimates.visit_durations import VisitEstimate
from visits.fieldwork import team_status
from visits.lib.plan_summary import RoadsNote
from visits.models import PlanRun, Shift, Visit
from visits.planning.day.day_state import DayState, DayStopGroups, TeamPosition
from visits.planning.types import Interval, Problem, Route, Stop, plan_from_routes
from visits.schedule.problem import (
    candidates,
    need_priority,
    problem_builder,
    published_week,
    stop_regrouping,
)
from visits.schedule.problem.need_priority import PriorityPart
from visits.schedule.problem.problem_builder import LocationTable, NothingToPlanError
from visits.schedule.problem.stop_regrouping import VisitLengths
from visits.workforce import calendar

LATER_DAYS = 7
URGENT_POINTS = 200.0  # an urgent visit goes before what is published, not before what is promised


@dataclass(frozen=True, kw_only=True)
class DayProblem:
    """The problem of a day under way, and what its ids mean."""

    problem: Problem
    published: planning.Plan
    facts: DayState
    stops: DayStopGroups
    teams: list[team_status.TeamStatus]
    needs: dict[str, Need]
    visits: dict[str, Visit]
    shifts: dict[str, Shift]
    parts: dict[str, list[PriorityPart]]
    based_on: dict[str, int]
    roads: RoadsNote


def build_day_problem(*, run: PlanRun, now: datetime | None = None) -> DayProblem:
    """Today's teams and what is left for them, with the later days for what today cannot take."""
    now = now or timezone.now()
    teams = [team_status.hold_next_home(team) for team in team_status.list_team_statuses(now=now)]
    if not teams or run.first_date != timezone.localdate(now):
        raise NothingToPlanError("no_shifts")
    urgent, left = _list_wanted(run, teams)
    if not left and not urgent:
        raise NothingToPlanError("no_needs")
    places = LocationTable()
    later = _load_later_shifts(run.first_date, now)
    shifts = [team.shift for team in teams]
    announced = _load_announced(later)
    parts = _load_parts([visit.need for visit in left] + urgent, now)
    learned, setup = visit_durations.load_estimates(), max(shift.team.setup_minutes for shift in shifts)
    lengths = stop_regrouping.estimate_lengths(teams, urgent, setup_minutes=setup, learned=learned)
    horizon = sorted({shift.date for shift in [*shifts, *later]})
    visits = _build_visits(
        left,
        urgent,
        horizon=horizon,
        setup=setup,
        places=places,
        parts=parts,
        learned=learned,
        lengths=lengths,
    )
    visits += [published_week.build_published_visit(one, places, setup, learned) for one in announced]
    teams_then = tuple(problem_builder.build_shift(shift, places) for shift in [*shifts, *later])
    teams_now = tuple(_team_position(team, places) for team in teams if not team.takes_no_more)
    travel = roads.estimate_travel(tuple(places.index), {team.vehicle for team in teams_then})
    return DayProblem(
        problem=Problem(
            tuple(places.index),
            teams_then,
            tuple(visits),
            travel.travel,
            str(run.pk),
            appointment_news.news_seconds(),
            travel.more_travel,
        ),
        published=_published_routes([*left, *announced]),
        facts=DayState(
            date=run.first_date,
            now_s=arrival_intervals.seconds_of_day(now),
            teams=teams_now,
            failed=frozenset(str(team.shift.pk) for team in teams if team.takes_no_more),
            told={str(visit.need_id): _interval_of_day(visit) for visit in left if visit.promised},
            urgent=tuple(str(need.pk) for need in urgent),
        ),
        stops=stop_regrouping.group_day_stops(left=left, urgent=urgent, announced=announced, known=lengths),
        teams=teams,
        needs={str(visit.need_id): visit.need for visit in left} | {str(need.pk): need for need in urgent},
        visits={str(visit.need_id): visit for visit in left},
        shifts={str(shift.pk): shift for shift in [*shifts, *later]},
        parts=parts,
        based_on={str(pk): number for pk, number in published_week.live_version_numbers(shifts).items()},
        roads=travel.note,
    )


def _list_wanted(run: PlanRun, teams: list[team_status.TeamStatus]) -> tuple[list[Need], list[Visit]]:
    """Who asks for a place today: somebody urgent, and what is left of the teams' visits. On a day that was closed
    since, teams finish what stands, and nobody else is told to expect them."""
    (day,) = calendar.list_days(first=run.first_date, last=run.first_date)
    left = [visit for team in teams for visit in team.left if day.is_open or not visit.is_called_off]
    return _load_urgent_needs(run) if day.is_open else [], left


def _load_later_shifts(today: date, now: datetime) -> list[Shift]:
    """Team-days for what today cannot take."""
    first, last = today + timedelta(days=1), today + timedelta(days=LATER_DAYS)
    return candidates.find_team_days(first=first, last=last, now=now).usable


def _load_urgent_needs(run: PlanRun) -> list[Need]:
    """Needs that the coordinator wants to be visited today and that still wait."""
    rows = Need.objects.filter(pk__in=run.facts.get("urgent", []), state=NeedState.OPEN, resident__away=False)
    return list(rows.select_related("resident__village").defer("resident__village__boundary").order_by("pk"))


def _load_announced(later: list[Shift]) -> list[Visit]:
    rows = Visit.objects.filter(shift__in=later, state=VisitState.PUBLISHED, called_off="")
    return list(rows.select_related("need__resident").order_by("shift", "sequence", "pk"))


def _load_parts(needs: list[Need], now: datetime) -> dict[str, list[PriorityPart]]:
    today = timezone.localdate(now)
    behind = need_priority.villages_behind(on=today)
    return {str(need.pk): need_priority.priority_parts(need, on=today, behind=behind) for need in needs}


def _build_visits(
    left: list[Visit],
    urgent: list[Need],
    *,
    horizon: list[date],
    setup: int,
    places: LocationTable,
    parts: dict[str, list[PriorityPart]],
    learned: dict[str, VisitEstimate],
    lengths: dict[str, VisitLengths],
) -> list[planning.Visit]:
    """What is left of today at the hours that suit, locked where promised, and the urgent ones."""

    def plain(need: Need) -> planning.Visit:
        made = problem_builder.build_visit(
            need,
            places=places,
            horizon=horizon,
            setup_minutes=setup,
            learned=learned,
            points=need_priority.sum_points(parts[str(need.pk)]),
            tier=0,
        )
        return replace(made, service_s=lengths[made.id].now_s)

    return [
        *(_build_left(plain(visit.need), visit, today=horizon[0]) for visit in left),
        *(_build_urgent(plain(need)) for need in urgent),
    ]


def _build_left(plain: planning.Visit, visit: Visit, *, today: date) -> planning.Visit:
    """What is left of today, locked where promised."""
    shift = str(visit.shift_id)
    return replace(
        plain,
        dates=None if plain.dates is None else plain.dates | {today},
        locked=shift if visit.promised else None,
        published=shift,
        move_points=float(settings.PLAN_MOVE_POINTS),
    )


def _build_urgent(plain: planning.Visit) -> planning.Visit:
    return replace(plain, priority=plain.priority + URGENT_POINTS)


def _interval_of_day(visit: Visit) -> Interval:
    since, until = arrival_intervals.interval_told(visit)
    start = visit.planned_start
    return arrival_intervals.interval_in_seconds((min(since, start), max(until, start)))


def _team_position(team: team_status.TeamStatus, places: LocationTable) -> TeamPosition:
    return TeamPosition(
        shift=str(team.shift.pk),
        location=places.at(team.latitude, team.longitude),
        free_s=arrival_intervals.seconds_into_day(team.shift.date, team.free_at),
        done=team.gone,
    )


def _published_routes(visits: list[Visit]) -> planning.Plan:
    """The published routes that are left, with their times."""
    stops: dict[str, list[Stop]] = {}
    for visit in sorted(visits, key=lambda one: (one.shift_id, one.sequence)):
        stops.setdefault(str(visit.shift_id), []).append(published_week.published_stop(visit))
    routes = tuple(Route(shift, tuple(row), row[-1].leave_s, 0) for shift, row in stops.items())
    return plan_from_routes(routes)


def list_departures(day: DayProblem) -> dict[int, int]:
    """By shift, when its team sets out for the first home that is planned for it (seconds of the day)."""
    return {
        team.shift.pk: arrival_intervals.seconds_into_day(team.shift.date, team.free_at) for team in day.teams
    }
