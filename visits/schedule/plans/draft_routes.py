"""A draft's routes as a planning problem, as it would be published now.

For days ahead it has the team-days that the draft changes; for a day under way what is left of it, from where
the teams are.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby

from outreach.models import Need
from visits import planning, roads
from visits.appointments import appointment_news, arrival_intervals
from visits.estimates import visit_durations
from visits.estimates.visit_durations import VisitEstimate
from visits.models import Plan, PlanStop, PlanUnserved, Shift, Visit
from visits.planning.day import remaining_day
from visits.planning.groups import stop_groups
from visits.planning.rules import cut_windows
from visits.planning.types import Interval, Problem
from visits.schedule.plans import plan_changes
from visits.schedule.plans.plan_changes import ChangeKind, PlanChanges, StopChange
from visits.schedule.problem import need_priority, problem_builder, reoptimise
from visits.schedule.problem.problem_builder import LocationTable

ONE_HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class DraftRoutes:
    """`problem` holds who is where they were published to their hour, `relaxed` does not; both have who
    shares a stop as one visit, `groups` says who. `singles` is `problem` in single visits, `free` is
    `relaxed` in single visits. `alone` is how long those take that follow another at its place without being
    one stop with it, once that one is elsewhere. All are by need. A `draft` of days ahead can be changed; of
    one of a day under way `leaves` says when each team sets out for the first stop that its draft has, `now_s` the
    moment, and `begun` are those with whom a team goes on where it stands."""

    problem: Problem
    relaxed: Problem
    singles: Problem
    free: Problem
    groups: stop_groups.Groups
    orders: dict[str, tuple[str, ...]]
    changed: dict[str, Visit]  # as they are published
    published: dict[str, Visit]  # these and the ones that stay
    needs: dict[str, Need]
    shifts: dict[str, Shift]
    learned: dict[str, VisitEstimate]
    draft: bool
    alone: dict[str, int] = field(default_factory=dict)
    begun: frozenset[str] = frozenset()
    leaves: dict[int, int] = field(default_factory=dict)
    now_s: int = 0

    def leader(self, need: str) -> str:
        """Who stands for the need's stop."""
        return next((first for first, ids in self.groups.items() if need in ids), need)

    def each(self, leaders: Iterable[str]) -> tuple[str, ...]:
        """All who are served at these stops."""
        return tuple(need for one in leaders for need in stop_groups.group_members(self.groups, one))

    def had(self, need: str, shift: str) -> Visit | None:
        """The need's visit, where it is published on this team-day."""
        visit = self.published.get(need)
        return visit if visit is not None and str(visit.shift_id) == shift else None

    def kept(self, need: str) -> planning.Visit:
        """The need's stop at the hour that its family knows."""
        own, visit = self.relaxed.visit_by_id[self.leader(need)], self.published[need]
        dates = None if own.dates is None else own.dates | {arrival_intervals.local_date(visit.planned_start)}
        return replace(
            own,
            windows=cut_windows(own.windows, unchanged_hours(visit)),
            dates=dates,
            locked=None,
            service_s=self.alone.get(own.id, own.service_s),
        )

    def with_room(self, problem: Problem, need: str, shift: str) -> Problem:
        """The problem with each home of this shift's stops, the need's among them, counted towards the team's
        day."""
        stops = {*self.orders.get(shift, ()), self.leader(need)}
        more = len(self.each(stops)) - len(stops)
        most = max(0, self.singles.shift_by_id[shift].max_visits - more)
        if most == problem.shift_by_id[shift].max_visits:
            return problem
        shifts = (replace(team, max_visits=most) if team.id == shift else team for team in problem.shifts)
        return replace(problem, shifts=tuple(shifts))


def unchanged_hours(visit: Visit) -> Interval:
    """When a visit may begin so that its family finds it where it was: so near the published start that it is
    no news, within what they were told."""
    start, nearly = visit.planned_start, timedelta(seconds=appointment_news.news_seconds())
    told_from, told_until = arrival_intervals.interval_told(visit)
    since = max(min(told_from, start), start - nearly)
    until = min(max(told_until, start), start + nearly)
    return arrival_intervals.interval_in_seconds((since, until))


def _await_one_hour(visits: list[Visit]) -> bool:
    """Whether these families await one team at about one hour."""
    told = [arrival_intervals.interval_told(visit) for visit in visits]
    return all(max(ends) - min(ends) <= ONE_HOUR for ends in zip(*told, strict=True))


def list_changed_visits(found: PlanChanges) -> dict[str, Visit]:
    """By need: visits that move, shift or are cancelled though their family still awaits one."""
    moving = found.having(ChangeKind.MOVED, ChangeKind.SHIFTED)
    rows = [change.visit for change in moving if change.visit is not None]
    rows += [visit for visit in found.cancelled if not plan_changes.why_need_is_gone(visit.need)]
    return {str(visit.need_id): visit for visit in rows}


