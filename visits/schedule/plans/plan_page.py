"""A plan as its page shows it: figures, an overview by team and day, routes with stops. Unassigned needs:
unassigned.py."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from outreach.models import Need
from visits.appointments import arrival_intervals
from visits.enums import RunKind
from visits.models import DayVersion, Plan, PlanRun, PlanStop, Shift, Visit
from visits.wording import labels, map_shapes

RUNS = 30  # listed
COLOURS = 7  # tokens.css has team-0 ... team-6; further teams repeat them, dashed


@dataclass(frozen=True, kw_only=True)
class TeamStyle:
    """How a team is drawn: a colour class, and dashed where the colour is used again."""

    css: str
    dashed: bool


@dataclass(frozen=True, kw_only=True)
class StopRow:
    """A home on a route, for reading and for the map."""

    row: PlanStop
    told: str  # the one planned time of a home: the interval that the family is told
    drive: str
    parts: list[tuple[str, float]]
    number: int  # 0: no longer on this route
    expected: str = ""  # on the day: when the team is expected now
    tag: str = ""  # the look of its state (admin.css .tag), where the team is on the road
    state: str = ""

    @property
    def need(self) -> Need:
        return self.row.need

    @property
    def weighed(self) -> bool:
        """Whether it has points to show; what was taken as begun when the rest of a day was planned has none."""
        return bool(self.row.parts)


@dataclass(frozen=True, kw_only=True)
class FinishedStop:
    """A home that a team has been to, or is at, which the plan no longer decides about."""

    visit: Visit
    tag: str
    text: str


@dataclass(frozen=True, kw_only=True)
class RouteProgress:
    """The progress of a team under way (see dispatch/routes_underway.py). `left` counts the plan's visits
    that have not begun."""

    place: str
    since: str
    age: str  # of what its tablet said last
    silent: bool
    fails: bool
    closed: str  # when its day ended, where it said so
    done: int
    left: int
    at: tuple[float, float]
    behind: list[FinishedStop]


@dataclass(frozen=True, kw_only=True)
class RouteRow:
    """One team's day. `stops` is empty where only the overview is shown."""

    shift: Shift
    look: TeamStyle
    visits: int
    travel: str
    travel_s: int
    back: str
    stops: list[StopRow] = field(default_factory=list)
    now: RouteProgress | None = None  # where the team is on the road

    @property
    def anchor(self) -> str:
        return f"tim-{self.shift.pk}"


@dataclass(frozen=True, kw_only=True)
class PlanOverview:
    """Teams down, days across; a cell is a route or None where the team does not work or serves nobody."""

    days: list[date]
    rows: list[tuple[Shift, TeamStyle, list[RouteRow | None]]]
    totals: list[tuple[int, str]]


def assign_styles(shifts: Iterable[Shift]) -> dict[int, TeamStyle]:
    """A colour for every team, by the order of their codes, the same on all pages of a plan."""
    teams = sorted({(shift.team.code, shift.team_id) for shift in shifts})
    return {
        team: TeamStyle(css=f"team-{number % COLOURS}", dashed=number >= COLOURS)
        for number, (_code, team) in enumerate(teams)
    }


def load_plan_shifts(plan: Plan) -> dict[int, Shift]:
    """The team-days that the plan decides about, by id."""
    ids = [int(pk) for pk in plan.based_on]
    return {shift.pk: shift for shift in Shift.objects.filter(pk__in=ids).select_related("team")}


def list_route_rows(plan: Plan, shifts: dict[int, Shift]) -> list[RouteRow]:
    """Every route of the plan with its figures (its stops are read apart), by date and team."""
    colours = assign_styles(shifts.values())
    found = [
        RouteRow(
            shift=shifts[row.shift],
            look=colours[shifts[row.shift].team_id],
            visits=row.visits,
            travel=labels.format_duration(row.travel_s),
            travel_s=row.travel_s,
            back=labels.format_seconds_of_day(row.end_s),
        )
        for row in plan.figures.team_days
        if row.shift in shifts
    ]
    return sorted(found, key=lambda route: (route.shift.date, route.shift.team.code))


