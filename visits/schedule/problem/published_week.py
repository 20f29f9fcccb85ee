"""The published days as a planning problem, for slots and re-plans.

A published visit keeps its planned duration and does not begin before its published time; a promised one does
not begin after the interval that its family was told. Read in a constant number of queries.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from outreach.models import Need
from visits import planning, roads
from visits.appointments import appointment_news, arrival_intervals
from visits.enums import VisitState
from visits.estimates import visit_durations
from visits.estimates.visit_durations import VisitEstimate
from visits.lib.plan_summary import RoadsNote
from visits.models import Shift, TeamDay, Visit
from visits.planning.rules import cut_windows
from visits.planning.types import DAY_S, Problem, Stop
from visits.schedule.problem import candidates, need_priority, problem_builder
from visits.schedule.problem.problem_builder import LocationTable


@dataclass(frozen=True, kw_only=True)
class PublishedWeek:
    """`orders` are need ids by shift id, `visits` the published ones by need id."""

    problem: Problem
    orders: dict[str, tuple[str, ...]]
    shifts: dict[str, Shift]
    visits: dict[str, Visit]
    roads: RoadsNote


# Half of the time of a question is reading the week: only what slots and intervals are made of.
READ = (
    *("need", "shift", "state", "sequence", "stop_leader", "promised", "called_off"),
    *("planned_arrive", "planned_start", "planned_leave", "told_from", "told_until"),
    *(f"need__{name}" for name in ("windows", "kind", "attempts", "service_minutes", "state", "resident")),
    *(f"need__resident__{name}" for name in ("name", "kind", "infectious", "latitude", "longitude")),
    *(f"need__resident__{name}" for name in ("location_source", "village", "address", "rt", "rw")),
)

WEIGHED = ("need__urgency", "need__waiting_since", "need__deadline")


def load_published_week(
    *,
    first: date,
    days: int,
    asked: Need | None = None,
    now: datetime | None = None,
    weighed: bool = False,
) -> PublishedWeek:
    """Team-days from `first` on that have not begun, their visits, and the visit that `asked` wants."""
    found = candidates.find_team_days(first=first, last=first + timedelta(days=days - 1), now=now)
    return load_week(found.usable, asked=[asked] if asked is not None else [], weighed=weighed)


def load_week(shifts: list[Shift], *, asked: Iterable[Need] = (), weighed: bool = False) -> PublishedWeek:
    """These team-days with the visits published on them, and visits for the needs that ask for a place.
    `weighed`: the published visits with what they are worth, as somebody asks who would have to give way."""
    rows = (
        Visit.objects.filter(shift__in=shifts, state=VisitState.PUBLISHED, called_off="")
        .select_related("need__resident")
        .only(*READ, *(WEIGHED if weighed else ()))
        .order_by("shift", "sequence", "pk")
    )
    there = list(rows)
    places = LocationTable()
    teams = tuple(problem_builder.build_shift(shift, places) for shift in shifts)
    horizon = sorted({shift.date for shift in shifts})
    wanted = list(asked)
    asking = {need.pk for need in wanted}
    worth = _weigh_visits(there, horizon) if weighed else {}
    learned = visit_durations.load_estimates()
    setup = max((shift.team.setup_minutes for shift in shifts), default=0)
    visits = [
        build_published_visit(visit, places, setup, learned, **worth.get(visit.pk, {}))
        for visit in there
        if visit.need_id not in asking
    ]
    if wanted and shifts:
        visits += _build_asked(wanted, horizon, places, setup_minutes=setup, learned=learned)
    orders: dict[str, list[str]] = {}
    for visit in there:
        orders.setdefault(str(visit.shift_id), []).append(str(visit.need_id))
    travel = roads.estimate_travel(tuple(places.index), {team.vehicle for team in teams})
    return PublishedWeek(
        problem=Problem(
            tuple(places.index),
            teams,
            tuple(visits),
            travel.travel,
            news_s=appointment_news.news_seconds(),
            more_travel=travel.more_travel,
        ),
        orders={shift: tuple(order) for shift, order in orders.items()},
        shifts={str(shift.pk): shift for shift in shifts},
        visits={str(visit.need_id): visit for visit in there},
        roads=travel.note,
    )


def build_published_visit(
    visit: Visit,
    places: LocationTable,
    setup_minutes: int,
    learned: Mapping[str, VisitEstimate],
    **more: Any,
) -> planning.Visit:
    """A published visit at its announced time or after it, within what its family was told where promised."""
    time = visit_durations.estimate_service(visit.need, setup_minutes=setup_minutes, learned=learned)
    resident, stop = visit.need.resident, published_stop(visit)
    return planning.Visit(
        id=str(visit.need_id),
        location=places.at(resident.latitude, resident.longitude),
        service_s=stop.leave_s - stop.start_s,
        variance_s2=time.variance_s2,
        windows=cut_windows(
            problem_builder.suitable_hours(visit.need), (stop.start_s, _latest_start(visit, stop.start_s))
        ),
        infectious_last=resident.infectious,
        **{"priority": 0.0, **more},
    )


def _weigh_visits(rows: list[Visit], horizon: list[date]) -> dict[UUID, dict[str, Any]]:
    """What each published visit is worth where it is: its points, what moving it costs, promise and
    guarantee."""
    if not rows:
        return {}
    behind = need_priority.recall_villages_behind(on=horizon[0])
    return {
        visit.pk: {
            "priority": need_priority.sum_points(
                need_priority.priority_parts(visit.need, on=horizon[0], behind=behind)
            ),
            "decay": need_priority.points_per_day(visit.need),
            "locked": str(visit.shift_id) if visit.is_firm else None,
            "tier": int(
                need_priority.find_guarantee(
                    visit.need, on=horizon[0], last=arrival_intervals.local_date(visit.planned_start)
                )
                is not None
            ),
            **problem_builder.published_placement(visit),
        }
        for visit in rows
    }


def _latest_start(visit: Visit, start_s: int) -> int:
    return (
        max(arrival_intervals.seconds_of_day(arrival_intervals.interval_told(visit)[1]), start_s)
        if visit.is_firm
        else DAY_S
    )


def published_stop(visit: Visit) -> Stop:
    """When the published visit is to be, in seconds of its day."""
    start_s = arrival_intervals.seconds_of_day(visit.planned_start)
    early = round((visit.planned_start - visit.planned_arrive).total_seconds())
    takes = round(visit.planned_length.total_seconds())
    return Stop(str(visit.need_id), start_s - early, start_s, start_s + takes)


def _build_asked(
    wanted: list[Need],
    horizon: list[date],
    places: LocationTable,
    *,
    setup_minutes: int,
    learned: Mapping[str, VisitEstimate],
) -> list[planning.Visit]:
    behind = need_priority.recall_villages_behind(on=horizon[0])
    found = []
    for need in wanted:
        points = need_priority.sum_points(need_priority.priority_parts(need, on=horizon[0], behind=behind))
        found.append(
            problem_builder.build_visit(
                need,
                places=places,
                horizon=horizon,
                setup_minutes=setup_minutes,
                learned=learned,
                points=points,
                tier=0,  # where it is published does not bind it here
            )
        )
    return found


def live_version_numbers(shifts: Iterable[Shift]) -> dict[int, int]:
    """The number of each shift's live version, 0 for none."""
    rows = list(shifts)
    days = {
        (day.team_id, day.date): day.live.number
        for day in TeamDay.objects.filter(date__in={shift.date for shift in rows}).select_related("live")
    }
    return {shift.pk: days.get((shift.team_id, shift.date), 0) for shift in rows}
