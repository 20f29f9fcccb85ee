"""What moving a visit of a draft makes of its routes, by every rule of the planner, and at what price. Only
reads.

Who shares the visit's stop moves with it. Three sets of hours are tried, each only where the one before has
no place: all are met at the hours that their families know; the others are; nobody need be, and who is not is
part of the price.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from visits import planning
from visits.appointments import arrival_intervals
from visits.planning.groups import stop_groups
from visits.planning.news import is_news
from visits.planning.priority import points_on
from visits.planning.rules import Walk, walk_route
from visits.planning.types import Interval, Problem, Route
from visits.planning.uncertainty.simulate import SimulatedDay
from visits.schedule.plans.draft_routes import DraftRoutes
from visits.schedule.problem import simulation


class MoveRefusedError(Exception):
    """Why the draft stays as it is; nothing was changed. `gone`: it is no draft of days ahead any more, or no
    longer fits; `unknown`: the need, or the shift, is none of its; `stale`: the need is not to be met as
    planned any more; `changed`: the price is another than was shown; `promised`: its family was promised
    another place, or hour; `position`: there is no such place, or it is amid a shared stop; else the rule of
    `planning.rules.walk_route` that would be broken (date, skill, window, order, capacity, end), for the
    `need` where it is one visit's, or `hours`: the family could be told no hours that are true."""

    def __init__(self, code: str, need: str | None = None) -> None:
        super().__init__(code)
        self.code, self.need = code, need


@dataclass(frozen=True, kw_only=True)
class MovePrice:
    """What a move costs: `added_s` of travel on all routes, by how much `later_s` the team that it goes to is
    back, `points` that the moved are worth less; all but `later_s` may be negative. `news` are other families
    that would not be met at the hours that they were told, though the draft had done so; `told` is what the
    family itself would be told."""

    added_s: int
    later_s: int
    points: float
    news: tuple[str, ...] = ()
    told: Interval | None = None


@dataclass(frozen=True, kw_only=True)
class Move:
    """A move that keeps every rule. `needs` are all who move, in the order of their stop; `routes` are those
    that change, None where nobody is left on one; `at_hour` says that all are met at hours that their
    families know."""

    needs: tuple[str, ...]
    routes: dict[str, Route | None]
    at_hour: bool
    price: MovePrice


Hours = tuple[Problem, Mapping[str, planning.Visit]]  # everybody's, and those of who moves


def find_move(
    routes: DraftRoutes, need: str, shift: str | None, position: int | None = None, *, at_hour: bool = False
) -> Move:
    """The need's stop on `shift` with `position` homes before it, or where it adds the least travel; on no
    route where `shift` is None. `at_hour`: only where nobody's family has to be told of another hour. The
    price is without who would have to be told (`price_news`). Raises `MoveRefusedError`."""
    who = routes.each([routes.leader(need)])
    orders = {one: routes.each(order) for one, order in routes.orders.items()}
    was = next((one for one, order in orders.items() if who[0] in order), None)
    hours = _list_hours(routes, need, who, shift)
    walked: dict[str, Walk] = {}
    level = 0
    if shift is not None:
        tried = hours[:1] if at_hour else hours
        there = orders.get(shift, ())
        if need in there and not at_hour and position in (None, there.index(need)):
            position = there.index(who[0])  # where it is, it stays
        here = _list_orders(routes, who, there, position)
        level, walked[shift] = _walk_cheapest(routes, shift, here, tried)
    if was is not None and was != shift:
        rest = tuple(one for one in orders[was] if one not in who)
        tried = [(routes.singles, {})] if at_hour else [(routes.singles, {}), (routes.free, {})]
        kept = {(fault.code, fault.visit) for fault in _walk(routes, was, orders[was], tried[-1]).faults}
        walked[was] = _walk_cheapest(routes, was, [rest], tried, allowed=kept)[1]
    before = {one: _walk(routes, one, orders.get(one, ()), (routes.free, {})) for one in walked}
    return Move(
        needs=who,
        routes={
            one: row.as_route(routes.free.shift_by_id[one]) if row.stops else None
            for one, row in walked.items()
        },
        at_hour=level == 0 and shift is not None and any(routes.had(one, shift) for one in who),
        price=MovePrice(
            added_s=sum(row.travel_s - before[one].travel_s for one, row in walked.items()),
            later_s=0 if shift is None else max(0, walked[shift].end_s - before[shift].end_s),
            points=_count_points(routes, who, was) - _count_points(routes, who, shift),
        ),
    )


def _list_hours(routes: DraftRoutes, need: str, who: Sequence[str], shift: str | None) -> list[Hours]:
    """The hours to try, the strictest first: whoever was promised is met as promised, or not moved at all."""
    own = {one: routes.free.visit_by_id[one] for one in who}
    found: list[Hours] = [(routes.singles, own), (routes.free, own)]
    published = [routes.published[one] for one in who if one in routes.published]
    firm = [v for v in published if v.is_firm and str(v.shift_id) in routes.free.shift_by_id]
    for visit in firm:
        if str(visit.shift_id) != shift:
            raise MoveRefusedError("promised", str(visit.need_id))
    known = next((one for one in (need, *who) if shift is not None and routes.had(one, shift)), None)
    if known is None:
        return found
    kept = routes.kept(known)
    first = replace(own[who[0]], windows=kept.windows, dates=kept.dates, locked=None)
    found.insert(0, (routes.singles, {**own, who[0]: first}))
    return found[:1] if firm else found


