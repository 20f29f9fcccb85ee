"""What publishing a plan would change: computed before the coordinator confirms, and again under locks when
it happens."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from outreach import formats
from outreach.enums import NeedState
from outreach.models import Need, Village
from outreach.models.resident import SEALED_COLUMNS
from visits.appointments import appointment_news, arrival_intervals
from visits.appointments.published_visits import BEGUN, departure_time
from visits.enums import OPEN_VISITS, RunKind, VisitState
from visits.fieldwork import departures, expected_arrivals, team_status
from visits.fieldwork.team_status import TeamStatus
from visits.lib.plan_summary import Replacement
from visits.models import DayVersion, Plan, PlanStop, Shift, TeamDay, Visit
from visits.schedule.plans import outdated_stops, told_checks
from visits.schedule.plans.outdated_stops import OutdatedStop
from visits.schedule.plans.told_checks import UntrueHours
from visits.workforce import calendar, team_skills

TOO_OLD = timedelta(minutes=20)  # by then the teams are elsewhere

Row = TypeVar("Row", bound=Model)


class ChangeKind(StrEnum):
    """What a stop of the plan is for its family."""

    NEW = "new"
    SAME = "same"  # same team, day and told hours; on the day itself, the team is expected at about the same time
    SHIFTED = "shifted"
    MOVED = "moved"


@dataclass(frozen=True, kw_only=True)
class StopChange:
    """A stop that would be published; `visit` is the family's visit so far."""

    stop: PlanStop
    what: ChangeKind
    visit: Visit | None = None

    @property
    def start(self) -> datetime:
        return arrival_intervals.moment_of_day(self.stop.shift.date, self.stop.start)

    @cached_property
    def interval(self) -> tuple[datetime, datetime]:
        return arrival_intervals.interval_to_tell(self.stop)

    @cached_property
    def keeps_interval(self) -> bool:
        """Whether the family's interval stays to the minute."""
        visit = self.visit
        if visit is None or visit.called_off:  # its family knows that nobody comes
            return False
        return arrival_intervals.interval_told(visit) == self.interval

    @property
    def stretch(self) -> float:
        """By how much experience lengthened the interval: the visit's where it stays, else the plan's."""
        if self.visit is not None and self.keeps_interval:
            return self.visit.told_stretch
        replays = self.stop.plan.figures.replays
        return replays.stretch if replays else 0.0

    @property
    def told(self) -> str:
        """The interval in words, as the family reads it."""
        return formats.format_interval(*self.interval)


@dataclass(frozen=True, kw_only=True)
class DroppedStop:
    """A stop that is left out, because its need changed since the plan was made."""

    stop: PlanStop
    code: str


@dataclass(frozen=True, kw_only=True)
class PublishRefusal:
    """Why the plan cannot be published: `newer` version published, team-day `begun`, shift `cancelled` (or its team
    out of service, without officers, or done for the day); for the rest of a day: the day is `over`, the plan too `old`, or a team is on its way to a home that another
    was to visit (`moved_on`)."""

    code: str
    shift: Shift


@dataclass(frozen=True, kw_only=True)
class PlanChanges:
    shifts: list[Shift]
    live: dict[int, DayVersion | None]
    working: set[int] = field(default_factory=set)  # shifts of teams that work, and go on, on open days
    stops: list[StopChange] = field(default_factory=list)
    cancelled: list[Visit] = field(default_factory=list)
    dropped: list[DroppedStop] = field(default_factory=list)
    refusals: list[PublishRefusal] = field(default_factory=list)
    frozen: dict[int, list[Visit]] = field(default_factory=dict)  # by shift: begun, they stay where they are
    instead: Mapping[str, Replacement] = field(default_factory=dict)  # by need: the best place that is left
    unreleased: list[Visit] = field(default_factory=list)  # promises of working teams that it would break
    untrue: list[UntrueHours] = field(default_factory=list)  # whom it would tell hours that are not true
    outdated: list[OutdatedStop] = field(default_factory=list)  # who asked for something else since

    def having(self, *kinds: ChangeKind) -> list[StopChange]:
        return [change for change in self.stops if change.what in kinds]

    @property
    def newly_cancelled(self) -> list[Visit]:
        """The visits that go and whose families do not know yet that nobody comes."""
        return [visit for visit in self.cancelled if not visit.called_off_told]


