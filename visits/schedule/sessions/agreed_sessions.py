"""Village sessions that the office agreed on, from the log; also those that are no longer proposed."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.dateparse import parse_date

from outreach.models import LogEntry, Village

BACK = timedelta(days=30)  # how long a session that was held stays on the list
SINCE = timedelta(days=366) + BACK  # a session is agreed on a year ahead at most


@dataclass(frozen=True, kw_only=True)
class AgreedSession:
    """`people` is how many it was proposed for."""

    on: date
    village: Village
    people: int
    over: bool


def list_agreed_sessions(*, today: date) -> list[AgreedSession]:
    """Those to come and those of the last weeks, by date."""
    rows = LogEntry.objects.filter(
        subject_type=Village._meta.label_lower,
        action="session_accepted",
        at__date__gte=today - SINCE,
    )
    noted = list(rows.values_list("subject_id", "detail"))
    halls = Village.objects.select_related("district").only("name", "district", "district__name")
    villages = halls.in_bulk({village for village, _detail in noted})
    found = [
        AgreedSession(on=on, village=villages[village], people=int(detail.get("people", 0)), over=on < today)
        for village, detail in noted
        if village in villages and (on := parse_date(detail.get("date", ""))) and on >= today - BACK
    ]
    return sorted(found, key=lambda one: (one.on, one.village.name))
