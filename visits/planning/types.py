"""What goes into the planner and what comes out: frozen, checked dataclasses in plain units.

The idea: a mistake in the data is found here, once, and named (PlanningError); the engine never meets it.
Times of day are whole seconds since local midnight (`_s`), dates are `datetime.date`, a place is an index
into `Problem.locations` (degrees). The rules these shapes stand for are the planning-case format.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from visits.planning.errors import PlanningError
from visits.planning.travel import GreatCircle, Travel

DAY_S = 24 * 3600
POINT_S = 3000  # seconds of travel that one point of priority outweighs
MAX_SERVICE_S = 2**30  # the longest service that the engine's int32 times can hold
MAX_VARIANCE_S2 = DAY_S**2  # sums of them stay exact in the engine's int64
MAX_POINTS = 1e200  # sums of such priorities stay finite

Interval = tuple[int, int]


def _require_clock(field: str, value: int) -> None:
    """Raise PlanningError unless `value` is a whole number of seconds within one day."""
    if not isinstance(value, int) or not 0 <= value <= DAY_S:
        raise PlanningError(
            "clock_range", "{field} must be a time of day between 00:00 and 24:00", field=field
        )


def _require_count(field: str, value: int) -> None:
    """Raise PlanningError unless `value` is a whole number, zero or more."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise PlanningError("not_count", "{field} must be a whole number, zero or more", field=field)


