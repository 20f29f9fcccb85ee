"""Builds the planner's problem from open needs and shifts."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings

from outreach.enums import NeedKind, Skill
from outreach.models import Need
from visits import planning, roads
from visits.appointments import appointment_news, arrival_intervals
from visits.estimates import visit_durations
from visits.estimates.visit_durations import VisitEstimate
from visits.lib.plan_summary import RoadsNote
from visits.models import PlanRun, Shift, Visit
from visits.planning.groups import stop_groups
from visits.planning.rules import cut_windows
from visits.planning.types import DAY_S, Interval, plan_from_orders
from visits.schedule.problem import candidates, need_groups, need_priority
from visits.schedule.problem.need_priority import PriorityPart


class NothingToPlanError(Exception):
    """There is no shift or no need; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class PlanningProblem:
    """The problem, and what its ids mean. `away` residents are counted apart, `begun` shifts left alone.
    `problem` has one visit a need, `groups` the needs that share a stop; the engine is given `merged`, and
    goes on from `start`, what is published now."""

    problem: planning.Problem
    groups: stop_groups.Groups
    start: planning.Plan | None
    needs: dict[str, Need]
    published: dict[str, Visit]  # by need, where it has a visit
    shifts: dict[str, Shift]
    parts: dict[str, list[PriorityPart]]
    guarantees: dict[str, PriorityPart]
    based_on: dict[str, int]
    away: int
    begun: int
    roads: RoadsNote
    roads_s: float = 0.0  # seconds that the roads were waited for

    @property
    def merged(self) -> planning.Problem:
        return stop_groups.merge_groups(self.problem, self.groups)

    @property
    def follows(self) -> frozenset[str]:
        """Needs that are served right after another at the same stop."""
        return stop_groups.list_followers(self.groups)


class LocationTable:
    """Locations of the problem, each only once."""

    def __init__(self) -> None:
        self.index: dict[tuple[float, float], int] = {}

    def at(self, latitude: float, longitude: float) -> int:
        return self.index.setdefault((latitude, longitude), len(self.index))


def build_problem(*, run: PlanRun, now: datetime | None = None) -> PlanningProblem:
    """All that competes for the team-days of a run, in a constant number of queries."""
    days = candidates.find_team_days(first=run.first_date, last=run.last_date, now=now)
    if not days.usable:
        raise NothingToPlanError("no_shifts")
    needs, published, away = candidates.list_competing_needs(scope=days.scope)
    if not needs:
        raise NothingToPlanError("no_needs")
    places = LocationTable()
    shifts = tuple(build_shift(shift, places) for shift in days.usable)
    setup = max(shift.team.setup_minutes for shift in days.usable)
    horizon = sorted({shift.date for shift in days.usable})
    by_id = {shift.pk: shift for shift in days.usable}
    learned = visit_durations.load_estimates()
    parts, guarantees = _weigh_needs(needs, published, by_id, first=run.first_date, last=horizon[-1])

    singles = tuple(
        build_visit(
            need,
            places=places,
            horizon=horizon,
            setup_minutes=setup,
            learned=learned,
            points=need_priority.sum_points(parts[str(need.pk)]),
            tier=int(str(need.pk) in guarantees),
            published=(visit := published.get(str(need.pk))),
            lock=_find_lock(visit, by_id, keep_published=run.keep_published),
        )
        for need in needs
    )
    driven = {shift.vehicle for shift in shifts}
    began = time.monotonic()
    found = roads.estimate_travel(tuple(places.index), driven, budget_s=roads.WORK_S)
    roads_s = time.monotonic() - began
    problem = planning.Problem(
        locations=tuple(places.index),
        shifts=shifts,
        visits=singles,
        travel=found.travel,
        more_travel=found.more_travel,
        name=str(run.pk),
        news_s=appointment_news.news_seconds(),
    )
    problem, groups = _join_stops(problem, needs, published, setup_minutes=setup, learned=learned)
    return PlanningProblem(
        problem=problem,
        groups=groups,
        start=stop_groups.merge_start(_published_plan(published.values(), by_id), groups),
        needs={str(need.pk): need for need in needs},
        published=published,
        shifts={str(shift.pk): shift for shift in days.usable},
        parts=parts,
        guarantees=guarantees,
        based_on={str(shift.pk): days.live[shift.pk] for shift in days.scope},
        away=away,
        begun=len(days.begun),
        roads=found.note,
        roads_s=roads_s,
    )


def _join_stops(
    problem: planning.Problem,
    needs: list[Need],
    published: Mapping[str, Visit],
    *,
    setup_minutes: int,
    learned: Mapping[str, VisitEstimate],
) -> tuple[planning.Problem, stop_groups.Groups]:
    """The problem with who shares a stop at one place and the kit set up once, as far as they go together."""
    wanted = need_groups.group_needs(needs, published)
    follows = {
        str(need.pk): visit_durations.service_seconds(
            need, setup_minutes=setup_minutes, learned=learned, follows=True
        )
        for group in wanted
        for need in group[1:]
    }
    return stop_groups.form_groups(problem, [[str(need.pk) for need in group] for group in wanted], follows)


