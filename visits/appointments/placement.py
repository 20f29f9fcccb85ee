"""Which visit a need has now, and who published it there: to detect that somebody else placed it meanwhile."""

from dataclasses import dataclass
from datetime import datetime

from outreach.models import Need
from visits.enums import OPEN_VISITS
from visits.models import DayVersion, TeamDay, Visit


@dataclass(frozen=True, kw_only=True)
class VisitPlacement:
    """Who published a visit at its present place, and when. `user` is the account's id, None for automatic
    changes."""

    visit: Visit
    user: int | None
    name: str
    at: datetime


def find_open_visit(need: Need) -> Visit | None:
    """The need's visit that is published or under way, with its shift and team; None if there is none."""
    rows = Visit.objects.filter(need=need, state__in=OPEN_VISITS).select_related("shift__team")
    return rows.first()


def placement_mark(visit: Visit | None) -> str:
    """A text that changes when the need is placed elsewhere: visit id, shift id and planned start. Empty
    without a visit."""
    return f"{visit.pk}/{visit.shift_id}/{visit.planned_start.timestamp():.0f}" if visit else ""


def find_placement(visit: Visit) -> VisitPlacement | None:
    """The oldest day version since which the visit has had its present start; None if the live version does
    not contain it."""
    shift = visit.shift
    live = TeamDay.objects.filter(team=shift.team_id, date=shift.date).values("live__number")
    rows = DayVersion.objects.filter(team=shift.team_id, date=shift.date, number__lte=live)
    found: DayVersion | None = None
    for version in rows.select_related("published_by").order_by("-number"):
        then = _start_in_version(version, visit)
        if then is None or (found is not None and then != _start_in_version(found, visit)):
            break
        found = version
    if found is None:
        return None
    who = found.published_by
    name = "" if who is None else who.get_full_name() or who.get_username()
    return VisitPlacement(visit=visit, user=found.published_by_id, name=name, at=found.published_at)


def _start_in_version(version: DayVersion, visit: Visit) -> int | None:
    """The visit's start in a day version (seconds since local midnight); None if it is not in it."""
    starts = [stop["start"] for stop in version.content["stops"] if stop["visit"] == str(visit.pk)]
    return starts[0] if starts else None
