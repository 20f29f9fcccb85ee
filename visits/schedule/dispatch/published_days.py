"""Published days: the list, and one team's day as published and as it goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from outreach import vault
from outreach.models import Need
from visits.appointments import arrival_intervals
from visits.enums import OPEN_VISITS, VisitState
from visits.fieldwork import expected_arrivals, latest_starts, team_status
from visits.models import DayVersion, Plan, Shift, Team, TeamDay, Visit
from visits.schedule.dispatch import day_page
from visits.wording import labels

SHOWN = 200  # team-days on the page of all days


@dataclass(frozen=True, kw_only=True)
class DayRow:
    """A published team-day in a list."""

    team: Team
    version: DayVersion
    stops: int
    finished: int
    open: int
    called_off: int
    unheard: bool  # the day is over and some of its visits have no end


@dataclass(frozen=True, kw_only=True)
class PublishedStop:
    """A stop of a published version, and what has become of its visit."""

    number: int
    drive: str
    need: Need
    visit: Visit | None
    gone: bool  # no longer on this team's day
    phone: str = ""  # for who may tell the family
    expected: str = ""  # on the day: when the team is expected
    latest: str = ""  # until when it may begin, so that the rest of the team's day holds

    @property
    def told(self) -> str:
        """The interval that the family was told: 09.10–10.00; empty where it was called off."""
        if self.visit is None or self.gone:
            return ""
        return labels.format_clocks(*arrival_intervals.interval_told(self.visit))

    @property
    def may_promise(self) -> bool:
        """Whether its family can still be told, or a promise taken back."""
        if self.visit is None or self.gone or self.visit.called_off:
            return False
        return self.visit.state == VisitState.PUBLISHED

    @property
    def tag(self) -> str:
        """The look of its state (admin.css .tag)."""
        if self.visit is None or self.gone or self.visit.is_called_off:
            return "failed"
        return {
            VisitState.PUBLISHED: "planned",
            VisitState.TRAVELLING: "planned",
            VisitState.ARRIVED: "waiting",
            VisitState.FINISHED: "done" if self.visit.outcome == "recorded" else "late",
        }.get(VisitState(self.visit.state), "failed")


def list_published_days() -> list[tuple[date, list[DayRow]]]:
    """Published days from yesterday on, and older ones with visits of which nothing was heard, by date."""
    first = timezone.localdate() - timedelta(days=1)
    unheard = Visit.objects.filter(
        shift__team=OuterRef("team"), shift__date=OuterRef("date"), state__in=OPEN_VISITS
    )
    rows = list(
        TeamDay.objects.filter(Q(date__gte=first) | Exists(unheard))
        .select_related("team", "live")
        .order_by("date", "team__code")[:SHOWN]
    )
    counts = {
        (row["shift__team"], row["shift__date"]): row
        for row in Visit.objects.filter(shift__date__in={row.date for row in rows})
        .values("shift__team", "shift__date")
        .annotate(
            finished=Count("pk", filter=Q(state=VisitState.FINISHED)),
            open=Count("pk", filter=Q(state__in=OPEN_VISITS)),
            called_off=Count("pk", filter=Q(state=VisitState.PUBLISHED, called_off__gt="")),
        )
    }
    found: dict[date, list[DayRow]] = {}
    for row in rows:
        count = counts.get((row.team_id, row.date))
        found.setdefault(row.date, []).append(
            DayRow(
                team=row.team,
                version=row.live,
                stops=len(row.live.content["stops"]),
                finished=count["finished"] if count else 0,
                open=count["open"] if count else 0,
                called_off=count["called_off"] if count else 0,
                unheard=bool(count and count["open"]) and row.date < timezone.localdate(),
            )
        )
    return list(found.items())


def list_versions(*, team: Team, on: date) -> list[DayVersion]:
    """All versions of a team's day, the newest first."""
    rows = DayVersion.objects.filter(team=team, date=on).select_related(
        "live_for", "published_by", "plan__run"
    )
    return list(rows.order_by("-number"))


