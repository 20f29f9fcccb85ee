"""Audit of arrival intervals: reported arrivals compared with what families were told, by week and team.

An arrival is the tap "Tiba". The return to the base is not reported; it is estimated as the last outcome plus
the drive from there by the straight line in force.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import sqrt
from statistics import median

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from visits.appointments import arrival_intervals
from visits.enums import Vehicle, VisitState
from visits.models import Team, Visit
from visits.planning.travel import GreatCircle
from visits.planning.uncertainty.arrival import calibrate_stretch
from visits.roads import straight_line

WEEKS = 12
LAST = 1000  # visits that calibrate the intervals to come
ENOUGH = 30  # visits below which a share is not said
LONG_OVERTIME = 30  # minutes; plans keep it to 1 team-day in 20 (PLAN_RESERVE)
TOLERANCE = 0.05  # the target band is the stated share and so much to either side
Z = 1.645  # 9 of 10 samples of a true share lie within the range that is shown


@dataclass(kw_only=True)
class AuditCell:
    """Counts for a week, a team or both. `late_min` has the minutes of each late arrival, `over_min` those of
    each team-day."""

    within: int = 0
    early: int = 0
    late_min: list[float] = field(default_factory=list)
    over_min: list[float] = field(default_factory=list)

    @property
    def visits(self) -> int:
        return self.within + self.early + len(self.late_min)

    @property
    def enough(self) -> bool:
        return self.visits >= ENOUGH

    @property
    def coverage(self) -> float:
        return self.within / self.visits if self.visits else 0.0

    @property
    def bounds(self) -> tuple[float, float]:
        """Wilson score interval of the share met within the interval (confidence by `Z`); (0, 1) without
        visits."""
        count, share = self.visits, self.coverage
        if not count:
            return 0.0, 1.0
        middle = (share + Z * Z / (2 * count)) / (1 + Z * Z / count)
        width = Z * sqrt(share * (1 - share) / count + Z * Z / (4 * count * count)) / (1 + Z * Z / count)
        return max(0.0, middle - width), min(1.0, middle + width)

    @property
    def late_by(self) -> float | None:
        """Median delay of late arrivals in minutes; None if there was none."""
        return median(self.late_min) if self.late_min else None

    @property
    def overtime(self) -> float | None:
        """Mean overtime of a team-day in minutes; None if no team-day is complete."""
        return sum(self.over_min) / len(self.over_min) if self.over_min else None

    @property
    def long_overtime(self) -> float | None:
        """The share of team-days with more than `LONG_OVERTIME` minutes of overtime; None as for `overtime`."""
        return (
            sum(over > LONG_OVERTIME for over in self.over_min) / len(self.over_min)
            if self.over_min
            else None
        )

    def add(self, other: "AuditCell") -> None:
        self.within += other.within
        self.early += other.early
        self.late_min += other.late_min
        self.over_min += other.over_min


@dataclass(frozen=True, kw_only=True)
class AuditWeek:
    """One week of the audit, by its Monday."""

    monday: date
    total: AuditCell
    teams: list[AuditCell]  # in the order of `Audit.teams`


@dataclass(frozen=True, kw_only=True)
class Audit:
    """The audited weeks, oldest first, and the teams that had visits in them, by code."""

    first: date
    last: date
    total: AuditCell
    teams: list[tuple[Team, AuditCell]]
    weeks: list[AuditWeek]

    @property
    def band(self) -> tuple[float, float]:
        """The target band of the share: `ARRIVAL_COVERAGE` plus or minus `TOLERANCE`."""
        return settings.ARRIVAL_COVERAGE - TOLERANCE, settings.ARRIVAL_COVERAGE + TOLERANCE


def monday_of(day: date) -> date:
    """The Monday of the week of `day`."""
    return day - timedelta(days=day.weekday())


def audit_intervals(*, today: date | None = None) -> Audit:
    """The audit of the last `WEEKS` weeks including the present one, in three queries."""
    last = today or timezone.localdate()
    first = monday_of(last) - timedelta(weeks=WEEKS - 1)
    cells: dict[tuple[date, int], AuditCell] = {}
    lines = {vehicle.value: straight_line.line_in_force(vehicle).model for vehicle in Vehicle}
    for visits in _team_days(first, last):
        shift = visits[0].shift
        cell = cells.setdefault((monday_of(shift.date), shift.team_id), AuditCell())
        cell.add(_audit_team_day(visits, lines[shift.team.vehicle]))
    teams = list(Team.objects.filter(pk__in={team for _week, team in cells}).order_by("code"))
    mondays = [first + timedelta(weeks=number) for number in range(WEEKS)]
    return Audit(
        first=first,
        last=last,
        total=_sum_cells(cells.values()),
        teams=[
            (team, _sum_cells(cell for (_, pk), cell in cells.items() if pk == team.pk)) for team in teams
        ],
        weeks=[
            AuditWeek(
                monday=monday,
                total=_sum_cells(cell for (week, _), cell in cells.items() if week == monday),
                teams=[cells.get((monday, team.pk), AuditCell()) for team in teams],
            )
            for monday in mondays
        ],
    )


@dataclass(frozen=True, kw_only=True)
class IntervalStretch:
    """The calibration of coming intervals: the factor to lengthen them by (`stretch`), and from how many
    visits."""

    stretch: float
    visits: int


def learn_stretch(*, now: datetime | None = None) -> IntervalStretch:
    """Calibrate from the last `LAST` visits whose interval came from a simulation, in one query."""
    now = now or timezone.now()
    rows = Visit.objects.filter(
        arrived_at__range=(now - timedelta(weeks=WEEKS), now), told_until__gt=F("told_from")
    ).exclude(state=VisitState.CANCELLED)
    told = rows.order_by("-arrived_at", "pk").values_list(
        *("told_from", "told_until", "arrived_at", "told_stretch")
    )[:LAST]
    places = [
        (1 + stretch) * ((_floor_minute(at) - since) / (until - since))
        for since, until, at, stretch in told
        if since and until and at
    ]
    return IntervalStretch(stretch=calibrate_stretch(places, settings.ARRIVAL_COVERAGE), visits=len(places))


def _team_days(first: date, last: date) -> Iterable[list[Visit]]:
    """Visits with a reported arrival, grouped by team-day."""
    rows = (
        Visit.objects.filter(shift__date__range=(first, last), arrived_at__isnull=False)
        .exclude(state=VisitState.CANCELLED)
        .select_related("shift__team", "need__resident")
        .order_by("shift__date", "shift", "pk")
    )
    days: dict[int, list[Visit]] = {}
    for visit in rows:
        days.setdefault(visit.shift_id, []).append(visit)
    return days.values()


def _audit_team_day(visits: list[Visit], line: GreatCircle) -> AuditCell:
    """The counts of one team-day."""
    cell = AuditCell(over_min=_overtime_minutes(visits, line))
    for visit in visits:
        since, until = arrival_intervals.interval_told(visit)
        at = visit.arrived_at
        assert at is not None
        if at < since:
            cell.early += 1
        elif _floor_minute(at) <= until:
            cell.within += 1
        else:
            cell.late_min.append((at - until).total_seconds() / 60)
    return cell


def _floor_minute(at: datetime) -> datetime:
    """The moment without seconds, so that a tap within the last minute of an interval counts as on time."""
    return at.replace(second=0, microsecond=0)


def _overtime_minutes(visits: list[Visit], line: GreatCircle) -> list[float]:
    """Overtime of a team-day in minutes, as a list of one; empty if an arrival has no outcome yet."""
    ended = [visit.outcome_at for visit in visits if visit.outcome_at is not None]
    if len(ended) < len(visits):
        return []
    last = max(visits, key=lambda visit: visit.outcome_at or visit.planned_leave)
    shift, resident = last.shift, last.need.resident
    places = ((resident.latitude, resident.longitude), (shift.end_latitude, shift.end_longitude))
    drive_s = line.seconds(places, 0, 1)
    ends = timezone.make_aware(datetime.combine(shift.date, shift.ends))
    return [max(0.0, (max(ended) + timedelta(seconds=drive_s) - ends).total_seconds() / 60)]


def _sum_cells(cells: Iterable[AuditCell]) -> AuditCell:
    total = AuditCell()
    for cell in cells:
        total.add(cell)
    return total
