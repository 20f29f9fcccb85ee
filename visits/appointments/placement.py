"""Where a need's visit stands: the mark of it that a page carries, and who placed it there."""

from dataclasses import dataclass
from datetime import datetime

from outreach.models import Need
from visits.enums import OPEN_VISITS
from visits.models import DayVersion, TeamDay, Visit


@dataclass(frozen=True, kw_only=True)
class Placing:
    """Who published a visit where it is, and when; `user` is the id, None where nobody pressed anything."""

    visit: Visit
    user: int | None
    name: str
    at: datetime


def open_visit(need: Need) -> Visit | None:
    """The need's visit that is published or under way."""
    rows = Visit.objects.filter(need=need, state__in=OPEN_VISITS).select_related("shift__team")
    return rows.first()


def mark(visit: Visit | None) -> str:
    """Visit, team-day and time: another mark, and somebody has placed the need anew. Empty for no place."""
    return f"{visit.pk}/{visit.shift_id}/{visit.planned_start.timestamp():.0f}" if visit else ""


def of(visit: Visit) -> Placing | None:
    """The oldest version since which the visit stands at its hour; None where the live one does not know it."""
    shift = visit.shift
    live = TeamDay.objects.filter(team=shift.team_id, date=shift.date).values("live__number")
    rows = DayVersion.objects.filter(team=shift.team_id, date=shift.date, number__lte=live)
    found: DayVersion | None = None
    for version in rows.select_related("published_by").order_by("-number"):
        then = _start(version, visit)
        if then is None or (found is not None and then != _start(found, visit)):
            break
        found = version
    if found is None:
        return None
    who = found.published_by
    name = "" if who is None else who.get_full_name() or who.get_username()
    return Placing(visit=visit, user=found.published_by_id, name=name, at=found.published_at)


def _start(version: DayVersion, visit: Visit) -> int | None:
    starts = [stop["start"] for stop in version.content["stops"] if stop["visit"] == str(visit.pk)]
    return starts[0] if starts else None