def find_changes(*, plan: Plan, now: datetime | None = None, lock: bool = False) -> PlanChanges:
    """The changes, in a constant number of queries. `lock` (in a transaction) locks shifts, visits, needs, in
    this order, so that what is read stays true until the end of the transaction."""
    now = now or timezone.now()
    ids = [int(pk) for pk in plan.based_on]
    shifts = list(_lock_rows(Shift.objects.filter(pk__in=ids).select_related("team"), lock).order_by("pk"))
    shifts.sort(key=lambda shift: (shift.date, shift.team.code))
    live = _live_versions(shifts)
    visits = _unfinished_visits(plan, ids, lock)
    if lock:
        wanted = Need.objects.filter(Exists(PlanStop.objects.filter(plan=plan, need=OuterRef("pk"))))
        list(_lock_rows(wanted, lock).order_by("pk").values_list("pk"))
    found = PlanChanges(shifts=shifts, live=live, instead=plan.figures.instead)
    stops = _load_stops(plan, shifts)
    _add_refusals(found, plan, stops, now)
    in_scope, today = set(ids), plan.run.kind == RunKind.TODAY
    begun = _freeze_begun(found) if today else {}
    teams = {team.shift.pk: team for team in team_status.list_team_statuses(now=now)} if today else {}
    awaited = _list_expected(teams.values(), now)
    for stop in stops:
        stop.plan = plan  # so that its figures are read once
        visit = visits.get(stop.need_id)
        if stop.need_id in begun:
            _meet_begun(found, stop, begun[stop.need_id])
            continue
        code = stale(stop.need, visit, in_scope)
        if code:
            found.dropped.append(DroppedStop(stop=stop, code=code))
        else:
            what = _classify_stop(stop, visit, awaited)
            found.stops.append(StopChange(stop=stop, what=what, visit=visit))
    kept = {change.stop.need_id for change in found.stops}
    found.cancelled.extend(
        visit
        for visit in visits.values()
        if visit.state == VisitState.PUBLISHED
        and visit.shift_id in in_scope
        and visit.need_id not in kept
        and not (visit.called_off and plan.run.kind == RunKind.SLOT)  # one place decides nothing about these
    )
    if today:
        _refuse_on_the_way(found, teams.values())
        _refuse_closed_teams(found, teams.values())
        _refuse_on_closed_day(found)
    found.unreleased.extend(_find_unreleased(found))
    if not found.refusals:
        told = ((change.stop, change.keeps_interval) for change in found.stops)
        found.untrue.extend(told_checks.list_untrue(told, now=now, teams=teams))
        new = (change.stop for change in found.stops if not change.keeps_interval)
        found.outdated.extend(outdated_stops.list_outdated(plan, new))
    return found


def _list_expected(teams: Iterable[TeamStatus], now: datetime) -> dict[UUID, datetime]:
    """When each family that today's teams have not met yet is expected to be met, by need."""
    courses = [expected_arrivals.forecast_day(team, now=now) for team in teams]
    return {one.visit.need_id: one.begins for course in courses for one in course.left}


def _freeze_begun(found: PlanChanges) -> dict[object, Visit]:
    """Visits of the team-days that are done or under way, by need; they are no longer the plan's."""
    rows = Visit.objects.filter(shift__in=found.shifts, state__in=BEGUN).select_related("need", "shift__team")
    begun: dict[object, Visit] = {}
    for visit in rows.order_by("sequence", "pk"):
        found.frozen.setdefault(visit.shift_id, []).append(visit)
        begun[visit.need_id] = visit
    return begun


def _meet_begun(found: PlanChanges, stop: PlanStop, visit: Visit) -> None:
    """A stop whose visit has begun since the plan was made: nothing is left to do, unless another team was to
    go there while the first one is on its way."""
    if visit.shift_id != stop.shift_id and visit.state != VisitState.FINISHED:
        found.refusals.append(PublishRefusal(code="moved_on", shift=visit.shift))


