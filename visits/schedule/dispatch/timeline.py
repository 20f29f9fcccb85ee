"""Today's timeline as SVG geometry: what each team has done, where it is, and which visits will be late.

Units of the SVG in templates/admin/visits/day/timeline.html; the tables of the page say the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from visits.appointments import arrival_intervals
from visits.enums import Outcome
from visits.estimates.chart_geometry import Box, Tick
from visits.fieldwork.expected_arrivals import DayForecast, ExpectedVisit
from visits.fieldwork.team_status import TeamStatus
from visits.models import Visit
from visits.schedule.plans.plan_page import TeamStyle
from visits.wording import labels

WIDTH, LEFT, RIGHT, ABOVE, ROW, BAR = 1160, 190, 16, 30, 46, 24
NAME = 24  # letters of a team's name beside its lane
SHORT = timedelta(minutes=6)  # no bar is drawn narrower, or its number would not be read


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A visit: its bar, the mark of its state beside the number, and below it the interval that the family
    was told."""

    state: str  # done, vain, now, assumed, left, late, lost: a look of charts.css
    bar: Box
    sign: str
    told: Box


@dataclass(frozen=True, kw_only=True)
class TimelineLane:
    name: str
    look: TeamStyle
    y: int
    marks: list[Mark]
    breaks: list[Box]


@dataclass(frozen=True, kw_only=True)
class Timeline:
    width: int
    height: int
    left: int
    base: int
    now_x: float
    hours: list[Tick]
    lanes: list[TimelineLane] = field(default_factory=list)


@dataclass(frozen=True)
class _Scale:
    first: datetime
    hours: int

    def x(self, at: datetime) -> float:
        share = (at - self.first) / timedelta(hours=self.hours)
        return round(LEFT + min(max(share, 0.0), 1.0) * (WIDTH - LEFT - RIGHT), 1)

    def box(self, since: datetime, until: datetime, y: float, height: float, label: str = "") -> Box:
        x = self.x(since)
        return Box(x=x, y=y, width=round(max(self.x(until) - x, 2.0), 1), height=height, label=label)


def draw_lanes(
    rows: Sequence[tuple[TeamStatus, TeamStyle, DayForecast]], *, now: datetime
) -> Timeline | None:
    """The picture of these teams' day; None where nobody works."""
    if not rows:
        return None
    scale = _choose_scale(rows, now)
    base = ABOVE + ROW * len(rows)
    hours = [scale.first + timedelta(hours=hour) for hour in range(scale.hours + 1)]
    return Timeline(
        width=WIDTH,
        height=base + 8,
        left=LEFT,
        base=base,
        now_x=scale.x(now),
        hours=[Tick(at=scale.x(at), label=labels.format_local_clock(at)) for at in hours],
        lanes=[
            _draw_lane(team, look, course, ABOVE + ROW * number, scale)
            for number, (team, look, course) in enumerate(rows)
        ],
    )


def _choose_scale(rows: Sequence[tuple[TeamStatus, TeamStyle, DayForecast]], now: datetime) -> _Scale:
    """Whole hours around the shifts, the moment itself and the last visit that is expected."""
    on = rows[0][0].shift.date
    starts = [
        arrival_intervals.moment_of_day(on, team.shift.starts.hour * 3600 + team.shift.starts.minute * 60)
        for team, *_ in rows
    ]
    ends = [
        arrival_intervals.moment_of_day(on, team.shift.ends.hour * 3600 + team.shift.ends.minute * 60)
        for team, *_ in rows
    ]
    until = max([*ends, now, *(one.ends for *_, course in rows for one in course.left)])
    first_s = arrival_intervals.seconds_of_day(min([*starts, now])) // 3600 * 3600
    first = arrival_intervals.moment_of_day(on, first_s)
    return _Scale(first, max(1, -((first - until) // timedelta(hours=1))))


def _draw_lane(team: TeamStatus, look: TeamStyle, course: DayForecast, y: int, scale: _Scale) -> TimelineLane:
    on = team.shift.date
    ahead: list[tuple[str, ExpectedVisit]] = [("assumed", one) for one in course.assumed]
    if course.under_way is not None:
        ahead.append(("now", course.under_way))
    ahead += [("late" if one.late else "left", one) for one in course.left]
    marks = [_mark_finished(visit, y, scale) for visit in team.done]
    if team.takes_no_more:
        marks += [
            _draw_mark(one, "lost", *arrival_intervals.interval_told(one), y, scale) for one in team.left
        ]
    marks += [_draw_mark(one.visit, state, one.begins, one.ends, y, scale) for state, one in ahead]
    return TimelineLane(
        name=shorten_name(team.shift.team.name),
        look=look,
        y=y,
        marks=marks,
        breaks=[
            scale.box(
                arrival_intervals.moment_of_day(on, arrival_intervals.seconds_of_clock(since)),
                arrival_intervals.moment_of_day(on, arrival_intervals.seconds_of_clock(until)),
                y,
                ROW,
            )
            for since, until in team.shift.breaks
        ],
    )


def shorten_name(name: str) -> str:
    """A team's name that fits beside its lane; the table has the whole."""
    return name if len(name) <= NAME else f"{name[: NAME - 1].rstrip()}…"


def _mark_finished(visit: Visit, y: int, scale: _Scale) -> Mark:
    """A visit that is over, drawn when it was, as far as the tablet said."""
    begins = visit.arrived_at or visit.outcome_at or arrival_intervals.interval_told(visit)[0]
    ends = max(visit.outcome_at or begins, begins)
    in_vain = visit.outcome and visit.outcome != Outcome.RECORDED
    return _draw_mark(visit, "vain" if in_vain else "done", begins, ends, y, scale)


_SIGNS = {"done": "■", "vain": "✕", "late": "▲", "lost": "✕"}


def _draw_mark(visit: Visit, state: str, begins: datetime, ends: datetime, y: int, scale: _Scale) -> Mark:
    since, until = arrival_intervals.interval_told(visit)
    label = _("%(number)d. %(name)s, %(village)s: dikabari %(since)s–%(until)s, %(state)s %(at)s") % {
        "number": visit.sequence,
        "name": visit.need.resident.name,
        "village": visit.need.resident.village.name,
        "since": labels.format_local_clock(since),
        "until": labels.format_local_clock(until),
        "state": _describe_state(visit, state),
        "at": "" if state == "lost" else labels.format_local_clock(begins),
    }
    label = label.strip()
    return Mark(
        state=state,
        bar=scale.box(begins, max(ends, begins + SHORT), y + 6, BAR, label),
        sign=f"{_SIGNS.get(state, '')}{visit.sequence}",
        told=scale.box(since, until, y + 6 + BAR + (4 if visit.sequence % 2 else 9), 3),  # they overlap
    )


def _describe_state(visit: Visit, state: str) -> str:
    if state in ("done", "vain"):
        return _("tiba") if visit.arrived_at else _("selesai")
    return {
        "now": _("mulai"),
        "assumed": _("menurut jadwal"),
        "lost": _("tanpa tim"),
    }.get(state, _("kira-kira"))