def _list_orders(
    routes: DraftRoutes, who: tuple[str, ...], order: tuple[str, ...], position: int | None
) -> list[tuple[str, ...]]:
    """The orders to try: nobody comes between those who share a stop, or between a team and what it goes on
    with where it stands."""
    rest = tuple(one for one in order if one not in who)
    behind = stop_groups.list_followers(routes.groups) | routes.begun
    places = [at for at in range(len(rest) + 1) if at == len(rest) or rest[at] not in behind]
    if position is not None and position not in places:
        raise MoveRefusedError("position")
    return [(*rest[:at], *who, *rest[at:]) for at in places if position in (None, at)]


def _walk_cheapest(
    routes: DraftRoutes,
    shift: str,
    orders: Sequence[tuple[str, ...]],
    tried: Sequence[Hours],
    *,
    allowed: Collection[tuple[str, str | None]] = frozenset(),
) -> tuple[int, Walk]:
    """The order with the least travel that breaks no rule but those `allowed`, and which of the hours it
    keeps. Raises `MoveRefusedError` with the rule that the best of the last hours breaks."""
    found: list[Walk] = []
    for level, hours in enumerate(tried):
        found = [_walk(routes, shift, order, hours) for order in orders]
        good = [row for row in found if all((fault.code, fault.visit) in allowed for fault in row.faults)]
        if good:
            return level, min(good, key=lambda row: (_count_shifted(routes, row), row.travel_s, row.end_s))
    fault = min(found, key=lambda row: len(row.faults)).faults[0]
    raise MoveRefusedError(fault.code, fault.visit)


def _walk(routes: DraftRoutes, shift: str, order: Sequence[str], hours: Hours) -> Walk:
    """The route in this order. Who has lost the neighbour that brought the kit brings it."""
    problem, own = hours
    visits, here = [], -1
    for one in order:
        visit = own.get(one) or problem.visit_by_id[one]
        if one in routes.alone and visit.location != here:
            visit = replace(visit, service_s=routes.alone[one])
        visits.append(visit)
        here = visit.location
    return walk_route(problem, problem.shift_by_id[shift], visits)


def _count_shifted(routes: DraftRoutes, row: Walk) -> int:
    """How many would begin outside the hours that their families know, by the plan's clock."""
    known = ((routes.singles.visit_by_id[stop.visit].windows, stop.start_s) for stop in row.stops)
    return sum(not any(since <= start_s <= until for since, until in hours) for hours, start_s in known)


def _count_points(routes: DraftRoutes, who: Sequence[str], shift: str | None) -> float:
    if shift is None:
        return 0.0
    problem = routes.free
    date = problem.shift_by_id[shift].date
    return sum(points_on(problem, problem.visit_by_id[one], date) for one in who)


# --- who would have to be told, by replays of the days


def price_news(routes: DraftRoutes, need: str, found: Move) -> MovePrice:
    """The price with what the family would be told, and whom else another hour would be news."""
    planned = {
        shift: {stop.visit: stop.start_s for stop in route.stops}
        for shift, route in found.routes.items()
        if route
    }
    orders = {shift: tuple(starts) for shift, starts in planned.items()}
    days = [replay_draft_day(routes, shift, order, planned=planned[shift]) for shift, order in orders.items()]
    told = simulation.simulate_intervals(days, routes.learned) if days else []
    news: list[str] = []
    mine = None
    for (shift, order), intervals in zip(orders.items(), told, strict=True):
        lost = list_news(routes, shift, order, intervals)
        news += [one for one in lost if one not in routes.changed and one not in found.needs]
        mine = dict(zip(order, intervals, strict=True)).get(need, mine)
    return replace(found.price, news=tuple(news), told=mine)


def list_news(
    routes: DraftRoutes, shift: str, order: Sequence[str], told: Sequence[Interval]
) -> dict[str, Interval]:
    """Whose families await this team at hours that these would be news to, by need."""
    found = {}
    for one, interval in zip(order, told, strict=True):
        visit = routes.had(one, shift)
        if visit is not None:
            was = arrival_intervals.interval_in_seconds(arrival_intervals.interval_told(visit))
            if is_news(was, interval, news_s=routes.problem.news_s):
                found[one] = interval
    return found


def replay_draft_day(
    routes: DraftRoutes, shift: str, order: Sequence[str], *, planned: Mapping[str, int] | None = None
) -> SimulatedDay:
    """The team-day in this order, as it is replayed; `planned` are the starts by need. None: the plan waits for all
    hours that families know."""
    problem, team = routes.singles, routes.singles.shift_by_id[shift]
    followers = stop_groups.list_followers(routes.groups)
    *there, home_s = simulation.drive_seconds(problem, team, [problem.visit_by_id[one] for one in order])
    homes = [
        simulation.build_simulated_home(
            routes.needs[one],
            drive_s=drive_s,
            setup_minutes=routes.shifts[shift].team.setup_minutes,
            learned=routes.learned,
            before=routes.had(one, shift),
            follows=one in followers,
            planned_s=None if planned is None else planned[one],
        )
        for one, drive_s in zip(order, there, strict=True)
    ]
    return simulation.build_simulated_day(team, homes, home_s=home_s)
