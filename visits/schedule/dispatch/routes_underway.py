"""The routes of a plan for today with their progress: where each team is, what is done, and what comes next.

A plan stores the hours at which it was made. Once a team has departed, the plan's page shows its progress in
the words of the page "Hari ini" (day_page.py), and no points for what is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from visits.appointments.published_visits import departure_time
from visits.enums import Outcome, PlanState, RunKind, VisitState
from visits.fieldwork import expected_arrivals, team_status
from visits.fieldwork.team_status import TeamStatus
from visits.models import Plan, Visit
from visits.schedule.dispatch import day_page
from visits.schedule.plans.plan_page import FinishedStop, RouteProgress, RouteRow, StopRow
from visits.wording import labels


def add_progress(plan: Plan, routes: Sequence[RouteRow], *, now: datetime) -> list[RouteRow]:
    """The routes with how they go, where their team is on the road today; in a constant number of queries."""
    today = timezone.localdate(now)
    if not _is_in_effect(plan) or all(route.shift.date != today for route in routes):
        return list(routes)
    teams = {
        team.shift.pk: team for team in team_status.list_team_statuses(now=now) if _is_on_the_road(team, now)
    }
    return [
        _add_route_progress(route, teams[route.shift.pk], now, published=plan.state == PlanState.PUBLISHED)
        if route.shift.pk in teams and route.shift.date == today
        else route
        for route in routes
    ]


def _is_in_effect(plan: Plan) -> bool:
    """Whether the plan is about what the teams do: it is published, or a proposal for the rest of their day."""
    return plan.state == PlanState.PUBLISHED or (
        plan.state == PlanState.DRAFT and plan.run.kind == RunKind.TODAY
    )


def _is_on_the_road(team: TeamStatus, now: datetime) -> bool:
    begun = team.done or team.under_way or team.assumed or team.departed_at
    return bool(begun) or departure_time(team.shift) <= now


@dataclass(frozen=True, kw_only=True)
class _VisitTag:
    tag: str
    state: str


def _add_route_progress(route: RouteRow, team: TeamStatus, now: datetime, *, published: bool) -> RouteRow:
    said = _visit_tags(team)
    expected = day_page.format_expected(expected_arrivals.forecast_day(team, now=now)) if published else {}
    planned = {stop.need.pk for stop in route.stops}
    behind = [
        FinishedStop(visit=visit, tag=said[visit.need_id].tag, text=said[visit.need_id].state)
        for visit in sorted(team.reported, key=lambda visit: visit.sequence)
        if visit.need_id not in planned
    ]
    stops = _published_stops(route, team, said) if published else _proposed_stops(route, team, said, behind)
    stops = [
        replace(stop, expected=expected.get(stop.need.pk, "" if published else stop.expected))
        for stop in stops
    ]
    left = len(team.left) if published else sum(1 for stop in stops if stop.need.pk not in said)
    return replace(route, stops=stops, now=_describe_progress(team, behind, left, now))


def _published_stops(route: RouteRow, team: TeamStatus, said: dict[UUID, _VisitTag]) -> list[StopRow]:
    """A published route, of which a later plan may have taken homes, or put them in another order."""
    numbers = {visit.need_id: visit.sequence for visit in [*team.reported, *team.assumed, *team.left]}
    following = None if team.takes_no_more or team.following is None else team.following.need_id
    stops = []
    for stop in route.stops:
        need = stop.need.pk
        mine = said.get(need)
        if need not in numbers:
            mine = _VisitTag(tag="failed", state=_("tidak lagi di jadwal ini"))
        elif need == following:
            mine = _VisitTag(tag="planned", state=_("berikutnya"))
        stops.append(replace(stop, number=numbers.get(need, 0), **(vars(mine) if mine else {})))
    return stops


def _proposed_stops(
    route: RouteRow, team: TeamStatus, said: dict[UUID, _VisitTag], behind: list[FinishedStop]
) -> list[StopRow]:
    """A route of a draft for the rest of the day, which goes on behind what is done."""
    before = max((row.visit.sequence for row in behind), default=0)
    coming = next((stop.need.pk for stop in route.stops if stop.need.pk not in said), None)
    stops = []
    for stop in route.stops:
        mine = said.get(stop.need.pk)
        if stop.need.pk == coming and not team.takes_no_more:
            mine = _VisitTag(tag="planned", state=_("berikutnya"))
        stops.append(replace(stop, number=stop.number + before, **(vars(mine) if mine else {})))
    return stops


def _describe_progress(
    team: TeamStatus, behind: list[FinishedStop], left: int, now: datetime
) -> RouteProgress:
    return RouteProgress(
        place=day_page.describe_place(team),
        since=_describe_since(team, now),
        age=day_page.describe_silence(team, now),
        silent=team.silent,
        fails=team.fails,
        closed=labels.format_local_clock(team.closed_at) if team.closed_at else "",
        done=len(team.done),
        left=left,
        at=(team.latitude, team.longitude),
        behind=behind,
    )


def _describe_since(team: TeamStatus, now: datetime) -> str:
    """Since when the team is where it is, where that is known."""
    visit = team.under_way
    if visit is not None:
        arrived = visit.arrived_at if visit.state == VisitState.ARRIVED else None
        return labels.format_local_clock(arrived) if arrived else ""
    if team.heading:
        return labels.format_local_clock(team.departed_at) if team.departed_at else ""
    if team.assumed:
        return labels.format_local_clock(expected_arrivals.forecast_day(team, now=now).assumed[-1].begins)
    ended = [visit.outcome_at for visit in team.done if visit.outcome_at]
    return labels.format_local_clock(max(ended)) if ended else ""


def _visit_tags(team: TeamStatus) -> dict[UUID, _VisitTag]:
    """What is known of each visit that is behind the team or under way, by need."""
    found = {visit.need_id: _done_tag(visit) for visit in team.done}
    for visit in team.assumed:
        begun = _VisitTag(tag="late", state=_("dianggap sudah dimulai"))
        found[visit.need_id] = (
            _VisitTag(tag="waiting", state=_("dalam perjalanan")) if team.heading else begun
        )
    if team.under_way is not None:
        here = team.under_way.state == VisitState.ARRIVED
        text = _("sedang dikunjungi") if here else _("dalam perjalanan")
        found[team.under_way.need_id] = _VisitTag(tag="waiting", state=text)
    return found


def _done_tag(visit: Visit) -> _VisitTag:
    if (
        visit.state != VisitState.FINISHED
    ):  # the tablet went on to another home and did not say what came of this
        return _VisitTag(tag="late", state=_("belum dilaporkan selesai"))
    text = visit.get_outcome_display()
    if visit.outcome_at:
        text = _("%(outcome)s, %(at)s") % {"outcome": text, "at": labels.format_local_clock(visit.outcome_at)}
    return _VisitTag(tag="done" if visit.outcome == Outcome.RECORDED else "late", state=text)
