"""The day of work: plan the rest of a day anew from where the teams are, and say what that changes for whom.

The idea: the rest of the day is a small problem of its own. Every team starts where it stands, when it is free;
what is done is gone; a team that cannot go on takes no part. Promised visits of the others stay locked within the
interval that the family was told. Where a delay makes that impossible a promise is broken by steps, each tried
before the next: later by the same team, then by any team today, then the best place of a later day (week/slots.py); it
is always named. Published visits move to another team for their price (`move_points`) alone and keep their time
to half an hour; who would fall out that way is then placed at any hour. Homes of one stop are one visit for the
search (groups/stop_groups.py), never at the price of a promise (day/remaining_day.py); where no team has room for all of them, each is tried
alone before it falls out. The search itself is `plan`, starting
from what is left of the published day: the periodic re-optimisation of dynamic vehicle routing (a review: Pillac
et al., European Journal of Operational Research 225(1), 2013), asked for by a person, not a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from visits.planning.day import outcome
from visits.planning.day.day_state import SHIFTED_S, DayState, DayStopGroups, Replan
from visits.planning.day.remaining_day import Wanted, build_remaining_day, keep_promises, narrow_to_told
from visits.planning.groups import stop_groups
from visits.planning.planner import plan
from visits.planning.rules import walk_route
from visits.planning.types import DAY_S, Plan, Problem, Progress, Visit, orders_of_plan, plan_from_orders

SECONDS = 1.0
STEADY_SHARE = 0.6  # of the time, for the search in which published visits keep their hour
APART_SHARE = 0.15  # for the search in which homes of a stop that found no room are tried each alone


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
    """The best rest of the day. `problem` holds today and the later days of the published plan, its visits
    with the hours that suit them, `locked` where promised; `published` its routes with their times; `stops` who
    may share a stop."""
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
    free = {row.visit for row in first.plan.unserved}  # asked again, at any hour
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
        own = _replace_visits(wide, {i: stops.by_itself(wide.visit_by_id[i]) for i in longer})
        wanted = tuple(ids for ids in found.groups.values() if ids not in apart)
        found = search.run_share(own, wanted, found.plan, 1.0 - APART_SHARE, 1.0)
    behind = stops.behind | stop_groups.list_followers(found.groups)
    stops = replace(stops, behind=behind)
    rows = outcome.list_changes(problem, published, state, found.problem, found.plan, kept.causes, stops)
    return Replan(found.problem, found.plan, rows)


@dataclass(frozen=True, slots=True)
class _SearchResult:
    """A plan in single visits, of `problem`; `groups` shared a stop."""

    problem: Problem
    groups: stop_groups.Groups
    plan: Plan


@dataclass(frozen=True, slots=True)
class _TimedSearch:
    """One of the searches, within its share of the whole time."""

    follows: Mapping[str, int]
    seconds: float | None
    iterations: int | None
    seed: int
    on_progress: Callable[[Progress], None] | None
    should_stop: Callable[[], bool] | None

    def run_share(
        self, problem: Problem, wanted: Wanted, start: Plan, since: float, until: float
    ) -> _SearchResult:
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
    """The progress of one of the searches as a part of the whole."""
    if on_progress is None:
        return None
    return lambda told: on_progress(replace(told, share=since + told.share * (until - since)))


def _hold_hours(kept: Problem, published: Plan, groups: stop_groups.Groups) -> Problem:
    """Published visits of working teams within half an hour of their time: no small saving is worth a call. The
    first published one of a stop holds the others, a promised one all of them."""
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
            told = (max(0, place.start_s - SHIFTED_S), min(DAY_S, place.start_s + SHIFTED_S))
            visit = narrow_to_told(visit, told)  # noqa: PLW2901
        visits.append(visit)
    return replace(kept, visits=tuple(visits))


def _find_visits_without_kit(found: _SearchResult, kept: Problem, stops: DayStopGroups) -> set[str]:
    """Visits that are planned as if the kit stood at their stop, where it does not; of promised ones those that have
    the time to set it up."""
    bare: set[str] = set()
    for route in found.plan.routes:
        place, begun = found.problem.shift_by_id[route.shift].start_location, True
        for stop in route.stops:
            visit = found.problem.visit_by_id[stop.visit]
            begun = begun and visit.id in stops.begun and visit.published == route.shift
            if visit.location != place and not begun and visit.service_s < stops.alone.get(visit.id, 0):
                bare.add(visit.id)
            place = visit.location
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


def _replace_visits(problem: Problem, visits: Mapping[str, Visit]) -> Problem:
    return replace(problem, visits=tuple(visits.get(visit.id, visit) for visit in problem.visits))