# --- days ahead


def build_routes_ahead(
    plan: Plan, found: PlanChanges, *, shifts: Collection[int] = (), waiting: Sequence[Need] = ()
) -> DraftRoutes:
    """The team-days that visits leave or come to, and these `shifts`; with the needs `waiting`, which the
    plan leaves and nobody was promised a visit."""
    visits_before = list_changed_visits(found)
    moving = found.having(ChangeKind.MOVED, ChangeKind.SHIFTED)
    touched = {visit.shift_id for visit in visits_before.values()} | {
        change.stop.shift_id for change in moving
    }
    touched.update(shifts)
    stops = [change for change in found.stops if change.stop.shift_id in touched]
    working = [shift for shift in found.shifts if shift.pk in found.working]
    places = LocationTable()
    teams = tuple(problem_builder.build_shift(shift, places) for shift in working)
    maker = _VisitBuilder(plan, working, places)
    wanted, visits, orders = _build_orders(stops, maker)
    left = [(visit.need, visit) for visit in found.cancelled] + [(need, None) for need in waiting]
    visits += maker.left(left)
    travel = roads.estimate_travel(tuple(places.index), {team.vehicle for team in teams})
    relaxed = Problem(
        tuple(places.index),
        teams,
        tuple(visits),
        travel.travel,
        str(plan.pk),
        appointment_news.news_seconds(),
        travel.more_travel,
    )
    groups = _keep_groups(relaxed, wanted, stops)
    merged = stop_groups.merge_groups(relaxed, groups)
    hours = _kept_hours(stops, groups)
    behind = stop_groups.list_followers(wanted) - stop_groups.list_followers(groups)
    return DraftRoutes(
        problem=_freeze_hours(merged, hours),
        relaxed=merged,
        singles=_freeze_hours(relaxed, hours),
        free=relaxed,
        groups=groups,
        orders=stop_groups.orders_of_leaders(orders, groups),
        changed=visits_before,
        published=_published_visits(stops, found.cancelled),
        shifts={str(shift.pk): shift for shift in working},
        learned=maker.learned,
        needs={str(change.stop.need_id): change.stop.need for change in stops}
        | {str(need.pk): need for need, _visit in left},
        draft=True,
        alone={
            str(change.stop.need_id): maker.alone(change.stop)
            for change in stops
            if str(change.stop.need_id) in behind
        },
    )


def _keep_groups(problem: Problem, wanted: stop_groups.Groups, stops: list[StopChange]) -> stop_groups.Groups:
    """Who shares a stop, and was promised and published alike."""
    before = {str(change.stop.need_id): change.visit for change in stops if change.visit is not None}
    return {
        first: ids
        for first, ids in stop_groups.keep_feasible_groups(problem, wanted).items()
        if len({(problem.visit_by_id[one].locked, problem.visit_by_id[one].published) for one in ids}) == 1
        and _await_one_hour([before[one] for one in ids if one in before])
    }


def _published_visits(stops: list[StopChange], cancelled: list[Visit]) -> dict[str, Visit]:
    staying = [change.visit for change in stops if change.visit is not None]
    return {str(visit.need_id): visit for visit in [*staying, *cancelled]}


def _kept_hours(stops: list[StopChange], groups: stop_groups.Groups) -> dict[str, Interval]:
    """The hours of the visits that stay; of a shared stop those of its first."""
    followers = stop_groups.list_followers(groups)
    return {
        str(change.stop.need_id): _hour_or_draft(change)
        for change in stops
        if change.what == ChangeKind.SAME and str(change.stop.need_id) not in followers
    }


def _hour_or_draft(change: StopChange) -> Interval:
    """The hour of a visit that stays, with where the draft has it."""
    assert change.visit is not None
    since, until = unchanged_hours(change.visit)
    return min(since, change.stop.start), max(until, change.stop.start)


def _freeze_hours(problem: Problem, hours: Mapping[str, Interval]) -> Problem:
    visits = (
        replace(visit, windows=cut_windows(visit.windows, hours[visit.id])) if visit.id in hours else visit
        for visit in problem.visits
    )
    return replace(problem, visits=tuple(visits))


def _build_orders(
    stops: list[StopChange], maker: "_VisitBuilder"
) -> tuple[dict[str, tuple[str, ...]], list[planning.Visit], dict[str, tuple[str, ...]]]:
    """Who shares a stop, the visits, and their orders, as the draft has them."""
    groups: dict[str, tuple[str, ...]] = {}
    visits: list[planning.Visit] = []
    orders: dict[str, tuple[str, ...]] = {}
    leader = before = None
    for change in stops:
        stop, need = change.stop, str(change.stop.need_id)
        shift = str(stop.shift_id)
        joins = (
            leader is not None
            and before is not None
            and before.shift_id == stop.shift_id
            and before.stop_key == stop.stop_key
        )
        if leader is None or not joins:
            leader = stop.need
        else:
            first = str(leader.pk)
            groups[first] = (*groups.get(first, (first,)), need)
        visits.append(maker.planned(change, door=leader))
        orders[shift] = (*orders.get(shift, ()), need)
        before = stop
    return groups, visits, orders