def _refuse_on_the_way(found: PlanChanges, teams: Iterable[TeamStatus]) -> None:
    """A team that set out since the plan was made is on its way to a home that the plan takes from it. Not to
    one where nobody awaits it any more."""
    taken = {change.visit.pk for change in found.having(ChangeKind.MOVED) if change.visit is not None}
    taken |= {visit.pk for visit in found.cancelled if not why_need_is_gone(visit.need)}
    found.refusals.extend(
        PublishRefusal(code="moved_on", shift=team.shift)
        for team in teams
        if team.heading and team.assumed[0].pk in taken
    )


def _refuse_closed_teams(found: PlanChanges, teams: Iterable[TeamStatus]) -> None:
    """A team that closed its day works no more: what was promised with it is free, and a plan from before that gives
    it homes is refused."""
    closed = {team.shift.pk for team in teams if team.takes_no_more}
    found.working.difference_update(closed)
    given = {change.stop.shift_id for change in found.having(ChangeKind.MOVED)}
    refused = {row.shift.pk for row in found.refusals}
    found.refusals.extend(
        PublishRefusal(code="cancelled", shift=shift)
        for shift in found.shifts
        if shift.pk in (given & closed) - refused
    )


def _refuse_on_closed_day(found: PlanChanges) -> None:
    """On a day that was closed since the plan was made teams finish what stands; nobody else is told to expect them."""
    refused = {row.shift.pk for row in found.refusals}
    fresh = {change.stop.shift_id for change in found.stops if not change.visit or change.visit.called_off}
    found.refusals.extend(
        PublishRefusal(code="cancelled", shift=shift)
        for shift in found.shifts
        if shift.pk in fresh - found.working - refused
    )


def _departed_shifts(found: PlanChanges, now: datetime) -> set[int]:
    """The teams that have left their base today."""
    today = timezone.localdate(now)
    teams = [shift.team_id for shift in found.shifts if shift.date == today]
    left = departures.departures_on(on=today, teams=teams) if teams else {}
    return {shift.pk for shift in found.shifts if shift.date == today and shift.team_id in left}


def _find_unreleased(found: PlanChanges) -> list[Visit]:
    """Promised visits that would lose their team, day or interval although their team-day works."""
    moving = [
        change.visit
        for change in found.stops
        if change.visit is not None and (change.what == ChangeKind.MOVED or not change.keeps_interval)
    ]
    return [
        visit for visit in [*moving, *found.cancelled] if visit.is_firm and visit.shift_id in found.working
    ]


def _lock_rows(rows: QuerySet[Row], lock: bool) -> QuerySet[Row]:
    return rows.select_for_update(of=("self",)) if lock else rows


def _live_versions(shifts: list[Shift]) -> dict[int, DayVersion | None]:
    dates = [shift.date for shift in shifts]
    rows = TeamDay.objects.filter(date__in=set(dates)).select_related("live")
    by_day = {(row.team_id, row.date): row.live for row in rows}
    return {shift.pk: by_day.get((shift.team_id, shift.date)) for shift in shifts}


def _unfinished_visits(plan: Plan, shift_ids: list[int], lock: bool) -> dict[object, Visit]:
    """By need: the unfinished visits of the plan's needs, and those that lie on its team-days."""
    planned = PlanStop.objects.filter(plan=plan, need=OuterRef("need"))
    rows = Visit.objects.filter(state__in=OPEN_VISITS).filter(Exists(planned) | Q(shift__in=shift_ids))
    rows = rows.select_related("need__resident__village", "shift__team").defer(*_unread("need__resident"))
    return {visit.need_id: visit for visit in _lock_rows(rows, lock).order_by("pk")}