def _require_number(field: str, value: float) -> None:
    """Raise PlanningError unless `value` is a number from zero to MAX_POINTS."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        raise PlanningError("not_amount", "{field} must be a number, zero or more", field=field)
    if value > MAX_POINTS:
        raise PlanningError("amount_large", "{field} is too large; give a smaller number", field=field)


@dataclass(frozen=True, slots=True)
class Shift:
    """One team on one date: it leaves `start_location` at `start_s` and is back at `end_location` by `end_s`.

    `reserve` is how many standard deviations of its visits' total length are kept free before `end_s` (see
    `rules.count_reserve_s`). `vehicle` is what the team drives: an index into `Problem.travel_of_vehicles`.

    Raises PlanningError for times, breaks or counts out of range.
    """

    id: str
    team: str
    date: dt.date
    start_s: int
    end_s: int
    start_location: int
    end_location: int
    max_visits: int
    breaks: tuple[Interval, ...] = ()
    skills: frozenset[str] = frozenset()
    reserve: float = 0.0
    vehicle: int = 0

    def __post_init__(self) -> None:
        _require_clock("start", self.start_s)
        _require_clock("end", self.end_s)
        if self.end_s < self.start_s:
            raise PlanningError("shift_backwards", "end is earlier than start; swap them")
        _require_count("max_visits", self.max_visits)
        _require_count("start_location", self.start_location)
        _require_count("end_location", self.end_location)
        _require_number("reserve", self.reserve)
        _require_count("vehicle", self.vehicle)
        for from_s, to_s in self.breaks:
            _require_clock("breaks", from_s)
            _require_clock("breaks", to_s)
            if to_s < from_s:
                raise PlanningError(
                    "break_backwards", "breaks: a break ends before it begins; swap its times"
                )
        if any(a[1] > b[0] for a, b in zip(self.breaks, self.breaks[1:], strict=False)):
            raise PlanningError("breaks_unordered", "breaks must be in order and apart; sort or merge them")


@dataclass(frozen=True, slots=True)
class Visit:
    """One home to visit. `infectious_last` visits (infectious homes) come after all others of their route.

    `service_s` is the expected length of the visit, `variance_s2` its variance in seconds squared.

    Raises PlanningError for numbers or windows out of range.
    """

    id: str
    location: int
    service_s: int
    priority: float
    windows: tuple[Interval, ...]
    decay: float = 0.0  # points lost for every date of the horizon that passes
    dates: frozenset[dt.date] | None = None  # None: any date
    skills: frozenset[str] = frozenset()
    locked: str | None = None  # the shift it is promised to
    infectious_last: bool = False
    published: str | None = None  # the shift it is published on, which may no longer exist
    move_points: float = 0.0  # points it costs to serve it on another shift, or not at all
    variance_s2: int = 0
    tier: int = 0  # 1: past the longest allowed wait, served before any sum of points of tier 0

    def __post_init__(self) -> None:
        _require_count("location", self.location)
        _require_count("service_s", self.service_s)
        if self.service_s > MAX_SERVICE_S:
            raise PlanningError("service_long", "service_s is too long; give the true length of the visit")
        _require_count("variance_s2", self.variance_s2)
        if self.variance_s2 > MAX_VARIANCE_S2:
            raise PlanningError(
                "variance_large", "variance_s2 is too large; give the true spread of the visit"
            )
        _require_number("priority", self.priority)
        _require_number("decay", self.decay)
        _require_number("move_points", self.move_points)
        if self.published is None and self.move_points:
            raise PlanningError(
                "move_unpublished", "move_points without published; give the shift it is published on"
            )
        if isinstance(self.tier, bool) or self.tier not in (0, 1):
            raise PlanningError("tier_range", "tier must be 0 or 1")
        for opens_s, closes_s in self.windows:
            _require_clock("windows", opens_s)
            _require_clock("windows", closes_s)
            if closes_s < opens_s:
                raise PlanningError(
                    "window_backwards", "windows: a window closes before it opens; swap its times"
                )


@dataclass(frozen=True)
class Problem:
    """One planning horizon: places (latitude, longitude), shifts, and the visits that compete for them.

    `travel` is how long drives take with vehicle 0, `more_travel` with vehicles 1, 2 ...

    Raises PlanningError for places off the globe, ids used twice, and references to nothing.
    """

    locations: tuple[tuple[float, float], ...]
    shifts: tuple[Shift, ...]
    visits: tuple[Visit, ...]
    travel: Travel = field(default_factory=GreatCircle)
    name: str = ""
    news_s: int = 30 * 60  # a shift of more seconds is news to a family (news.py)
    more_travel: tuple[Travel, ...] = ()

    def __post_init__(self) -> None:
        for index, (lat, lon) in enumerate(self.locations):
            if not (-90 <= lat <= 90 and -180 <= lon <= 180):
                raise PlanningError(
                    "place_range",
                    "locations[{index}]: latitude is -90..90 and longitude -180..180, not {lat:g}, {lon:g}",
                    index=index,
                    lat=lat,
                    lon=lon,
                )
        known = len(self.locations)
        for kind, rows in (("shift", self.shifts), ("visit", self.visits)):
            seen: set[str] = set()
            for row in rows:
                if row.id in seen:
                    raise PlanningError(
                        f"{kind}_twice",
                        f"{kind} {{id}}: this id is used twice; every id must differ",
                        id=row.id,
                    )
                seen.add(row.id)
        for shift in self.shifts:
            for name, place in (
                ("start_location", shift.start_location),
                ("end_location", shift.end_location),
            ):
                if place >= known:
                    raise PlanningError(
                        "shift_place",
                        "shift {id}: {field} {place} does not exist; locations holds {known} places",
                        id=shift.id,
                        field=name,
                        place=place,
                        known=known,
                    )
            if shift.vehicle > len(self.more_travel):
                raise PlanningError(
                    "shift_vehicle",
                    "shift {id}: vehicle {vehicle} has no travel times; give more_travel for it",
                    id=shift.id,
                    vehicle=shift.vehicle,
                )
        for visit in self.visits:
            if visit.location >= known:
                raise PlanningError(
                    "visit_place",
                    "visit {id}: location {place} does not exist; locations holds {known} places",
                    id=visit.id,
                    place=visit.location,
                    known=known,
                )
            if visit.locked is not None and visit.locked not in self.shift_by_id:
                raise PlanningError(
                    "visit_lock",
                    "visit {id}: locked names shift {shift}, which does not exist; give a shift's id or null",
                    id=visit.id,
                    shift=visit.locked,
                )

    @cached_property
    def shift_by_id(self) -> dict[str, Shift]:
        """Shift id -> shift, in the order of `shifts`."""
        return {shift.id: shift for shift in self.shifts}

    @cached_property
    def visit_by_id(self) -> dict[str, Visit]:
        """Visit id -> visit, in the order of `visits`."""
        return {visit.id: visit for visit in self.visits}

    @cached_property
    def horizon(self) -> tuple[dt.date, ...]:
        """The distinct dates of the shifts, sorted; decay counts places in it."""
        return tuple(sorted({shift.date for shift in self.shifts}))

    @cached_property
    def day_index(self) -> dict[dt.date, int]:
        """Date -> its place in `horizon`."""
        return {date: index for index, date in enumerate(self.horizon)}

    @cached_property
    def travel_of_vehicles(self) -> tuple[Travel, ...]:
        """How long drives take, by vehicle."""
        return (self.travel, *self.more_travel)

    def seconds(self, vehicle: int, a: int, b: int) -> int:
        """Travel from place `a` to place `b` with this vehicle, in whole seconds."""
        return 0 if a == b else self.travel_of_vehicles[vehicle].seconds(self.locations, a, b)


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit of a route: arrival at the door, start of service (after waiting), end of service."""

    visit: str
    arrive_s: int
    start_s: int
    leave_s: int


