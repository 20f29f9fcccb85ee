"""Status of today's teams from what their tablets reported: done, under way, assumed, left.

A team whose tablet is silent is assumed to go on as published, as villages without a signal are common. What
it would have begun by now is assumed in memory, never written; a re-plan leaves it in place. The same holds
for the first home of a team that reported its departure, until it reports an arrival.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from django.db.models import Max
from django.utils import timezone

from outreach.enums import Milestone
from outreach.models import Progress
from visits.appointments import arrival_intervals
from visits.appointments.published_visits import departure_time
from visits.enums import VisitState
from visits.fieldwork import departures
from visits.fieldwork.road_times import add_pauses, drive_straight, place_of_home, visit_on_road
from visits.models import Device, Shift, Visit
from visits.workforce import calendar, team_skills

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
    set_out_at: datetime | None = None  # to the home under way
    deserted: bool = False  # all its officers are away
    closed_at: datetime | None = None  # it said that its day is over, and did not go on: it is not silent

    @property
    def believed(self) -> bool:
        """Whether where it is now is only believed: it is silent, and nothing of it was heard since it should have
        gone on, or at all."""
        told = self.reported or self.departed_at is not None
        return self.silent and not self.heading and bool(self.assumed or not told)

    @property
    def fails(self) -> bool:
        """Whether the team cannot go on: the shift was cancelled, or nobody is there to work it."""
        return self.shift.is_cancelled or self.deserted

    @property
    def takes_no_more(self) -> bool:
        """Whether the team comes to no further home: it cannot go on, or said that its day is over."""
        return self.fails or self.closed_at is not None

    @property
    def reported(self) -> list[Visit]:
        """Visits that the tablet reported as done or under way."""
        return [*self.done, *([] if self.under_way is None else [self.under_way])]

    @property
    def following(self) -> Visit | None:
        """The home that it goes to next; None where nobody is left who awaits it."""
        return next((visit for visit in self.left if not visit.is_called_off), None)

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
    teams = [shift.team_id for shift in shifts]
    heard = _last_contacts(on)
    departed, closed = (
        departures.departures_on(on=on, teams=teams),
        departures.closings_on(on=on, teams=teams),
    )
    deserted = team_skills.find_deserted_teams()
    statuses = [
        _build_status(
            shift,
            visits.get(shift.pk, []),
            heard.get(shift.team_id),
            departed.get(shift.team_id),
            now,
            closed_at=closed.get(shift.team_id),
            deserted=shift.team_id in deserted,
        )
        for shift in shifts
        if day.is_open or shift.pk in visits
    ]
    set_out = _last_set_outs([team.under_way for team in statuses if team.under_way is not None])
    return [
        replace(team, set_out_at=set_out.get(team.under_way.need_id)) if team.under_way else team
        for team in statuses
    ]


def _last_set_outs(visits: list[Visit]) -> dict[object, datetime]:
    """When the tablet said that the team drives to each of these homes, by need."""
    rows = Progress.objects.filter(
        need__in=[visit.need_id for visit in visits if visit.state == VisitState.TRAVELLING],
        milestone=Milestone.ON_THE_WAY,
    )
    return dict(rows.order_by("at").values_list("need", "at")) if visits else {}


def hold_next_home(team: TeamStatus) -> TeamStatus:
    """A silent team cannot hear of a change: the home that it goes to next stays its own, as if it were there, unless
    the coordinator has said that the team cannot go on."""
    following = team.following
    if not team.silent or team.fails or following is None:
        return team
    latitude, longitude = home = place_of_home(following)
    there_at = drive_straight(team.shift, team.free_at, (team.latitude, team.longitude), home)
    begins = max(there_at, following.planned_start)
    return replace(
        team,
        assumed=[*team.assumed, following],
        left=[visit for visit in team.left if visit != following],
        free_at=visit_on_road(team.shift, begins, following)[1],
        latitude=latitude,
        longitude=longitude,
    )


def find_ended_shifts(shifts: Iterable[Shift], *, now: datetime) -> frozenset[str]:
    """The ids of those shifts of today whose teams take no more by now."""
    asked = {shift.pk for shift in shifts}
    teams = list_team_statuses(now=now)
    return frozenset(str(team.shift.pk) for team in teams if team.shift.pk in asked and team.takes_no_more)


def _last_contacts(on: date) -> dict[int, datetime]:
    """When each team's tablets last spoke to us today."""
    midnight = arrival_intervals.moment_of_day(on, 0)
    rows = Device.objects.filter(last_seen_at__gte=midnight).values("team").annotate(at=Max("last_seen_at"))
    return {row["team"]: row["at"] for row in rows}


