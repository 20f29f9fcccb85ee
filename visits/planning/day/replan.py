"""Plan the rest of a day again from where the teams are, and report what that changes for every visit.

The idea: the rest of the day is a small problem of its own. Every team starts at its position when it is
free; finished visits are gone; a team that failed takes no part. Promised visits of working teams stay locked
within the interval that the family was told. If a delay makes that impossible, the promise is relaxed in
steps, each tried before the next: later by the same team, by any team today, the best slot of a later day
(week/slots.py). A broken promise is always reported. Published visits move to another team at the cost of
`move_points` and keep their time so nearly that it is no news; one that this leaves out may then be placed at
any hour.
Visits of one stop group are one visit for the search (groups/stop_groups.py), never at the cost of a promise
(day/remaining_day.py); if no team has room for the whole group, its visits are tried one by one before any is
left out.

The search itself is `plan`, started from what is left of the published day: the periodic re-optimisation of
dynamic vehicle routing (a review: Pillac et al., European Journal of Operational Research 225(1), 2013),
asked for by a person and not by a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from visits.planning.day import outcome
from visits.planning.day.day_state import DayState, DayStopGroups, Replan
from visits.planning.day.remaining_day import Wanted, build_remaining_day, keep_promises, narrow_to_told
from visits.planning.groups import stop_groups
from visits.planning.planner import plan
from visits.planning.rules import walk_route
from visits.planning.types import DAY_S, Plan, Problem, Progress, Visit, orders_of_plan, plan_from_orders

SECONDS = 1.0
STEADY_SHARE = 0.6  # share of the budget for the search in which published visits keep their hour
APART_SHARE = 0.15  # share of the budget for the search in which groups without room are split


def replan_day(
    problem: Problem,
    published: Plan,
    state: DayState,
    *,
    stops: DayStopGroups | None = None,
    seconds: float | None = SECONDS,
    iterations: int | None = None,
    seed: int = 0,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Replan:
    """The best plan found for the rest of the day, in `seconds` of wall time or in `iterations`.

    - `problem`: today and the later days of the published plan; visits have all hours that suit them and are
      `locked` if promised.
    - `published`: the routes of these days with their times.
    - `stops`: which visits may share a stop; none if it is not given.

    Raises PlanningError as `plan` does.
    """
    stops = stops or DayStopGroups()
    rest = build_remaining_day(problem, published, state)
    kept = keep_promises(rest, problem, published, state, stops)
    search = _TimedSearch(
        stops.follows, None if iterations is not None else seconds, iterations, seed, on_progress, should_stop
    )
    steady = _hold_hours(
        kept.problem, published, stop_groups.form_groups(kept.problem, kept.wanted, stops.follows)[1]
    )
    first = search.run_share(steady, kept.wanted, kept.start, 0.0, STEADY_SHARE)
    free = {row.visit for row in first.plan.unserved}  # these may be placed at any hour in the second search
    loose = _replace_visits(steady, {i: kept.problem.visit_by_id[i] for i in free})
    found, wanted = first, tuple(first.groups.values())
    if loose != steady:
        until = 1.0 - APART_SHARE if wanted else 1.0
        found = search.run_share(loose, wanted, first.plan, STEADY_SHARE, until)
    out = {row.visit for row in found.plan.unserved}
    apart = [ids for ids in found.groups.values() if not out.isdisjoint(ids)]
    longer = {i for ids in apart for i in ids} | _find_visits_without_kit(found, kept.problem, stops)
    if longer:
        wide = _replace_visits(loose, {i: kept.problem.visit_by_id[i] for i in longer & out})
        wanted = tuple(ids for ids in found.groups.values() if ids not in apart)
        before = found
        for lengthened in (longer, {i for i in longer if wide.visit_by_id[i].locked is None}):
            own = _replace_visits(wide, {i: stops.by_itself(wide.visit_by_id[i]) for i in lengthened})
            found = search.run_share(own, wanted, before.plan, 1.0 - APART_SHARE, 1.0)
            if len(found.plan.broken_locks) <= len(before.plan.broken_locks):
                break  # else a promise would be broken for the time that its own kit takes
    shared = stop_groups.list_followers(found.groups)
    followers = shared | {i for i, there in _find_kits(found, stops).items() if there}
    stops = replace(stops, behind=stops.behind | shared)
    rows = outcome.list_changes(problem, published, state, found.problem, found.plan, kept.causes, stops)
    return Replan(found.problem, found.plan, rows, followers)


@dataclass(frozen=True, slots=True)
class _SearchResult:
    """The plan of one search in single visits of `problem`; `groups` are the visits that shared a stop."""

    problem: Problem
    groups: stop_groups.Groups
    plan: Plan


@dataclass(frozen=True, slots=True)
class _TimedSearch:
    """Runs one of the searches of `replan_day` within its share of the budget."""

    follows: Mapping[str, int]
    seconds: float | None
    iterations: int | None
    seed: int
    on_progress: Callable[[Progress], None] | None
    should_stop: Callable[[], bool] | None

    def run_share(
        self, problem: Problem, wanted: Wanted, start: Plan, since: float, until: float
    ) -> _SearchResult:
        """Search `problem` from `since` to `until` (0..1 of the budget), with `wanted` groups, from the
        orders of `start`."""
        joined, groups = stop_groups.form_groups(problem, wanted, self.follows)
        rounds, begin = self.iterations, stop_groups.orders_of_leaders(orders_of_plan(start), groups)
        found = plan(
            stop_groups.count_group_homes(stop_groups.merge_groups(joined, groups), groups, begin),
            seconds=None if self.seconds is None else self.seconds * (until - since),
            iterations=None if rounds is None else round(rounds * until) - round(rounds * since),
            seed=self.seed,
            start=plan_from_orders(begin),
            on_progress=_scale_progress(self.on_progress, since, until),
            should_stop=self.should_stop,
        )
        return _SearchResult(joined, groups, stop_groups.expand_groups(joined, groups, found))


def _scale_progress(
    on_progress: Callable[[Progress], None] | None, since: float, until: float
) -> Callable[[Progress], None] | None:
    """`on_progress` for one search, with its share converted to one of the whole budget."""
    if on_progress is None:
        return None
    return lambda told: on_progress(replace(told, share=since + told.share * (until - since)))


def _hold_hours(kept: Problem, published: Plan, groups: stop_groups.Groups) -> Problem:
    """The problem with published visits of working teams held so near their time that it is no news to the family,
    because no small saving is worth a call.

    In a group the first published visit holds the others; a promised one is held by its told interval
    already.
    """
    was = outcome.map_places(published)
    held: set[str] = set()
    for ids in groups.values():
        promised = any(kept.visit_by_id[i].locked is not None for i in ids)
        held.update(ids if promised else [i for i in ids if i in was][1:])
    visits = []
    for visit in kept.visits:
        place = was.get(visit.id)
        if (
            visit.locked is None
            and visit.id not in held
            and place is not None
            and place.shift in kept.shift_by_id
        ):
            told = (max(0, place.start_s - kept.news_s), min(DAY_S, place.start_s + kept.news_s))
            visit = narrow_to_told(visit, told)  # noqa: PLW2901
        visits.append(visit)
    return replace(kept, visits=tuple(visits))


def _find_visits_without_kit(found: _SearchResult, kept: Problem, stops: DayStopGroups) -> set[str]:
    """Ids of visits planned as if the kit stood at their stop while it does not.

    Promised visits among them count only where the route has time to set the kit up.
    """
    bare = {i for i, there in _find_kits(found, stops).items() if not there}
    firm = {i for i in bare if kept.visit_by_id[i].locked is not None}
    if firm:
        order = orders_of_plan(found.plan)
        own = _replace_visits(found.problem, {i: stops.by_itself(found.problem.visit_by_id[i]) for i in firm})
        late = {
            route
            for route, ids in order.items()
            if not firm.isdisjoint(ids)
            and walk_route(
                own, own.shift_by_id[route], [own.visit_by_id[i] for i in ids if own.visit_by_id[i].locked]
            ).faults
        }
        bare -= {i for route in late for i in order[route] if i in firm}
    return bare


def _find_kits(found: _SearchResult, stops: DayStopGroups) -> dict[str, bool]:
    """By visit that is planned without setting up the kit, or goes on where its team stands: whether the kit is
    there."""
    kits: dict[str, bool] = {}
    for route in found.plan.routes:
        place, begun = found.problem.shift_by_id[route.shift].start_location, True
        for stop in route.stops:
            visit = found.problem.visit_by_id[stop.visit]
            begun = begun and visit.id in stops.begun and visit.published == route.shift
            if begun or visit.service_s < stops.alone.get(visit.id, 0):
                kits[visit.id] = begun or visit.location == place
            place = visit.location
    return kits


def _replace_visits(problem: Problem, visits: Mapping[str, Visit]) -> Problem:
    """The problem with some of its visits replaced, by id."""
    return replace(problem, visits=tuple(visits.get(visit.id, visit) for visit in problem.visits))
