"""Status of today's teams from what their tablets reported: done, under way, assumed, left.

A team whose tablet is silent is assumed to go on as published, as villages without a signal are common. What
it would have begun by now is assumed in memory, never written; a re-plan leaves it in place. The same holds
for the first home of a team that reported its departure, until it reports an arrival.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from visits.appointments import arrival_intervals
from visits.appointments.published_visits import departure_time
from visits.enums import VisitState
from visits.fieldwork import departures
from visits.models import Device, Shift, Visit
from visits.planning.rules import find_service_start, finish_drive
from visits.planning.travel import GreatCircle
from visits.planning.types import DAY_S
from visits.workforce import calendar

SILENT = timedelta(minutes=15)  # older than this, what a tablet said looks different
LONGER = timedelta(minutes=5)  # a visit that takes longer than planned ends no sooner than in so long


@dataclass(frozen=True, kw_only=True)
class TeamStatus:
    """A team's day so far. `done` visits are finished, `under_way` is where it drives to or is at, `assumed`
    have begun if the team goes on as published, `left` can be re-planned. While `heading` to its first home
    the team arrives there at `there_at` at the earliest, and only that home is assumed. `free_at` is when it
    can drive on."""

    shift: Shift
    heard_at: datetime | None
    silent: bool
    done: list[Visit] = field(default_factory=list)
    under_way: Visit | None = None
    assumed: list[Visit] = field(default_factory=list)
    left: list[Visit] = field(default_factory=list)
    free_at: datetime
    latitude: float
    longitude: float
    overrun: timedelta = timedelta()
    departed_at: datetime | None = None
    there_at: datetime | None = None
    heading: bool = False

    @property
    def fails(self) -> bool:
        """Whether the shift was cancelled: the team cannot go on."""
        return self.shift.is_cancelled

    @property
    def reported(self) -> list[Visit]:
        """Visits that the tablet reported as done or under way."""
        return [*self.done, *([] if self.under_way is None else [self.under_way])]

    @property
    def total(self) -> int:
        """Number of visits of the day."""
        return len(self.reported) + len(self.assumed) + len(self.left)

    @property
    def undone(self) -> int:
        """Number of visits not reported as begun: those that other teams would get."""
        return len(self.left) + len(self.assumed)

    @property
    def gone(self) -> int:
        """Number of visits that are finished, assumed or under way."""
        return self.total - len(self.left)


def list_team_statuses(*, now: datetime) -> list[TeamStatus]:
    """The status of every team that works, or was to work, today; in a constant number of queries."""
    on = timezone.localdate(now)
    (day,) = calendar.list_days(first=on, last=on)
    shifts = list(
        Shift.objects.filter(date=on, team__is_active=True).select_related("team").order_by("team__code")
    )
    visits: dict[int, list[Visit]] = {}
    rows = Visit.objects.filter(shift__in=shifts).exclude(state=VisitState.CANCELLED)
    for visit in (
        rows.select_related("need__resident__village")
        .defer("need__resident__village__boundary")
        .order_by("shift", "sequence", "pk")
    ):
        visits.setdefault(visit.shift_id, []).append(visit)
    heard, departed = (
        _last_contacts(on),
        departures.departures_on(on=on, teams=[shift.team_id for shift in shifts]),
    )
    return [
        _build_status(
            shift, visits.get(shift.pk, []), heard.get(shift.team_id), departed.get(shift.team_id), now
        )
        for shift in shifts
        if day.is_open or shift.pk in visits
    ]


def find_failing_shifts(*, shifts: Iterable[Shift]) -> frozenset[str]:
    """The ids of those shifts that are cancelled by now."""
    rows = Shift.objects.filter(pk__in=[shift.pk for shift in shifts], is_cancelled=True)
    return frozenset(str(pk) for pk in rows.values_list("pk", flat=True))


def _last_contacts(on: date) -> dict[int, datetime]:
    """When each team's tablets last spoke to us today."""
    midnight = arrival_intervals.moment_of_day(on, 0)
    rows = Device.objects.filter(last_seen_at__gte=midnight).values("team").annotate(at=Max("last_seen_at"))
    return {row["team"]: row["at"] for row in rows}