@dataclass(frozen=True, slots=True)
class Route:
    """The stops of one shift in order. `end_s` is when the team is back, `travel_s` its pure driving time."""

    shift: str
    stops: tuple[Stop, ...]
    end_s: int
    travel_s: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a visit is not served (or a lock broken): a code and numbers; the caller puts it into words.

    Codes are listed in why/explain.py. `shift` and `visits` name what it is about, `seconds` and `points`
    measure it. For the visit to be served, `relax` (rules) and `visits` (stops) must give way.
    """

    code: str
    shift: str | None = None
    visits: tuple[str, ...] = ()
    seconds: int | None = None
    points: float | None = None
    detail: str = ""
    relax: tuple[str, ...] = ()  # codes of the hard constraints that exclude it together
    at_s: int | None = None  # when the visit would begin
    later_s: int = 0  # longest delay of another stop
    over_s: int = 0  # by how much the shift ends too early, or begins too late
    promised: int = 0  # how many of `visits` are promised or of tier 1

    def __str__(self) -> str:
        parts = ["+".join(self.relax) or self.code, self.shift or "", ",".join(self.visits)]
        parts += ["" if self.seconds is None else f"{self.seconds}s"]
        parts += ["" if self.points is None else f"{self.points:g}p", self.detail]
        return ":".join(p for p in parts if p)


@dataclass(frozen=True, slots=True)
class Unserved:
    """A visit that no route serves, and why."""

    visit: str
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class BrokenLock:
    """A promise that cannot be kept; `served_on` is the shift that serves the visit instead, if any."""

    visit: str
    shift: str
    served_on: str | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class Statistics:
    """Figures of one run; `score` is POINT_S x points - seconds of travel, higher is better.

    What the planner maximises is `score` less POINT_S x `move_points` of every published visit that it
    moves or drops (`changes` of them), after serving as many visits of tier 1 as it can.
    """

    score: float
    points: float
    priority: float
    served: int
    unserved: int
    travel_s: int
    changes: int = 0  # published visits served on another shift, or not at all
    moved_points: float = 0.0  # what these changes cost
    seed: int = 0
    workers: int = 0
    iterations: int = 0
    elapsed_s: float = 0.0
    compile_s: float = 0.0
    stopped: bool = False  # ended early by should_stop
    unfinished: bool = False  # time was up before the first plan was finished


@dataclass(frozen=True, slots=True)
class Progress:
    """What `on_progress` is told: the best plan so far and how far the run is (0..1)."""

    score: float
    served: int
    elapsed_s: float
    iterations: int
    share: float


@dataclass(frozen=True)
class Plan:
    """The answer: routes with their times, who is not served and why, which promises broke."""

    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    statistics: Statistics
    broken_locks: tuple[BrokenLock, ...] = ()
    broken_guarantees: tuple[Unserved, ...] = ()  # visits of tier 1 that are not served

    @cached_property
    def shift_of(self) -> dict[str, str]:
        """Visit id -> the shift that serves it."""
        return {stop.visit: route.shift for route in self.routes for stop in route.stops}

    def digest(self) -> str:
        """SHA-256 of who is served where, in which order and when; equal plans have equal digests."""
        rows = [
            [r.shift, [[s.visit, s.arrive_s, s.start_s, s.leave_s] for s in r.stops]] for r in self.routes
        ]
        return hashlib.sha256(json.dumps(sorted(rows)).encode()).hexdigest()


def orders_of_plan(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Shift id -> visit ids in their order; what a later run can start from."""
    return orders_of_routes(plan.routes)


def orders_of_routes(routes: Iterable[Route]) -> dict[str, tuple[str, ...]]:
    """Shift id -> visit ids in their order, of routes that are not in a plan yet."""
    return {route.shift: tuple(stop.visit for stop in route.stops) for route in routes}


def plan_from_routes(routes: Iterable[Route]) -> Plan:
    """A plan of the given routes with all figures zero."""
    nothing = Statistics(score=0, points=0, priority=0, served=0, unserved=0, travel_s=0)
    return Plan(tuple(routes), (), nothing)


def plan_from_orders(by_shift: Mapping[str, Sequence[str]]) -> Plan:
    """A plan to start a run from, with these orders (visit ids by shift) and no times: a run reads only the
    orders of its start."""
    return plan_from_routes(
        Route(shift, tuple(Stop(visit, 0, 0, 0) for visit in order), 0, 0)
        for shift, order in by_shift.items()
    )
