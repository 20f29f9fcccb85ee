"""What a database holds at a moment, as the referee compares it before and after each step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Max

from outreach.models import LogEntry, Need, Progress, VisitRequest
from tests.support import clock
from visits.models import Event, Plan, PlanRun, Visit

OPEN = ("published", "travelling", "arrived")


class VisitRow(NamedTuple):
    """A visit as its row has it."""

    need: Any
    shift: int
    state: str
    sequence: int
    told: tuple[datetime | None, datetime | None]
    promised: bool
    called_off: str
    called_off_told: bool

    @property
    def stands(self) -> bool:
        """Whether its family awaits a team."""
        return self.state == "published" and not self.called_off


@dataclass(frozen=True)
class Books:
    """All states of a moment, by primary key, the newest rows of the log and of progress, and how
    many reports came."""

    at: datetime
    needs: dict[Any, str]
    visits: dict[Any, VisitRow]
    states: dict[tuple[str, str], str]
    log: int
    progress: int
    events: int


def read_books() -> Books:
    visits = {
        pk: VisitRow(need, shift, state, sequence, (since, until), promised, off, off_told)
        for pk, need, shift, state, sequence, since, until, promised, off, off_told in Visit.objects.values_list(
            "pk",
            "need",
            "shift",
            "state",
            "sequence",
            "told_from",
            "told_until",
            "promised",
            "called_off",
            "called_off_told",
        )
    }
    needs = dict(Need.objects.values_list("pk", "state"))
    states = {("need", str(pk)): state for pk, state in needs.items()}
    states |= {("visit", str(pk)): row.state for pk, row in visits.items()}
    states |= {("plan", str(pk)): state for pk, state in Plan.objects.values_list("pk", "state")}
    states |= {("run", str(pk)): state for pk, state in PlanRun.objects.values_list("pk", "state")}
    requests = VisitRequest.objects.values_list("pk", "state")
    states |= {("request", str(pk)): state for pk, state in requests}
    return Books(
        at=clock.now(),
        needs=needs,
        visits=visits,
        states=states,
        log=LogEntry.objects.aggregate(top=Max("pk"))["top"] or 0,
        progress=Progress.objects.aggregate(top=Max("pk"))["top"] or 0,
        events=Event.objects.count(),
    )
