"""Simulation of planned days with random durations and drives (visits/planning/uncertainty/simulate.py).

It gives each family its arrival interval, and the coordinator the share of families met in time and the
expected overtime. A family keeps the interval that it has on this team-day while it is nearly right, and
always if it was promised.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.conf import settings

from outreach.models import Need
from visits import planning, roads
from visits.appointments import appointment_news, arrival_intervals
from visits.appointments.published_visits import list_published_visits
from visits.enums import VisitKind
from visits.estimates import audit, visit_durations
from visits.estimates.visit_durations import VisitEstimate
from visits.lib.plan_summary import Replays
from visits.models import Visit
from visits.planning.told_rules import ToldStop, list_breaches
from visits.planning.types import Interval
from visits.planning.uncertainty import simulate
from visits.planning.uncertainty.arrival import Promise
from visits.planning.uncertainty.simulate import Home, LearnedWorld, Replay, Report, SimulatedDay
from visits.schedule.problem import problem_builder
from visits.schedule.problem.problem_builder import PlanningProblem

SEED = 1  # intervals and figures are a matter of the plan, not of chance


@dataclass(frozen=True, kw_only=True)
class SimulatedStop:
    """A stop's interval and the moment by which half of the runs are there, in seconds of the day."""

    expected: int
    interval: Interval

    def as_fields(self) -> dict[str, int]:
        return {"expected": self.expected, "told_from": self.interval[0], "told_until": self.interval[1]}


@dataclass(frozen=True, kw_only=True)
class SimulatedPlan:
    """`stops` by need; `untrue` are those whom no true hours can be told, and the rule that these break."""

    stops: dict[str, SimulatedStop]
    untrue: Mapping[str, str]
    report: Report
    stretch: float

    @property
    def replays(self) -> Replays:
        """The figures as they are kept with a plan."""
        report = self.report
        return Replays(
            runs=report.runs,
            on_time=round(report.on_time, 4),
            coverage=round(report.coverage, 4),
            stated=settings.ARRIVAL_COVERAGE,
            overtime_s=round(report.overtime_mean_s),
            overtime_p95_s=round(report.overtime_p95_s),
            idle_s=round(report.idle_mean_s),
            width_s=round(report.width_mean_s),
            stretch=round(self.stretch, 4),
        )


def load_promise() -> Promise:
    """As the settings and the last audited visits say."""
    return Promise(
        stretch=audit.learn_stretch().stretch,
        coverage=settings.ARRIVAL_COVERAGE,
        early=settings.ARRIVAL_EARLY,
        narrowest_s=60 * settings.ARRIVAL_NARROWEST,
        news_s=appointment_news.news_seconds(),
    )


def build_simulation_model(learned: Mapping[str, VisitEstimate]) -> LearnedWorld:
    return LearnedWorld(in_vain=learned[VisitKind.IN_VAIN].minutes, travel_cv=settings.TRAVEL_CV)


def simulate_plan(*, built: PlanningProblem, plan: planning.Plan) -> SimulatedPlan:
    """Simulate the days of the plan that the engine found."""
    learned = visit_durations.load_estimates()
    follows = built.follows
    days = [_build_planned_day(built, route, learned, follows) for route in plan.routes]
    visits = [[stop.visit for stop in route.stops] for route in plan.routes]
    return simulate_days(days, visits, learned, follows=follows)


def simulate_days(
    days: list[SimulatedDay],
    needs: list[list[str]],
    learned: Mapping[str, VisitEstimate],
    *,
    follows: Collection[str],
) -> SimulatedPlan:
    """Intervals from one set of runs, figures from another; `needs` are the ids of each day's homes, `follows`
    those who come right after another at its stop."""
    model, runs, how = build_simulation_model(learned), settings.REPLAYS, load_promise()
    replays = _replay_days(days, learned, how)
    stops: dict[str, SimulatedStop] = {}
    untrue: dict[str, str] = {}
    for ids, one in zip(needs, replays, strict=True):
        told = share_stop_hours(dict(zip(ids, one.told, strict=True)), one.day, follows)
        rows = [
            ToldStop(need, interval, expected_s, known=home.told == interval)
            for home, expected_s, (need, interval) in zip(
                one.day.homes, one.expected_s, told.items(), strict=True
            )
        ]
        stops |= {row.visit: SimulatedStop(expected=row.expected_s, interval=row.told) for row in rows}
        untrue |= {row.visit: row.code for row in list_breaches(rows, one.day.rule_hours(how))}
    days = [one.as_told_day() for one in replays]
    report = simulate.report_week(days, world=model, seed=SEED + 1, runs=runs, promise=how)
    return SimulatedPlan(stops=stops, untrue=untrue, report=report, stretch=how.stretch)


def share_stop_hours(
    told: Mapping[str, Interval], day: SimulatedDay, follows: Collection[str]
) -> dict[str, Interval]:
    """What families are told, by need in the order of the day: those of one stop one interval, wide enough for
    all, unless that spans a break. Who keeps the interval that it has, keeps it."""
    groups: list[list[str]] = []
    for need in told:
        if need in follows and groups:
            groups[-1].append(need)
        else:
            groups.append([need])
    shared: dict[str, Interval] = {}
    for ids in groups:
        wide = (min(told[one][0] for one in ids), max(told[one][1] for one in ids))
        across = any(wide[0] < to_s and wide[1] > from_s for from_s, to_s in day.breaks)
        shared |= {one: told[one] if across else wide for one in ids}
    has = dict(zip(told, (home.told for home in day.homes), strict=True))
    return {need: own if has[need] == own else shared[need] for need, own in told.items()}


