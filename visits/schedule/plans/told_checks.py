"""Whether the hours that a draft would tell its families are true, by the rules of visits/planning/told_rules.py.

Drafts are written with true hours (runs/true_hours.py, draft_move_rows.py); by the time that one is published the
world has gone on, so they are checked again, as things are then.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.conf import settings

from visits.appointments import arrival_intervals
from visits.fieldwork.team_status import TeamStatus, hold_next_home
from visits.models import PlanStop
from visits.planning.told_rules import TeamHours, ToldStop, list_breaches

STEP_S = int(arrival_intervals.STEP.total_seconds())


@dataclass(frozen=True, kw_only=True)
class UntrueHours:
    """A stop whose family would be told hours that break the rule `code`."""

    stop: PlanStop
    code: str


def list_untrue(
    rows: Iterable[tuple[PlanStop, bool]], *, now: datetime, teams: Mapping[int, TeamStatus]
) -> list[UntrueHours]:
    """The stops, in the order of their routes, that would be told hours which are not true; with each, whether its
    family knows these hours already. `teams` are those of a day under way, by shift."""
    found = []
    for _shift, route in groupby(rows, key=lambda row: row[0].shift_id):
        ahead = list(route)
        team = teams.get(ahead[0][0].shift_id)
        if team is not None:
            team, ahead = _skip_begun(ahead, team)
        by_need = {str(stop.need_id): stop for stop, _known in ahead}
        if ahead:
            told, hours = _read_route(ahead, now, team)
            found += [
                UntrueHours(stop=by_need[row.visit], code=row.code) for row in list_breaches(told, hours)
            ]
    return found


def _skip_begun(
    rows: list[tuple[PlanStop, bool]], team: TeamStatus
) -> tuple[TeamStatus, list[tuple[PlanStop, bool]]]:
    """The stops that the team is not believed to have begun, and the team as it comes to the first of them. The next
    home of a silent team keeps its hours, whatever becomes of them: a plan that leaves them says nothing new."""
    held = hold_next_home(team)
    kept = {stop.need_id for stop, known in rows if known}
    if all(visit.need_id in kept for visit in held.assumed[len(team.assumed) :]):
        team = held
    begun = {visit.need_id for visit in team.assumed}
    return team, [row for row in rows if row[0].need_id not in begun]


def _read_route(
    ahead: list[tuple[PlanStop, bool]], now: datetime, team: TeamStatus | None
) -> tuple[list[ToldStop], TeamHours]:
    """What is told along a route, and the hours that hold it. Hours are told by steps of ten minutes: the first door
    may be reached within the one that is told."""
    first = ahead[0][0]
    start_s, end_s = (arrival_intervals.seconds_of_clock(at) for at in (first.shift.starts, first.shift.ends))
    leaves_s = (
        start_s
        if team is None
        else arrival_intervals.seconds_into_day(first.shift.date, max(now, team.free_at))
    )
    door_s = leaves_s + first.travel_seconds
    hours = TeamHours(
        start_s=start_s,
        end_s=end_s,
        breaks=arrival_intervals.parse_intervals(first.shift.breaks),
        earliest_s=door_s - STEP_S,
        narrowest_s=60 * settings.ARRIVAL_NARROWEST,
    )
    told = []
    for stop, known in ahead:
        interval = arrival_intervals.interval_in_seconds(arrival_intervals.interval_to_tell(stop))
        expected_s = max(stop.start, interval[0]) if stop.expected is None else stop.expected
        if team is not None and stop is first:
            expected_s = max(expected_s, door_s)
        told.append(ToldStop(str(stop.need_id), interval, expected_s, known))
    return told, hours
