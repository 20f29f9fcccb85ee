"""Visits that the office called off and that wait to be planned again; families whose visit a later plan left out,
and who still wait for the day that they were promised to hear of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, QuerySet
from django.utils import timezone

from outreach import vault
from outreach.enums import Milestone, NeedState
from outreach.models import Need, Progress
from visits.appointments import arrival_intervals
from visits.enums import VisitState
from visits.models import Shift, Visit
from visits.wording import labels


@dataclass(frozen=True, kw_only=True)
class CalledOffFamily:
    """A family whose visit was called off; the telephone for who may tell it."""

    visit: Visit
    told: str
    why: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class CalledOffDay:
    """The visits of a team-day that were called off."""

    shift: Shift
    families: list[CalledOffFamily]

    @property
    def untold(self) -> int:
        return sum(not family.visit.called_off_told for family in self.families)


def called_off_visits() -> QuerySet[Visit]:
    """Those that nobody planned again yet, of whatever day."""
    return Visit.objects.filter(state=VisitState.PUBLISHED).exclude(called_off="")


def families_owed() -> QuerySet[Progress]:
    """Where the office owes another day to a family whose visit was called off, and then left out of a plan: the row
    that says until when. One whose need got an appointment since, or was closed, is owed nothing."""
    appointments = Progress.objects.filter(need=OuterRef("need"), milestone=Milestone.PLANNED)
    rows = Progress.objects.filter(
        milestone=Milestone.UNPLANNED, latest__isnull=False, need__state=NeedState.OPEN
    )
    return rows.exclude(Exists(appointments.filter(at__gt=OuterRef("at"))))


def count_owed() -> tuple[int, date | None]:
    """How many families, and the first date by which one of them was promised to hear."""
    found = families_owed().aggregate(count=Count("need", distinct=True), first=Min("latest"))
    return found["count"], found["first"] and timezone.localdate(found["first"])


def count_called_off(*, shifts: Iterable[int] | None = None) -> tuple[int, date | None]:
    """How many (on these shifts), and the first date by which one of the families was promised to hear."""
    rows = called_off_visits() if shifts is None else called_off_visits().filter(shift__in=list(shifts))
    found = rows.aggregate(count=Count("pk"), first=Min("hear_by"))
    return found["count"], found["first"]


def list_called_off(*, phones: bool) -> list[CalledOffDay]:
    """By day and team, in order of the hours that the families were told."""
    rows = called_off_visits().select_related("shift__team", "need__resident__village", "need__resident__key")
    rows = rows.defer("need__resident__village__boundary")
    rows = rows.order_by("shift__date", "shift__team__code", "sequence", "pk")
    return [
        CalledOffDay(shift=(of_day := list(group))[0].shift, families=[_describe(v, phones) for v in of_day])
        for _shift, group in groupby(rows, key=lambda visit: visit.shift_id)
    ]


@dataclass(frozen=True, kw_only=True)
class OwedFamily:
    """A family that no plan has a place for since its visit was called off."""

    need: Need
    hear_by: date


def list_owed() -> list[OwedFamily]:
    """Those whose promise ends first come first."""
    rows = families_owed().select_related("need__resident__village")
    rows = rows.defer("need__resident__village__boundary").order_by("latest", "pk")
    found: dict[UUID, OwedFamily] = {}
    for row in rows:
        assert row.latest is not None
        found.setdefault(row.need_id, OwedFamily(need=row.need, hear_by=timezone.localdate(row.latest)))
    return list(found.values())


def _describe(visit: Visit, phones: bool) -> CalledOffFamily:
    return CalledOffFamily(
        visit=visit,
        told=labels.format_clocks(*arrival_intervals.interval_told(visit)),
        why=labels.describe_obstacles(visit.obstacles),
        phone=vault.unseal_field(visit.need.resident, "phone") if phones else "",
    )