def _load_stops(plan: Plan, shifts: list[Shift]) -> list[PlanStop]:
    """The plan's stops by date and team, with needs, residents and villages; shifts and villages are read once."""
    rows = PlanStop.objects.filter(plan=plan).select_related("need__resident")
    known = {shift.pk: shift for shift in shifts}
    stops = list(rows.defer("parts", *_unread("need__resident", village=False)).order_by("sequence"))
    missing = {stop.shift_id for stop in stops} - known.keys()
    known |= {shift.pk: shift for shift in Shift.objects.filter(pk__in=missing).select_related("team")}
    homes = {stop.need.resident.village_id for stop in stops}
    villages = {village.pk: village for village in Village.objects.filter(pk__in=homes).defer("boundary")}
    for stop in stops:
        stop.shift = known[stop.shift_id]
        stop.need.resident.village = villages[stop.need.resident.village_id]
    return sorted(stops, key=lambda stop: (stop.shift.date, stop.shift.team.code))


def _unread(resident: str, *, village: bool = True) -> list[str]:
    """What is sealed in residents, and boundaries: large, and not read here."""
    return [f"{resident}__{name}" for name in SEALED_COLUMNS] + [f"{resident}__village__boundary"] * village


def _add_refusals(found: PlanChanges, plan: Plan, stops: list[PlanStop], now: datetime) -> None:
    begun = _departed_shifts(found, now) | set(
        Visit.objects.filter(shift__in=found.shifts, state__in=BEGUN).values_list("shift_id", flat=True)
    )
    dates = [shift.date for shift in found.shifts] or [timezone.localdate(now)]
    open_days = {day.date for day in calendar.list_days(first=min(dates), last=max(dates)) if day.is_open}
    used, deserted = {stop.shift_id for stop in stops}, team_skills.find_deserted_teams()
    void = {
        shift.pk
        for shift in found.shifts
        if shift.is_cancelled or not shift.team.is_active or shift.team_id in deserted
    }
    today = plan.run.kind == RunKind.TODAY
    found.working.update(
        shift.pk for shift in found.shifts if shift.pk not in void and shift.date in open_days
    )
    for shift in found.shifts:
        version = found.live[shift.pk]
        if (version.number if version else 0) != plan.based_on[str(shift.pk)]:
            found.refusals.append(PublishRefusal(code="newer", shift=shift))
        elif today and shift.date != timezone.localdate(now):
            found.refusals.append(PublishRefusal(code="over", shift=shift))
        elif today and now - plan.made_at > TOO_OLD:
            found.refusals.append(PublishRefusal(code="old", shift=shift))
        elif not today and (shift.pk in begun or departure_time(shift) <= now):
            found.refusals.append(PublishRefusal(code="begun", shift=shift))
        elif shift.pk in used and (shift.pk in void or (not today and shift.date not in open_days)):
            found.refusals.append(PublishRefusal(code="cancelled", shift=shift))


def why_need_is_gone(need: Need) -> str:
    """Why a need is not to be met any more, by whomever; empty where it is."""
    if need.state not in (NeedState.OPEN, NeedState.PLANNED):
        return need.state
    return "away" if need.resident.away else ""


def stale(need: Need, visit: Visit | None, in_scope: set[int]) -> str:
    """Why a need can no longer be served as planned; empty where it can."""
    if code := why_need_is_gone(need):
        return code
    if visit is None:
        return "" if need.state == NeedState.OPEN else "changed"
    if visit.state != VisitState.PUBLISHED or visit.shift_id not in in_scope:
        return "elsewhere"
    return ""


def _classify_stop(stop: PlanStop, visit: Visit | None, awaited: Mapping[UUID, datetime]) -> ChangeKind:
    """What the stop is for its family. `awaited` is when today's teams are expected as things stand, by need."""
    if visit is None:
        return ChangeKind.NEW
    if visit.shift_id != stop.shift_id:
        return ChangeKind.MOVED
    if visit.called_off or arrival_intervals.interval_told(visit) != arrival_intervals.interval_to_tell(stop):
        return ChangeKind.SHIFTED
    expected = awaited.get(stop.need_id)
    if expected is None or stop.expected is None:
        return ChangeKind.SAME
    then = arrival_intervals.moment_of_day(stop.shift.date, stop.expected)
    return ChangeKind.SHIFTED if appointment_news.is_arrival_news(expected, then) else ChangeKind.SAME