def list_stops(
    version: DayVersion, *, shift: Shift | None = None, phones: bool = False
) -> list[PublishedStop]:
    """The stops of a version in order, in a constant number of queries. Where asked, with the telephones of the
    families that can still be told, and with until when each visit may begin (of the version's `shift`)."""
    stops: Sequence[dict[str, Any]] = version.content["stops"]
    needs = {
        str(need.pk): need
        for need in Need.objects.filter(pk__in=[stop["need"] for stop in stops])
        .select_related("resident__village__district", "resident__key")
        .defer("resident__village__boundary", "resident__village__district__boundary")
    }
    visits = {
        str(visit.pk): visit for visit in Visit.objects.filter(pk__in=[stop["visit"] for stop in stops])
    }
    expected, found = _list_expected(version), []
    latest = (
        {} if shift is None else _list_latest(shift, [visits.get(stop["visit"]) for stop in stops], needs)
    )
    for stop in stops:
        visit = visits.get(stop["visit"])
        found.append(
            PublishedStop(
                number=stop["sequence"],
                drive=labels.format_duration(stop["travel_seconds"]),
                need=needs[stop["need"]],
                visit=visit,
                gone=visit is None
                or visit.shift_id != version.content["shift"]
                or visit.state == VisitState.CANCELLED,
                phone=_phone_to_call(needs[stop["need"]], visit) if phones else "",
                expected=expected.get(needs[stop["need"]].pk, ""),
                latest=latest.get(stop["visit"], ""),
            )
        )
    return found


def _list_latest(shift: Shift, visits: Sequence[Visit | None], needs: Mapping[str, Need]) -> dict[str, str]:
    """Until when each visit that is still ahead of the team may begin, by visit."""
    ahead = []
    for visit in visits:
        if (
            visit is None
            or visit.shift_id != shift.pk
            or visit.called_off
            or visit.state != VisitState.PUBLISHED
        ):
            continue
        visit.need = needs[str(visit.need_id)]
        ahead.append(visit)
    found = latest_starts.list_latest_starts(shift, ahead)
    return {str(pk): labels.format_local_clock(at) for pk, at in found.items()}


def _list_expected(version: DayVersion) -> dict[UUID, str]:
    """When today's team is expected at the homes that it has not come to, by need."""
    now = timezone.now()
    if version.date != timezone.localdate(now):
        return {}
    teams = team_status.list_team_statuses(now=now)
    mine = (team for team in teams if team.shift.team_id == version.team_id)
    courses = (expected_arrivals.forecast_day(team, now=now) for team in mine)
    return {need: at for course in courses for need, at in day_page.format_expected(course).items()}


def _phone_to_call(need: Need, visit: Visit | None) -> str:
    waits = visit is not None and visit.state == VisitState.PUBLISHED
    return vault.unseal_field(need.resident, "phone") if waits else ""


@dataclass(frozen=True, kw_only=True)
class TeamDayCalls:
    """How many families of a team's day are still to be visited, and how many of them were told."""

    shift: Shift
    families: int
    told: int

    @property
    def left(self) -> int:
        return self.families - self.told


def count_families_told(plan: Plan) -> list[TeamDayCalls]:
    """The team-days of a plan, from today on, whose families can still be told."""
    shifts = Shift.objects.filter(pk__in=[int(pk) for pk in plan.based_on], date__gte=timezone.localdate())
    waiting = Q(visits__state=VisitState.PUBLISHED, visits__called_off="")
    rows = (
        shifts.select_related("team")
        .annotate(
            families=Count("visits", filter=waiting),
            told=Count("visits", filter=waiting & Q(visits__promised=True)),
        )
        .filter(families__gt=0)
        .order_by("date", "team__code")
    )
    return [TeamDayCalls(shift=row, families=row.families, told=row.told) for row in rows]


def get_version_shift(version: DayVersion) -> Shift:
    return Shift.objects.select_related("team").get(pk=version.content["shift"])


def count_unheard_visits(*, team: Team, on: date) -> int:
    """Visits of a day that is over, of which nothing was heard."""
    if on >= timezone.localdate():
        return 0
    return Visit.objects.filter(shift__team=team, shift__date=on, state__in=OPEN_VISITS).count()


def list_unbegun_visits(*, team: Team, on: date) -> list[UUID]:
    """Visits of a team's day that have not begun."""
    rows = Visit.objects.filter(shift__team=team, shift__date=on, state=VisitState.PUBLISHED)
    return list(rows.values_list("pk", flat=True))