def _build_status(
    shift: Shift,
    visits: list[Visit],
    heard_at: datetime | None,
    departed_at: datetime | None,
    now: datetime,
    *,
    closed_at: datetime | None,
    deserted: bool,
) -> TeamStatus:
    closed_at = _closing_moment(closed_at, visits)
    silent = closed_at is None and (heard_at is None or now - heard_at > SILENT)
    done = [visit for visit in visits if visit.state == VisitState.FINISHED]
    moving = [visit for visit in visits if visit.state in (VisitState.TRAVELLING, VisitState.ARRIVED)]
    under_way = moving[-1] if moving else None
    waiting = [visit for visit in visits if visit.state == VisitState.PUBLISHED]
    works = not shift.is_cancelled and not deserted and closed_at is None
    goes_on = silent and works
    # nobody goes where the office called it off
    awaited = [visit for visit in waiting if not visit.called_off]
    assumed = [visit for visit in awaited if visit.planned_start <= now] if goes_on else []
    out = _departure_moment(departed_at, visits, now)
    on_first_drive = awaited and not moving and works and _ended_before(done, out)
    there_at = None
    if out and on_first_drive:
        base = shift.start_latitude, shift.start_longitude
        there_at = drive_straight(shift, out, base, place_of_home(awaited[0]))
    heading = there_at is not None and (there_at > now or not assumed)
    assumed = awaited[:1] if heading else assumed
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
        deserted=deserted,
        closed_at=closed_at,
    )


def _departure_moment(at: datetime | None, visits: list[Visit], now: datetime) -> datetime | None:
    """When the team departed; None if the tap came after its first arrival or lies in the future."""
    came = [visit.arrived_at for visit in visits if visit.arrived_at is not None]
    return None if at is None or at > min([now, *came]) else at


def _closing_moment(at: datetime | None, visits: list[Visit]) -> datetime | None:
    """When the team ended its day; None if it went on after that: it drives to a home, is at one, or came to one."""
    went_on = any(
        visit.state in (VisitState.TRAVELLING, VisitState.ARRIVED)
        or (at is not None and visit.arrived_at is not None and visit.arrived_at > at)
        for visit in visits
    )
    return None if went_on else at


def _ended_before(done: list[Visit], out: datetime | None) -> bool:
    """Whether these visits ended before the departure, by telephone from the base."""
    return all(out and visit.outcome_at and visit.outcome_at <= out for visit in done)


def _free_after_first_drive(
    shift: Shift, assumed: list[Visit], there_at: datetime, *, heading: bool, now: datetime
) -> datetime:
    """When the team can drive on after the assumed visits; a late departure delays all of them."""
    first, last = assumed[0], assumed[-1]
    begins = max(there_at, first.planned_start)
    if heading:  # it has not come there: it did not say so, or it cannot have
        return visit_on_road(shift, max(now, begins), first)[1]
    return max(now, last.planned_leave + (begins - first.planned_start))


def _latest_visit(done: list[Visit]) -> Visit | None:
    return max(done, key=lambda visit: visit.outcome_at or visit.planned_leave, default=None)


def _free_from(
    shift: Shift, under_way: Visit | None, assumed: list[Visit], now: datetime
) -> tuple[datetime, timedelta]:
    """When the team can drive on, and by how much its present visit exceeds its planned duration."""
    free_at, overrun = max(now, departure_time(shift)), timedelta()
    if under_way is not None:
        takes = under_way.planned_length
        if under_way.state == VisitState.ARRIVED and under_way.arrived_at is not None:
            begins = max(under_way.arrived_at, under_way.planned_start)
            overrun = max(timedelta(), now - begins - takes)
            free_at = max(add_pauses(shift, begins, begins + takes), now + LONGER)
        else:
            begins = max(now, under_way.planned_start)
            free_at = visit_on_road(shift, begins, under_way)[1]
    if assumed:
        free_at = max(free_at, assumed[-1].planned_leave)
    return free_at, overrun