def simulate_intervals(
    days: list[SimulatedDay], learned: Mapping[str, VisitEstimate]
) -> list[tuple[Interval, ...]]:
    """What the families of each day are to be told, home by home."""
    return [one.told for one in _replay_days(days, learned, load_promise())]


def _replay_days(
    days: list[SimulatedDay], learned: Mapping[str, VisitEstimate], how: Promise
) -> list[Replay]:
    return simulate.replay_days(
        days, world=build_simulation_model(learned), promise=how, seed=SEED, runs=settings.REPLAYS
    )


def _build_planned_day(
    built: PlanningProblem,
    route: planning.Route,
    learned: Mapping[str, VisitEstimate],
    follows: Collection[str],
) -> SimulatedDay:
    problem = built.problem
    row, shift = built.shifts[route.shift], problem.shift_by_id[route.shift]
    order = [stop.visit for stop in route.stops]
    *there, home_s = drive_seconds(problem, shift, [problem.visit_by_id[one] for one in order])
    homes = [
        build_simulated_home(
            built.needs[stop.visit],
            drive_s=drive_s,
            setup_minutes=row.team.setup_minutes,
            follows=stop.visit in follows,
            learned=learned,
            before=visit if (visit := built.published.get(stop.visit)) and visit.shift_id == row.pk else None,
            planned_s=stop.start_s,
        )
        for stop, drive_s in zip(route.stops, there, strict=True)
    ]
    return build_simulated_day(shift, homes, home_s=home_s)


def drive_seconds(
    problem: planning.Problem, shift: planning.Shift, visits: Iterable[planning.Visit]
) -> list[int]:
    """Seconds of each drive of a team-day: to each of the homes, and home."""
    places = [shift.start_location, *(visit.location for visit in visits), shift.end_location]
    return [problem.seconds(shift.vehicle, here, there) for here, there in pairwise(places)]


def simulate_published(*, first: date, last: date, runs: int, seed: int = SEED) -> Report:
    """Replay what is published from `first` to `last`, with the intervals that the families were told."""
    learned = visit_durations.load_estimates()
    days = _build_published_days(first, last, learned)
    return simulate.report_week(
        days, world=build_simulation_model(learned), seed=seed, runs=runs, promise=load_promise()
    )


def _build_published_days(
    first: date, last: date, learned: Mapping[str, VisitEstimate]
) -> list[SimulatedDay]:
    """The team-days with visits that are not cancelled, in a constant number of queries."""
    by_shift: dict[int, list[Visit]] = {}
    for visit in list_published_visits(first=first, last=last):
        by_shift.setdefault(visit.shift_id, []).append(visit)
    places = problem_builder.LocationTable()
    for rows in by_shift.values():
        for at in _route_points(rows):
            places.at(*at)
    locations = tuple(places.index)
    driven = {roads.vehicle_number(rows[0].shift.team.vehicle) for rows in by_shift.values()}
    found = roads.estimate_travel(locations, driven)
    problem = planning.Problem(
        locations=locations, shifts=(), visits=(), travel=found.travel, more_travel=found.more_travel
    )
    days = []
    for rows in by_shift.values():
        points = [places.at(*at) for at in _route_points(rows)]
        shift = rows[0].shift
        team = problem_builder.build_shift(shift, places)
        legs = [problem.seconds(team.vehicle, here, there) for here, there in pairwise(points)]
        homes = [
            build_simulated_home(
                visit.need,
                drive_s=drive_s,
                setup_minutes=shift.team.setup_minutes,
                learned=learned,
                before=visit,
                follows=earlier is not None and earlier.stop_key == visit.stop_key,
            )
            for earlier, visit, drive_s in zip([None, *rows], rows, legs, strict=False)
        ]
        days.append(build_simulated_day(team, homes, home_s=legs[-1]))
    return days


def _route_points(rows: list[Visit]) -> list[tuple[float, float]]:
    """A team-day's places in order: its base, its homes, where it ends."""
    shift = rows[0].shift
    homes = [(visit.need.resident.latitude, visit.need.resident.longitude) for visit in rows]
    return [
        (shift.start_latitude, shift.start_longitude),
        *homes,
        (shift.end_latitude, shift.end_longitude),
    ]


def build_simulated_day(shift: planning.Shift, homes: Iterable[Home], *, home_s: int) -> SimulatedDay:
    return SimulatedDay(
        start_s=shift.start_s,
        end_s=shift.end_s,
        breaks=shift.breaks,
        homes=tuple(homes),
        home_s=home_s,
        grace_s=60 * settings.BREAK_GRACE_MINUTES,
    )


def build_simulated_home(
    need: Need,
    *,
    drive_s: int,
    setup_minutes: int,
    learned: Mapping[str, VisitEstimate],
    before: Visit | None,
    follows: bool = False,
    firm: bool | None = None,
    planned_s: int | None = None,
) -> Home:
    """A need's stop, with what is known of its visit; `before` is its visit on this team-day so far, whose
    interval is firm where it was promised (or as said). `planned_s` is when the plan begins it, which may be
    waiting for that interval; None: the plan waits for it, wherever it is."""
    found = visit_durations.estimate_need(need, learned)
    told = None
    if before is not None:
        told = arrival_intervals.interval_in_seconds(arrival_intervals.interval_told(before))
    return Home(
        drive_s=drive_s,
        duration=found.minutes,
        fixed_s=0 if follows else 60 * visit_durations.fixed_minutes(need, setup_minutes=setup_minutes),
        in_vain=found.in_vain,
        windows=problem_builder.suitable_hours(need),
        told=told,
        firm=firm if firm is not None else before is not None and before.is_firm,
        awaited=told is not None and (planned_s is None or planned_s >= told[0]),
    )
