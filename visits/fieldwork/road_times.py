"""How long a team drives and visits on the road, breaks included: on the straight line of the settings, with visits of
their expected length."""

from datetime import datetime, timedelta

from django.conf import settings

from visits.appointments import arrival_intervals
from visits.models import Shift, Visit
from visits.planning.rules import add_breaks, count_active_s, finish_drive, time_visit
from visits.roads import straight_line

Place = tuple[float, float]  # latitude, longitude


def place_of_home(visit: Visit) -> Place:
    home = visit.need.resident
    return home.latitude, home.longitude


def straight_line_seconds(shift: Shift, since: Place, until: Place) -> int:
    """Seconds of the team's drive between two places, without breaks."""
    return straight_line.line_of_settings(shift.team.vehicle).seconds([since, until], 0, 1)


def published_drive_seconds(shift: Shift, before: Visit, visit: Visit) -> int:
    """Seconds of the published drive between two visits, without breaks."""
    left_s, there_s = arrival_intervals.interval_in_seconds((before.planned_leave, visit.planned_arrive))
    return max(0, count_active_s(left_s, there_s, arrival_intervals.parse_intervals(shift.breaks)))


def drive_on_road(shift: Shift, leaves: datetime, seconds: int) -> datetime:
    """When a team that sets out then has driven for so long; it pauses for breaks."""
    since_s = arrival_intervals.seconds_into_day(shift.date, leaves)
    there_s = finish_drive(since_s, seconds, arrival_intervals.parse_intervals(shift.breaks))
    return arrival_intervals.moment_of_day(shift.date, there_s)


def drive_straight(shift: Shift, leaves: datetime, since: Place, until: Place) -> datetime:
    """When a team that leaves one place then arrives at another."""
    return drive_on_road(shift, leaves, straight_line_seconds(shift, since, until))


def visit_on_road(shift: Shift, ready: datetime, visit: Visit) -> tuple[datetime, datetime]:
    """When a team that is ready at the door begins the visit, and when it can drive on."""
    start_s, free_s = time_visit(
        arrival_intervals.seconds_into_day(shift.date, ready),
        int(visit.planned_length.total_seconds()),
        arrival_intervals.parse_intervals(shift.breaks),
        60 * settings.BREAK_GRACE_MINUTES,
    )
    begins, free = (arrival_intervals.moment_of_day(shift.date, at) for at in (start_s, free_s))
    return begins, free


def add_pauses(shift: Shift, begins: datetime, ends: datetime) -> datetime:
    """When a team that was at a home from then to then can drive on: it takes the breaks that it missed."""
    start_s = arrival_intervals.seconds_into_day(shift.date, begins)
    end_s = start_s + int((ends - begins).total_seconds())
    breaks = arrival_intervals.parse_intervals(shift.breaks)
    return begins + timedelta(seconds=add_breaks(start_s, end_s, breaks) - start_s)