class _VisitBuilder:
    """Needs as the planner sees them, of this draft."""

    def __init__(self, plan: Plan, shifts: list[Shift], places: LocationTable) -> None:
        self.plan, self.places = plan, places
        self.horizon = sorted({shift.date for shift in shifts})
        self.setup = max((shift.team.setup_minutes for shift in shifts), default=0)
        self.learned = visit_durations.load_estimates()

    def planned(self, change: StopChange, *, door: Need) -> planning.Visit:
        """A stop of the draft, as long as it is there; promises keep what was told."""
        stop, visit = change.stop, change.visit
        stays = visit is not None and visit.shift_id == stop.shift_id and change.what == ChangeKind.SAME
        lock = visit if visit is not None and stays and visit.is_firm else None
        made = self._made(stop.need, visit, points=stop.priority, lock=lock, door=door)
        return replace(made, service_s=stop.leave - stop.start)

    def alone(self, stop: PlanStop) -> int:
        """How long a stop takes that was planned right after another at its place, with a kit of its own."""
        short_s, full_s = (
            visit_durations.service_seconds(
                stop.need, setup_minutes=self.setup, learned=self.learned, follows=follows
            )
            for follows in (True, False)
        )
        return visit_durations.alone_seconds(stop.leave - stop.start, short_s=short_s, full_s=full_s)

    def left(self, rows: Sequence[tuple[Need, Visit | None]]) -> list[planning.Visit]:
        """Needs that the draft has no place for, with their published visits."""
        left = PlanUnserved.objects.filter(plan=self.plan, need__in=[need for need, _visit in rows])
        points = dict(left.values_list("need", "priority"))
        return [
            self._made(need, visit, points=max(0.0, points.get(need.pk, 0.0)), lock=None)
            for need, visit in rows
        ]

    def _made(
        self, need: Need, visit: Visit | None, *, points: float, lock: Visit | None, door: Need | None = None
    ) -> planning.Visit:
        last = self.horizon[-1] if self.horizon else self.plan.run.last_date
        must = need_priority.find_guarantee(need, on=self.plan.run.first_date, last=last)
        return problem_builder.build_visit(
            need,
            door=door,
            places=self.places,
            horizon=self.horizon,
            setup_minutes=self.setup,
            learned=self.learned,
            points=points,
            tier=int(must is not None),
            published=visit,
            lock=lock,
        )


# --- the rest of a day under way


def build_rest_of_today(plan: Plan, found: PlanChanges, now: datetime) -> DraftRoutes:
    """What is left of today, from where the teams are now."""
    day = reoptimise.build_day_problem(run=plan.run, now=now)
    left = remaining_day.build_remaining_day(day.problem, day.published, day.facts)
    known = left.visit_by_id
    visits_before = {need: visit for need, visit in list_changed_visits(found).items() if need in known}
    orders: dict[str, tuple[str, ...]] = {}
    for change in found.stops:
        shift, need = str(change.stop.shift_id), str(change.stop.need_id)
        if need in known and shift in left.shift_by_id:
            orders[shift] = (*orders.get(shift, ()), need)
    joined, groups = stop_groups.form_groups(
        left, _adjacent_groups(orders, day.stops.wanted), day.stops.follows
    )
    merged, hours = stop_groups.merge_groups(joined, groups), _kept_hours(found.stops, groups)
    return DraftRoutes(
        problem=_freeze_hours(merged, hours),
        relaxed=merged,
        singles=_freeze_hours(joined, hours),
        free=joined,
        groups=groups,
        orders=stop_groups.orders_of_leaders(orders, groups),
        changed=visits_before,
        published=_published_visits(found.stops, found.cancelled),
        shifts=day.shifts,
        learned=visit_durations.load_estimates(),
        needs=day.needs,
        draft=False,
        begun=day.stops.begun,
        leaves=reoptimise.list_departures(day),
        now_s=day.facts.now_s,
    )


def _adjacent_groups(
    orders: Mapping[str, tuple[str, ...]], wanted: Iterable[tuple[str, ...]]
) -> list[tuple[str, ...]]:
    """Of those who may share a stop, the ones whom the draft has right after each other, in its order."""
    of = {need: ids for ids in wanted for need in ids}
    runs = (tuple(run) for order in orders.values() for _, run in groupby(order, key=of.get))
    return [run for run in runs if len(run) > 1 and run[0] in of]