def build_overview(routes: Sequence[RouteRow], shifts: dict[int, Shift]) -> PlanOverview:
    colours = assign_styles(shifts.values())
    days = sorted({shift.date for shift in shifts.values()})
    by_cell = {(route.shift.team_id, route.shift.date): route for route in routes}
    teams = {shift.team_id: shift for shift in sorted(shifts.values(), key=lambda one: one.team.code)}
    rows = [
        (shift, colours[team], [by_cell.get((team, day)) for day in days]) for team, shift in teams.items()
    ]
    totals = [
        (
            sum(route.visits for route in routes if route.shift.date == day),
            labels.format_duration(sum(route.travel_s for route in routes if route.shift.date == day)),
        )
        for day in days
    ]
    return PlanOverview(days=days, rows=rows, totals=totals)


def add_stops(plan: Plan, routes: Sequence[RouteRow]) -> list[RouteRow]:
    """The routes with their stops, in one query."""
    shown, today = {route.shift.pk for route in routes}, plan.figures.today is not None
    rows = (
        PlanStop.objects.filter(plan=plan, shift__in=shown)
        .select_related("need__resident__village__district")
        .defer("need__resident__village__boundary", "need__resident__village__district__boundary")
        .order_by("shift", "sequence")
    )
    stops: dict[int, list[StopRow]] = {}
    shifts = {route.shift.pk: route.shift for route in routes}
    for row in rows:
        stops.setdefault(row.shift_id, []).append(_build_stop(row, shifts[row.shift_id], today=today))
    return [replace(route, stops=stops.get(route.shift.pk, [])) for route in routes]


def _build_stop(row: PlanStop, shift: Shift, *, today: bool) -> StopRow:
    row.shift = shift
    return StopRow(
        row=row,
        told=labels.format_clocks(*arrival_intervals.interval_to_tell(row)),
        expected=labels.format_seconds_of_day(row.expected) if today and row.expected is not None else "",
        drive=_("satu tempat")
        if row.travel_seconds == 0 and row.sequence > 1
        else labels.format_duration(row.travel_seconds),
        parts=labels.describe_parts(row.parts),
        number=row.sequence,
    )


def build_plan_map(routes: Sequence[RouteRow]) -> dict[str, Any]:
    """What the map draws: for each route its base, its stops in order, its way home."""
    return {
        "routes": [
            {
                "id": route.anchor,
                "team": route.shift.team.name,
                "day": labels.format_short_day(route.shift.date),
                "colour": int(route.look.css.removeprefix("team-")),
                "dashed": route.look.dashed,
                "base": _route_origin(route),
                "end": [route.shift.end_latitude, route.shift.end_longitude],
                "stops": [
                    map_shapes.describe_home(stop.need, number=stop.number, arrive=stop.expected or stop.told)
                    for stop in route.stops
                    if route.now is None or stop.tag in ("", "planned")
                ],
            }
            for route in routes
        ]
    }


def _route_origin(route: RouteRow) -> dict[str, Any]:
    """Where the line begins: the base, or where the team is now."""
    shift = route.shift
    if route.now is not None:
        return {"name": route.now.place, "at": list(route.now.at)}
    return {
        "name": shift.team.base_name or shift.team.name,
        "at": [shift.start_latitude, shift.start_longitude],
    }


# --- lists


def list_recent_runs() -> list[PlanRun]:
    """Runs with their plans, the newest first."""
    rows = PlanRun.objects.exclude(kind=RunKind.SLOT).select_related("plan", "asked_by")
    return list(rows.order_by("-asked_at")[:RUNS])


def list_plan_versions(plan: Plan) -> list[DayVersion]:
    """What the plan published, with whether each is still live (`live_for`)."""
    return list(plan.day_versions.select_related("team", "live_for").order_by("date", "team__code"))
