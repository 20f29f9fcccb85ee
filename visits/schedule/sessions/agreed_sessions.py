"""Village sessions that the office agreed on, from the log; also those that are no longer proposed."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.dateparse import parse_date

from outreach.models import LogEntry, Village
from visits.workforce import calendar

BACK = timedelta(days=30)  # how long a session that was held stays on the list
SINCE = timedelta(days=366) + BACK  # a session is agreed on a year ahead at most
ACTIONS = ("session_accepted", "session_cancelled")


@dataclass(frozen=True, kw_only=True)
class AgreedSession:
    """`people` is how many it was proposed for; `closed`: it is still to come, on a day without office work."""

    on: date
    village: Village
    people: int
    over: bool
    closed: bool = False


def read_agreed_days(**of: Any) -> dict[str, dict[date, int]]:
    """The days that sessions were agreed on and not cancelled, by village, with the people expected; from the log
    rows that `of` selects."""
    rows = LogEntry.objects.filter(action__in=ACTIONS, subject_type=Village._meta.label_lower, **of)
    found: dict[str, dict[date, int]] = {}
    for action, village, detail in rows.order_by("id").values_list("action", "subject_id", "detail"):
        on = parse_date(detail.get("date", ""))
        if on is None:
            continue
        days = found.setdefault(village, {})
        if action == "session_accepted":
            days.setdefault(on, int(detail.get("people", 0)))
        else:
            days.pop(on, None)
    return found


def list_agreed_sessions(*, today: date) -> list[AgreedSession]:
    """Those to come and those of the last weeks, by date."""
    noted = {
        (village, on): people
        for village, days in read_agreed_days(at__date__gte=today - SINCE).items()
        for on, people in days.items()
        if on >= today - BACK
    }
    if not noted:
        return []
    halls = Village.objects.select_related("district").only("name", "district", "district__name")
    villages = halls.in_bulk({village for village, _on in noted})
    last = max(on for _village, on in noted)
    open_days = set(calendar.list_working_days(first=today, last=max(today, last)))
    found = [
        AgreedSession(
            on=on,
            village=villages[village],
            people=people,
            over=on < today,
            closed=on >= today and on not in open_days,
        )
        for (village, on), people in noted.items()
        if village in villages
    ]
    return sorted(found, key=lambda one: (one.on, one.village.name))