def _build_status(
    shift: Shift, visits: list[Visit], heard_at: datetime | None, departed_at: datetime | None, now: datetime
) -> TeamStatus:
    silent = heard_at is None or now - heard_at > SILENT
    done = [visit for visit in visits if visit.state == VisitState.FINISHED]
    moving = [visit for visit in visits if visit.state in (VisitState.TRAVELLING, VisitState.ARRIVED)]
    under_way = moving[-1] if moving else None
    waiting = [visit for visit in visits if visit.state == VisitState.PUBLISHED]
    goes_on = silent and not shift.is_cancelled
    assumed = [visit for visit in waiting if visit.planned_start <= now] if goes_on else []
    out = _departure_moment(departed_at, visits, now)
    on_first_drive = waiting and not moving and not shift.is_cancelled and _ended_before(done, out)
    there_at = _first_arrival(shift, out, waiting[0]) if out and on_first_drive else None
    heading = there_at is not None and (there_at > now or not assumed)
    assumed = waiting[:1] if heading else assumed
    left = [visit for visit in waiting if visit not in assumed]
    free_at, overrun = _free_from(shift, under_way, assumed, now)
    if there_at is not None:
        free_at = _free_after_first_drive(shift, assumed, there_at, heading=heading, now=now)
    elif out is not None and not assumed and under_way is None:
        free_at = max(now, out)
    last = assumed[-1] if assumed else under_way or _latest_visit(done)
    home = last.need.resident if last else None
    return TeamStatus(
        shift=shift,
        heard_at=heard_at,
        silent=silent,
        done=[*done, *moving[:-1]],
        under_way=under_way,
        assumed=assumed,
        left=left,
        free_at=free_at,
        latitude=home.latitude if home else shift.start_latitude,
        longitude=home.longitude if home else shift.start_longitude,
        overrun=overrun,
        departed_at=out,
        there_at=there_at,
        heading=heading,
    )


def _departure_moment(at: datetime | None, visits: list[Visit], now: datetime) -> datetime | None:
    """When the team departed; None if the tap came after its first arrival or lies in the future."""
    came = [visit.arrived_at for visit in visits if visit.arrived_at is not None]
    return None if at is None or at > min([now, *came]) else at


def _ended_before(done: list[Visit], out: datetime | None) -> bool:
    """Whether these visits ended before the departure, by telephone from the base."""
    return all(out and visit.outcome_at and visit.outcome_at <= out for visit in done)


def straight_line_seconds(since: tuple[float, float], until: tuple[float, float]) -> int:
    """Seconds of a drive along the straight line of the settings between two (latitude, longitude)."""
    return GreatCircle(settings.TRAVEL_DETOUR, settings.TRAVEL_SPEED_KMH).seconds([since, until], 0, 1)


def _first_arrival(shift: Shift, out: datetime, first: Visit) -> datetime:
    """When a team that departed at `out` arrives at its first home, breaks included."""
    home = first.need.resident
    leg = straight_line_seconds(
        (shift.start_latitude, shift.start_longitude), (home.latitude, home.longitude)
    )
    there_s = finish_drive(
        arrival_intervals.seconds_of_day(out), leg, arrival_intervals.parse_intervals(shift.breaks)
    )
    return arrival_intervals.moment_of_day(shift.date, there_s)


def _free_after_first_drive(
    shift: Shift, assumed: list[Visit], there_at: datetime, *, heading: bool, now: datetime
) -> datetime:
    """When the team can drive on after the assumed visits; a late departure delays all of them."""
    first, last = assumed[0], assumed[-1]
    begins = max(there_at, first.planned_start)
    if heading:  # it has not come there: it did not say so, or it cannot have
        return _after_break(shift, max(now, begins), first.planned_leave - first.planned_start)
    return max(now, last.planned_leave + (begins - first.planned_start))


def _latest_visit(done: list[Visit]) -> Visit | None:
    return max(done, key=lambda visit: visit.outcome_at or visit.planned_leave, default=None)


def _free_from(
    shift: Shift, under_way: Visit | None, assumed: list[Visit], now: datetime
) -> tuple[datetime, timedelta]:
    """When the team can drive on, and by how much its present visit exceeds its planned duration."""
    free_at, overrun = max(now, departure_time(shift)), timedelta()
    if under_way is not None:
        takes = under_way.planned_leave - under_way.planned_start
        if under_way.state == VisitState.ARRIVED and under_way.arrived_at is not None:
            leaves = max(under_way.arrived_at, under_way.planned_start) + takes
            overrun = max(timedelta(), now - leaves)
            free_at = max(leaves, now + LONGER)
        else:
            begins = max(now, under_way.planned_start)
            free_at = _after_break(shift, begins, takes)
    if assumed:
        free_at = max(free_at, assumed[-1].planned_leave)
    return free_at, overrun


def _after_break(shift: Shift, begins: datetime, takes: timedelta) -> datetime:
    """The end of a visit of length `takes` that no break may interrupt."""
    breaks = arrival_intervals.parse_intervals(shift.breaks)
    start_s = find_service_start(
        arrival_intervals.seconds_of_day(begins), int(takes.total_seconds()), [(0, DAY_S)], breaks
    )
    return begins + takes if start_s is None else arrival_intervals.moment_of_day(shift.date, start_s) + takes