def _weigh_needs(
    needs: list[Need],
    published: Mapping[str, Visit],
    shifts: dict[int, Shift],
    *,
    first: date,
    last: date,
) -> tuple[dict[str, list[PriorityPart]], dict[str, PriorityPart]]:
    """By need: the parts of its priority, and why it must be served, where it must."""
    behind = need_priority.villages_behind(on=first)
    parts = {
        str(need.pk): need_priority.priority_parts(need, on=first, behind=behind)
        + _owed_points(published.get(str(need.pk)), shifts)
        for need in needs
    }
    must = ((str(need.pk), need_priority.find_guarantee(need, on=first, last=last)) for need in needs)
    return parts, {need: part for need, part in must if part is not None}


def _published_plan(visits: Iterable[Visit], shifts: dict[int, Shift]) -> planning.Plan | None:
    """The visits that are published on these shifts and stand, in their order."""
    published: dict[int, list[Visit]] = {}
    for visit in visits:
        if visit.shift_id in shifts and not visit.called_off:
            published.setdefault(visit.shift_id, []).append(visit)
    orders = {
        str(shift_id): [str(visit.need_id) for visit in sorted(rows, key=lambda visit: visit.sequence)]
        for shift_id, rows in sorted(published.items())
    }
    return plan_from_orders(orders) if orders else None


def build_shift(shift: Shift, places: LocationTable) -> planning.Shift:
    return planning.Shift(
        id=str(shift.pk),
        team=shift.team.code,
        date=shift.date,
        start_s=arrival_intervals.seconds_of_clock(shift.starts),
        end_s=arrival_intervals.seconds_of_clock(shift.ends),
        start_location=places.at(shift.start_latitude, shift.start_longitude),
        end_location=places.at(shift.end_latitude, shift.end_longitude),
        max_visits=shift.max_visits,
        breaks=arrival_intervals.parse_intervals(shift.breaks),
        skills=frozenset(shift.skills),
        reserve=settings.PLAN_RESERVE,
        vehicle=roads.vehicle_number(shift.team.vehicle),
    )


def suitable_hours(need: Need) -> tuple[Interval, ...]:
    """When a visit suits, as the family said."""
    return arrival_intervals.parse_intervals(need.windows) or ((0, DAY_S),)


def _owed_points(visit: Visit | None, shifts: dict[int, Shift]) -> list[PriorityPart]:
    """A promise whose team-day does not work, or a visit that the office called off: the family is met before
    others, on another."""
    owed = visit is not None and (bool(visit.called_off) or (visit.promised and visit.shift_id not in shifts))
    return [PriorityPart("promise", 2 * settings.PLAN_MOVE_POINTS)] if owed else []


def _find_lock(visit: Visit | None, shifts: dict[int, Shift], *, keep_published: bool) -> Visit | None:
    """The visit, if it has to stay with its team and day and that team-day works."""
    stays = (
        visit is not None
        and visit.shift_id in shifts
        and not visit.called_off
        and (visit.promised or keep_published)
    )
    return visit if stays else None


def build_visit(
    need: Need,
    *,
    places: LocationTable,
    horizon: list[date],
    setup_minutes: int,
    learned: Mapping[str, VisitEstimate],
    points: float,
    tier: int,
    lock: Visit | None = None,
    published: Visit | None = None,
    door: Need | None = None,
) -> planning.Visit:
    """A need as the planner sees it, at its own door or right after the one whose stop it shares (`door`).

    `published` is its visit, which may move at a price; `lock` its visit if it has to stay where it is.
    """
    resident, home = need.resident, (door or need).resident
    time = visit_durations.estimate_service(
        need, setup_minutes=setup_minutes, learned=learned, follows=home is not resident
    )
    windows = suitable_hours(need)
    dates = candidates.allowed_dates(need, horizon=horizon)
    if lock is not None:
        dates = dates | {arrival_intervals.local_date(lock.planned_start)}
        windows = windows_as_told(windows, lock)
    return planning.Visit(
        id=str(need.pk),
        location=places.at(home.latitude, home.longitude),
        service_s=time.expected_s,
        variance_s2=time.variance_s2,
        priority=points,
        windows=windows,
        decay=need_priority.points_per_day(need),
        dates=None if len(dates) == len(horizon) else dates,
        skills=skills_needed(need),
        locked=None if lock is None else str(lock.shift_id),
        infectious_last=resident.infectious,
        tier=tier,
        **({} if published is None else published_placement(published)),
    )


def published_placement(visit: Visit) -> dict[str, Any]:
    """Where the visit is published, and what it costs to move it; a promise costs as much again."""
    points = settings.PLAN_MOVE_POINTS * (2 if visit.is_firm else 1)
    return {"published": str(visit.shift_id), "move_points": float(points)}


def windows_as_told(windows: tuple[Interval, ...], visit: Visit) -> tuple[Interval, ...]:
    """The need's windows cut to the interval that the family was told; where they no longer meet, the
    interval.

    The plan's own clock, on which visits take long, may run behind the interval late in a day: what it said
    when the interval was told stays allowed.
    """
    told_from, told_until = arrival_intervals.interval_told(visit)
    since = arrival_intervals.seconds_of_day(min(told_from, visit.planned_start))
    until = arrival_intervals.seconds_of_day(max(told_until, visit.planned_start))
    return cut_windows(windows, (since, until))


def skills_needed(need: Need) -> frozenset[str]:
    """What the need asks for; a recording also needs the parts of the kit that no recording goes without."""
    kit = settings.RECORDING_SKILLS if need.kind == NeedKind.RECORDING else ()
    known = {str(skill) for skill in Skill}
    return frozenset({*need.skills, *kit} & known)
